"""Random cases, legal at every instant, written straight into the database: dates, late registrations, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from caseflow.cases.models import Case, CaseEvent, CaseProgramme, Placement, WageCost
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.organisation.models import Programme, Unit, Workplace
from caseflow.people.models import AssistancePayment, Household, Participant
from tests import factories
from tests.owner import as_owner

LAST_DAY = date(2020, 11, 30)
K = EventKind
_serial = count(1)


@dataclass
class World:
    """What every case may refer to."""

    referring: list[Unit]
    receiving: list[Unit]
    programmes: list[Programme]
    workplaces: list[Workplace]


def empty() -> None:
    """Take away everybody, and keep units, programmes and workplaces."""
    db.session.rollback()
    as_owner(
        "TRUNCATE household, participant, cases, case_wait, measure_result, register_version RESTART IDENTITY CASCADE"
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def write(rng: Random, world: World, households: int) -> None:
    """Households of one or two, some without a known beginning; each person with one case or two in a row."""
    for _ in range(households):
        since = date(2010, 1, 1) + timedelta(rng.randrange(3900)) if rng.random() < 0.8 else None
        household = Household(
            number=f"H{next(_serial)}",
            children=rng.randrange(3),
            assistance_since_on=since,
            known_since_at=factories.LONG_AGO,
        )
        db.session.add(household)
        if rng.random() < 0.7:
            _pay(rng, household)
        for _ in range(rng.choice([1, 1, 2])):
            person = make_person(rng, None if rng.random() < 0.1 else household)
            free_on: date | None = date(2018, 6, 1) + timedelta(rng.randrange(500))
            for _ in range(rng.choice([1, 1, 2])):
                free_on = _write_case(rng, world, person, free_on) if free_on else None
    db.session.commit()


def make_person(rng: Random, household: Household | None) -> Participant:
    serial = next(_serial)
    person = Participant(
        number_hash=f"hash{serial}".encode(),
        number_encrypted=b"-",
        birth_on=date(1955, 1, 1) + timedelta(rng.randrange(50 * 365)),
        sex=rng.choice(list(Sex)),
        first_name="Test",
        last_name="Testsson",
        household=household,
        known_since_at=factories.LONG_AGO,
    )
    db.session.add(person)
    return person


def _pay(rng: Random, household: Household) -> None:
    for back in range(36):
        if rng.random() < 0.6:
            month = add_months(LAST_DAY, -back)
            recorded = noon(add_months(month, 1) + timedelta(rng.randrange(40)))
            paid = Decimal(rng.randrange(0, 1_500_000)) / 100
            voided = recorded + timedelta(rng.randrange(1, 90)) if rng.random() < 0.15 else None
            db.session.add(
                AssistancePayment(
                    household=household, month_on=month, paid_kr=paid, recorded_at=recorded, voided_at=voided
                )
            )
            if voided is not None and rng.random() < 0.8:
                db.session.add(
                    AssistancePayment(household=household, month_on=month, paid_kr=paid + 7, recorded_at=voided)
                )


def _write_case(rng: Random, world: World, person: Participant, begins_on: date) -> date | None:
    """One case; the day after its close, or None while it is open."""
    case = Case(
        number=f"T-{next(_serial)}",
        participant=person,
        from_unit=rng.choice(world.referring),
        to_unit=rng.choice(world.receiving),
        known_since_at=factories.LONG_AGO,
    )
    db.session.add(case)
    events = [event for event in _events(rng, world, case, begins_on) if event.occurred_on <= LAST_DAY]
    recorded = noon(begins_on)
    for sequence, event in enumerate(events, start=1):
        recorded = max(recorded, noon(event.occurred_on)) + timedelta(rng.choice([0, 0, 0, 3, 20]), seconds=sequence)
        event.sequence, event.recorded_at, event.case = sequence, recorded, case
        db.session.add(event)
        if rng.random() < 0.12:
            _correct(rng, event, events, sequence)
    for programme in world.programmes:
        if rng.random() < 0.6:
            case.programmes.append(CaseProgramme(programme=programme, from_on=begins_on, recorded_at=noon(begins_on)))
    closed = events and events[-1].kind in (K.EXITED, K.RETURNED, K.WITHDRAWN)
    return events[-1].occurred_on + timedelta(1) if closed else None


def _correct(rng: Random, event: CaseEvent, events: list[CaseEvent], sequence: int) -> None:
    """Let the event be the correction of one with another day, between its neighbours."""
    first = events[sequence - 2].occurred_on if sequence > 1 else event.occurred_on
    last = events[sequence].occurred_on if sequence < len(events) else event.occurred_on
    was_on = first + timedelta(rng.randrange((last - first).days + 1))
    wrong = CaseEvent(
        case=event.case,
        kind=event.kind,
        occurred_on=was_on,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        placement=event.placement,
        outcome=event.outcome,
        household_effect=event.household_effect,
        voided_at=event.recorded_at + timedelta(rng.randrange(1, 60)),
        void_reason="fel dag",
    )
    event.recorded_at = wrong.voided_at
    event.replaces = wrong
    db.session.add(wrong)


def _events(rng: Random, world: World, case: Case, begins_on: date) -> list[CaseEvent]:
    """The facts in order; the caller cuts off those that lie too late."""
    day = begins_on
    events = []

    def happens(kind: EventKind, most_days: int, **details: object) -> None:
        nonlocal day
        day += timedelta(rng.randrange(most_days + 1))
        events.append(CaseEvent(kind=kind, occurred_on=day, note="", **details))

    for kind in (K.FIRST_CONTACT, K.APPLICATION, K.DECISION):
        if rng.random() < 0.75:
            happens(kind, 20)
    happens(K.REFERRED, 20)
    if rng.random() < 0.1:
        happens(rng.choice([K.RETURNED, K.WITHDRAWN]), 30)
        return events
    happens(K.ACCEPTED, 10)
    if rng.random() < 0.1:
        _exit(rng, happens)
        return events
    happens(K.FIRST_MEETING, 40)
    for _ in range(rng.choice([1, 1, 2])):
        for _ in range(rng.randrange(4)):
            _placement(rng, world, case, happens)
        if rng.random() < 0.3:
            return events
        _exit(rng, happens)
        if rng.random() < 0.7:
            return events
        happens(K.REOPENED, 40)
    return events


def _placement(rng: Random, world: World, case: Case, happens: object) -> None:
    kind = rng.choice(list(PlacementKind))
    placement = Placement(case=case, kind=kind, workplace=rng.choice(world.workplaces), percent=50)
    db.session.add(placement)
    happens(K.PLACEMENT_STARTED, 60, placement=placement)  # type: ignore[operator]
    if kind.is_employment:
        wage = Decimal(rng.randrange(1_000_000, 3_000_000)) / 100
        for month in {date(2020, rng.randrange(1, 12), 1), date(2019, rng.randrange(1, 13), 1)}:
            placement.wage_costs.append(
                WageCost(month_on=month, wage_kr=wage, af_kr=wage / 2, programme_kr=wage / 4, recorded_at=noon(month))
            )
    happens(K.PLACEMENT_ENDED, 120, placement=placement)  # type: ignore[operator]


def _exit(rng: Random, happens: object) -> None:
    effect = rng.choice([None, *HouseholdEffect])
    happens(K.EXITED, 60, outcome=rng.choice(list(ExitOutcome)), household_effect=effect)  # type: ignore[operator]

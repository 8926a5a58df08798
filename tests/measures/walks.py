"""Random walks through the flow, legal at every step: overlapping placements, several facts a day, reopened cases."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from random import Random

from caseflow.cases import rules
from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.rules import CaseState
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind
from caseflow.core.errors import RuleBroken
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.people.models import Participant
from tests import factories
from tests.measures.histories import World, noon

LAST_DAY = date(2020, 11, 30)
K = EventKind
_serial = count(1)


def write(rng: Random, world: World, cases: int) -> list[Case]:
    """So many cases, each of a person of its own. They are committed."""
    found = [_walk(rng, world) for _ in range(cases)]
    db.session.commit()
    return found


def _walk(rng: Random, world: World) -> Case:
    case = _case(rng, world)
    day = date(2019, 1, 1) + timedelta(rng.randrange(500))
    events: list[CaseEvent] = []
    for kind in (K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.REFERRED):
        if kind is K.REFERRED or rng.random() < 0.6:
            events.append(CaseEvent(kind=kind, occurred_on=day))
            day += timedelta(rng.choice([0, 0, 3, 15]))
    for _ in range(rng.randrange(3, 25)):
        state = rules.replay(_facts(events))
        event = _next(rng, world, state, day)
        if event is None:
            break
        # A step that the day's other facts do not allow is not taken.
        try:
            rules.replay(_facts([*events, event]))
        except RuleBroken:
            continue
        events.append(event)
        day += timedelta(rng.choice([0, 0, 0, 1, 2, 20, 60]))
    recorded = noon(day - timedelta(3000))
    for sequence, event in enumerate(events, start=1):
        if event.occurred_on <= LAST_DAY:
            event.case, event.sequence, event.note = case, sequence, ""
            if event.placement is not None:
                event.placement.case = case
            # Registered late sometimes, but always in order: the log is legal as known at any instant.
            recorded = max(recorded, noon(event.occurred_on)) + timedelta(rng.choice([0, 0, 9]), seconds=1)
            event.recorded_at = recorded
            db.session.add(event)
    return case


def _case(rng: Random, world: World) -> Case:
    serial = next(_serial)
    person = Participant(
        number_hash=f"walk{serial}".encode(),
        number_encrypted=b"-",
        birth_on=date(1960, 1, 1) + timedelta(rng.randrange(16000)),
        sex=rng.choice(list(Sex)),
        first_name="Test",
        last_name="Testsson",
        known_since_at=factories.LONG_AGO,
    )
    case = Case(
        number=f"G-{serial}",
        participant=person,
        from_unit=rng.choice(world.referring),
        to_unit=rng.choice(world.receiving),
        known_since_at=factories.LONG_AGO,
    )
    db.session.add(case)
    return case


def _next(rng: Random, world: World, state: CaseState, day: date) -> CaseEvent | None:
    steps = [kind for kind in rules.next_steps(state) if kind is not K.EXITED or not state.ongoing]
    if not steps:
        return None
    event = CaseEvent(kind=rng.choice(steps), occurred_on=day)
    if event.kind is K.PLACEMENT_STARTED:
        event.placement = Placement(
            kind=rng.choice(list(PlacementKind)), workplace=rng.choice(world.workplaces), percent=25
        )
    elif event.kind is K.PLACEMENT_ENDED:
        event.placement = rng.choice(state.ongoing).key  # type: ignore[assignment]
    elif event.kind is K.EXITED:
        event.outcome = rng.choice(list(ExitOutcome))
    return event


def _facts(events: list[CaseEvent]) -> list[rules.Fact]:
    for sequence, event in enumerate(events, start=1):
        event.sequence = sequence
    return [event.fact for event in events]

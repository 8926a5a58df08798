"""Invariants: what must hold of every database. Each check yields a Swedish sentence per breach, without names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import aliased, selectinload

from caseflow.cases.models import Case, CaseEvent, Placement, WageCost
from caseflow.cases.rules import FULL_TIME_PERCENT, validate
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.history import RegisterVersion, registers
from caseflow.jobs.models import Job, JobStatus
from caseflow.measures import counts
from caseflow.measures.models import CaseWait
from caseflow.measures.queries import made_from_log
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Unit
from caseflow.people.models import AssistancePayment, Household

BATCH = 500


def all_checks() -> Iterator[tuple[str, Iterator[str]]]:
    """Every check: its name and its breaches."""
    yield "Ärendenas läge stämmer med händelserna", cases_agree_with_their_log()
    yield "Ärenden överlappar inte", cases_of_a_participant_do_not_overlap()
    yield "Placeringar är högst 100 procent tillsammans", placements_are_at_most_full_time()
    yield "Lönekostnader hör till anställningar", wage_costs_are_possible()
    yield "Utbetalningar finns till dags dato", payments_are_possible()
    yield "Registrens tidigare uppgifter är hela", history_is_whole()
    yield "Väntetiderna är de som händelserna ger", waits_are_fresh()
    yield "Antalen av varje väntetid är de som händelserna ger", counts_are_fresh()


def cases_agree_with_their_log() -> Iterator[str]:
    """The log is legal, and the caches of the case are what it replays to. A batch of cases in memory at a time."""
    last_id = 0
    while True:
        query = (
            select(Case)
            .where(Case.id > last_id)
            .order_by(Case.id)
            .limit(BATCH)
            .options(selectinload(Case.events).selectinload(CaseEvent.placement))
        )
        cases = list(db.session.scalars(query))
        if not cases:
            return
        for case in cases:
            yield from _disagreements(case)
        last_id = cases[-1].id
        db.session.expunge_all()


def _disagreements(case: Case) -> Iterator[str]:
    try:
        state = validate(case.facts, clock.today())
    except RuleBroken as error:
        yield f"Ärende {case.number}: {error.message}"
        return
    pairs = (
        ("etapp", case.stage, state.stage),
        ("etapp sedan", case.stage_since_on, state.stage_since_on),
        ("anvisad", case.referred_on, state.milestones.get(EventKind.REFERRED)),
        ("stängt", case.closed_on, state.closed_on),
        ("uppföljning", case.follow_up_due_on, state.follow_up_due_on),
    )
    for name, cached, replayed in pairs:
        if cached != replayed:
            yield f"Ärende {case.number}: {name} är {cached}, men händelserna ger {replayed}."


def cases_of_a_participant_do_not_overlap() -> Iterator[str]:
    """One open case at a time; the closing day may be the next referral's."""
    other = aliased(Case)
    query = (
        select(Case.number, other.number)
        .join(other, and_(other.participant_id == Case.participant_id, other.id != Case.id))
        .where(
            or_(Case.referred_on < other.referred_on, and_(Case.referred_on == other.referred_on, Case.id < other.id)),
            or_(Case.closed_on.is_(None), other.referred_on < Case.closed_on),
        )
        .order_by(Case.id, other.id)
    )
    # Two cases referred and one of them closed on the same day follow each other, in whichever order they were entered.
    same_day = and_(Case.referred_on == other.referred_on, other.closed_on == other.referred_on)
    for earlier, later in db.session.execute(query.where(~func.coalesce(same_day, False))).tuples():
        yield f"Ärendena {earlier} och {later} hör till samma deltagare och överlappar."


def placements_are_at_most_full_time() -> Iterator[str]:
    """On the first day of each placement, all of the participant's placements together. First and last day count."""
    spans = _placement_spans()
    here, there = spans.alias("here"), spans.alias("there")
    taken = func.sum(there.c.percent)
    query = (
        select(here.c.number, here.c.begun_on, taken)
        .join(
            there,
            and_(
                there.c.participant_id == here.c.participant_id,
                there.c.begun_on <= here.c.begun_on,
                or_(there.c.ended_on.is_(None), there.c.ended_on >= here.c.begun_on),
            ),
        )
        .group_by(here.c.number, here.c.begun_on, here.c.placement_id)
        .having(taken > FULL_TIME_PERCENT)
        .order_by(here.c.number, here.c.begun_on)
        .distinct()
    )
    for number, day, percent in db.session.execute(query).tuples():
        yield f"Ärende {number}: placeringarna är {percent} % tillsammans {day}."


def _placement_spans() -> CTE:
    """Every placement with its participant, first and last day, by the events that have not been voided."""
    began, ended = aliased(CaseEvent), aliased(CaseEvent)
    query = (
        select(
            Placement.id.label("placement_id"),
            Placement.percent,
            Case.participant_id,
            Case.number,
            began.occurred_on.label("begun_on"),
            func.min(ended.occurred_on).label("ended_on"),
        )
        .join(Case, Case.id == Placement.case_id)
        .join(began, _valid(began, EventKind.PLACEMENT_STARTED))
        .join(ended, _valid(ended, EventKind.PLACEMENT_ENDED), isouter=True)
        .group_by(Placement.id, Case.id, began.id)
    )
    return query.cte("placement_span")


def _valid(event: type[CaseEvent], kind: EventKind) -> ColumnElement[bool]:
    return and_(event.placement_id == Placement.id, event.kind == kind, event.voided_at.is_(None))


def wage_costs_are_possible() -> Iterator[str]:
    """Only employments have wage costs, and nobody pays more than the whole wage."""
    query = (
        select(Case.number, WageCost.month_on, Placement.kind, WageCost.wage_kr)
        .join(Placement, Placement.id == WageCost.placement_id)
        .join(Case, Case.id == Placement.case_id)
        .where(
            WageCost.voided_at.is_(None),
            or_(
                Placement.kind != PlacementKind.SUBSIDISED_EMPLOYMENT,
                WageCost.af_kr + WageCost.programme_kr > WageCost.wage_kr,
                func.least(WageCost.wage_kr, WageCost.af_kr, WageCost.programme_kr) < 0,
            ),
        )
        .order_by(Case.number, WageCost.month_on)
    )
    for number, month, kind, wage_kr in db.session.execute(query).tuples():
        yield f"Ärende {number}: lönekostnaden {wage_kr} kr för {month:%Y-%m} ({kind.word}) kan inte stämma."


def payments_are_possible() -> Iterator[str]:
    """No assistance is paid for a month that has not begun."""
    query = (
        select(Household.number, AssistancePayment.month_on)
        .join(Household, Household.id == AssistancePayment.household_id)
        .where(AssistancePayment.voided_at.is_(None), AssistancePayment.month_on > clock.today())
        .order_by(Household.number, AssistancePayment.month_on)
    )
    for number, month in db.session.execute(query).tuples():
        yield f"Hushåll {number}: utbetalningen för {month:%Y-%m} ligger i framtiden."


def history_is_whole() -> Iterator[str]:
    """Every change of a register is remembered: one version ends where the next begins, and the last where the row
    itself begins. What a row says now stands in the register alone, so nothing can disagree with that."""
    remembering = text(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'keep_version' AND tgenabled = 'O'"
    )
    on = set(db.session.scalars(remembering))
    version = RegisterVersion
    for model in registers():
        name = model.__tablename__
        if name not in on:
            yield f"{name}: ändringar sparas inte. Slå på utlösaren keep_version."
        following = func.lead(version.recorded_at).over(partition_by=version.row_id, order_by=version.replaced_at)
        next_at: Any = func.coalesce(following, model.known_since_at).label("next_at")
        chain = select(version.row_id, version.replaced_at, next_at).join(model, model.id == version.row_id)
        found: Any = chain.where(version.register == name).subquery()
        query = (
            select(found).where(found.c.replaced_at != found.c.next_at).order_by(found.c.row_id, found.c.replaced_at)
        )
        for row_id, replaced_at, begins_at in db.session.execute(query).tuples():
            yield f"{name} {row_id}: en tidigare uppgift saknas mellan {replaced_at} och {begins_at}."


def waits_are_fresh() -> Iterator[str]:
    """`case_wait` holds what a fresh computation gives, save for cases that a job is about to compute."""
    fresh = made_from_log(Cut(clock.today()))
    stored = aliased(CaseWait)
    same_row = and_(fresh.case_id == stored.case_id, fresh.wait == stored.wait)
    pairs = [(getattr(fresh, name), getattr(stored, name)) for name in COMPARED]
    differs = or_(*(one.is_distinct_from(other) for one, other in pairs))
    case_id = func.coalesce(stored.case_id, fresh.case_id)
    wait = func.coalesce(stored.wait, fresh.wait)
    query = (
        select(Case.number, wait)
        .select_from(stored)
        .join(fresh, same_row, full=True)
        .join(Case, Case.id == case_id)
        .where(differs, Case.id.not_in(_about_to_be_computed()))
        .order_by(Case.number, wait)
    )
    if not _rebuild_waits():
        for number, name in db.session.execute(query).tuples():
            yield f"Ärende {number}: {name} är inte omräknad. Kör flask --app wsgi measures rebuild."


def counts_are_fresh() -> Iterator[str]:
    """`wait_count` holds what a fresh count gives, unless a job is about to change it."""
    of_waits = Job.task.in_(["measures.rebuild", "measures.renew_case"])
    if db.session.scalar(select(Job.id).where(of_waits, UNFINISHED).limit(1)) is not None:
        return
    fresh, stored = counts.count_all(Cut(clock.today())), counts.stored()
    codes = dict(db.session.execute(select(Unit.id, Unit.code)).tuples().all())
    for name in sorted(fresh.keys() | stored.keys()):
        if fresh.get(name) != stored.get(name):
            wait, unit_id, _, year = name
            place = f"{codes[unit_id]}: antalen av {wait} {year}"
            yield f"{place} är inte omräknade. Kör flask --app wsgi measures rebuild."


COMPARED = ("case_id", "began_on", "ended_on", "stopped_on", "unit_id", "sex", "household_id", "left_wholly")
UNFINISHED = Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])


def _about_to_be_computed() -> Select[tuple[int]]:
    return select(Job.args["case_id"].as_integer()).where(Job.task == "measures.renew_case", UNFINISHED)


def _rebuild_waits() -> bool:
    return db.session.scalar(select(Job.id).where(Job.task == "measures.rebuild", UNFINISHED).limit(1)) is not None

"""From the log of events to waits, in one statement: for all cases, for one, and as known on an earlier day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from caseflow.cases.models import CaseEvent, CaseProgramme, Placement
from caseflow.cases.terms import WORK_OR_STUDIES, EventKind, HouseholdEffect, PlacementKind
from caseflow.database import Choice
from caseflow.measures.facts import Facts, known
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut

CLOSING = (EventKind.EXITED, EventKind.RETURNED, EventKind.WITHDRAWN)


def valid_events(cut: Cut, event: type[CaseEvent] = CaseEvent) -> ColumnElement[bool]:
    """Events that count. `event`: an alias, where the statement has the table twice."""
    return and_(event.occurred_on <= cut.as_of, known(event, cut.known_at))


# False, not unknown, where the statement has joined no placement.
EMPLOYMENT = Placement.kind.is_not_distinct_from(PlacementKind.SUBSIDISED_EMPLOYMENT)
# The first event of the kind, where the condition holds, is the milestone.
MILESTONES: dict[str, tuple[EventKind, ColumnElement[bool]]] = {
    "first_contact_on": (EventKind.FIRST_CONTACT, true()),
    "application_on": (EventKind.APPLICATION, true()),
    "decision_on": (EventKind.DECISION, true()),
    "referred_on": (EventKind.REFERRED, true()),
    "met_on": (EventKind.FIRST_MEETING, true()),
    "placed_on": (EventKind.PLACEMENT_STARTED, ~EMPLOYMENT),
    "employed_on": (EventKind.PLACEMENT_STARTED, EMPLOYMENT),
    "work_or_studies_on": (EventKind.EXITED, CaseEvent.outcome.in_(WORK_OR_STUDIES)),
    "left_on": (EventKind.EXITED, CaseEvent.household_effect == HouseholdEffect.LEFT),
    "topped_up_on": (EventKind.EXITED, CaseEvent.household_effect == HouseholdEffect.TOPPED_UP),
}


def milestones(cut: Cut, case_id: int | None = None) -> CTE:
    """One row per case: the first day of each milestone, and the day the case closed unless it has been reopened.

    Closing and reopening alternate, so a case is closed when it has been closed more often than reopened.
    """
    firsts = [
        func.min(CaseEvent.occurred_on).filter(CaseEvent.kind == kind, condition).label(name)
        for name, (kind, condition) in MILESTONES.items()
    ]
    closing = CaseEvent.kind.in_(CLOSING)
    closings = func.count().filter(closing) - func.count().filter(CaseEvent.kind == EventKind.REOPENED)
    last_closing = func.max(CaseEvent.occurred_on).filter(closing)
    query = (
        select(CaseEvent.case_id, *firsts, case((closings > 0, last_closing)).label("closed_on"))
        .join(Placement, Placement.id == CaseEvent.placement_id, isouter=True)
        .where(valid_events(cut), true() if case_id is None else CaseEvent.case_id == case_id)
        .group_by(CaseEvent.case_id)
    )
    return query.cte("milestones")


@dataclass(frozen=True)
class Span:
    """When a wait began, ended, or was stopped unfinished: expressions on one row per case. It has begun, or ended
    without a known beginning, where one of the first two has a value."""

    began: ColumnElement[Any]
    ended: ColumnElement[Any]
    stopped: ColumnElement[Any]

    @property
    def is_there(self) -> ColumnElement[bool]:
        return or_(self.began.is_not(None), self.ended.is_not(None))


# Each wait from one day to another, unless it stops before: the names of milestones, or of days in `further_days`.
WAIT_DAYS: dict[Wait, tuple[str, str, str]] = {
    Wait.W1: ("first_contact_on", "decision_on", "referred_on"),
    Wait.W2: ("application_on", "decision_on", "referred_on"),
    Wait.W3: ("referred_on", "met_on", "closed_on"),
    Wait.W4: ("met_on", "placed_first_on", "employed_or_closed_on"),
    Wait.W5: ("placed_first_on", "employed_after_on", "closed_on"),
    Wait.W6: ("referred_on", "work_or_studies_on", "closed_on"),
    Wait.W7: ("assistance_since_on", "household_left_on", "closed_on"),
}


def further_days(m: Any, since: Any, as_of: date) -> dict[str, ColumnElement[Any]]:
    """The days that follow from several milestones of a case, and from the day since when its household has had
    assistance. `counting.further_days` says the same of arrays.

    Whoever goes straight to an employment has no first placement, nor an employment after it. W7: a beginning later
    than the exit is of a later time on assistance; that of the ended one is unknown.
    """
    straight_to_work = and_(m.employed_on.is_not(None), func.coalesce(m.placed_on > m.employed_on, true()))
    referred = m.referred_on.is_not(None)
    left = case((referred, func.coalesce(m.left_on, m.topped_up_on)))
    return {
        "placed_first_on": case((~straight_to_work, m.placed_on)),
        "employed_after_on": case((~straight_to_work, m.employed_on)),
        "employed_or_closed_on": func.least(m.employed_on, m.closed_on),
        "household_left_on": left,
        "assistance_since_on": case((and_(referred, since <= func.coalesce(left, m.closed_on, as_of)), since)),
    }


def spans(m: Any, since: Any, as_of: date) -> dict[Wait, Span]:
    """Every wait of a case, from its milestones and the day since when its household has had assistance."""
    days = dict(m.items()) | further_days(m, since, as_of)
    found = {wait: [days[name] for name in names] for wait, names in WAIT_DAYS.items()}
    return {wait: Span(began, ended, case((ended.is_(None), stop))) for wait, (began, ended, stop) in found.items()}


def case_spans(cut: Cut, case_id: int | None = None) -> Select[Any]:
    """One row per case: its units, the participant's sex, the household, and for each wait the days on which it began,
    ended and stopped, in columns named W1_began, W1_ended, W1_stopped and so on. The waits are rows of it."""
    m, facts = milestones(cut, case_id).c, Facts(cut)
    days = [
        day.label(f"{wait}_{name}")
        for wait, span in spans(m, facts.household.assistance_since_on, cut.as_of).items()
        for name, day in (("began", span.began), ("ended", span.ended), ("stopped", span.stopped))
    ]
    return (
        select(
            m.case_id,
            facts.case.from_unit_id,
            facts.case.to_unit_id,
            facts.participant.sex,
            facts.household.id.label("household_id"),
            m.left_on.is_not(None).label("left_wholly"),
            *days,
        )
        .join(facts.case, facts.case.id == m.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .join(facts.household, facts.household.id == facts.participant.household_id, isouter=True)
    )


def wait_rows(cut: Cut, case_id: int | None = None) -> CompoundSelect[Any]:
    """The rows of `case_wait`, as the facts of the cut give them. The definitions stand in `rules.Wait`."""
    cases = case_spans(cut, case_id).cte("case_spans").c
    return union_all(*(_rows_of(wait, cases) for wait in Wait))


def span_of(wait: Wait, cases: Any) -> Span:
    """The wait's columns in a row of `case_spans`."""
    return Span(*(cases[f"{wait}_{name}"] for name in ("began", "ended", "stopped")))


def _rows_of(wait: Wait, cases: Any) -> Select[Any]:
    span = span_of(wait, cases)
    of_household = wait is Wait.W7
    return select(
        cases.case_id,
        literal(wait, Choice(Wait)).label("wait"),
        span.began.label("began_on"),
        span.ended.label("ended_on"),
        span.stopped.label("stopped_on"),
        (cases.from_unit_id if wait.of_referrer else cases.to_unit_id).label("unit_id"),
        cases.sex,
        (cases.household_id if of_household else cast(null(), BigInteger)).label("household_id"),
        (case((span.ended.is_not(None), cases.left_wholly)) if of_household else cast(null(), Boolean)).label(
            "left_wholly"
        ),
    ).where(span.is_there)


def months(began: Any, ended: Any) -> ColumnElement[int]:
    """Whole calendar months from one day's month to the other's, as `core.periods.months_between` counts."""
    years = extract("year", ended) - extract("year", began)
    return cast(years * 12 + extract("month", ended) - extract("month", began), Integer)


def in_programme(programme_id: int | None, cut: Cut, on: Any = None) -> ColumnElement[bool]:
    """The case (`Facts(cut).case` of the statement around) is in the programme; on the day, when one is given.

    True for every case when no programme is named.
    """
    if programme_id is None:
        return true()
    day: Any = literal(cut.as_of) if on is None else on
    covers = (
        CaseProgramme.from_on <= day
        if on is None
        else and_(CaseProgramme.from_on <= day, or_(CaseProgramme.to_on.is_(None), CaseProgramme.to_on >= day))
    )
    return (
        select(CaseProgramme.id)
        .where(
            CaseProgramme.case_id == Facts(cut).case.id,
            CaseProgramme.programme_id == programme_id,
            known(CaseProgramme, cut.known_at),
            covers,
        )
        .exists()
    )

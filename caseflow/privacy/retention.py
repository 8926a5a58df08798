"""How long records are kept, and whose time is over.

A record is the household's: the assistance file is kept per household, and its payments tell about all its members.
So a household is thinned out whole, and not while any of its members is still to be kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import Date, Subquery, cast, extract, func, or_, select, union_all

from caseflow.cases.models import Case, CaseEvent, CaseProgramme, Placement, WageCost
from caseflow.cases.rules import OPEN
from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.extensions import db
from caseflow.people.models import AssistancePayment, Participant
from caseflow.privacy.activities import RESEARCH, RULE
from caseflow.privacy.models import RetentionHold


@dataclass(frozen=True)
class Rule:
    """A rule of retention. `years` after the last entry; `research_days`: days of birth that are kept for research."""

    name: str
    years: int
    statute: str
    research_days: tuple[int, ...]
    research_statute: str


def rule() -> Rule:
    """The rule that holds here: what the law says, unless the municipality has set otherwise."""
    days = str(current_app.config["CASEFLOW_RESEARCH_DAYS"])
    return Rule(
        RULE,
        int(current_app.config["CASEFLOW_RETENTION_YEARS"]),
        str(current_app.config["CASEFLOW_RETENTION_STATUTE"]),
        tuple(int(day) for day in days.split(",") if day.strip()),
        RESEARCH,
    )


class Reason(StrEnum):
    """Why somebody whose time is over is kept all the same. NONE: they are not."""

    NONE = "none"
    OPEN = "open"
    HELD = "held"
    RESEARCH = "research"

    @property
    def label(self) -> str:
        return str(REASON_LABELS[self])


REASON_LABELS = {
    Reason.NONE: _l("ska gallras"),
    Reason.OPEN: _l("har ett öppet ärende"),
    Reason.HELD: _l("gallringen är stoppad"),
    Reason.RESEARCH: _l("bevaras för forskning"),
}


@dataclass(frozen=True)
class Record:
    """A household's record whose time is over: its members, the last entry, and why it is kept."""

    participant_ids: tuple[int, ...]
    last_on: date
    reason: Reason

    def deadline(self, years: int) -> date:
        """Thinned out by the end of the calendar year after the one in which the time ended."""
        return date(self.last_on.year + years + 1, 12, 31)


def list_over(on: date, ids: Collection[int] | None = None) -> list[Record]:
    """Every record whose last entry is so old on the day that it is to be thinned out, the oldest first.

    `ids`: only those that hold some of these participants.
    """
    known = rule()
    entries = _entries()
    born = extract("day", Participant.birth_on)
    held = select(RetentionHold.participant_id).where(RetentionHold.lifted_at.is_(None), RetentionHold.until_on >= on)
    opened = select(Case.participant_id).where(Case.stage.in_([stage.value for stage in OPEN]))
    whole = func.coalesce(Participant.household_id, -Participant.id)
    last = func.max(entries.c.at)
    query = (
        select(
            func.array_agg(func.distinct(Participant.id)),
            last,
            func.bool_or(Participant.id.in_(opened)),
            func.bool_or(Participant.id.in_(held)),
            func.bool_or(born.in_(known.research_days)),
        )
        .join(entries, entries.c.participant_id == Participant.id)
        .where(Participant.thinned_at.is_(None))
        .group_by(whole)
        .having(cast(func.timezone(clock.STOCKHOLM.key, last), Date) <= _years_before(on, known.years))
        .order_by(last, whole)
    )
    if ids is not None:
        query = query.having(func.bool_or(Participant.id.in_(ids)))
    return [
        Record(tuple(sorted(members)), clock.local(at).date(), _reason(*why))
        for members, at, *why in db.session.execute(query)
    ]


def last_entries(ids: Collection[int]) -> dict[int, datetime]:
    """The last entry about each of the participants themselves."""
    entries = _entries()
    query = select(entries.c.participant_id, func.max(entries.c.at)).where(entries.c.participant_id.in_(ids))
    return dict(db.session.execute(query.group_by(entries.c.participant_id)).tuples().all())


def _reason(opened: bool, held: bool, research: bool) -> Reason:
    if opened:
        return Reason.OPEN
    if held:
        return Reason.HELD
    return Reason.RESEARCH if research else Reason.NONE


def _entries() -> Subquery:
    """When something was written about a participant: an entry is made when it is recorded, whatever day it is of."""

    def of_case(*columns: Any) -> list[Any]:
        table = columns[0].class_
        return [select(Case.participant_id, column).join(table, table.case_id == Case.id) for column in columns]

    wages = (
        select(Case.participant_id, func.greatest(WageCost.recorded_at, WageCost.voided_at))
        .join(Placement, Placement.case_id == Case.id)
        .join(WageCost, WageCost.placement_id == Placement.id)
    )
    paid = select(Participant.id, func.greatest(AssistancePayment.recorded_at, AssistancePayment.voided_at)).join(
        AssistancePayment, AssistancePayment.household_id == Participant.household_id
    )
    every = union_all(
        select(Participant.id.label("participant_id"), Participant.created_at.label("at")),
        select(Case.participant_id, Case.created_at),
        *of_case(CaseEvent.recorded_at, CaseEvent.voided_at),
        *of_case(CaseProgramme.recorded_at, CaseProgramme.voided_at),
        wages,
        paid,
    ).subquery()
    return select(every).where(or_(every.c.at.is_not(None))).subquery()


def _years_before(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)

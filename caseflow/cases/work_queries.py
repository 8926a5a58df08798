"""What a counsellor has to do: which cases are late, and which are due soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Date, and_, case, cast, func, literal, null, or_, select, true

from caseflow.cases.list_rows import ONGOING, CaseRow, joined
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.rules import OPEN, WORKED
from caseflow.cases.target_queries import target_of
from caseflow.cases.terms import EventKind, Stage
from caseflow.core.language import _l
from caseflow.core.periods import first_of_month
from caseflow.extensions import db
from caseflow.security.permissions import Actor

Row = TypeVar("Row")
ENDING_DAYS = 30
FOLLOW_UP_WITHIN_DAYS = 14
# How many rows of each part stand on Min dag; the rest are a link away.
SHOWN = 6
SHOWN_REFERRALS = 10


class Work(StrEnum):
    """A part of Min dag, or what has been done this month. The value stands in addresses."""

    LATE = "forsenat"
    REFERRALS = "anvisningar"
    MEETINGS = "moten"
    ENDING = "slutar"
    FOLLOW_UPS = "uppfoljningar"
    MET = "hallna-moten"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Work.LATE: _l("Försenat"),
    Work.REFERRALS: _l("Nya anvisningar"),
    Work.MEETINGS: _l("Första möten att hålla"),
    Work.ENDING: _l("Placeringar som slutar inom %(days)s\N{NO-BREAK SPACE}dagar", days=ENDING_DAYS),
    Work.FOLLOW_UPS: _l("Uppföljningar inom %(days)s\N{NO-BREAK SPACE}dagar", days=FOLLOW_UP_WITHIN_DAYS),
    Work.MET: _l("Första möten denna månad"),
}
# What is left to do: the parts of Min dag.
TO_DO = tuple(work for work in Work if work is not Work.MET)


@dataclass(frozen=True)
class Tasks(Generic[Row]):
    """The first rows of a part, or their ids, and how many there are in all."""

    work: Work
    rows: list[Row]
    total: int


@dataclass(frozen=True)
class Lateness:
    """How a case is late: by how many days, and what should have happened (the step's kind) when."""

    days: int
    kind: EventKind
    due_on: date


def find_tasks(actor: Actor, today: date, visible: ColumnElement[bool]) -> dict[Work, Tasks[int]]:
    """Every part of Min dag as ids, the most urgent first: one statement says of each case that could be in a part
    whether it is."""
    columns = [condition(work, actor.id, today) for work in TO_DO]
    columns += [_urgency(work, today) for work in TO_DO]
    concerned = [visible, Case.stage.in_(OPEN), or_(Case.counsellor_id == actor.id, Case.stage == Stage.REFERRED)]
    query = joined(select(Case.id, Case.number, *columns), [ONGOING.c.placement_id, *concerned]).where(*concerned)
    found = db.session.execute(query).all()
    tasks: dict[Work, Tasks[int]] = {}
    for place, work in enumerate(TO_DO, start=2):
        there = sorted((row[place + len(TO_DO)], row.number, row.id) for row in found if row[place])
        shown = SHOWN_REFERRALS if work == Work.REFERRALS else SHOWN
        tasks[work] = Tasks(work, [case_id for _by, _number, case_id in there[:shown]], len(there))
    return tasks


# Min dag is opened many times a day, and its conditions are long.
@lru_cache(maxsize=1024)
def condition(work: Work, counsellor_id: Any, today: date) -> ColumnElement[bool]:
    """The cases of the part. Referrals nobody has taken are the whole unit's, the rest the counsellor's own (None:
    anybody's).

    What is late stands in that part alone; a referral waits among the referrals however late it is.
    Only in queries that `joined` or `rows_query` made.
    """
    mine = true() if counsellor_id is None else Case.counsellor_id == counsellor_id
    late = func.coalesce(lateness(today), 0) > 0
    if work == Work.LATE:
        return and_(mine, Case.stage != Stage.REFERRED, late)
    if work == Work.REFERRALS:
        return Case.stage == Stage.REFERRED
    if work == Work.MEETINGS:
        return and_(mine, Case.stage == Stage.ACCEPTED, ~late)
    if work == Work.ENDING:
        return and_(mine, ONGOING.c.planned_end_on.between(today, today + timedelta(days=ENDING_DAYS)))
    if work == Work.MET:
        return and_(mine, _met_this_month(today))
    soon = Case.follow_up_due_on.between(today, today + timedelta(days=FOLLOW_UP_WITHIN_DAYS))
    return and_(mine, Case.stage.in_(WORKED), soon)


def _met_this_month(today: date) -> ColumnElement[bool]:
    """Cases with a first meeting held this month, those that have closed since too."""
    this_month = CaseEvent.occurred_on.between(first_of_month(today), today)
    held = (CaseEvent.case_id == Case.id, CaseEvent.kind == EventKind.FIRST_MEETING, CaseEvent.voided_at.is_(None))
    return select(CaseEvent.id).where(*held, this_month).correlate(Case).exists()


def lateness(today: date) -> ColumnElement[Any]:
    """Days past the day that something should have been done; NULL where nothing is due.

    Follow-ups have their due day, placements their planned end, and a referral should have led to a first meeting
    within the target of W3.
    """
    now = cast(literal(today), Date)
    waiting = Case.stage.in_([Stage.REFERRED, Stage.ACCEPTED])
    return func.greatest(
        case((Case.stage.in_(WORKED), now - Case.follow_up_due_on), else_=null()),
        case((Case.stage.in_(WORKED), now - ONGOING.c.planned_end_on), else_=null()),
        case((waiting, now - Case.referred_on - target_of(literal("W3"), today)), else_=null()),
    )


def late_by(row: CaseRow, today: date) -> Lateness | None:
    """What the case is late with, the worst when there are several; the same as `lateness` for one row."""
    due: list[tuple[date | None, EventKind]] = []
    if row.stage in WORKED:
        planned = row.placement.planned_end_on if row.placement else None
        due = [(planned, EventKind.PLACEMENT_ENDED), (row.follow_up_due_on, EventKind.FOLLOW_UP)]
    elif row.stage in (Stage.REFERRED, Stage.ACCEPTED):
        kind = EventKind.ACCEPTED if row.stage == Stage.REFERRED else EventKind.FIRST_MEETING
        due = [(row.meet_by_on, kind)]
    found = [Lateness((today - day).days, kind, day) for day, kind in due if day is not None and day < today]
    return max(found, key=lambda late: late.days, default=None)


@lru_cache
def _urgency(work: Work, today: date) -> Any:
    """What the cases of the part are ordered by, the least first."""
    if work == Work.LATE:
        return -lateness(today)
    if work == Work.ENDING:
        return ONGOING.c.planned_end_on
    if work == Work.FOLLOW_UPS:
        return Case.follow_up_due_on
    return Case.referred_on

"""Reads for the list of placements that go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import aliased

from caseflow.accounts.models import User
from caseflow.cases.list_order import MOST_LISTED, title_order
from caseflow.cases.list_queries import PAGE_SIZE, page_within
from caseflow.cases.list_rows import title_of
from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.queries import visible_to
from caseflow.cases.rules import WORKED
from caseflow.cases.terms import EmploymentForm, EventKind, PlacementKind
from caseflow.cases.work_queries import ENDING_DAYS
from caseflow.database import swedish
from caseflow.extensions import db
from caseflow.organisation.models import Employer, Workplace
from caseflow.people.models import Household, Participant
from caseflow.security import audit
from caseflow.security.permissions import Actor
from caseflow.web.pagination import Page

ENDING, PASSED = "slutar", "passerat"
SORTS = frozenset({"namn", "typ", "arbetsplats", "omfattning", "start", "slut", "konsulent"})
_end = aliased(CaseEvent)


@dataclass(frozen=True)
class PlacementRow:
    """An ongoing placement as the list shows it."""

    public_id: UUID
    case_id: UUID
    title: str
    protected: bool
    has_children: bool
    kind: PlacementKind
    form: EmploymentForm | None
    workplace: str
    employer: str
    percent: int
    starts_on: date
    planned_end_on: date | None
    counsellor: str

    @property
    def label(self) -> str:
        return self.form.label if self.form else self.kind.label


@dataclass(frozen=True)
class PlacementFilter:
    """What the list shows. `end`: ENDING within 30 days, PASSED the planned end, or empty for all."""

    kind: PlacementKind | None = None
    mine: bool = False
    end: str = ""
    sort: str = "slut"
    page: int = 1


@dataclass(frozen=True)
class PlacementCounts:
    """The numbers on the chips: placements by kind, and of each kind those that end soon or should have ended."""

    kinds: Mapping[PlacementKind, int]
    ends: Mapping[str, Mapping[PlacementKind, int]]

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    @property
    def ending(self) -> int:
        return sum(self.ends[ENDING].values())

    @property
    def passed(self) -> int:
        return sum(self.ends[PASSED].values())


def list_placements(actor: Actor, chosen: PlacementFilter, today: date) -> tuple[Page[PlacementRow], PlacementCounts]:
    """One page of the ongoing placements in cases that the actor may see, and the numbers on the chips.

    A unit has some hundreds: all are found in order by one statement and counted here. Of those on the page the rest is
    then read.
    """
    ordering, tables = _order(chosen.sort)
    query = _ongoing(select(Placement.id, Placement.kind, Placement.planned_end_on), _base(actor, chosen))
    ongoing = db.session.execute(_with(tables, query).order_by(*ordering)).all()
    wanted = [
        row.id
        for row in ongoing
        if chosen.kind in (None, row.kind) and chosen.end in ("", _end_of(row.planned_end_on, today))
    ]
    total = len(wanted)
    number = page_within(chosen.page, PAGE_SIZE, total)
    ids = wanted[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    shown = _with(_JOINED, _ongoing(select(*_COLUMNS), [Placement.id.in_(ids)])).order_by(*ordering)
    rows = [_to_row(row) for row in db.session.execute(shown)]
    return Page(rows, number, PAGE_SIZE, total, MOST_LISTED), _counted(ongoing, today)


def _counted(ongoing: Iterable[Any], today: date) -> PlacementCounts:
    kinds: Counter[PlacementKind] = Counter()
    ends: dict[str, Counter[PlacementKind]] = {ENDING: Counter(), PASSED: Counter()}
    for row in ongoing:
        kinds[row.kind] += 1
        if end := _end_of(row.planned_end_on, today):
            ends[end][row.kind] += 1
    return PlacementCounts(kinds, ends)


def _end_of(planned_end_on: date | None, today: date) -> str:
    """Which chip picks the placement out by its end; "" for none."""
    if planned_end_on is None or planned_end_on > today + timedelta(days=ENDING_DAYS):
        return ""
    return PASSED if planned_end_on < today else ENDING


_COLUMNS = (
    Case.id.label("case_id"),
    Case.participant_id,
    Placement.public_id,
    Case.public_id.label("case_public_id"),
    Case.number,
    Participant.first_name,
    Participant.last_name,
    Participant.protected,
    Household.children,
    Placement.kind,
    Placement.form,
    Workplace.name.label("workplace"),
    Employer.name.label("employer"),
    Placement.percent,
    CaseEvent.occurred_on,
    Placement.planned_end_on,
    User.name.label("counsellor"),
)


def _ongoing(query: Select[Any], conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """The query over the placements that have begun and not ended."""
    over = select(_end.id).where(
        _end.placement_id == Placement.id, _end.kind == EventKind.PLACEMENT_ENDED, _end.voided_at.is_(None)
    )
    return (
        query.select_from(Placement)
        .join(CaseEvent, CaseEvent.placement_id == Placement.id)
        .join(Case, Case.id == Placement.case_id)
        .where(
            # A closed case has no placement that goes on.
            Case.stage.in_(WORKED),
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            CaseEvent.voided_at.is_(None),
            ~over.exists(),
            *conditions,
        )
    )


# In an order in which each can be joined.
_JOINED: dict[type[Any], ColumnElement[bool]] = {
    Participant: Participant.id == Case.participant_id,
    Household: Household.id == Participant.household_id,
    Workplace: Workplace.id == Placement.workplace_id,
    Employer: Employer.id == Workplace.employer_id,
    User: User.id == Case.counsellor_id,
}


def _with(tables: Iterable[type[Any]], query: Select[Any]) -> Select[Any]:
    for table in tables:
        query = query.join(table, _JOINED[table], isouter=table in (Household, User))
    return query


def _base(actor: Actor, chosen: PlacementFilter) -> list[ColumnElement[bool]]:
    return [visible_to(actor), *([Case.counsellor_id == actor.id] if chosen.mine else [])]


def _order(sort: str) -> tuple[list[ColumnElement[Any]], tuple[type[Any], ...]]:
    """What `sort` orders by, and the tables that this speaks of besides the placement, its start and the case."""
    # The form's own word stands in the list, so kinds are ordered before forms.
    kinds = case({kind.value: place for place, kind in enumerate(PlacementKind)}, value=Placement.kind)
    keys: dict[str, tuple[list[Any], tuple[type[Any], ...]]] = {
        "namn": (title_order(), (Participant,)),
        "typ": ([kinds, Placement.form], ()),
        "arbetsplats": ([swedish(Workplace.name), swedish(Employer.name)], (Workplace, Employer)),
        "omfattning": ([Placement.percent], ()),
        "start": ([CaseEvent.occurred_on], ()),
        "slut": ([Placement.planned_end_on], ()),
        "konsulent": ([swedish(User.name)], (User,)),
    }
    down = sort.startswith("-")
    chosen, tables = keys[sort.removeprefix("-")]
    return [*((key.desc() if down else key.asc()).nulls_last() for key in chosen), Placement.id], tables


def _to_row(row: Any) -> PlacementRow:
    audit.read(row.participant_id, row.case_id)
    return PlacementRow(
        public_id=row.public_id,
        case_id=row.case_public_id,
        title=title_of(row.protected, row.number, row.first_name, row.last_name),
        protected=row.protected,
        has_children=bool(row.children),
        kind=row.kind,
        form=row.form,
        workplace=row.workplace,
        employer=row.employer,
        percent=row.percent,
        starts_on=row.occurred_on,
        planned_end_on=row.planned_end_on,
        counsellor=row.counsellor or "",
    )

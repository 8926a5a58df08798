"""Reads for lists of cases, as quick among a hundred thousand cases as among ten.

What a page shows is found first, by id, from the cases and what the filter and the order speak of; only its rows are
then looked up whole. Nothing is counted further than a reader can page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    true,
)

from caseflow.cases.list_order import DAYS, MOST_LISTED, order, title_order
from caseflow.cases.list_rows import CaseRow, Conditions, in_programme, joined, rows_by_id, to_rows
from caseflow.cases.models import Case
from caseflow.cases.rules import CLOSED, OPEN
from caseflow.cases.target_queries import StageTargets
from caseflow.cases.terms import Stage
from caseflow.extensions import db
from caseflow.people.models import Household
from caseflow.web.pagination import Page

PAGE_SIZE = 25
ANY_STAGE = OPEN | CLOSED


def list_page(
    targets: StageTargets,
    conditions: Conditions,
    sort: str,
    number: int,
    *,
    stages: frozenset[Stage] = ANY_STAGE,
    size: int = PAGE_SIZE,
    total: int | None = None,
) -> Page[CaseRow]:
    """One page of the cases; a number past the end gives the last page."""
    page = find_page(targets, conditions, sort, number, stages=stages, size=size, total=total)
    rows = rows_of(targets, page.rows)
    return page.showing([rows[case_id] for case_id in page.rows])


def find_page(
    targets: StageTargets,
    conditions: Conditions,
    sort: str,
    number: int,
    *,
    stages: frozenset[Stage] = ANY_STAGE,
    size: int = PAGE_SIZE,
    total: int | None = None,
) -> Page[int]:
    """The same page as ids, for `rows_of`.

    `stages`: those that the conditions leave. `total`: how many cases there are, where that is known.
    """
    total = count(conditions) if total is None else total
    number = page_within(number, size, total)
    first, last = (number - 1) * size, number * size
    if sort.removeprefix("-") == DAYS:
        ids = _ids_by_days(targets, conditions, stages, last, longest_over_first=sort.startswith("-"))[first:]
    else:
        ordering = order(sort, targets.today)
        wanted = joined(select(Case.id), [*conditions, *ordering]).where(*conditions).order_by(*ordering)
        ids = db.session.scalars(wanted.limit(size).offset(first)).all()
    return Page(list(ids), number, size, total, MOST_LISTED)


def _ids_by_days(
    targets: StageTargets, conditions: Conditions, stages: frozenset[Stage], limit: int, *, longest_over_first: bool
) -> Sequence[int]:
    """The first cases by how far they are over their target; closed cases last, by number."""
    found = _by_days(targets, conditions, stages & OPEN, limit, longest_over_first=longest_over_first)
    ids = [row.id for row in db.session.execute(found.limit(limit))] if stages & OPEN else []
    if stages & CLOSED and len(ids) < limit:
        closed = joined(select(Case.id), conditions).where(Case.stage.in_(CLOSED), *conditions).order_by(Case.number)
        ids += db.session.scalars(closed.limit(limit - len(ids)))
    return ids


def list_columns(
    targets: StageTargets, conditions: Conditions, stages: Sequence[Stage], size: int
) -> dict[Stage, list[CaseRow]]:
    """The first cases of each stage, longest over target first."""
    ids: dict[Stage, list[int]] = {stage: [] for stage in stages}
    for row in db.session.execute(_by_days(targets, conditions, stages, size, longest_over_first=True)):
        ids[Stage(row.stage)].append(row.id)
    every = [case_id for found in ids.values() for case_id in found[:size]]
    rows = rows_of(targets, every)
    return {stage: [rows[case_id] for case_id in found[:size]] for stage, found in ids.items()}


def _by_days(
    targets: StageTargets, conditions: Conditions, stages: Iterable[Stage], limit: int, *, longest_over_first: bool
) -> Select[Any]:
    """The first cases of each part, by how far they are over their target.

    Where the target is the same, who came into the stage first is furthest over: that order an index has ready.
    """
    part = targets.table(stages)
    over = func.coalesce(part.c.cutoff_on, cast(literal(targets.today), Date)) - Case.stage_since_on
    since = Case.stage_since_on.asc() if longest_over_first else Case.stage_since_on.desc()
    some = joined(select(Case.id, Case.number, over.label("over")), conditions)
    some = some.where(*targets.within(part), *conditions).order_by(since, Case.number).limit(limit)
    first = some.correlate(part).lateral("first")
    over_days = first.c.over.desc() if longest_over_first else first.c.over.asc()
    return select(part.c.stage, first.c.id).join_from(part, first, true()).order_by(over_days, first.c.number)


def page_within(number: int, size: int, total: int) -> int:
    """The page's number, or that of the last page that can be paged to."""
    return min(max(1, number), max(1, -(-min(total, MOST_LISTED) // size)))


def first_of_few(conditions: Conditions, limit: int) -> tuple[list[int], int]:
    """The first cases, open ones by name before closed ones, and how many there are: right to MOST_LISTED of them."""
    key = title_order()[0].label("title_key")
    columns = select(Case.id, Case.number, Case.stage.in_(OPEN).label("is_open"), key)
    some = joined(columns, [*conditions, key]).where(*conditions).limit(MOST_LISTED + 1).subquery()
    query = select(some.c.id, func.count().over().label("total"))
    found = db.session.execute(
        query.order_by(some.c.is_open.desc(), some.c.title_key, some.c.number).limit(limit)
    ).all()
    return [row.id for row in found], found[0].total if found else 0


def first_by_name(conditions: Conditions, limit: int) -> list[int]:
    """The first cases by name, by the index of names: where many meet the conditions."""
    ordering = [*title_order(), Case.number]
    query = joined(select(Case.id), [*conditions, *ordering]).where(*conditions).order_by(*ordering)
    return list(db.session.scalars(query.limit(limit)))


def rows_of(targets: StageTargets, ids: Sequence[int]) -> dict[int, CaseRow]:
    """The rows of the cases by id."""
    if not ids:
        return {}
    found = db.session.execute(rows_by_id(), {"ids": list(ids), "today": targets.today}).all()
    return dict(zip((row.id for row in found), to_rows(found, targets), strict=True))


def count(conditions: Conditions) -> int:
    """How many cases meet the conditions; MOST_LISTED + 1 when they are more than a list shows."""
    # In the order of an index, so that it can stop early: without it, tables are joined from end to end first.
    some = joined(select(Case.id), conditions).where(*conditions).order_by(Case.stage, Case.stage_since_on)
    some = some.limit(MOST_LISTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


@dataclass(frozen=True)
class Counts:
    """How many cases there are in each stage, and how many of those that are over its target. What is above
    MOST_LISTED stands for "more than that"."""

    stages: dict[Stage, int]
    over: dict[Stage, int]
    most = MOST_LISTED

    @property
    def total(self) -> int:
        return self.of(None, over=False)

    @property
    def total_over(self) -> int:
        return self.of(None, over=True)

    def of(self, stage: Stage | None, over: bool) -> int:
        """How many there are in the stage (None: in all), or over target there."""
        counted = self.over if over else self.stages
        return min(sum(counted.values()) if stage is None else counted.get(stage, 0), MOST_LISTED + 1)


def count_by_stage(
    targets: StageTargets, conditions: Conditions, stages: frozenset[Stage], *, of_cases_alone: bool = True
) -> Counts:
    """The numbers on the chips above a list; stages without cases are left out. `stages`: what the conditions leave.

    `of_cases_alone`: the conditions ask nothing that the case's own row does not tell. Then an index counts each part,
    and only so far as a list can be paged; else all that meet the conditions are found, once.
    """
    query = _counted(targets, conditions, stages) if of_cases_alone else _counted_at_once(targets, conditions)
    found = db.session.execute(query).all()
    return Counts(
        {Stage(row.stage): row.n for row in found if row.n}, {Stage(row.stage): row.over for row in found if row.over}
    )


def _counted(targets: StageTargets, conditions: Conditions, stages: Iterable[Stage]) -> Select[Any]:
    part = targets.table(stages)
    some = joined(select(Case.stage_since_on), conditions).where(*targets.within(part), *conditions)
    # Those over the target come first.
    first = some.order_by(Case.stage_since_on).limit(MOST_LISTED + 1).correlate(part).lateral("first")
    over = func.count().filter(first.c.stage_since_on < part.c.cutoff_on).label("over")
    counted = select(part.c.stage, func.count().label("n"), over)
    return counted.join_from(part, first, true()).group_by(part.c.stage)


def _counted_at_once(targets: StageTargets, conditions: Conditions) -> Select[Any]:
    columns = select(Case.stage, func.count().label("n"), func.count().filter(targets.over).label("over"))
    return joined(columns, conditions).where(*conditions).group_by(Case.stage)


@dataclass(frozen=True)
class Marks:
    """How many of the cases are of households with children, and in the programme where that was asked."""

    children: int
    programme: int | None


def count_marks(conditions: Conditions, programme: str | None = None) -> Marks:
    """The numbers on the chips that ask for more than the case itself: of short lists only."""
    counted = joined(select(*_marks(programme)), [*conditions, Household.children.expression])
    found = db.session.execute(counted.where(*conditions)).one()
    return Marks(found.children, found.programme)


def _marks(programme: str | None) -> list[ColumnElement[Any]]:
    children = func.count().filter(Household.children > 0).label("children")
    in_it = null() if programme is None else func.count().filter(in_programme(programme))
    return [children, in_it.label("programme")]


@dataclass(frozen=True)
class Few:
    """The numbers above a list of few cases. `besides`: how many of the cases are in other stages than the list's."""

    counts: Counts
    marks: Marks
    besides: int


def count_few(
    targets: StageTargets, conditions: Conditions, stages: frozenset[Stage], programme: str | None = None
) -> Few:
    """Everything that is counted of a single counsellor's cases, to whom an index leads, in one statement."""
    children, in_it = _marks(programme)
    over = func.count().filter(targets.over).label("over")
    columns = select(Case.stage, func.count().label("n"), over, children, in_it)
    query = joined(columns, [*conditions, Household.children.expression]).where(*conditions).group_by(Case.stage)
    found = db.session.execute(query).all()
    listed = [row for row in found if row.stage in stages]
    return Few(
        Counts({row.stage: row.n for row in listed}, {row.stage: row.over for row in listed if row.over}),
        Marks(sum(row.children for row in listed), None if programme is None else sum(row.programme for row in listed)),
        sum(row.n for row in found) - sum(row.n for row in listed),
    )

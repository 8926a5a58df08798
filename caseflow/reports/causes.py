"""Why a figure is another than when it was frozen: the cases it lost and gained, and what was noted of them since."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, BigInteger, Numeric, Select, cast, func, literal, select, union_all
from sqlalchemy.sql import visitors

from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.measures.registry import MEASURES
from caseflow.measures.selection import Selection
from caseflow.reports.changes import Change, list_changes
from caseflow.reports.difference import Line
from caseflow.reports.document import Kind, Trace
from caseflow.reports.naming import Names, Subject
from caseflow.security.permissions import Actor

SHOWN = 20
EARLIER_SUFFIX = re.compile(r"_\d+_\d+$")


@dataclass(frozen=True)
class Moved:
    """A case or a household that a figure counts otherwise now."""

    subject: Subject
    fate: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Cause:
    """What stands behind one changed figure: those the reader may see, a score at most, how many more, how many of
    other units."""

    moved: tuple[Moved, ...]
    more: int
    outside: int


@dataclass(frozen=True)
class _Difference:
    """How many differing rows a case or household has in a figure, then and now."""

    case_id: int | None
    household_id: int | None
    then: int
    now: int

    @property
    def fate(self) -> str:
        if not self.then:
            return _("räknas nu")
        return _("räknas inte längre") if not self.now else _("räknas på annat sätt")


def causes_of(lines: Sequence[Line], frozen_at: datetime, as_of: date, actor: Actor) -> dict[int, Cause]:
    """The cause of each line that has a trace, by its place. A fixed number of statements, however many lines."""
    pairs = [_selections(line, frozen_at) for line in lines]
    # Figures of the same rows (number, mean, median) are asked for once.
    questions = list(dict.fromkeys(pair for pair in pairs if pair))
    found = _differences(questions)
    every = [one for rows in found.values() for one in rows]
    case_ids = {one.case_id for one in every if one.case_id is not None}
    household_ids = {one.household_id for one in every if one.household_id is not None}
    changes = list_changes(case_ids, household_ids, frozen_at, as_of, actor) if every else []
    names = Names(actor, case_ids, household_ids)
    return {
        place: _cause(_telling(lines[place], found[questions.index(pair)]), changes, names)
        for place, pair in enumerate(pairs)
        if pair is not None
    }


def _selections(line: Line, frozen_at: datetime) -> tuple[str, Selection, Selection] | None:
    """The measure of the figure, what it counted then and what it counts now; None without a trace."""
    trace: Trace | None = (line.then and line.then.trace) or (line.now and line.now.trace) or None
    if trace is None or trace.measure not in MEASURES:
        return None
    then = replace(trace.selection, cut=replace(trace.selection.cut, known_at=frozen_at))
    return trace.measure, then, replace(then, cut=replace(then.cut, known_at=None))


def _differences(questions: Sequence[tuple[str, Selection, Selection]]) -> dict[int, list[_Difference]]:
    """Per figure, the cases and households whose rows are not the same then and now: one statement for all figures."""
    found: dict[int, list[_Difference]] = defaultdict(list)
    if questions:
        for place, *row in db.session.execute(_compared(questions)).tuples():
            found[place].append(_Difference(*row))
    return found


def _compared(questions: Sequence[tuple[str, Selection, Selection]]) -> Select[Any]:
    parts = [
        _side(MEASURES[key].rows(selection), place, side)
        for place, (key, then, now) in enumerate(questions)
        for side, selection in enumerate((then, now))
    ]
    both = union_all(*parts).subquery().c
    then, now = (func.count().filter(both.side == side) for side in (0, 1))
    same = both.place, both.case_id, both.household_id, both.day, both.value
    unlike = select(*same, then.label("then"), now.label("now")).group_by(*same).having(then != now).subquery().c
    who = unlike.place, unlike.case_id, unlike.household_id
    return select(*who, func.sum(unlike.then), func.sum(unlike.now)).group_by(*who).order_by(*who)


def _side(rows: Select[Any], place: int, side: int) -> Select[Any]:
    counted = _apart(rows, f"{place}_{side}").subquery().c
    return select(
        literal(place).label("place"),
        literal(side).label("side"),
        cast(counted.case_id, BigInteger).label("case_id"),
        cast(counted.household_id, BigInteger).label("household_id"),
        counted.day.label("day"),
        func.round(cast(counted.value, Numeric), 6).label("value"),
    )


def _apart(rows: Select[Any], suffix: str) -> Select[Any]:
    """The statement with names of its own for what stands in its WITH, so that several fit into one."""
    for part in {id(part): part for part in visitors.iterate(rows) if isinstance(part, CTE)}.values():
        # The object may be kept for the next statement: its name must not grow by every page.
        part.name = f"{EARLIER_SUFFIX.sub('', part.name)}_{suffix}"
    return rows


def _telling(line: Line, differences: list[_Difference]) -> list[_Difference]:
    """A number of cases is not changed by those that are counted as often as before, with another day or length."""
    return [one for one in differences if one.then != one.now] if line.column.kind is Kind.COUNT else differences


def _cause(differences: Iterable[_Difference], changes: list[Change], names: Names) -> Cause:
    seen, outside = [], 0
    for one in differences:
        subject = names.of(one.case_id, one.household_id)
        if subject is None:
            outside += 1
        else:
            seen.append(Moved(subject, one.fate, tuple(change for change in changes if _is_about(change, one))))
    return Cause(tuple(seen[:SHOWN]), max(len(seen) - SHOWN, 0), outside)


def _is_about(change: Change, one: _Difference) -> bool:
    if one.case_id is not None and change.case_id == one.case_id:
        return True
    return one.household_id is not None and change.household_id == one.household_id

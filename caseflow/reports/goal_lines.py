"""The goals of a report at a glance, read from its tables: so that a frozen report shows those it was frozen with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caseflow.core.language import _
from caseflow.measures.rules import Goal
from caseflow.reports.document import Cell, Column, Document, Row, Table
from caseflow.reports.wording import value_words

NEEDED = {"indicator", "value", "last_year", "target", "colour", "comment"}


@dataclass(frozen=True)
class GoalLine:
    """An indicator with a target or a colour: `section` is the table that tells more."""

    section: str
    label: str
    value: Cell
    column: Column
    trend: Cell
    target: str
    goal: Goal
    comment: str


def list_goals(document: Document) -> list[GoalLine]:
    """In the order of the tables. What has neither target nor a colour that says anything is left out."""
    return [line for table in document.tables for line in _lines(table)]


def count_goals(lines: Iterable[GoalLine]) -> list[tuple[Goal, int]]:
    """How many there are of each colour, those that are met first."""
    counts = Counter(line.goal for line in lines)
    return [(goal, counts[goal]) for goal in Goal if counts[goal]]


def _lines(table: Table) -> Iterator[GoalLine]:
    columns = {column.key: column for column in table.columns}
    if not columns.keys() >= NEEDED:
        return
    for row in table.rows:
        line = _line(table, row, columns["value"])
        if line and (line.goal is not Goal.UNKNOWN or line.comment):
            yield line


def _line(table: Table, row: Row, column: Column) -> GoalLine | None:
    def of(key: str) -> Cell:
        return table.cell(row.key, key)

    goal = of("colour").value
    if not isinstance(goal, Goal) or not of("target").value:
        return None
    return GoalLine(
        table.key,
        str(of("indicator").value),
        of("value"),
        column,
        Cell(_trend(of("value"), of("last_year"), column), trace=of("last_year").trace),
        str(of("target").value),
        goal,
        str(of("comment").value or ""),
    )


def _trend(now: Cell, before: Cell, column: Column) -> str:
    """Against the same part of the year before, in words."""
    values = [one.value for one in (now, before)]
    if not all(hasattr(value, "__float__") for value in values):
        return value_words(None, column)
    then, step = value_words(before.value, column), float(values[0]) - float(values[1])  # type: ignore[arg-type]
    if step > 0:
        return _("ökat från %(before)s", before=then)
    return _("minskat från %(before)s", before=then) if step < 0 else _("oförändrat, %(before)s", before=then)

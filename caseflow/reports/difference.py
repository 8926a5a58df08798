"""What two tellings of a report differ in, cell by cell. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from caseflow.core.language import _
from caseflow.reports.document import Cell, Column, Document, Kind, Row, Table
from caseflow.reports.wording import cell_words


@dataclass(frozen=True)
class Line:
    """One cell that is not the same. None: it was not there, or is not there any more."""

    table: Table
    row: Row
    row_label: str
    column: Column
    then: Cell | None
    now: Cell | None

    @property
    def then_words(self) -> str:
        return cell_words(self.then, self.column) if self.then else _("fanns inte")

    @property
    def now_words(self) -> str:
        return cell_words(self.now, self.column) if self.now else _("finns inte längre")


def compare(then: Document, now: Document) -> list[Line]:
    """Every cell that differs, in the order of the tables; a row or table of one telling only is all its cells."""
    lines: list[Line] = []
    for old, new in _pairs(then.tables, now.tables):
        lines += _lines(old, new)
    return lines


def sources_of(line: Line, lines: Iterable[Line]) -> str:
    """Which figures a figure without cases of its own is made from, as far as the table tells."""
    cell = (line.row.key, line.column.key)
    for addition in line.table.additions:
        if addition.total == cell:
            return _("Summan av %(parts)s.", parts=", ".join(_name(line.table, *part) for part in addition.parts))
    beside = [
        one.column.label
        for one in lines
        if (one.table.key, one.row.key) == (line.table.key, line.row.key) and one is not line and is_traced(one)
    ]
    if beside:
        return _("Räknas ur %(columns)s på samma rad.", columns=", ".join(dict.fromkeys(beside)))
    return _("Räknas ur rapportens andra siffror eller ur register som mål och kostnader.")


def is_traced(line: Line) -> bool:
    """Whether the rows behind the cell can be listed."""
    return bool((line.then and line.then.trace) or (line.now and line.now.trace))


def _pairs(old: tuple[Table, ...], new: tuple[Table, ...]) -> Iterator[tuple[Table | None, Table | None]]:
    before, after = {one.key: one for one in old}, {one.key: one for one in new}
    for key in dict.fromkeys((*before, *after)):
        yield before.get(key), after.get(key)


def _lines(old: Table | None, new: Table | None) -> Iterator[Line]:
    table = new or old
    assert table is not None
    before, after = _cells(old), _cells(new)
    rows = {row.key: row for one in (old, new) if one for row in one.rows}
    columns = {column.key: column for one in (old, new) if one for column in one.columns}
    label = table.columns[0]
    for row_key, column_key in dict.fromkeys((*before, *after)):
        then, now = before.get((row_key, column_key)), after.get((row_key, column_key))
        # The first column names the row; a row that is there once only is told by its figures.
        named_only = column_key == label.key and (then is None or now is None)
        if not named_only and not _same(then, now):
            row = rows[row_key]
            yield Line(table, row, _label(table, row), columns[column_key], then, now)


def _cells(table: Table | None) -> dict[tuple[str, str], Cell]:
    if table is None:
        return {}
    return {
        (row.key, column.key): cell for row in table.rows for column, cell in zip(table.columns, row.cells, strict=True)
    }


def _same(then: Cell | None, now: Cell | None) -> bool:
    if then is None or now is None:
        return then is now
    if isinstance(then.value, float) and isinstance(now.value, float):
        # The database may add the same numbers in another order.
        return math.isclose(then.value, now.value, rel_tol=1e-12, abs_tol=1e-12)
    return (then.value, then.suppressed) == (now.value, now.suppressed)


def _label(table: Table, row: Row) -> str:
    """What the row is of: its first column and those of words that follow at once, as unit and sex."""
    named = takewhile(lambda pair: pair[0].kind is Kind.TEXT, zip(table.columns, row.cells, strict=False))
    words = [cell_words(cell, column) for column, cell in named]
    return ", ".join(words) or cell_words(row.cells[0], table.columns[0])


def _name(table: Table, row: str, column: str) -> str:
    found = next((one for one in table.rows if one.key == row), None)
    label = _label(table, found) if found else row
    heading = next((one.label for one in table.columns if one.key == column), column)
    return f"{label} ({heading.lower()})"

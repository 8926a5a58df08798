"""A report as tables of cells. Pages, JSON, CSV, XLSX and PDF all print this one thing, so they cannot differ.

Pure: nothing here reads the database. `reports/<name>.py` build documents from the measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from caseflow.measures.rules import Goal
from caseflow.measures.selection import Selection

Value = int | float | Decimal | date | str | bool | Goal | None


class Kind(StrEnum):
    """What a column holds, and so how it is written: as text, a number with its decimals, a day, a colour."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    KRONOR = "kronor"
    DAY = "day"
    GOAL = "goal"


@dataclass(frozen=True)
class Column:
    """`key`: English, the name in JSON and CSV. `label`: Swedish, the heading. A percentage is 0 to 100."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    decimals: int = 0


@dataclass(frozen=True)
class Trace:
    """What opens a figure to the cases behind it: a measure, and the rows of it."""

    measure: str
    selection: Selection

    def address(self) -> dict[str, str]:
        return {"matt": self.measure} | self.selection.address()


@dataclass(frozen=True)
class Cell:
    """One value. None is "uppgift saknas"; a zero is a zero.

    `n`: how many persons or households the value rests on (itself, for a count), which decides whether it may leave the
    organisation; None where it rests on none (a target, a day). `note`: what must be said of just this value.
    """

    value: Value
    n: int | None = None
    trace: Trace | None = None
    note: str = ""
    suppressed: bool = False


@dataclass(frozen=True)
class Row:
    """`key`: English and unique in the table. One cell for each column, in order."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Addition:
    """Cells that add up: the total and its parts, as (row key, column key). Hiding one of them asks for another."""

    total: tuple[str, str]
    parts: tuple[tuple[str, str], ...]


class ChartKind(StrEnum):
    """How a chart is drawn. Its table stands beside it, always."""

    LINE = "line"
    STEP = "step"
    BARS = "bars"
    CONTROL = "control"
    SANKEY = "sankey"


@dataclass(frozen=True)
class Series:
    """Points of a chart. `x`: a number, or a label of a category axis."""

    name: str
    points: tuple[tuple[float | str, float | None], ...]
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """`caption` says what the chart shows, in a sentence. `links`: (from, to, n) of a Sankey diagram."""

    kind: ChartKind
    caption: str
    series: tuple[Series, ...] = ()
    links: tuple[tuple[str, str, int], ...] = ()
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True)
class Table:
    """`key`: English, the sheet's and file's name. `title`, `caption`: Swedish. `notes`: footnotes, in order."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    additions: tuple[Addition, ...] = ()
    chart: Chart | None = None

    def cell(self, row: str, column: str) -> Cell:
        """The cell of the row and column with these keys. Raises KeyError."""
        at = next((place for place, one in enumerate(self.columns) if one.key == column), None)
        found = next((one for one in self.rows if one.key == row), None)
        if at is None or found is None:
            raise KeyError((row, column))
        return found.cells[at]


@dataclass(frozen=True)
class Definition:
    """How a figure is made, and where that is said."""

    term: str
    text: str
    source: str


@dataclass(frozen=True)
class Document:
    """A whole report. `facts`: what it was asked about, as label and words (period, cut-off, unit …). `warnings`: what
    the reader must know before the figures. `older_json`: keys that the JSON had before there were tables, kept."""

    key: str
    title: str
    as_of: date
    known_at: datetime | None
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    definitions: tuple[Definition, ...] = ()
    warnings: tuple[str, ...] = ()
    external: bool = False
    older_json: Mapping[str, Any] = field(default_factory=dict)

    def table(self, key: str) -> Table:
        """The table with the key. Raises KeyError."""
        found = next((table for table in self.tables if table.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

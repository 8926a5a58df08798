"""Rows of the files with their values, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from caseflow.core.errors import RuleBroken
from caseflow.core.personnummer import Identity
from caseflow.imports.kinds import COLUMNS, IDENTITY, USUAL_COLUMN, FileKind, known_columns
from caseflow.imports.reading import Sheet
from caseflow.imports.values import BadValue, fold

Key = tuple[str, ...]


class Outcome(StrEnum):
    """What reading a row led to."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(eq=False)
class Row:
    """One row. `values` holds what its cells say, by column; a column without a value is not there."""

    sheet: Sheet
    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    column: str = ""
    message: str = ""

    @property
    def kind(self) -> FileKind:
        return self.sheet.kind

    @property
    def place(self) -> str:
        return f"{self.sheet.name} rad {self.line}"

    @cached_property
    def key(self) -> Key:
        """What tells the row apart from others of its kind."""
        parts = [self.values.get(column) for column in IDENTITY[self.kind]]
        # An area is known however its name is spelt.
        return key_of(
            *(
                fold(part) if column == "omrade" and part else part
                for column, part in zip(IDENTITY[self.kind], parts, strict=True)
            )
        )

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def cell(self, column: str) -> str:
        """The cell as it was written."""
        place = self.sheet.places.get(column, len(self.cells))
        return self.cells[place].strip() if place < len(self.cells) else ""

    def refuse(self, message: str, column: str | None = None) -> None:
        """The row is not taken in, for this reason; the column is the one to look at first."""
        fits = column in known_columns(self.kind)
        self.outcome, self.message = Outcome.REFUSED, message
        self.column = column if fits and column else USUAL_COLUMN[self.kind]

    def refuse_for(self, error: RuleBroken) -> None:
        """The row breaks a rule of the flow."""
        self.refuse(error.message, error.field)


def key_of(*parts: object) -> Key:
    """Values as a key that compares and sorts."""
    return tuple(_key_part(part) for part in parts)


def _key_part(part: object) -> str:
    return part.number if isinstance(part, Identity) else str(part)


@dataclass
class Rows:
    """All rows of a call, by kind, in the order in which they stood."""

    of_kind: dict[FileKind, list[Row]] = field(default_factory=lambda: {kind: [] for kind in FileKind})
    refused: dict[tuple[FileKind, Key], Row] = field(default_factory=dict)

    def pending(self, kind: FileKind) -> list[Row]:
        """The rows that nothing has become of yet, in the order of what tells them apart: the same for any order of
        files and rows."""
        return sorted((row for row in self.of_kind[kind] if row.outcome is None), key=lambda row: row.key)

    def all(self) -> Iterable[Row]:
        for rows in self.of_kind.values():
            yield from rows

    def find_refused(self, kind: FileKind, *key: object) -> Row | None:
        """The refused row of the kind that this would have depended on. Only for kinds that are `settled`."""
        return self.refused.get((kind, key_of(*key)))

    def settle(self, kind: FileKind) -> None:
        """Every row of the kind has met its fate: remember the refused ones for the rows that depend on them."""
        for row in self.of_kind[kind]:
            if row.outcome == Outcome.REFUSED:
                self.refused.setdefault((kind, row.key), row)


def read_rows(sheets: Iterable[Sheet]) -> Rows:
    """The rows of the sheets with their values; those that cannot be read or contradict another are refused."""
    rows = Rows()
    for sheet in sheets:
        rows.of_kind[sheet.kind] += [_row(sheet, line, cells) for line, cells in sheet.records]
    for of_kind in rows.of_kind.values():
        _compare(of_kind)
    return rows


def _row(sheet: Sheet, line: int, cells: list[str]) -> Row:
    row = Row(sheet, line, cells)
    if any(cell.strip() for cell in cells[len(sheet.columns) :]):
        row.refuse(
            "Raden har fler celler än rubrikraden. Sätt citattecken om texter som innehåller skiljetecknet.",
            sheet.columns[-1],
        )
    for column in COLUMNS[sheet.kind]:
        cell = row.cell(column.name)
        try:
            if cell:
                row.values[column.name] = column.read(cell)
            elif column.required and row.outcome is None:
                row.refuse(f"Kolumnen {column.name} saknar värde. Fyll i den.", column.name)
        except BadValue as problem:
            if row.outcome is None:
                row.refuse(str(problem), column.name)
    return row


def _compare(rows: list[Row]) -> None:
    """Rows about the same thing: equal ones count once, of two that differ the later is refused."""
    first: dict[Key, Row] = {}
    for row in rows:
        if row.outcome is not None:
            continue
        earlier = first.setdefault(row.key, row)
        if earlier is row:
            continue
        if earlier.values == row.values:
            row.outcome = Outcome.UNCHANGED
        else:
            columns = " och ".join(IDENTITY[row.kind])
            row.refuse(
                f"Raden säger emot {earlier.place}: samma {columns} men andra uppgifter. Ta bort eller rätta den ena.",
                next((name for name in row.values if row.values[name] != earlier.values.get(name)), None),
            )

"""What an import led to: counts per file, and every refused row with its place and the sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from caseflow.imports.reading import Sheet, Unreadable
from caseflow.imports.rows import Outcome, Row, Rows


@dataclass(frozen=True)
class FileReport:
    """One file (or sheet of a workbook): how many rows were read and what became of them."""

    file: str
    kind: str
    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    notes: tuple[str, ...]
    header: tuple[str, ...]


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken in. `line` is the row number that a spreadsheet shows, `cells` the row as it stood."""

    file: str
    line: int
    column: str
    value: str
    message: str
    cells: tuple[str, ...]

    @property
    def shown_value(self) -> str:
        """The value for pages and terminals. What names or describes a person stands in the downloaded file only."""
        return "(visas inte)" if self.value and self.column in PERSONAL else self.value


# Columns whose cells are not shown outside the files themselves.
PERSONAL = frozenset({"personnummer", "fornamn", "efternamn", "notering", "orsak", "slutorsak"})


@dataclass(frozen=True)
class ImportReport:
    """The whole call. `applied`: the changes are in the database (once the caller commits)."""

    dry_run: bool
    strict: bool
    applied: bool
    files: tuple[FileReport, ...]
    refused: tuple[RefusedRow, ...]
    unreadable: tuple[Unreadable, ...]

    @property
    def total(self) -> FileReport:
        """The sums of all files."""
        sums = {name: sum(getattr(file, name) for file in self.files) for name in (*COUNTED, "read")}
        return FileReport(file="", kind="", notes=(), header=(), **sums)

    @property
    def is_clean(self) -> bool:
        return not self.refused and not self.unreadable

    @property
    def changes_something(self) -> bool:
        return self.total.new + self.total.changed > 0

    def to_json(self) -> dict[str, Any]:
        """For other programs; without the cells of refused rows that no sentence is about."""
        told = asdict(self)
        for row in told["refused"]:
            del row["cells"]
        for file in told["files"]:
            del file["header"]
        return told | {"total": {name: getattr(self.total, name) for name in ("read", *COUNTED)}}


COUNTED = tuple(outcome.value for outcome in Outcome)


def make_report(
    sheets: Sequence[Sheet], rows: Rows, unreadable: Sequence[Unreadable], *, dry_run: bool, strict: bool, applied: bool
) -> ImportReport:
    """The report of rows whose fate is settled."""
    of_sheet: dict[int, list[Row]] = {id(sheet): [] for sheet in sheets}
    for row in rows.all():
        of_sheet[id(row.sheet)].append(row)
    return ImportReport(
        dry_run=dry_run,
        strict=strict,
        applied=applied,
        files=tuple(_file_report(sheet, of_sheet[id(sheet)]) for sheet in sheets),
        refused=tuple(
            _refused_row(row) for sheet in sheets for row in of_sheet[id(sheet)] if row.outcome == Outcome.REFUSED
        ),
        unreadable=tuple(unreadable),
    )


def _file_report(sheet: Sheet, rows: Sequence[Row]) -> FileReport:
    counts = Counter(row.outcome for row in rows)
    return FileReport(
        file=sheet.name,
        kind=sheet.kind.value,
        read=len(rows),
        new=counts[Outcome.NEW],
        changed=counts[Outcome.CHANGED],
        unchanged=counts[Outcome.UNCHANGED],
        refused=counts[Outcome.REFUSED],
        notes=tuple(sheet.notes),
        header=tuple(sheet.header),
    )


def _refused_row(row: Row) -> RefusedRow:
    return RefusedRow(row.sheet.name, row.line, row.column, row.cell(row.column), row.message, tuple(row.cells))

"""Bytes of CSV, XLSX or ZIP to sheets of text cells. Knows file formats, nothing of cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath

from openpyxl import load_workbook

from caseflow.core.spreadsheets import FORMULA_STARTS
from caseflow.imports.hostile import (
    MAX_CELL,
    MAX_FILE_BYTES,
    TOO_LONG_CELL,
    UNREADABLE_BOOK,
    CannotRead,
    Room,
    SourceFile,
    encoding_of,
    is_workbook,
    is_zip,
    open_zip,
    refuse_hostile_workbook,
)
from caseflow.imports.kinds import REASON_COLUMN, FileKind, kind_of, known_columns, required_columns
from caseflow.imports.values import fold, spoken_list

__all__ = ["SourceFile"]

MAX_COLUMNS = 60
# Filled rows of one call, header rows counted: all of them are in memory at once.
MAX_ROWS = 500_000
# Their characters. A workbook can repeat one long text in every cell.
MAX_CHARACTERS = 200_000_000
# No spreadsheet program has more rows in a sheet.
LAST_LINE = 1_048_576
# To look through the files while somebody waits, and to read them.
SECONDS_TO_LOOK, SECONDS_TO_READ = 30, 600
DELIMITERS = ";,\t"

Record = tuple[int, list[str]]


@dataclass(eq=False)
class Sheet:
    """The rows of one kind from one file. `columns` are the header's names as the format spells them."""

    name: str
    kind: FileKind
    header: list[str]
    columns: list[str]
    records: list[Record]
    notes: list[str] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where in a row each column stands."""
        return {column: place for place, column in enumerate(self.columns)}


@dataclass(frozen=True)
class Unreadable:
    """A file that could not be read at all, and why."""

    file: str
    message: str


@dataclass
class _Reader:
    """One call: how much more may be read, and whether only the heads of the files are asked for."""

    heads_only: bool
    room: Room
    rows_left: int
    characters_left: int = MAX_CHARACTERS

    def kept(self, records: Iterable[Record]) -> list[Record]:
        """The records, of which every one is looked at also when only the head is kept."""
        kept: list[Record] = []
        for record in records:
            self._count(record[1])
            if not (kept and self.heads_only):
                kept.append(record)
        return kept

    def _count(self, cells: list[str]) -> None:
        self.rows_left -= 1
        self.characters_left -= sum(map(len, cells))
        if self.rows_left < 0 or self.characters_left < 0:
            raise CannotRead(
                f"Filerna är för stora tillsammans. Högst {MAX_ROWS} rader läses på en gång. "
                "Dela upp dem och läs in en del i taget."
            )
        if len(cells) > MAX_COLUMNS:
            raise CannotRead(f"En rad har fler än {MAX_COLUMNS} kolumner. Ta bort dem som inte ska läsas.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise CannotRead(TOO_LONG_CELL)
        self.room.check_time()


def read_files(files: Sequence[SourceFile], *, heads_only: bool = False) -> tuple[list[Sheet], list[Unreadable]]:
    """Every sheet of the files, those in ZIP archives too, and the files that could not be read.

    With `heads_only` the files are looked through for what makes them unreadable, and of each sheet only the header
    is kept: that is quick enough to wait for.
    """
    sheets: list[Sheet] = []
    unreadable: list[Unreadable] = []
    reader = _Reader(heads_only, Room(SECONDS_TO_LOOK if heads_only else SECONDS_TO_READ), MAX_ROWS)
    for file in files:
        try:
            for member in _unpacked(file, reader.room):
                try:
                    sheets += _sheets_of(member, reader)
                except CannotRead as problem:
                    unreadable.append(Unreadable(member.name, str(problem)))
        except CannotRead as problem:
            unreadable.append(Unreadable(file.name, str(problem)))
    return sheets, unreadable


def _unpacked(file: SourceFile, room: Room) -> Iterator[SourceFile]:
    """The file itself, or the members of the archive that it is."""
    if not is_zip(file) or is_workbook(file):
        yield file
        return
    with open_zip(file, room) as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info.filename)]
        if not members:
            raise CannotRead("Arkivet är tomt. Lägg CSV- eller XLSX-filer i det.")
        for info in members:
            if info.file_size > MAX_FILE_BYTES:
                raise CannotRead(f"En fil i arkivet är större än {MAX_FILE_BYTES >> 20} MB. Dela upp den.")
            name = f"{file.name}/{PurePosixPath(info.filename).name}"
            member = SourceFile(name, archive.read(info))
            if is_zip(member) and not is_workbook(member):
                raise CannotRead("Arkivet innehåller ett annat arkiv. Packa upp det inre först.")
            yield member


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _sheets_of(file: SourceFile, reader: _Reader) -> list[Sheet]:
    if is_zip(file):
        return _workbook_sheets(file, reader)
    return [_sheet(file.name, PurePosixPath(file.name).name, reader.kept(_csv_records(file.content)))]


def _workbook_sheets(file: SourceFile, reader: _Reader) -> list[Sheet]:
    refuse_hostile_workbook(file, reader.room)
    filled: list[tuple[str, list[Record]]] = []
    try:
        book = load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
        for sheet in book:
            rows = sheet.iter_rows(max_row=LAST_LINE + 1, max_col=MAX_COLUMNS + 1, values_only=True)
            records = reader.kept(islice(_cells(rows, reader.room), 1 if reader.heads_only else None))
            if records:
                filled.append((sheet.title, records))
    except CannotRead:
        raise
    except Exception:  # openpyxl raises whatever the broken part made it stumble on
        raise CannotRead(UNREADABLE_BOOK) from None
    if not filled:
        raise CannotRead("Arbetsboken är tom.")
    if len(filled) == 1:
        title, records = filled[0]
        return [_sheet(file.name, f"{PurePosixPath(file.name).name} {title}", records)]
    return [_sheet(f"{file.name} ({title})", title, records) for title, records in filled]


def _cells(rows: Iterable[tuple[object, ...]], room: Room) -> Iterator[Record]:
    """The filled rows. A row that says it stands far down makes openpyxl invent the empty ones above it."""
    for line, row in enumerate(rows, start=1):
        room.check_time()
        if line > LAST_LINE:
            raise CannotRead(f"Arbetsboken har rader efter rad {LAST_LINE}. Spara den på nytt som XLSX eller CSV.")
        if row.count(None) == len(row):
            continue
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, cells


def _cell(value: object) -> str:
    """What a spreadsheet's value would be in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # Sums in a spreadsheet carry binary dust (0.30000000000000004).
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value).strip()


def _csv_records(content: bytes) -> Iterator[Record]:
    encoding = encoding_of(content)

    def lines() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")

    head = next((line for line in lines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    try:
        for line, row in enumerate(csv.reader(lines(), delimiter=delimiter), start=1):
            if any(cell.startswith("=") for cell in row):
                raise CannotRead(f"Rad {line} har en formel. Skriv värdet i stället, utan likhetstecken före.")
            cells = [_without_guard(cell) for cell in row]
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error:
        raise CannotRead("Filen är inte en CSV-fil som går att läsa. Spara den på nytt som CSV eller XLSX.") from None


def _without_guard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _sheet(name: str, known_as: str, records: list[Record]) -> Sheet:
    """The records below their header row, once it is known what they are."""
    header = ["".join(filter(str.isprintable, cell)) for cell in records[0][1]] if records else []
    while header and not header[-1].strip():
        header.pop()
    if not header:
        raise CannotRead("Filen är tom.")
    kind = kind_of(known_as, header)
    if kind is None:
        raise CannotRead(
            f"Filen är av okänt slag. Rubrikraden ska ha kolumnerna för {spoken_list(kind.value for kind in FileKind)}."
        )
    columns = [fold(column) for column in header]
    missing = [column for column in required_columns(kind) if column not in columns]
    if missing:
        raise CannotRead(f"Kolumnen {missing[0]} saknas i rubrikraden. Lägg till den: {kind.value} måste ha den.")
    twice = [column for column in known_columns(kind) if columns.count(column) > 1]
    if twice:
        raise CannotRead(f"Kolumnen {min(twice)} finns två gånger i rubrikraden. Ta bort den ena.")
    sheet = Sheet(name, kind, header, columns, records[1:])
    unknown = [label for label, column in zip(header, columns, strict=True) if _is_unknown(kind, column)]
    sheet.notes += [f"Kolumnen {label.strip()} är okänd och läses inte." for label in unknown]
    return sheet


def _is_unknown(kind: FileKind, column: str) -> bool:
    return bool(column) and column not in known_columns(kind) and column != REASON_COLUMN

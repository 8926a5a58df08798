"""Bytes of CSV, XLSX or ZIP to sheets of text cells. Knows file formats, nothing of cases."""

from __future__ import annotations

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath

from openpyxl import load_workbook

from caseflow.imports.kinds import REASON_COLUMN, FileKind, kind_of, known_columns, required_columns
from caseflow.imports.values import fold, spoken_list

MAX_MEMBERS = 100
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_COLUMNS = 60
# Filled rows of one call, header rows counted: all of them are in memory at once.
MAX_ROWS = 500_000
# No spreadsheet program has more rows in a sheet.
LAST_LINE = 1_048_576
DELIMITERS = ";,\t"
# A cell that a spreadsheet would take for a formula is written with an apostrophe before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What zipfile raises over bytes that are no archive. A ValueError: a file name that is not the UTF-8 it says it is.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class SourceFile:
    """A file as it came in."""

    name: str
    content: bytes


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


class _CannotRead(Exception):
    """The argument is the sentence."""


def read_files(files: Sequence[SourceFile]) -> tuple[list[Sheet], list[Unreadable]]:
    """Every sheet of the files, those in ZIP archives too, and the files that could not be read."""
    sheets: list[Sheet] = []
    unreadable: list[Unreadable] = []
    room = MAX_ROWS
    for file in files:
        try:
            for member in _unpacked(file):
                try:
                    found = _sheets_of(member, room)
                    sheets += found
                    room -= sum(1 + len(sheet.records) for sheet in found)
                except _CannotRead as problem:
                    unreadable.append(Unreadable(member.name, str(problem)))
        except _CannotRead as problem:
            unreadable.append(Unreadable(file.name, str(problem)))
    return sheets, unreadable


def _unpacked(file: SourceFile) -> Iterator[SourceFile]:
    """The file itself, or the members of the archive that it is."""
    if not _is_zip(file) or _is_workbook(file):
        yield file
        return
    with _open_zip(file) as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info.filename)]
        if not members:
            raise _CannotRead("Arkivet är tomt. Lägg CSV- eller XLSX-filer i det.")
        for info in members:
            name = f"{file.name}/{PurePosixPath(info.filename).name}"
            member = SourceFile(name, archive.read(info))
            if _is_zip(member) and not _is_workbook(member):
                raise _CannotRead("Arkivet innehåller ett annat arkiv. Packa upp det inre först.")
            yield member


def _open_zip(file: SourceFile) -> zipfile.ZipFile:
    """The archive, after its size and encryption have been looked at."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.content))
        infos = archive.infolist()
        if any(info.flag_bits & 1 for info in infos):
            raise _CannotRead("Arkivet är lösenordsskyddat. Packa upp det och läs in filerna.")
        # zipfile never unpacks more of a member than it declares, so the declared sizes can be trusted.
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
            raise _CannotRead(
                f"Arkivet är för stort. Högst {MAX_MEMBERS} filer och {MAX_UNPACKED_BYTES >> 20} MB uppackat läses."
            )
        if archive.testzip() is not None:
            raise zipfile.BadZipFile
    except BROKEN_ARCHIVE:
        raise _CannotRead("Arkivet är skadat. Skapa det på nytt.") from None
    return archive


def _is_zip(file: SourceFile) -> bool:
    return file.content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def _is_workbook(file: SourceFile) -> bool:
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    except BROKEN_ARCHIVE:
        return False


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _sheets_of(file: SourceFile, room: int) -> list[Sheet]:
    """The sheets of one file, of which at most `room` rows are filled."""
    if _is_zip(file):
        return _workbook_sheets(file, room)
    return [_sheet(file.name, PurePosixPath(file.name).name, _at_most(room, _csv_records(file.content)))]


def _workbook_sheets(file: SourceFile, room: int) -> list[Sheet]:
    _open_zip(file).close()
    filled: list[tuple[str, list[Record]]] = []
    try:
        book = load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
        for sheet in book:
            rows = sheet.iter_rows(max_row=LAST_LINE + 1, max_col=MAX_COLUMNS, values_only=True)
            records = _at_most(room, _cells(rows))
            room -= len(records)
            if records:
                filled.append((sheet.title, records))
    except _CannotRead:
        raise
    except Exception:  # openpyxl raises whatever the broken part made it stumble on
        raise _CannotRead("Arbetsboken går inte att läsa. Spara den på nytt som XLSX eller CSV.") from None
    if not filled:
        raise _CannotRead("Arbetsboken är tom.")
    if len(filled) == 1:
        title, records = filled[0]
        return [_sheet(file.name, f"{PurePosixPath(file.name).name} {title}", records)]
    return [_sheet(f"{file.name} ({title})", title, records) for title, records in filled]


def _cells(rows: Iterable[tuple[object, ...]]) -> Iterator[Record]:
    """The filled rows. A row that says it stands far down makes openpyxl invent the empty ones above it."""
    for line, row in enumerate(rows, start=1):
        if line > LAST_LINE:
            raise _CannotRead(f"Arbetsboken har rader efter rad {LAST_LINE}. Spara den på nytt som XLSX eller CSV.")
        if row.count(None) == len(row):
            continue
        cells = [_cell(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, cells


def _at_most(room: int, records: Iterable[Record]) -> list[Record]:
    kept = list(islice(records, room + 1))
    if len(kept) > room:
        raise _CannotRead(
            f"Det är för många rader. Högst {MAX_ROWS} rader läses på en gång. Dela upp dem och läs in en del i taget."
        )
    return kept


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
    if not content.strip():
        raise _CannotRead("Filen är tom.")
    text = _decoded(content)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    try:
        for line, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            cells = [_without_guard(cell) for cell in row]
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error:
        raise _CannotRead("Filen är inte en CSV-fil som går att läsa. Spara den på nytt som CSV eller XLSX.") from None


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _without_guard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _sheet(name: str, known_as: str, records: list[Record]) -> Sheet:
    """The records below their header row, once it is known what they are."""
    header = ["".join(filter(str.isprintable, cell)) for cell in records[0][1]]
    while not header[-1].strip():
        header.pop()
    kind = kind_of(known_as, header)
    if kind is None:
        raise _CannotRead(
            f"Filen är av okänt slag. Rubrikraden ska ha kolumnerna för {spoken_list(kind.value for kind in FileKind)}."
        )
    columns = [fold(column) for column in header]
    missing = [column for column in required_columns(kind) if column not in columns]
    if missing:
        raise _CannotRead(f"Kolumnen {missing[0]} saknas i rubrikraden. Lägg till den: {kind.value} måste ha den.")
    twice = [column for column in known_columns(kind) if columns.count(column) > 1]
    if twice:
        raise _CannotRead(f"Kolumnen {min(twice)} finns två gånger i rubrikraden. Ta bort den ena.")
    sheet = Sheet(name, kind, header, columns, records[1:])
    unknown = [label for label, column in zip(header, columns, strict=True) if _is_unknown(kind, column)]
    sheet.notes += [f"Kolumnen {label.strip()} är okänd och läses inte." for label in unknown]
    return sheet


def _is_unknown(kind: FileKind, column: str) -> bool:
    return bool(column) and column not in known_columns(kind) and column != REASON_COLUMN

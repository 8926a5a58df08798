"""A report as an Excel file: a sheet per table with real numbers and days, facts and warnings first, definitions last.

Numbers are those of the page, the JSON and the CSV: a percentage is 55, shown as 55 %. Text is never a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from caseflow.core.language import Language, _, current
from caseflow.core.spreadsheets import FORMULA_STARTS
from caseflow.measures.rules import Goal
from caseflow.reports.as_json import AddressOf
from caseflow.reports.document import Cell, Column, Document, Kind, Table, Value
from caseflow.reports.wording import NUMBERS, cell_words
from caseflow.reports.xlsx_charts import add_charts

TITLE = Font(name="Calibri", size=16, bold=True)
BOLD = Font(name="Calibri", size=11, bold=True)
PLAIN = Font(name="Calibri", size=11)
LINK = Font(name="Calibri", size=11, color="0B4F5C", underline="single")
QUIET = Font(name="Calibri", size=10, color="44555B")
RULE = Border(bottom=Side(style="thin", color="15242A"))
HAIR = Border(bottom=Side(style="hair", color="75848A"))
WRAPPED = Alignment(wrap_text=True, vertical="top")
WIDEST, NARROWEST = 48, 9
TEXT_WIDTH = 90
# Excel takes no sheet name with these characters, longer than this, or called History.
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
HEADER_ROW = 3


def xlsx_bytes(document: Document, address_of: AddressOf | None = None) -> bytes:
    """The whole file. A figure's cell is a link to what it counts where `address_of` gives a whole address."""
    book = Workbook()
    names = sheet_names(
        [_("Rapport"), *(table.title for table in document.tables), _("Definitioner"), _("Diagramdata")]
    )
    first = book.worksheets[0]
    first.title = names[0]
    _write_first(first, document)
    for name, table in zip(names[1:-2], document.tables, strict=True):
        _write_table(book.create_sheet(name), table, address_of)
    _write_definitions(book.create_sheet(names[-2]), document)
    add_charts(book, document, names[-1])
    for sheet in book.worksheets:
        _set_up_print(sheet, document)
    book.properties.title = document.title
    book.properties.creator = "Caseflow"
    book.properties.language = "en-GB" if current() is Language.ENGLISH else "sv-SE"
    return _saved(book, document.known_at or datetime.combine(document.as_of, time(12), UTC))


def _saved(book: Workbook, instant: datetime) -> bytes:
    """The file's bytes. The same report gives the same bytes: no file in it carries the time of writing."""
    book.properties.created = book.properties.modified = instant.astimezone(UTC).replace(tzinfo=None)
    written, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, ZipFile(written, "w")).save()
    with ZipFile(written) as parts, ZipFile(fixed, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), parts.read(name), ZIP_DEFLATED)
    return fixed.getvalue()


def sheet_names(titles: Sequence[str]) -> list[str]:
    """A name for each title that Excel takes: short, without forbidden characters, none twice whatever its case."""
    names: list[str] = []
    for title in titles:
        base = " ".join(FORBIDDEN.sub(" ", title).split()) or _("Tabell")
        base = _("Tabell") + " History" if base.casefold() == "history" else base
        name, number = base[:LONGEST_NAME].strip(), 1
        while name.casefold() in {taken.casefold() for taken in names}:
            number += 1
            ending = f" {number}"
            name = base[: LONGEST_NAME - len(ending)].strip() + ending
        names.append(name)
    return names


def number_format(column: Column) -> str:
    """Excel's format for the column, with a real minus sign. Spaces and commas follow the reader's language."""
    if column.kind is Kind.DAY:
        return "yyyy-mm-dd"
    digits = "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
    unit = {Kind.KRONOR: '"\u00a0kr"', Kind.PERCENT: '"\u00a0%"'}.get(column.kind, "")
    return f'{digits}{unit};"−"{digits}{unit}'


def _write_first(sheet: Worksheet, document: Document) -> None:
    _put(sheet, 1, 1, document.title, TITLE)
    row = 3
    for warning in document.warnings:
        _put(sheet, row, 1, _("Att veta"), BOLD)
        _put(sheet, row, 2, warning).alignment = WRAPPED
        row += 1
    for label, words in document.facts:
        _put(sheet, row, 1, label, BOLD)
        _put(sheet, row, 2, words).alignment = WRAPPED
        row += 1
    row += 1
    for table in document.tables:
        _put(sheet, row, 1, _("Tabell"), BOLD)
        _put(sheet, row, 2, table.title)
        row += 1
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = TEXT_WIDTH


def _write_table(sheet: Worksheet, table: Table, address_of: AddressOf | None) -> None:
    _put(sheet, 1, 1, table.title, TITLE)
    for place, column in enumerate(table.columns, start=1):
        head = _put(sheet, HEADER_ROW, place, column.label, BOLD)
        head.border = RULE
        head.alignment = Alignment(
            wrap_text=True, vertical="bottom", horizontal="right" if column.kind in NUMBERS else "left"
        )
    for number, row in enumerate(table.rows, start=HEADER_ROW + 1):
        for place, (column, one) in enumerate(zip(table.columns, row.cells, strict=True), start=1):
            _write_cell(sheet, number, place, one, column, address_of)
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    for place, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(table, place - 1, column)
    _write_notes(sheet, table, HEADER_ROW + len(table.rows) + 2)


def _write_cell(
    sheet: Worksheet, row: int, place: int, cell: Cell, column: Column, address_of: AddressOf | None
) -> None:
    value = cell.value
    in_words = cell.suppressed or value is None or isinstance(value, str | bool | Goal)
    if in_words or (isinstance(value, date) and column.kind is not Kind.DAY):
        written = _put(sheet, row, place, cell_words(cell, column))
    else:
        written = _put(sheet, row, place, value)
        written.number_format = number_format(column)
    written.border = HAIR
    if column.kind in NUMBERS or column.kind is Kind.DAY:
        written.alignment = Alignment(horizontal="right", vertical="top")
    else:
        written.alignment = WRAPPED
    address = address_of(cell.trace) if cell.trace and address_of else ""
    if address.startswith(("https://", "http://")):
        written.hyperlink = address
        written.font = LINK


def _write_notes(sheet: Worksheet, table: Table, row: int) -> None:
    """Caption and notes below the table."""
    labels = {one.key: str(one.cells[0].value) for one in table.rows}
    cell_notes = [
        f"{labels[one.key]}, {column.label}: {cell.note}"
        for one in table.rows
        for column, cell in zip(table.columns, one.cells, strict=True)
        if cell.note
    ]
    for text in (table.caption, *cell_notes, *table.notes):
        if text:
            _put(sheet, row, 1, text, QUIET)
            row += 1


def _write_definitions(sheet: Worksheet, document: Document) -> None:
    for place, (heading, width) in enumerate(
        ((_("Begrepp"), 36), (_("Så räknas det"), TEXT_WIDTH), (_("Källa"), 36)), start=1
    ):
        _put(sheet, 1, place, heading, BOLD).border = RULE
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, one in enumerate(document.definitions, start=2):
        for place, text in enumerate((one.term, one.text, one.source), start=1):
            _put(sheet, row, place, text).alignment = WRAPPED
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, row: int, place: int, value: Value, font: Font = PLAIN) -> SheetCell:
    """Write the value. Text stays text: its type is said, and Excel is told so too should somebody edit the cell."""
    cell = sheet.cell(row, place)
    assert isinstance(cell, SheetCell)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
    cell.font = font
    return cell


def _width(table: Table, place: int, column: Column) -> float:
    words = [cell_words(row.cells[place], column) for row in table.rows]
    longest_word = max(map(len, column.label.split()), default=0)
    return min(WIDEST, max(NARROWEST, longest_word + 2, *(len(text) + 2 for text in words or [""])))


def _set_up_print(sheet: Worksheet, document: Document) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    foot = sheet.oddFooter
    assert foot is not None
    assert foot.left is not None
    assert foot.right is not None
    # In a footer & begins a code.
    foot.left.text, foot.right.text = document.title.replace("&", "&&"), "&P (&N)"

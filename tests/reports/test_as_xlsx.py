"""The report as an Excel file, read back with openpyxl and with LibreOffice."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from caseflow.measures.rules import Goal
from caseflow.reports.as_xlsx import HEADER_ROW, sheet_names, xlsx_bytes
from caseflow.reports.document import Cell, Column, Kind, Table
from caseflow.reports.wording import cell_words
from tests.reports.sample import FORMULA, SAMPLE, address_of

SOFFICE = shutil.which("soffice")
# Semicolon, quotes, UTF-8, values as they are and not as shown, every sheet to a file of its own.
DAY = datetime.combine(date(2020, 8, 31), time())
TO_CSV = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1"


def book() -> Workbook:
    return load_workbook(io.BytesIO(xlsx_bytes(SAMPLE, address_of)))


def test_there_is_a_sheet_per_table_between_facts_and_definitions() -> None:
    names = book().sheetnames
    assert names[0] == "Rapport"
    assert names[1:4] == ["Påbörjade placeringar", "Alla slags värden", "Hur länge deltagarna väntar"]
    assert names[-2:] == ["Definitioner", "Diagramdata"]
    assert len(names) == len(SAMPLE.tables) + 3


def test_numbers_and_days_are_numbers_and_days() -> None:
    sheet = book()["Alla slags värden"]
    row = [cell.value for cell in sheet[HEADER_ROW + 1]]
    assert row == [
        "Ansökan till beslut", 41, 8.25, 55.4, 1875726, -1234.56, DAY, "uppfylls delvis",
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[HEADER_ROW + 1]][1:7] == [
        '#,##0;"−"#,##0',
        '#,##0.0;"−"#,##0.0',
        '#,##0"\u00a0%";"−"#,##0"\u00a0%"',
        '#,##0"\u00a0kr";"−"#,##0"\u00a0kr"',
        '#,##0.00"\u00a0kr";"−"#,##0.00"\u00a0kr"', "yyyy-mm-dd",
    ]  # fmt: skip


def test_no_text_is_a_formula() -> None:
    table = SAMPLE.tables[1]
    row = replace(table.rows[0], cells=(Cell(FORMULA, note=FORMULA), *table.rows[0].cells[1:]))
    column = replace(table.columns[0], label=FORMULA)
    hostile = replace(
        SAMPLE,
        title=FORMULA,
        facts=((FORMULA, FORMULA),),
        warnings=(FORMULA,),
        tables=(replace(table, title=FORMULA, caption=FORMULA, columns=(column, *table.columns[1:]), rows=(row,)),),
        definitions=tuple(replace(one, term=FORMULA, text=FORMULA) for one in SAMPLE.definitions),
    )
    read = load_workbook(io.BytesIO(xlsx_bytes(hostile)))
    texts = [cell for sheet in read for line in sheet.iter_rows() for cell in line if cell.value == FORMULA]
    assert len(texts) >= 10
    assert {cell.data_type for cell in texts} == {"s"}
    assert all(cell.quotePrefix for cell in texts)


def test_a_figure_opens_what_it_counts() -> None:
    links = {cell.value: cell.hyperlink for line in book()["Påbörjade placeringar"].iter_rows() for cell in line}
    assert "kon=kvinnor" in links[260].target
    without = load_workbook(io.BytesIO(xlsx_bytes(SAMPLE)))["Påbörjade placeringar"]
    assert all(cell.hyperlink is None for line in without.iter_rows() for cell in line)


def test_the_header_stays_and_repeats_in_print() -> None:
    sheet = book()["Alla slags värden"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B4", "$3:$3")


def test_charts_are_excels_own_and_a_sankey_is_left_to_its_table() -> None:
    drawn = {sheet.title: len(sheet._charts) for sheet in book()}
    assert [drawn[name] for name in book().sheetnames[1:7]] == [1, 0, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["a/b:c", "A B C"], ["a b c", "A B C 2"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 29 + " 2"]),
        (["history", "", "'citat'"], ["Tabell History", "Tabell", "citat"]),
    ],
)
def test_every_sheet_has_a_name_that_excel_takes(titles: list[str], names: list[str]) -> None:
    assert sheet_names(titles) == names


def test_the_same_report_gives_the_same_bytes() -> None:
    assert xlsx_bytes(SAMPLE, address_of) == xlsx_bytes(replace(SAMPLE), address_of)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice finns inte här; .ci/run installerar det")
def test_libreoffice_reads_the_same_numbers(tmp_path: Path) -> None:
    (tmp_path / "prov.xlsx").write_bytes(xlsx_bytes(SAMPLE, address_of))
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", TO_CSV,
         "--outdir", str(tmp_path), str(tmp_path / "prov.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for name, table in zip(sheet_names([table.title for table in SAMPLE.tables]), SAMPLE.tables, strict=True):
        with (tmp_path / f"prov-{name}.csv").open(newline="") as file:
            lines = list(csv.reader(file, delimiter=";"))[HEADER_ROW : HEADER_ROW + len(table.rows)]
        assert [line[: len(table.columns)] for line in lines] == wanted(table)


def wanted(table: Table) -> list[list[str]]:
    return [[raw(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)] for row in table.rows]


def raw(cell: Cell, column: Column) -> str:
    """The value as LibreOffice writes it unformatted: numbers in full, days as days."""
    value = cell.value
    if column.kind is Kind.TEXT or value is None or isinstance(value, Goal):
        return cell_words(cell, column)
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, int | float | Decimal)
    return f"{float(value):.15g}"

"""The report as CSV: for Excel in Swedish and for programs alike."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from caseflow.core.spreadsheets import harmless
from caseflow.reports.as_csv import HEADER, csv_text, plain_number
from caseflow.reports.document import Cell
from tests.reports.sample import FORMULA, SAMPLE, address_of


def read() -> list[dict[str, str]]:
    text = csv_text(SAMPLE, address_of)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def cells(table: str, row: str) -> dict[str, str]:
    return {line["kolumn"]: line["varde"] for line in read() if (line["tabell"], line["rad"]) == (table, row)}


def test_every_cell_is_a_line_with_the_same_columns() -> None:
    lines = read()
    wanted = sum(len(table.rows) * len(table.columns) for table in SAMPLE.tables)
    assert len([line for line in lines if line["kolumn"]]) == wanted
    assert {tuple(line) for line in lines} == {HEADER}


def test_numbers_have_a_decimal_comma_and_nothing_else() -> None:
    assert cells("kinds", "W2") == {
        "measure": "Ansökan till beslut", "count": "41", "days": "8,25", "share": "55,4", "kronor": "1875726",
        "ore": "-1234,56", "began": "2020-08-31", "goal": "uppfylls delvis",
    }  # fmt: skip


def test_what_is_unknown_is_empty_and_what_is_nothing_is_zero() -> None:
    assert (cells("kinds", "none")["count"], cells("kinds", "zero")["count"]) == ("", "0")


@pytest.mark.parametrize("text", ["=1+1", "+46", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_no_text_of_a_report_is_a_formula() -> None:
    table = SAMPLE.tables[1]
    row = replace(table.rows[0], key=FORMULA, cells=(Cell(FORMULA, note=FORMULA), *table.rows[0].cells[1:]))
    hostile = replace(
        SAMPLE,
        title=FORMULA,
        facts=((FORMULA, FORMULA),),
        warnings=(FORMULA,),
        tables=(replace(table, title=FORMULA, caption=FORMULA, rows=(row,)),),
    )
    fields = [field for line in csv.reader(io.StringIO(csv_text(hostile)), delimiter=";") for field in line]
    assert [field for field in fields if field.startswith("=")] == []
    assert fields.count(f"'{FORMULA}") > 10


def test_the_file_says_what_it_is() -> None:
    lines = read()
    assert {(line["rapport"], line["brytdag"], line["kant"]) for line in lines} == {
        ("prov", "2020-11-30", "2020-12-15T11:30:00+00:00")
    }
    assert {line["varde"] for line in lines} >= {*SAMPLE.warnings, *(words for _, words in SAMPLE.facts)}


@pytest.mark.parametrize(
    ("number", "text"), [(0.0000001, "0.0000001"), (1e21, "1" + "0" * 21), (-1.4, "-1.4"), (0, "0")]
)
def test_a_number_is_never_written_with_an_exponent(number: float, text: str) -> None:
    assert plain_number(number) == text

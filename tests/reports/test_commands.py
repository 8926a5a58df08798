"""`report <key>`: every report as every kind of file, and plain sentences for wrong arguments."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from caseflow.measures.selection import Period
from caseflow.organisation.queries import list_programmes
from caseflow.reports.kinds import REPORTS, ReportKind
from tests import factories

YEAR = ["--year", "2020", "--as-of", "2020-11-30"]
KINDS = list(REPORTS.values())


def invoke(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=("report", *arguments))


def needed(kind: ReportKind) -> list[str]:
    """The arguments without which the report cannot be made."""
    programme = ["--programme", list_programmes()[0].code] if kind.needs_programme else []
    return [kind.key, *YEAR, *programme, *(["--wait", "W3"] if "wait" in kind.asks else [])]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_report_is_written_in_every_format(app: Flask, tmp_path: Path, kind: ReportKind) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    for form in ("json", "csv", "xlsx", "pdf"):
        out = tmp_path / f"{kind.key}.{form}"
        result = invoke(app, *needed(kind), "--format", form, "-o", str(out))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    document = json.loads((tmp_path / f"{kind.key}.json").read_text())
    assert document["report"] == kind.key
    lines = list(csv.reader(io.StringIO((tmp_path / f"{kind.key}.csv").read_text("utf-8-sig")), delimiter=";"))
    assert {line[3] for line in lines} >= set(document["tables"])
    book = load_workbook(tmp_path / f"{kind.key}.xlsx")
    assert len(book.sheetnames) >= len(document["tables"]) + 2
    text = "".join("".join(page.extract_text() for page in PdfReader(tmp_path / f"{kind.key}.pdf").pages).split())
    for table in document["tables"].values():
        assert "".join(table["title"].split()) in text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_report_can_leave_the_organisation(app: Flask, kind: ReportKind) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    inside = json.loads(invoke(app, *needed(kind)).stdout)
    outside = json.loads(invoke(app, *needed(kind), "--external").stdout)
    assert outside["external"]
    assert set(outside["tables"]) == set(inside["tables"])
    assert "2020-0001" not in json.dumps(outside)
    for key, table in outside["tables"].items():
        for row, cells in table["rows"].items():
            for column, cell in cells.items():
                before = inside["tables"][key]["rows"][row][column]
                assert "n" not in cell
                assert "lineage" not in cell
                assert cell.get("suppressed") or cell["value"] == before["value"]
                # What is unknown inside says nothing outside.
                small = before["value"] is not None and 0 < before.get("n", 0) < 5
                assert cell.get("suppressed") or not small


def test_a_figure_in_a_file_says_where_it_is_opened(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    asked = ["ledtider", "--wait", "W3", *YEAR]
    assert '"lineage": "/underlag?matt=W3&' in invoke(app, *asked).stdout
    with_host = invoke(app, *asked, "--base-url", "https://caseflow.example").stdout
    assert '"lineage": "https://caseflow.example/underlag?matt=W3&' in with_host


def test_a_report_heeds_what_it_is_asked_about(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))

    def n(*more: str) -> int:
        return int(json.loads(invoke(app, "ledtider", "--wait", "w3", *YEAR, *more).stdout)["total"]["n"])

    sexes = (n("--sex", "kvinnor"), n("--sex", "Män"))
    assert (n(), sum(sexes)) == (1, 1)
    ages = [n("--ages", group) for group in ("-24", "25-59", "60-")]
    assert sum(ages) == 1


def test_a_year_is_a_period(app: Flask) -> None:
    by_year = json.loads(invoke(app, "ledtider", "--wait", "W3", *YEAR).stdout)
    assert (by_year["from"], by_year["to"]) == ("2020-01-01", "2020-12-31")
    assert Period.year(2020).to_on == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Ange --year, eller --from och --to."),
        (["--to", "2020-12-31"], "Ange --from."),
        (["--year", "2020", "--to", "2020-12-31"], "Ange antingen --year eller --from och --to."),
        (["--year", "tjugo"], "tjugo är inget år. Skriv det som 2020."),
        ([*YEAR, "--format", "doc"], "doc är inget format. Välj en av json, xlsx, pdf, csv."),
        ([*YEAR, "--sex", "x"], "x är inget kön. Välj en av kvinnor, män."),
        ([*YEAR, "--ages", "unga"], "unga är ingen åldersgrupp. Skriv den som 25-59, -24 eller 60-."),
        ([*YEAR, "--step", "week"], "Det finns inget val --step. Se --help."),
        ([*YEAR, "-o", "/finns/inte/x.json"], "/finns/inte/x.json gick inte att skriva: No such file or directory."),
    ],
)
def test_a_wrong_argument_ends_in_one_sentence(app: Flask, arguments: list[str], sentence: str) -> None:
    result = invoke(app, "ledtider", "--wait", "W3", *arguments)
    assert (result.exit_code, result.stderr, result.stdout) == (2, f"{sentence}\n", "")

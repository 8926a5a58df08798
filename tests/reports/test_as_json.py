"""The report as JSON: what a program reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from caseflow.reports.as_json import as_json, json_text
from tests.reports.sample import SAMPLE, address_of


def read() -> dict[str, Any]:
    return json.loads(json_text(SAMPLE, address_of))


def test_numbers_are_numbers_and_days_are_iso() -> None:
    row = read()["tables"]["kinds"]["rows"]["W2"]
    assert [row[key]["value"] for key in ("count", "days", "share", "kronor", "ore", "began", "goal")] == [
        41, 8.25, 55.4, 1875726, -1234.56, "2020-08-31", "part",
    ]  # fmt: skip
    assert '"value": 1875726,' in json_text(SAMPLE)


def test_what_is_unknown_is_null_and_what_is_nothing_is_zero() -> None:
    rows = read()["tables"]["kinds"]["rows"]
    assert (rows["none"]["count"], rows["zero"]["count"]) == ({"value": None}, {"value": 0})


def test_a_figure_says_where_it_is_opened() -> None:
    cell = read()["tables"]["placements"]["rows"]["employment"]["women"]
    assert cell["lineage"].startswith("https://caseflow.example/underlag?matt=employment&fran=2020-01-01")
    assert "kon=kvinnor" in cell["lineage"]
    assert "lineage" not in as_json(SAMPLE)["tables"]["placements"]["rows"]["employment"]["women"]


def test_what_is_hidden_has_no_value() -> None:
    table = SAMPLE.tables[0]
    first = table.rows[0]
    hidden = replace(first, cells=(first.cells[0], replace(first.cells[1], suppressed=True), *first.cells[2:]))
    written = as_json(replace(SAMPLE, tables=(replace(table, rows=(hidden, *table.rows[1:])),)))
    assert written["tables"]["placements"]["rows"]["employment"]["women"] == {
        "value": None, "n": 260, "suppressed": True,
    }  # fmt: skip


def test_the_keys_from_before_are_kept_beside_the_tables() -> None:
    written = read()
    assert written["placements"] == {"total": 618}
    assert list(written)[:5] == ["report", "title", "as_of", "known_at", "external"]
    assert (written["as_of"], written["known_at"]) == ("2020-11-30", "2020-12-15T11:30:00+00:00")


def test_the_same_report_gives_the_same_text() -> None:
    assert json_text(SAMPLE, address_of) == json_text(replace(SAMPLE), address_of)

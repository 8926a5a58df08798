"""The pages of reports: every report, for managers and controllers, with the figures of the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.reports.kinds import REPORTS
from caseflow.security.permissions import Role
from tests import factories
from tests.measures import histories
from tests.reports.pages import links_of, tables_of, text_of
from tests.reports.worlds import random_world
from tests.signing_in import sign_in

KEYS = [*REPORTS, "moten"]
GOALS = {"met": "Uppfylls", "part": "Uppfylls delvis", "not": "Uppfylls ej", "na": "Kan ej bedömas"}


@pytest.fixture
def full(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """A controller's client, on random histories."""
    histories.write(Random(500), random_world(), 30)
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    yield client
    histories.empty()


@pytest.mark.parametrize("key", KEYS)
def test_the_page_shows_the_figures_of_the_api_and_every_one_of_them(full: FlaskClient, key: str) -> None:
    page, api = full.get(f"/rapporter/{key}"), full.get(f"/api/rapporter/{key}")
    assert (page.status_code, api.status_code) == (200, 200)
    html5lib.HTMLParser(strict=True).parse(page.text)
    expected = {
        table: {row: [words(cells[column["key"]], column) for column in content["columns"]] for row, cells in rows}
        for table, content in api.json["tables"].items()
        if (rows := content["rows"].items())
    }
    assert tables_of(page.text) == expected
    assert expected


def words(cell: dict[str, Any], column: dict[str, Any]) -> str:
    """The API's value as a Swedish reader expects it, worked out without the program's own formats."""
    value = cell["value"]
    if value is None:
        return "uppgift saknas"
    if column["kind"] == "goal":
        return GOALS[value]
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, str):
        return " ".join(value.split())
    places = column["decimals"]
    if column["kind"] == "text":
        places = 0 if value == round(value) else 1
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(number):,.{places}f}".replace(",", " ").replace(".", ",")
    sign = "\N{MINUS SIGN}" if number < 0 else ""
    return sign + text + {"percent": " %", "kronor": " kr"}.get(column["kind"], "")


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_with_a_trace_is_a_link_that_opens(full: FlaskClient, key: str) -> None:
    page, api = full.get(f"/rapporter/{key}").text, full.get(f"/api/rapporter/{key}").json
    cells = [cell for table in api["tables"].values() for row in table["rows"].values() for cell in row.values()]
    traced = [cell["lineage"].replace("/api/", "/") for cell in cells if "lineage" in cell]
    assert links_of(page) == traced
    for address in sorted(set(traced))[::10]:
        assert full.get(address).status_code == 200


@pytest.mark.parametrize("key", KEYS)
def test_no_figure_is_of_a_name(app: Flask, client: FlaskClient, key: str) -> None:
    person = factories.make_participant(name=("Zebrina", "Xylofonsson"))
    factories.make_met_case(date(2020, 9, 1), date(2020, 9, 3), participant=person, programmes=["500-uppdraget"])
    sign_in(client, factories.make_user(Role.MANAGER, None))
    assert "Xylofonsson" not in client.get(f"/rapporter/{key}").text


def test_the_list_leads_to_every_report(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    page, api = client.get("/rapporter").text, client.get("/api/rapporter").json
    for kind in REPORTS.values():
        assert f'href="/rapporter/{kind.key}"' in page
        assert str(kind.purpose) in text_of(page)
    assert [row["report"] for row in api["reports"]] == list(REPORTS)


def test_a_question_that_cannot_be_read_shows_its_sentence_and_no_figure(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    for query, sentence in (
        ("brytdag=strunt", "Skriv datumet som ÅÅÅÅ-MM-DD."),
        ("kant=2031-01-01", "Tidpunkten ligger framåt i tiden."),
    ):
        page, api = client.get(f"/rapporter/moten?{query}"), client.get(f"/api/rapporter/moten?{query}")
        assert (page.status_code, api.status_code) == (422, 422)
        assert sentence in text_of(page.text)
        assert tables_of(page.text) == {}
        [told] = api.json["errors"].values()
        assert sentence in told


def test_the_bar_shows_what_was_understood(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    page = client.get("/rapporter/moten?ar=&fran=2019-01-01&kant=2020-06-01").text
    for value in ("2019-01-01", "2019-12-31", "2020-06-01 23:59:59.999999"):
        assert f'value="{value}"' in page


def test_an_unknown_report_is_not_found_and_others_are_refused(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get("/rapporter/finns-inte").status_code == 404
    answer = client.get("/api/rapporter/finns-inte")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert "finns inte" in answer.json["error"]
    for role, unit in ((Role.COUNSELLOR, "AMC"), (Role.SOCIAL_WORKER, "AFI"), (Role.ADMINISTRATOR, None)):
        sign_in(client, factories.make_user(role, unit))
        for address in ("/rapporter", "/rapporter/moten", "/api/rapporter", "/api/rapporter/moten", "/api/underlag"):
            assert client.get(address).status_code == 403


def test_the_rows_of_the_api_are_those_of_the_page(full: FlaskClient) -> None:
    address = "underlag?matt=met&fran=2019-01-01&till=2020-12-31"
    api, page = full.get(f"/api/{address}").json, text_of(full.get(f"/{address}").text)
    assert api["total"] > 0
    assert len(api["rows"]) == min(api["total"], 50)
    for row in api["rows"]:
        assert row["case"] is None
        assert row["subject"] in page
    assert f"Det som räknas{api['total']}" in page


def test_the_bar_shows_the_wait_and_the_step_that_nobody_chose(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert '<option selected value="W3">' in client.get("/rapporter/ledtider").text

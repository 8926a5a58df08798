"""The page behind a figure lists exactly what the figure counts, to each reader what that reader may see."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.cases.models import Case
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.reports.lineage import ROWS_PER_PAGE, lineage
from caseflow.security.audit import AccessKind
from caseflow.security.crypto import pseudonym
from caseflow.security.permissions import Actor, Role
from tests import factories
from tests.looks import looks
from tests.reports import met
from tests.reports.pages import text_of
from tests.signing_in import sign_in

ADDRESS = "/underlag?matt=met&fran=2020-01-01&till=2020-12-31"
YEAR = Selection(Period.year(2020), Cut(date(2020, 12, 1)))


def meet(count: int = 1, to_unit: str = "AMC") -> list[Case]:
    """Cases with a first meeting in June, 1, 2, 3 … days after the referral."""
    return [
        factories.make_met_case(date(2020, 6, 1), date(2020, 6, 1) + timedelta(day), to_unit=to_unit)
        for day in range(1, count + 1)
    ]


def actor(role: Role, unit: str | None = None) -> Actor:
    return factories.make_user(role, unit).actor


def test_a_manager_sees_the_cases_of_the_own_unit_and_how_many_others_there_are(
    app: Flask, client: FlaskClient
) -> None:
    [own], others = meet(), meet(2, "OSA")
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    page = client.get(ADDRESS).text
    assert f'href="/arenden/{own.public_id}"' in page
    assert not any(other.number in page for other in others)
    assert "Av dem hör 2 till andra enheter än din och visas inte." in text_of(page)
    assert '<span class="count">3</span>' in page
    assert met.WHY in page


def test_a_manager_of_everything_sees_every_case(app: Flask, client: FlaskClient) -> None:
    cases = meet() + meet(2, "OSA")
    sign_in(client, factories.make_user(Role.MANAGER, None))
    page = client.get(ADDRESS).text
    assert all(f'href="/arenden/{case.public_id}"' in page for case in cases)
    assert "andra enheter" not in page


def test_a_controller_sees_pseudonyms_that_stay_the_same_and_no_number(app: Flask, client: FlaskClient) -> None:
    [case] = meet()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    first, second = client.get(ADDRESS).text, client.get(ADDRESS + "&sort=-value").text
    found = re.findall(r"ärende ([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})<", first)
    assert len(found) == 1
    assert found[0] in second
    assert case.number not in first
    assert "/arenden/" not in first


def test_pseudonyms_are_of_the_key_and_tell_kinds_apart(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pseudonym("case", 7)
    assert before == pseudonym("case", 7)
    assert len({before, pseudonym("case", 8), pseudonym("household", 7)}) == 3
    monkeypatch.setitem(app.config, "CASEFLOW_PNR_HASH_KEY", "another key")
    assert pseudonym("case", 7) != before


def test_others_are_refused(app: Flask, client: FlaskClient) -> None:
    for role, unit in ((Role.ADMINISTRATOR, None), (Role.COUNSELLOR, "AMC"), (Role.SOCIAL_WORKER, "AFI")):
        sign_in(client, factories.make_user(role, unit))
        assert client.get(ADDRESS).status_code == 403


def test_the_look_of_a_manager_is_logged_and_that_of_a_controller_is_not(app: Flask, client: FlaskClient) -> None:
    meet()
    manager = factories.make_user(Role.MANAGER, "AMC")
    for user in (factories.make_user(Role.CONTROLLER, None), manager):
        sign_in(client, user)
        client.get(ADDRESS)
    assert [(row.user_id, row.detail) for row in looks(AccessKind.OPENED_ROWS)] == [
        (manager.id, "met 2020-01-01 2020-12-31 2020-12-01")
    ]


def test_rows_come_in_the_order_and_the_pages_asked_for(app: Flask) -> None:
    meet(ROWS_PER_PAGE + 2)
    reader = actor(Role.MANAGER)
    first, last = lineage(met.MET, YEAR, reader), lineage(met.MET, YEAR, reader, 99)
    assert (first.total, len(first.page.rows)) == (ROWS_PER_PAGE + 2, ROWS_PER_PAGE)
    assert (len(last.page.rows), last.page.number) == (2, 2)
    longest = lineage(met.MET, YEAR, reader, sort="-value").page.rows
    assert [row.value for row in longest] == list(range(ROWS_PER_PAGE + 2, 2, -1))
    assert len({row.number for row in first.page.rows + last.page.rows}) == ROWS_PER_PAGE + 2


def test_what_does_not_exist_is_not_found_and_what_cannot_be_read_is_told(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get("/underlag?matt=W99").status_code == 404
    assert client.get(ADDRESS + "&del=finns-inte").status_code == 404
    answer = client.get(ADDRESS + "&enhet=XYZ")
    assert answer.status_code == 422
    assert "Enheten XYZ finns inte. Välj en i listan." in text_of(answer.text)


def test_the_rows_are_those_known_then(app: Flask, client: FlaskClient) -> None:
    meet()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert '<span class="count">1</span>' in client.get(ADDRESS).text
    assert '<span class="count">0</span>' in client.get(ADDRESS + "&kant=2020-11-01").text


def test_a_protected_person_is_counted_but_not_listed_for_who_may_not_see_the_case(
    app: Flask, client: FlaskClient
) -> None:
    hidden, shown = meet(2)
    hidden.participant.protected = True
    manager = factories.make_user(Role.MANAGER, "AMC")
    for user in (manager, factories.make_user(Role.MANAGER, None), factories.make_user(Role.CONTROLLER, None)):
        sign_in(client, user)
        page = client.get(ADDRESS).text
        assert '<span class="count">2</span>' in page
        assert "1 skyddat ärende eller hushåll visas inte." in text_of(page)
        assert hidden.number not in page
        assert pseudonym("case", hidden.id) not in page
        waiting = client.get("/ledtider?matt=W3").text
        assert hidden.number not in waiting
    factories.let_in(manager, hidden)
    sign_in(client, manager)
    page = client.get(ADDRESS).text
    assert hidden.number in page
    assert shown.number in page
    assert "skyddat" not in page

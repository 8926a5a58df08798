"""The board: the open cases as columns of the flow, and nothing to drag."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import list_views, services
from caseflow.extensions import db
from tests import factories
from tests.cases.list_client import met, person


def column(html: str, stage: str) -> str:
    found = re.search(rf'<section [^>]*aria-labelledby="kolumn-{stage}".*?</section>', html, re.S)
    assert found, stage
    return found.group()


def cards(part: str) -> list[str]:
    return re.findall(r"data-card>([^<]+)</a>", part)


def test_every_open_case_is_in_the_column_of_its_stage_longest_over_target_first(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Ny Anvisad"))
    factories.make_case(date(2020, 11, 2), social_worker=maria, participant=person("Väntat Länge"))
    met(karin, maria, "Kartlagd Nu")
    placed = met(karin, maria, "Placerad Nu")
    factories.start_placement(placed, date(2020, 11, 23))
    services.return_referral(
        karin.actor,
        factories.make_case(date(2020, 11, 2), social_worker=maria, participant=person("Åter Lämnad")),
        date(2020, 11, 3),
        "Fel enhet.",
    )
    db.session.commit()
    html = counsellor.get("/tavla").text
    assert cards(column(html, "referred")) == ["Väntat Länge", "Ny Anvisad"]
    assert cards(column(html, "assessment")) == ["Kartlagd Nu"]
    assert cards(column(html, "placement")) == ["Placerad Nu"]
    assert cards(column(html, "employment")) == []
    assert "Åter Lämnad" not in html


def test_a_card_opens_the_form_of_the_fact_that_would_move_it(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Ny Anvisad"))
    db.session.commit()
    html = counsellor.get("/tavla").text
    assert f'<a href="/arenden/{case.public_id}/ta-emot">Ta emot anvisning</a>' in column(html, "referred")
    assert "draggable" not in html


def test_a_long_column_shows_its_first_cards_and_leads_to_the_list_with_the_same_filter(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    for number in range(list_views.CARDS + 2):
        met(karin, maria, f"Person {number:02}", date(2020, 11, 20) - timedelta(days=number))
    db.session.commit()
    part = column(counsellor.get("/tavla?konsulent=mina").text, "assessment")
    assert len(cards(part)) == list_views.CARDS
    assert cards(part)[0] == f"Person {list_views.CARDS + 1:02}"
    assert 'href="/arenden?konsulent=mina&amp;etapp=assessment">Visa alla 14 i listan</a>' in part
    alone = counsellor.get("/tavla?konsulent=mina&etapp=assessment").text
    assert len(cards(column(alone, "assessment"))) == list_views.CARDS + 2
    assert "kolumn-placement" not in alone


def test_the_board_is_filtered_as_the_list_is(counsellor: FlaskClient, karin: User, maria: User) -> None:
    met(karin, maria, "Ny Kartlagd")
    met(karin, maria, "Gammal Kartlagd", date(2020, 6, 1))
    met(factories.make_user(name="Johan Berg"), maria, "Johans Fall", date(2020, 6, 1))
    db.session.commit()
    assert cards(counsellor.get("/tavla?konsulent=mina&over=1").text) == ["Gammal Kartlagd"]
    html = counsellor.get("/tavla?over=1").text
    assert cards(html) == ["Gammal Kartlagd", "Johans Fall"]
    assert 'href="/arenden?over=1"' in html

"""Pages and blocks that only a POST shows keep to the rules of every page."""

from __future__ import annotations

from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from tests import factories
from tests.cases.list_client import LIVE, met, person
from tests.meta.html import faults

REFERRAL = "/anvisningar/ny"
CHECK = f"{REFERRAL}/kontroll"


def test_search_results_and_the_live_list_are_valid_html(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    met(karin, maria, "Amina Öberg")
    factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Amina Hemlig", protected=True))
    for text in ("amina", "2020-", "ingen", "x", "19850101-0000"):
        assert faults(app, counsellor.post("/sok", data={"q": text}).text) == [], text
        live = counsellor.post("/sok", data={"q": text}, headers=LIVE).text
        assert faults(app, live, whole=False) == [], text


def test_every_look_of_a_new_referral_is_valid_html(app: Flask, social_worker: FlaskClient, maria: User) -> None:
    new = factories.number_for(date(1985, 1, 1))
    family = factories.make_household(children=2)
    known = factories.make_participant(household=family)
    ongoing = factories.make_case(date(2020, 10, 1), social_worker=maria).participant
    for number in (new, known.number, ongoing.number, "nonsens"):
        data = {"personnummer": number, "look_up": "1"}
        assert faults(app, social_worker.post(REFERRAL, data=data).text) == []
        # Sent without anything filled in: first the person is shown, then every field is wrong.
        assert faults(app, social_worker.post(REFERRAL, data={"personnummer": number, "send": "1"}).text) == []


def test_a_form_with_every_field_wrong_is_valid_html(app: Flask, social_worker: FlaskClient) -> None:
    number = factories.number_for(date(1985, 1, 1))
    page = social_worker.post(REFERRAL, data={"personnummer": number, "look_up": "1"}).text
    mark = page.split('name="shown_for"')[1].split('value="')[1].split('"')[0]
    data = {"personnummer": number, "shown_for": mark, "send": "1", "activity_hours": "x", "decision_on": "x"}
    answer = social_worker.post(REFERRAL, data=data)
    assert answer.text.count("is-wrong") >= 7
    assert faults(app, answer.text) == []
    block = social_worker.post(CHECK, data=data | {"to_unit": "AMC"}).text
    assert faults(app, block, whole=False) == []

"""What helps a social worker to send a referral: what is missing, a draft that comes back, what has happened since."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import func, select

from caseflow.accounts.models import Draft, User
from caseflow.cases import services
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from tests import factories
from tests.cases.referral_client import ADDRESS, FILLED_IN, NEW_PERSON, NUMBER, look_up, send, shown_for

OTHER = factories.number_for(date(1990, 2, 3), Sex.WOMAN)
KEEP = "/utkast/spara/anvisningar/ny"


def drafts() -> int:
    return db.session.scalars(select(func.count()).select_from(Draft)).one()


def test_what_is_missing_is_named_with_links_before_anything_is_sent(social_worker: FlaskClient) -> None:
    html = look_up(social_worker).text
    assert "6 uppgifter saknas:" in html
    needed = {
        "first_name": "Förnamn",
        "to_unit-0": "Mottagande enhet",
        "reason": "Det mottagande",
        "consent_on": "Samtyck",
    }
    for control, label in needed.items():
        assert f'<a href="#{control}">{label}' in html
        assert f'id="{control}"' in html


def test_the_check_says_when_everything_is_there(social_worker: FlaskClient) -> None:
    shown = shown_for(look_up(social_worker).text)
    filled_in = {"personnummer": NUMBER, "shown_for": shown} | FILLED_IN | NEW_PERSON
    assert "Allt som behövs är ifyllt." in social_worker.post(f"{ADDRESS}/kontroll", data=filled_in).text
    lacking = social_worker.post(f"{ADDRESS}/kontroll", data=filled_in | {"reason": ""}).text
    assert "En uppgift saknas:" in lacking


def test_a_draft_of_a_referral_comes_back_with_its_person(social_worker: FlaskClient) -> None:
    shown = shown_for(look_up(social_worker).text)
    written = {"personnummer": NUMBER, "shown_for": shown, "first_name": "Dawit", "reason": "Svetsare.", "af": "nej"}
    assert social_worker.post(KEEP, data=written).status_code == 204
    first = social_worker.get(ADDRESS).text
    assert "Du har ett utkast från 2020-12-01 kl." in first
    assert f'value="{NUMBER}"' in first
    assert "Svetsare." not in first
    html = look_up(social_worker).text
    for words in ('value="Dawit"', ">\r\nSvetsare.</textarea>"):
        assert words in html


def test_a_draft_about_one_person_never_fills_in_the_form_of_another(social_worker: FlaskClient) -> None:
    shown = shown_for(look_up(social_worker).text)
    social_worker.post(KEEP, data={"personnummer": OTHER, "shown_for": shown, "reason": "Svetsare."})
    assert "Svetsare." not in look_up(social_worker, OTHER).text


def test_what_was_refused_is_kept_until_it_is_sent(social_worker: FlaskClient) -> None:
    assert send(social_worker, **NEW_PERSON, reason="").status_code == 422
    assert drafts() == 1
    assert send(social_worker, **NEW_PERSON).status_code == 303
    assert drafts() == 0


def test_sent_referrals_say_what_has_happened_last(social_worker: FlaskClient, karin: User, maria: User) -> None:
    case = factories.make_case(date(2020, 11, 20), social_worker=maria)
    assert "Anvisning mottagen" not in social_worker.get("/anvisningar/skickade").text
    services.accept(karin.actor, case, date(2020, 11, 24))
    services.add_note(karin.actor, case, "Ringde.")
    db.session.commit()
    html = social_worker.get("/anvisningar/skickade").text
    assert 'Anvisning mottagen <span class="num">2020-11-24</span>' in html
    assert "Anteckning" not in html

"""A referral hands over what is secret: on a ground that the pair of units has, kept with what was handed over."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases.models import ReferralDisclosure
from caseflow.cases.terms import DisclosedField
from caseflow.extensions import db
from caseflow.organisation.disclosure import find_rule
from caseflow.organisation.rules import Ground
from tests import factories
from tests.cases.case_client import address
from tests.cases.referral_client import NEW_PERSON, cases, look_up, send


def kept() -> list[ReferralDisclosure]:
    return list(db.session.scalars(select(ReferralDisclosure)))


def test_a_referral_keeps_ground_fields_recipient_and_who(social_worker: FlaskClient, maria: User) -> None:
    send(social_worker, **NEW_PERSON)
    [case], [row] = cases(), kept()
    assert (row.case_id, row.event.case_id, row.to_unit.code, row.recorded_by_id) == (case.id, case.id, "AMC", maria.id)
    assert (row.ground, row.consent_on, row.fields) == (Ground.CONSENT, date(2020, 11, 30), list(DisclosedField))
    html = social_worker.get(address(case)).text
    for words in ("Samtycke (10 kap. 1 §", "2020-11-30", "personnummer och namn, hushåll", maria.name):
        assert words in html


def test_what_the_referral_does_not_say_is_not_handed_over(social_worker: FlaskClient) -> None:
    earlier = dict.fromkeys(("first_contact_on", "application_on", "decision_on", "activity_hours", "programmes"))
    send(social_worker, **NEW_PERSON, **earlier, af="vet_ej")
    [row] = kept()
    assert row.fields == [DisclosedField.IDENTITY, DisclosedField.HOUSEHOLD, DisclosedField.REASON]


@pytest.mark.parametrize(
    ("ground", "consent_on", "said"),
    [
        (None, None, "Välj på vilken grund uppgifterna lämnas ut."),
        ("consent", None, "Skriv dagen då deltagaren lämnade sitt samtycke."),
        ("consent", "2020-12-02", "Samtycket behöver vara lämnat senast samma dag som anvisningen."),
    ],
)
def test_a_ground_is_chosen_and_a_consent_has_its_day(
    social_worker: FlaskClient, ground: str | None, consent_on: str | None, said: str
) -> None:
    answer = send(social_worker, **NEW_PERSON, ground=ground, consent_on=consent_on)
    assert answer.status_code == 422
    assert said in answer.text
    assert cases() == kept() == []


def test_a_day_of_consent_is_kept_of_a_consent_alone(social_worker: FlaskClient) -> None:
    send(social_worker, **NEW_PERSON, ground="necessary")
    assert [(row.ground, row.consent_on) for row in kept()] == [(Ground.NECESSARY, None)]


def test_the_check_says_what_is_handed_over_before_it_is_sent(social_worker: FlaskClient) -> None:
    html = look_up(social_worker).text
    assert "Uppgifter som lämnas ut" in html
    chosen = [tag for tag in re.findall(r"<input[^>]*>", html) if 'name="ground"' in tag and "checked" in tag]
    assert ['value="consent"' in tag for tag in chosen] == [True]
    assert '<a href="#consent_on">' in html


def test_units_without_a_ground_cannot_refer_and_are_told_whom_to_ask(social_worker: FlaskClient) -> None:
    rule = find_rule(factories.unit("AFI").id, factories.unit("AMC").id)
    assert rule is not None
    rule.grounds, rule.default_ground = [], None
    db.session.commit()
    answer = send(social_worker, **NEW_PERSON)
    assert answer.status_code == 422
    assert "AFI har ingen grund för att lämna ut uppgifter till AMC. Be systemförvaltaren" in answer.text
    assert cases() == kept() == []


def test_a_ground_of_another_pair_is_refused(social_worker: FlaskClient) -> None:
    rule = find_rule(factories.unit("AFI").id, factories.unit("AMC").id)
    assert rule is not None
    rule.grounds, rule.default_ground = [Ground.NO_HARM], Ground.NO_HARM
    db.session.commit()
    answer = send(social_worker, **NEW_PERSON)
    assert answer.status_code == 422
    assert "Välj en grund som gäller för utlämnande till AMC: Det står klart" in answer.text


def test_of_a_case_from_a_file_the_ground_is_not_known(counsellor: FlaskClient) -> None:
    case = factories.make_case(date(2020, 6, 11))
    for row in case.disclosures:
        db.session.delete(row)
    db.session.commit()
    html = counsellor.get(address(case)).text
    assert 'Grund: <span class="muted">uppgift saknas</span>' in html

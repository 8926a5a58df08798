"""What a referral may change of a person and a household that are known."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.people.models import Participant, Protection
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.referral_client import BORN, NEW_PERSON, cases, look_up, send
from tests.conftest import TODAY


def test_protection_of_a_known_person_can_be_raised_and_never_lowered(social_worker: FlaskClient, maria: User) -> None:
    known = factories.make_participant(BORN, Sex.MAN, ("Dawit", "Tesfaye"))
    assert 'name="protection"' in look_up(social_worker).text
    assert send(social_worker).status_code == 303
    assert known.protected is False
    services.withdraw(maria.actor, cases()[0], TODAY, "flyttade")
    db.session.commit()
    assert send(social_worker, protection="registration").status_code == 303
    assert known.protection == Protection.REGISTRATION
    services.withdraw(maria.actor, cases()[1], TODAY, "flyttade")
    db.session.commit()
    assert 'name="protection"' not in look_up(social_worker).text
    assert send(social_worker, protection="none").status_code == 303
    assert known.protection == Protection.REGISTRATION


def test_a_typed_number_joins_nobody_to_a_household_in_which_the_social_worker_has_no_case(
    social_worker: FlaskClient, maria: User
) -> None:
    family = factories.make_household(number="H77")
    relative = factories.make_participant(household=family)
    elsewhere = factories.make_user(Role.SOCIAL_WORKER, "TuA")
    other = factories.make_case(date(2020, 9, 1), participant=relative, social_worker=elsewhere)
    answer = send(social_worker, household_number="H77", **NEW_PERSON)
    assert answer.status_code == 422
    assert answer.text.count("Numret tillhör ett hushåll som du inte har något ärende i.") == 2
    assert cases() == [other]
    assert db.session.scalars(select(Participant)).all() == [relative]
    factories.make_case(date(2020, 9, 1), participant=factories.make_participant(household=family), social_worker=maria)
    assert send(social_worker, household_number="H77", **NEW_PERSON).status_code == 303
    assert cases()[-1].participant.household is family


def test_a_household_number_that_nobody_has_is_taken_as_it_is(social_worker: FlaskClient) -> None:
    assert send(social_worker, household_number="H88", **NEW_PERSON).status_code == 303
    [case] = cases()
    assert case.participant.household is not None
    assert case.participant.household.number == "H88"

"""On which grounds a unit may hand over to another: set by the administrator, never written over unseen."""

from __future__ import annotations

from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.organisation import base_data
from caseflow.organisation.disclosure import find_rule
from caseflow.organisation.models import DisclosureRule
from caseflow.organisation.rules import Ground
from tests import factories
from tests.organisation.addresses import unit_address


def page(to: str = "AMC") -> str:
    return unit_address("AFI", f"utlamnande/{factories.unit(to).public_id}")


def rule() -> DisclosureRule:
    found = find_rule(factories.unit("AFI").id, factories.unit("AMC").id)
    assert found is not None
    return found


def test_the_administrator_sets_grounds_and_the_one_chosen_beforehand(client: FlaskClient, administrator: User) -> None:
    sent = {"grounds": ["duty", "consent"], "default_ground": "duty", "version": "0"}
    assert client.post(page(), data=sent).status_code == 303
    assert (set(rule().grounds), rule().default_ground) == ({Ground.DUTY, Ground.CONSENT}, Ground.DUTY)
    assert "Uppgiftsskyldighet i lag eller förordning" in client.get(unit_address("AFI")).text


def test_a_default_that_is_not_allowed_is_refused(client: FlaskClient, administrator: User) -> None:
    answer = client.post(page(), data={"grounds": ["duty"], "default_ground": "consent", "version": "0"})
    assert answer.status_code == 422
    assert "Välj en av de tillåtna grunderna som förvald." in answer.text
    assert rule().version == 0


def test_a_default_that_is_no_ground_is_refused(client: FlaskClient, administrator: User) -> None:
    answer = client.post(page(), data={"grounds": ["duty"], "default_ground": "annat", "version": "0"})
    assert answer.status_code == 422
    assert rule().version == 0


def test_who_comes_second_sees_what_the_first_has_saved(client: FlaskClient, administrator: User) -> None:
    client.post(page(), data={"grounds": ["duty"], "default_ground": "duty", "version": "0"})
    answer = client.post(page(), data={"grounds": ["consent"], "default_ground": "consent", "version": "0"})
    assert answer.status_code == 409
    assert "Uppgiftsskyldighet" in answer.text
    assert rule().grounds == [Ground.DUTY]


def test_grounds_can_be_taken_away_and_setup_does_not_put_them_back(client: FlaskClient, administrator: User) -> None:
    assert client.post(page(), data={"version": "0"}).status_code == 303
    base_data.add_missing()
    assert (rule().grounds, rule().default_ground) == ([], None)
    assert "Ingen: det går inte att anvisa hit" in client.get(unit_address("AFI")).text


def test_there_is_no_such_page_for_units_that_do_not_refer_or_receive(client: FlaskClient, administrator: User) -> None:
    assert client.get(page("TuA")).status_code == 404
    assert client.get(unit_address("AMC", f"utlamnande/{factories.unit('AMS').public_id}")).status_code == 404

"""Proving again that it is still the user, before what is sensitive."""

from __future__ import annotations

import re
from uuid import UUID

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import AuthenticatorApp, User
from caseflow.accounts.services import set_password
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.security import crypto
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import let_pass, sign_in

PASSWORD = "en lång mening om våren"
NEW_USER = "/forvaltning/anvandare/ny"
FACTS = {"username": "berit.ny", "name": "Berit Ny", "role": "controller", "unit": ""}
QUARTER = 15 * 60
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def administrator(client: FlaskClient) -> User:
    user = factories.make_user(Role.ADMINISTRATOR, None)
    set_password(user, PASSWORD)
    factories.save(user)
    return sign_in(client, user)


def users_called(username: str) -> list[User]:
    return list(db.session.scalars(select(User).where(User.username == username)))


def test_within_a_quarter_nobody_is_asked_and_after_it_everybody_is(client: FlaskClient, administrator: User) -> None:
    let_pass(QUARTER - 60)
    assert client.get(NEW_USER).status_code == 200
    let_pass(120)
    assert client.get(NEW_USER).location == f"/bekrafta?next={NEW_USER}"
    assert client.get("/forvaltning/anvandare").status_code == 200


def test_the_right_password_leads_back_and_holds_a_quarter(client: FlaskClient, administrator: User) -> None:
    let_pass(QUARTER + 1)
    wanted = client.get(NEW_USER).location
    assert "Bekräfta att det är du" in client.get(wanted).text
    assert client.post(wanted, data={"confirm_password": "fel lösenord här"}).status_code == 422
    assert client.get(NEW_USER).status_code == 303
    answer = client.post(wanted, data={"confirm_password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, NEW_USER)
    assert client.get(NEW_USER).status_code == 200


def test_a_confirmed_session_has_a_new_token_and_the_old_one_is_dead(client: FlaskClient, administrator: User) -> None:
    old = client.get_cookie("session")
    client.post("/bekrafta", data={"confirm_password": PASSWORD})
    new = client.get_cookie("session")
    assert old is not None
    assert new is not None
    assert old.value != new.value
    thief = client.application.test_client()
    thief.set_cookie("session", old.value)
    assert thief.get("/min-sida").status_code == 303
    assert client.get("/min-sida").status_code == 200


def test_a_form_that_was_sent_too_late_is_sent_again_whole_after_confirming(
    client: FlaskClient, administrator: User
) -> None:
    let_pass(QUARTER + 1)
    asked = client.post(NEW_USER, data=FACTS)
    assert asked.status_code == 403
    assert users_called("berit.ny") == []
    carried = dict(HIDDEN.findall(asked.text))
    address = re.search(r'action="(/bekrafta[^"]*)"', asked.text)
    assert address is not None
    wrong = client.post(address[1], data={**carried, "confirm_password": "fel lösenord här"})
    assert wrong.status_code == 422
    assert {name: value for name, value in HIDDEN.findall(wrong.text) if name in FACTS} == FACTS
    sent = {**carried, "confirm_password": PASSWORD}
    answer = client.post(address[1], data=sent)
    # A browser then posts the same to there.
    assert (answer.status_code, answer.location) == (307, NEW_USER)
    assert "Engångslösenord" in client.post(NEW_USER, data=sent).text
    assert [user.name for user in users_called("berit.ny")] == ["Berit Ny"]


def test_nobody_is_sent_to_another_site_after_confirming(client: FlaskClient, administrator: User) -> None:
    answer = client.post("/bekrafta?next=//ond.example", data={"confirm_password": PASSWORD})
    assert answer.location == "/"


@pytest.mark.parametrize("step", ["", "/stang", "/oppna", "/losenord"])
def test_every_step_with_users_asks(client: FlaskClient, administrator: User, step: str) -> None:
    user = factories.make_user()
    let_pass(QUARTER + 1)
    answer = client.post(f"/forvaltning/anvandare/{user.public_id}{step}")
    assert answer.status_code == 403
    assert "Bekräfta att det är du" in answer.text


def test_whatever_is_administered_asks_before_it_is_changed(client: FlaskClient, administrator: User) -> None:
    let_pass(QUARTER + 1)
    page = f"/forvaltning/enheter/{factories.unit('AMC').public_id}"
    assert client.get(page).status_code == 200
    assert client.post(f"{page}/stang").status_code == 403
    assert "Bekräfta att det är du" in client.post("/forvaltning/program/nytt", data={"code": "nytt"}).text


@pytest.mark.parametrize("address", ["/rapporter/namndindikatorer/hamta?format=csv"])
def test_a_file_of_figures_asks(client: FlaskClient, address: str) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get(address).status_code == 200
    let_pass(QUARTER + 1)
    assert client.get(address).location.startswith("/bekrafta?next=")


def test_a_file_of_persons_asks_and_leads_back_to_its_page(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.MANAGER, None))
    let_pass(QUARTER + 1)
    page = f"/inlasning/{UUID(int=1)}"
    answer = client.get(f"{page}/avvisade", headers={"Referer": f"http://localhost{page}"})
    assert answer.location == f"/bekrafta?next={page}"


def test_the_api_says_in_json_that_one_has_to_confirm_before_rows_are_given(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    let_pass(QUARTER + 1)
    answer = client.get("/api/underlag?matt=W1")
    assert answer.status_code == 403
    assert "/bekrafta" in answer.get_json()["error"]


def test_another_role_ends_the_sessions_of_the_old_one(client: FlaskClient, administrator: User) -> None:
    user = factories.make_user(Role.CONTROLLER, None)
    theirs = client.application.test_client()
    sign_in(theirs, user)
    client.post(
        f"/forvaltning/anvandare/{user.public_id}",
        data={"name": user.name, "role": "manager", "unit": "", "version": 0},
    )
    assert theirs.get("/min-sida").status_code == 303


def test_a_code_of_the_app_confirms_once(client: FlaskClient, administrator: User) -> None:
    secret = pyotp.random_base32()
    encrypted = crypto.encrypt(secret)
    factories.save(AuthenticatorApp(user_id=administrator.id, secret_encrypted=encrypted, last_step=0))
    let_pass(QUARTER + 1)
    assert "Eller en kod" in client.get(f"/bekrafta?next={NEW_USER}").text
    code = pyotp.TOTP(secret).at(int(clock.real_now().timestamp()))
    assert client.post("/bekrafta", data={"confirm_code": "000000" if code != "000000" else "1"}).status_code == 422
    assert client.get(NEW_USER).status_code == 303
    assert client.post(f"/bekrafta?next={NEW_USER}", data={"confirm_code": code}).location == NEW_USER
    assert client.get(NEW_USER).status_code == 200
    let_pass(QUARTER + 1)
    assert client.post("/bekrafta", data={"confirm_code": code}).status_code == 422


def test_a_user_without_an_app_is_not_asked_for_a_code_and_gets_nowhere_by_one(
    client: FlaskClient, administrator: User
) -> None:
    let_pass(QUARTER + 1)
    assert "Eller en kod" not in client.get("/bekrafta").text
    assert client.post("/bekrafta", data={"confirm_code": "123456"}).status_code == 422
    assert client.post("/bekrafta", data={"confirm_key": "{}"}).status_code == 422
    assert client.post("/bekrafta", data={}).status_code == 422
    assert client.get(NEW_USER).status_code == 303


def test_what_was_confirmed_in_another_tab_lets_the_waiting_form_go_on(
    client: FlaskClient, administrator: User
) -> None:
    let_pass(QUARTER + 1)
    asked = client.post(NEW_USER, data=FACTS)
    carried = dict(HIDDEN.findall(asked.text))
    waiting = f"/bekrafta?next={NEW_USER}"
    assert client.post(waiting, data=carried).status_code == 422
    client.post("/bekrafta", data={"confirm_password": PASSWORD})
    assert client.post(waiting, data=carried).status_code == 307

"""The second factor: codes of an app, codes on paper, and who must have one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import config
from caseflow.accounts import factors
from caseflow.accounts.models import AuthenticatorApp, RecoveryCode, User
from caseflow.accounts.services import set_password
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import let_pass
from tests.signing_in import sign_in as begin

PASSWORD = "en lång mening om våren"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = "/min-sida/tvasteg"


class Phone:
    """An authenticator app, and the clock on the wall."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.secret = NOON, factors.new_secret()
        monkeypatch.setattr(clock, "real_now", lambda: self.at)

    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    def code(self, seconds_ago: int = 0) -> str:
        return str(pyotp.TOTP(self.secret).at(self.at - timedelta(seconds=seconds_ago)))


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


@pytest.fixture
def user(app: Flask) -> User:
    made = factories.make_user(Role.COUNSELLOR, "AMC")
    set_password(made, PASSWORD)
    return factories.save(made)


@pytest.fixture
def with_app(user: User, phone: Phone) -> User:
    with unit_of_work():
        factors.add_app(user, phone.secret, phone.code())
    phone.wait(60)
    return user


def give_password(client: FlaskClient, user: User, wanted: str = "") -> str:
    answer = client.post("/logga-in" + wanted, data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303
    return str(answer.location)


def give_code(client: FlaskClient, code: str, wanted: str = "") -> int:
    return client.post("/logga-in/kod" + wanted, data={"code": code}).status_code


def is_in(client: FlaskClient) -> bool:
    return client.get("/min-sida").status_code == 200


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


def test_after_the_password_a_code_is_asked_for_and_leads_to_the_page_asked_for(
    client: FlaskClient, with_app: User, phone: Phone
) -> None:
    assert give_password(client, with_app, "?next=/arenden") == "/logga-in/kod?next=/arenden"
    answer = client.post("/logga-in/kod?next=/arenden", data={"code": phone.code()})
    assert (answer.status_code, answer.location) == (303, "/arenden")
    assert is_in(client)


def test_the_password_alone_opens_nothing(client: FlaskClient, with_app: User) -> None:
    give_password(client, with_app)
    assert not is_in(client)


def test_the_token_changes_at_the_second_step_and_the_first_opens_nothing(
    client: FlaskClient, with_app: User, phone: Phone
) -> None:
    give_password(client, with_app)
    first = cookie_of(client)
    assert give_code(client, phone.code()) == 303
    assert cookie_of(client) != first
    thief = client.application.test_client()
    thief.set_cookie("session", first)
    assert not is_in(thief)
    assert give_code(thief, phone.code()) == 403


def test_a_wrong_code_is_refused_and_a_new_try_is_given(client: FlaskClient, with_app: User, phone: Phone) -> None:
    give_password(client, with_app)
    assert give_code(client, "000000") == 422
    assert give_code(client, "") == 422
    assert give_code(client, "１２３456é") == 422
    assert give_code(client.application.test_client(), phone.code()) == 403
    assert give_code(client, f" {phone.code()[:3]} {phone.code()[3:]} ") == 303


def test_the_same_code_is_taken_once_only(client: FlaskClient, with_app: User, phone: Phone) -> None:
    give_password(client, with_app)
    code = phone.code()
    assert give_code(client, code) == 303
    other = client.application.test_client()
    give_password(other, with_app)
    assert give_code(other, code) == 422
    assert give_code(other, phone.code(seconds_ago=30)) == 422
    phone.wait(30)
    assert give_code(other, phone.code()) == 303


@pytest.mark.parametrize(("seconds_ago", "taken"), [(30, True), (-30, True), (90, False), (-90, False)])
def test_a_phone_may_be_half_a_minute_wrong(
    client: FlaskClient, with_app: User, phone: Phone, seconds_ago: int, taken: bool
) -> None:
    phone.wait(600)
    give_password(client, with_app)
    assert (give_code(client, phone.code(seconds_ago)) == 303) == taken


def test_the_second_step_waits_ten_minutes(client: FlaskClient, with_app: User, phone: Phone) -> None:
    give_password(client, with_app)
    let_pass(601)
    assert give_code(client, phone.code()) == 403


def test_codes_on_paper_are_shown_once_and_let_in_once_each(client: FlaskClient, user: User, phone: Phone) -> None:
    begin(client, user)
    page = client.get(f"{PAGE}/app").text
    phone.secret = re.findall(r"<dd>([A-Z2-7]{32})</dd>", page)[0]
    answer = client.post(f"{PAGE}/app", data={"code": phone.code()}).text
    codes = re.findall(r"<li>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</li>", answer)
    assert len(set(codes)) == 10
    assert codes[0] not in client.get(PAGE).text
    kept = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not any(code.encode() in found for code in codes for found in kept)
    client.post("/logga-ut")
    give_password(client, user)
    assert give_code(client, codes[3].upper().replace("-", " ")) == 303
    client.post("/logga-ut")
    give_password(client, user)
    assert give_code(client, codes[3]) == 422
    assert give_code(client, codes[4]) == 303
    assert "Du har 8 reservkoder kvar." in client.get(PAGE).text


def test_new_codes_on_paper_make_the_old_ones_worthless(client: FlaskClient, with_app: User, phone: Phone) -> None:
    with unit_of_work():
        old = factors.new_recovery_codes(with_app)
    begin(client, with_app)
    assert "Nya reservkoder" in client.post(f"{PAGE}/koder").text
    assert not factors.take_recovery_code(with_app, old[0])


def test_an_app_is_added_only_when_it_shows_the_right_code(client: FlaskClient, user: User, phone: Phone) -> None:
    begin(client, user)
    picture = client.get(f"{PAGE}/app").text
    assert "<svg" in picture
    assert "style=" not in picture.split("<main")[1]
    for wrong in ("123456", "１２３456é"):
        answer = client.post(f"{PAGE}/app", data={"code": wrong})
        assert answer.status_code == 422
        assert "Koden stämmer inte" in answer.text
    assert factors.find_app(user) is None


def test_the_key_of_the_app_lies_encrypted(with_app: User, phone: Phone) -> None:
    kept = db.session.scalars(select(AuthenticatorApp)).one()
    assert phone.secret.encode() not in kept.secret_encrypted


def test_an_app_is_removed_after_confirming_only(client: FlaskClient, with_app: User) -> None:
    begin(client, with_app)
    let_pass(16 * 60)
    assert client.post(f"{PAGE}/app/ta-bort").status_code == 403
    client.post("/bekrafta", data={"confirm_password": PASSWORD})
    assert client.post(f"{PAGE}/app/ta-bort").status_code == 303
    assert factors.find_app(with_app) is None
    assert factors.recovery_codes_left(with_app) == 0
    assert give_password(client.application.test_client(), with_app) == "/"


@pytest.fixture
def demanding(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", frozenset({Role.COUNSELLOR}))


@pytest.mark.usefixtures("demanding")
def test_who_must_have_a_second_factor_comes_no_further_than_to_adding_one(
    client: FlaskClient, user: User, phone: Phone
) -> None:
    give_password(client, user)
    assert client.get("/arenden").location == PAGE
    assert "Lägg till en kod-app eller en nyckel" in client.get(PAGE).text
    phone.secret = re.findall(r"<dd>([A-Z2-7]{32})</dd>", client.get(f"{PAGE}/app").text)[0]
    assert client.post(f"{PAGE}/app", data={"code": phone.code()}).status_code == 200
    assert client.get("/arenden").status_code == 200
    assert "Lägg till en annan först" in client.post(f"{PAGE}/app/ta-bort", follow_redirects=True).text
    assert factors.find_app(user) is not None


@pytest.mark.usefixtures("demanding")
def test_who_need_not_have_one_is_not_asked(client: FlaskClient) -> None:
    begin(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get("/rapporter").status_code == 200


def test_an_administrator_takes_lost_factors_away(client: FlaskClient, with_app: User) -> None:
    theirs = client.application.test_client()
    begin(theirs, with_app)
    begin(client, factories.make_user(Role.ADMINISTRATOR, None))
    assert client.post(f"/forvaltning/anvandare/{with_app.public_id}/tvasteg").status_code == 303
    assert not is_in(theirs)
    assert give_password(theirs, with_app) == "/"


@pytest.mark.parametrize(
    ("named", "is_production", "roles"),
    [
        (None, False, set()),
        (None, True, set(Role) - {Role.CONTROLLER}),
        ("none", True, set()),
        ("manager administrator", False, {Role.MANAGER, Role.ADMINISTRATOR}),
    ],
)
def test_in_production_everybody_who_sees_persons_or_administers_has_two(
    named: str | None, is_production: bool, roles: set[Role]
) -> None:
    assert config._roles(named, is_production) == roles

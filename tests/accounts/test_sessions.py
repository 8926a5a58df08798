"""Sessions in the database: fixation, replay, idle and absolute end, the own list, and what the cookie holds."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts import sessions
from caseflow.accounts.models import User, UserSession
from caseflow.accounts.services import set_password
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories, signing_in
from tests.signing_in import let_pass
from tests.statements import counted

PASSWORD = "en lång mening om våren"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture
def user(app: Flask) -> User:
    made = factories.make_user(Role.ADMINISTRATOR, None)
    set_password(made, PASSWORD)
    return factories.save(made)


def sign_in(client: FlaskClient, user: User, **options: object) -> str:
    """Through the page; what the cookie holds then."""
    answer = client.post("/logga-in", data={"username": user.username, "password": PASSWORD}, **options)  # type: ignore[arg-type]
    assert answer.status_code == 303
    return cookie_of(client)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


def is_in(client: FlaskClient, cookie: str | None = None) -> bool:
    if cookie is not None:
        client.set_cookie("session", cookie)
    return client.get("/min-sida").status_code == 200


def test_the_cookie_is_a_random_token_and_the_database_holds_only_its_hash(client: FlaskClient, user: User) -> None:
    token = sign_in(client, user)
    assert sessions.TOKEN.fullmatch(token)
    kept = db.session.scalars(select(UserSession)).one()
    assert token.encode() not in kept.token_hash
    assert len(kept.token_hash) == 32
    assert sign_in(client, user) != token


def test_a_message_for_the_next_page_is_not_in_the_cookie(client: FlaskClient, user: User) -> None:
    token = sign_in(client, user)
    client.post("/min-sida/kortkommandon", data={})
    assert cookie_of(client) == token
    assert "Kortkommandon är av" in client.get("/min-sida").text
    assert "Kortkommandon är av" not in client.get("/min-sida").text


@pytest.mark.parametrize("planted", ["A" * 43, "_user_id", "eyJfdXNlcl9pZCI6IjEifQ.Zw.x"])
def test_a_cookie_from_elsewhere_signs_nobody_in_and_is_replaced_at_sign_in(
    client: FlaskClient, user: User, planted: str
) -> None:
    assert not is_in(client, planted)
    client.set_cookie("session", planted)
    assert sign_in(client, user) != planted
    assert is_in(client)
    assert not is_in(client.application.test_client(), planted)


def test_a_cookie_that_was_there_before_the_sign_in_is_not_signed_in_by_it(client: FlaskClient, user: User) -> None:
    client.get("/logga-in")
    before = cookie_of(client)
    sign_in(client, user)
    assert not is_in(client.application.test_client(), before)


def test_a_copied_cookie_is_dead_after_signing_out(client: FlaskClient, user: User) -> None:
    stolen = sign_in(client, user)
    thief = client.application.test_client()
    assert is_in(thief, stolen)
    client.post("/logga-ut")
    assert not is_in(thief, stolen)
    assert not is_in(client, stolen)


def test_signing_out_leaves_the_other_browsers_and_signing_out_everywhere_does_not(
    client: FlaskClient, user: User
) -> None:
    other, third = client.application.test_client(), client.application.test_client()
    for browser in (client, other, third):
        sign_in(browser, user)
    client.post("/logga-ut")
    assert is_in(other)
    assert other.post("/logga-ut/overallt").location == "/logga-in"
    assert not is_in(other)
    assert not is_in(third)


def test_a_new_password_gives_a_new_token_and_ends_the_old(client: FlaskClient, user: User) -> None:
    old = sign_in(client, user)
    client.post("/min-sida/losenord", data={"present_password": PASSWORD, "new_password": "en annan mening i höst"})
    assert cookie_of(client) != old
    assert is_in(client)
    assert not is_in(client.application.test_client(), old)


def test_a_session_ends_after_ten_hours_however_busy(client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    for _half_hour in range(20):
        assert is_in(client)
        let_pass(1800)
    answer = client.get("/min-sida")
    assert "Du loggades ut efter 10 timmar" in client.get(answer.location).text


def test_what_has_ended_does_not_come_back_with_the_same_cookie(client: FlaskClient, user: User) -> None:
    token = sign_in(client, user)
    let_pass(3601)
    assert not is_in(client)
    assert not is_in(client, token)


def test_the_own_page_lists_where_one_is_signed_in(client: FlaskClient, user: User) -> None:
    other = client.application.test_client()
    sign_in(other, user, headers={"User-Agent": FIREFOX})
    signing_in.sign_in(client.application.test_client(), factories.make_user())
    sign_in(client, user)
    page = client.get("/min-sida").text
    assert page.count("Firefox, Windows</td>") == 1
    assert page.count("Den här</td>") == 1
    there = next(one for one in sessions.list_open(user) if one.device)
    assert client.post(f"/min-sida/inloggningar/{there.id}/avsluta").status_code == 303
    assert not is_in(other)
    assert is_in(client)
    assert "Firefox, Windows</td>" not in client.get("/min-sida").text


def test_nobody_ends_another_users_session(client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    stranger = client.application.test_client()
    signing_in.sign_in(stranger, factories.make_user())
    (own,) = sessions.list_open(user)
    assert stranger.post(f"/min-sida/inloggningar/{own.id}/avsluta").status_code == 404
    assert is_in(client)


def test_a_request_looks_the_session_up_once_and_writes_once_a_minute(client: FlaskClient, user: User) -> None:
    sign_in(client, user)

    def statements() -> tuple[int, int]:
        with counted() as said:
            client.get("/inloggning/kvar")
            client.get("/hjalp")
        return sum("FROM user_session" in text for text in said), sum("UPDATE user_session" in text for text in said)

    assert statements() == (2, 0)
    let_pass(61)
    assert statements() == (2, 1)
    assert statements() == (2, 0)


def test_files_do_not_ask_for_the_session(client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    with counted() as said:
        client.get("/static/caseflow.css")
    assert said == []


def test_old_sessions_are_forgotten_and_others_kept(app: Flask, user: User) -> None:
    signing_in.token_for(user)
    let_pass(31 * 24 * 3600)
    signing_in.token_for(user)
    with unit_of_work():
        sessions.forget_old()
    assert [one.created_at.date() for one in db.session.scalars(select(UserSession))] == [clock.now().date()]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_what_its_user_calls_it(user_agent: str, device: str) -> None:
    assert sessions.device_of(user_agent) == device

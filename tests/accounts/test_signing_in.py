"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts import passwords, sessions, signing_in
from caseflow.accounts.models import User
from caseflow.accounts.services import set_password
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import let_pass

PASSWORD = "en lång mening om våren"


def administrator(**facts: object) -> User:
    user = factories.make_user(Role.ADMINISTRATOR, None)
    set_password(user, PASSWORD)
    for name, value in facts.items():
        setattr(user, name, value)
    return factories.save(user)


def sign_in(client: FlaskClient, user: User, password: str = PASSWORD, address: str = "/logga-in"):  # noqa: ANN201
    return client.post(address, data={"username": user.username, "password": password})


def test_the_right_password_leads_to_the_page_where_the_role_begins(client: FlaskClient) -> None:
    answer = sign_in(client, administrator())
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").location == "/forvaltning/anvandare"
    assert client.get("/forvaltning/anvandare").status_code == 200


def test_a_user_name_is_read_without_regard_to_capitals_and_blanks(client: FlaskClient) -> None:
    user = administrator()
    answer = client.post("/logga-in", data={"username": f" {user.username.upper()} ", "password": PASSWORD})
    assert answer.status_code == 303


@pytest.mark.parametrize("stranger", [True, False])
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(client: FlaskClient, stranger: bool) -> None:
    user = administrator()
    answer = client.post(
        "/logga-in", data={"username": "nobody" if stranger else user.username, "password": "fel lösenord här"}
    )
    assert answer.status_code == 422
    assert "Användarnamnet eller lösenordet stämmer inte" in answer.text
    assert client.get("/min-sida").status_code == 303


def test_an_unknown_user_costs_a_full_password_check(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return verify(stored, password)

        hash = staticmethod(passwords._hasher.hash)
        check_needs_rehash = staticmethod(passwords._hasher.check_needs_rehash)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    app.test_client().post("/logga-in", data={"username": "nobody", "password": "gissning"})
    assert [stored.startswith("$argon2id$") for stored in checked] == [True]


def test_a_closed_account_cannot_sign_in(client: FlaskClient) -> None:
    assert sign_in(client, administrator(closed_at=datetime(2020, 11, 1, tzinfo=UTC))).status_code == 422


def test_a_hash_of_older_strength_is_renewed_at_sign_in(client: FlaskClient) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = administrator(password_hash=weak)
    sign_in(client, user)
    db.session.refresh(user)
    assert user.password_hash != weak
    assert not passwords.is_outdated(user.password_hash)
    assert passwords.matches(user.password_hash, PASSWORD)


def test_signing_in_keeps_nothing_of_the_session_before(client: FlaskClient) -> None:
    client.get("/logga-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    sign_in(client, administrator())
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"


def test_signing_out_needs_a_post(client: FlaskClient) -> None:
    sign_in(client, administrator())
    assert client.get("/logga-ut").status_code == 405
    assert client.get("/min-sida").status_code == 200


def test_a_session_ends_after_an_hour_without_activity(client: FlaskClient) -> None:
    sign_in(client, administrator())
    let_pass(3601)
    answer = client.get("/min-sida")
    assert answer.location == "/logga-in?next=/min-sida"
    assert "Du loggades ut efter 60 minuter utan aktivitet" in client.get(answer.location).text


def test_activity_within_the_hour_keeps_the_session(client: FlaskClient) -> None:
    sign_in(client, administrator())
    let_pass(3500)
    assert client.get("/min-sida").status_code == 200
    assert seconds_left(client) > 3540


def test_a_page_that_asks_by_itself_does_not_keep_the_session(client: FlaskClient) -> None:
    sign_in(client, administrator())
    let_pass(3500)
    client.get(f"/jobb/{UUID(int=0)}/framsteg", headers={"HX-Request": "true"})
    assert seconds_left(client) <= 100


def test_a_block_asked_for_after_the_session_has_ended_reloads_the_page(client: FlaskClient) -> None:
    answer = client.post("/sok", data={"q": "x"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize(
    "path",
    [
        "/inloggning/kvar",
        "/jobb/lista",
        f"/jobb/{UUID(int=0)}/framsteg",
        f"/inlasning/{UUID(int=0)}/framsteg",
        f"/arenden/{UUID(int=0)}/andringar?version=1",
    ],
)
def test_a_page_that_asks_by_itself_stays_when_the_session_has_ended(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "HX-Refresh" not in answer.headers


def test_closing_an_account_ends_its_open_session(client: FlaskClient) -> None:
    user = administrator()
    sign_in(client, user)
    user.closed_at = datetime(2020, 11, 30, 12, tzinfo=UTC)
    db.session.commit()
    assert client.get("/min-sida").location == "/logga-in?next=/min-sida"


def test_after_sign_in_one_comes_back_to_the_page_asked_for(client: FlaskClient) -> None:
    asked = client.get("/forvaltning/anvandare?sort=-name")
    assert asked.location == "/logga-in?next=/forvaltning/anvandare?sort%3D-name"
    assert sign_in(client, administrator(), address=asked.location).location == "/forvaltning/anvandare?sort=-name"


@pytest.mark.parametrize(
    "target",
    [
        "https://ond.example/",
        "//ond.example/",
        "/\\ond.example",
        "\\\\ond.example",
        "javascript:alert(1)",
        "/\t/ond.example",
        "ond.example",
    ],
)
def test_nobody_is_sent_to_another_site_after_sign_in(client: FlaskClient, target: str) -> None:
    answer = client.post("/logga-in", query_string={"next": target}, data=credentials(administrator()))
    assert answer.location == "/"


def credentials(user: User) -> dict[str, str]:
    return {"username": user.username, "password": PASSWORD}


def test_a_user_with_a_one_time_password_comes_no_further_than_to_choosing_one(client: FlaskClient) -> None:
    sign_in(client, administrator(must_change_password=True))
    answer = client.get("/forvaltning/anvandare")
    assert answer.location == "/min-sida"
    assert "Välj ett eget lösenord" in client.get("/min-sida").text


def test_demo_sign_ins_are_listed_in_a_demo_only(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "karin.lindqvist" not in client.get("/logga-in").text
    monkeypatch.setitem(app.config, "CASEFLOW_DEMO", True)
    assert "karin.lindqvist" in client.get("/logga-in").text


def test_the_limits_are_those_that_the_sentences_promise() -> None:
    assert f"{sessions.IDLE.total_seconds() / 60:.0f} minuter" in signing_in.IDLE_TOO_LONG
    assert f"{sessions.LONGEST.total_seconds() / 3600:.0f} timmar" in signing_in.LASTED_TOO_LONG


def test_the_pages_said_to_ask_by_themselves_exist(app: Flask) -> None:
    assert set(app.view_functions) >= signing_in.POLLED


def seconds_left(client: FlaskClient) -> int:
    return int(client.get("/inloggning/kvar").get_json()["seconds"])


def test_a_page_may_ask_how_long_the_session_lasts_without_making_it_longer(client: FlaskClient) -> None:
    sign_in(client, administrator())
    let_pass(3000)
    left = [seconds_left(client) for _ in range(2)]
    assert all(590 <= seconds <= 600 for seconds in left)


def test_who_says_that_they_are_there_stays_signed_in(client: FlaskClient) -> None:
    sign_in(client, administrator())
    let_pass(3000)
    assert client.post("/inloggning/fortsatt").status_code == 204
    assert seconds_left(client) > 3590


def test_a_sign_in_and_a_failed_one_are_logged_without_what_was_typed(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    user = administrator()
    with caplog.at_level("INFO"):
        sign_in(client, user, password="fel lösenord här")
        sign_in(client, user)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("caseflow.accounts")]
    assert lines == ["failed sign-in", f"user {user.id} signed in"]

"""The own page: password, shortcuts and the own access log."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts import passwords
from caseflow.accounts.models import User
from caseflow.accounts.services import set_password
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in

OLD = "en lång mening om våren"
NEW = "en annan mening om hösten"


@pytest.fixture
def user(client: FlaskClient) -> User:
    made = factories.make_user(Role.CONTROLLER, None, "Henrik Sandberg")
    set_password(made, OLD)
    db.session.commit()
    return sign_in(client, made)


def change(client: FlaskClient, present: str, new: str):  # noqa: ANN201
    return client.post("/min-sida/losenord", data={"present_password": present, "new_password": new})


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client: FlaskClient, app: Flask, user: User) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, user)
    assert change(client, OLD, NEW).location == "/min-sida"
    assert "Lösenordet är bytt" in client.get("/min-sida").text
    assert elsewhere.get("/min-sida").status_code == 303
    db.session.refresh(user)
    assert passwords.matches(user.password_hash, NEW)
    assert not passwords.matches(user.password_hash, OLD)


def test_a_one_time_password_is_done_with_once_an_own_one_is_chosen(client: FlaskClient, user: User) -> None:
    user.must_change_password = True
    db.session.commit()
    assert change(client, OLD, NEW).status_code == 303
    assert client.get("/jobb").status_code == 200


@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("fel lösenord", NEW, "Skriv det lösenord du har nu. Det du skrev stämmer inte."),
        (OLD, "elva tecken", "Välj ett lösenord med minst 12 tecken."),
        (OLD, "a" * 30, "Lösenordet är lätt att gissa, eller har läckt"),
        (OLD, "x y" * 100, "Välj ett lösenord med högst 200 tecken."),
        (OLD, OLD, "Välj ett annat lösenord än det du har nu."),
        (OLD, "", "Skriv ett nytt lösenord."),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_what_to_do(
    client: FlaskClient, user: User, present: str, new: str, sentence: str
) -> None:
    answer = change(client, present, new)
    assert answer.status_code == 422
    assert sentence in answer.text
    db.session.refresh(user)
    assert passwords.matches(user.password_hash, OLD)


def test_a_password_with_the_user_name_in_it_is_refused(client: FlaskClient, user: User) -> None:
    answer = change(client, OLD, f"jag heter {user.username.upper()} idag")
    assert answer.status_code == 422
    assert "inte innehåller ditt användarnamn" in answer.text


@pytest.mark.parametrize(
    "known",
    [
        "password1234",
        "P@ssw0rd2024!",
        "passwordpassword",
        "qwertyuiopasdf",
        "123456789012",
        "iloveyou1234567",
        "Caseflow2026!",
        "linköping2026",
        "Sommaren2026!",
        "välkommen2026",
        "test.persson1",
        "abcabcabcabcabc" * 5,
    ],
)
def test_a_password_that_has_leaked_or_is_tried_first_here_is_refused(known: str) -> None:
    with pytest.raises(RuleBroken, match="lätt att gissa|användarnamn"):
        passwords.check_new(known, "test.persson")


@pytest.mark.parametrize(
    "good", [NEW, "korrekt häst batteri", "bbxkqjwzlrtv", "a1 " + "ett mycket långt lösenord " * 7]
)
def test_no_sign_is_asked_for_where_a_password_is_long_and_unknown(good: str) -> None:
    passwords.check_new(good, "test.persson")


def test_shortcuts_are_turned_off_and_on_again(client: FlaskClient, user: User) -> None:
    assert 'data-keys="off"' not in client.get("/min-sida").text
    client.post("/min-sida/kortkommandon", data={})
    assert 'data-keys="off"' in client.get("/min-sida").text
    client.post("/min-sida/kortkommandon", data={"on": "y"})
    assert 'data-keys="off"' not in client.get("/min-sida").text


def test_the_own_page_lists_what_one_has_opened_and_nobody_elses(client: FlaskClient) -> None:
    counsellor = sign_in(client, factories.make_user())
    own = factories.make_case(date(2020, 6, 11))
    others = factories.make_case(date(2020, 6, 12))
    log_access(counsellor.actor, AccessKind.OPENED_CASE, case_id=own.id)
    log_access(factories.make_user().actor, AccessKind.OPENED_CASE, case_id=others.id)
    text = client.get("/min-sida").text
    assert "Öppnade ärendet" in text
    assert own.number in text
    assert others.number not in text


def test_one_time_passwords_are_long_readable_and_never_the_same() -> None:
    made = {passwords.one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 19 and not set(password) & set("01lio") for password in made)


def test_the_pages_are_in_the_language_that_the_user_chose(client: FlaskClient, user: User) -> None:
    assert '<html lang="sv">' in client.get("/min-sida").text
    assert client.post("/min-sida/sprak", data={"language": "en"}).location == "/min-sida"
    page = client.get("/min-sida").text
    assert '<html lang="en">' in page
    assert "The language has been changed" in page
    assert client.post("/min-sida/sprak", data={"language": "tlh"}).status_code == 422
    assert client.post("/min-sida/sprak", data={"language": "sv"}).status_code == 303
    assert "Språket är bytt" in client.get("/min-sida").text

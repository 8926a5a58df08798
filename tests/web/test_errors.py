"""Every error becomes a page with a sentence and a way out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import default_exceptions

from caseflow.core.errors import NotAllowed, NotFound, RuleBroken, StaleEdit
from caseflow.extensions import db
from caseflow.security.permissions import Role
from caseflow.web import errors
from tests import factories
from tests.signing_in import sign_in


@pytest.fixture
def page(client: FlaskClient, app: Flask) -> Iterator[FlaskClient]:
    """A client whose /min-sida raises what the test sets as `page.error`."""
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    own = app.view_functions["accounts.my_page"]

    def fail() -> str:
        raise client.error  # type: ignore[attr-defined]

    fail.permission = own.permission  # type: ignore[attr-defined]
    app.view_functions["accounts.my_page"] = fail
    yield client
    app.view_functions["accounts.my_page"] = own


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuleBroken("Första möte måste registreras först."), 409),
        (NotAllowed("Det här kan inte göras som controller."), 403),
        (NotFound("Ärende 2020-0001 finns inte bland de ärenden du kan se."), 404),
        (StaleEdit("Någon har ändrat ärendet.", 3, 4), 409),
    ],
)
def test_our_errors_show_their_own_sentence_and_a_way_out(page: FlaskClient, error: Exception, status: int) -> None:
    page.error = error  # type: ignore[attr-defined]
    answer = page.get("/min-sida")
    assert answer.status_code == status
    assert str(error) in answer.text
    assert 'href="/"' in answer.text


def test_an_unforeseen_error_tells_nothing_of_itself_to_the_page_or_the_log(
    page: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    page.error = ValueError("19900101-2384")  # type: ignore[attr-defined]
    answer = page.get("/min-sida")
    assert answer.status_code == 500
    assert "2384" not in answer.text
    assert "2384" not in caplog.text
    assert "ValueError at accounts.my_page" in caplog.text


def test_a_page_that_does_not_exist_says_so_in_swedish(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    answer = client.get("/finns-inte")
    assert answer.status_code == 404
    assert str(errors.SENTENCES[404]) in answer.text


@pytest.mark.parametrize("status", [400, 405, 406, 415])
def test_an_error_without_a_page_of_its_own_says_its_number_and_nothing_of_an_old_page(
    page: FlaskClient, status: int
) -> None:
    page.error = default_exceptions[status]()  # type: ignore[attr-defined]
    answer = page.get("/min-sida")
    assert answer.status_code == status
    assert f"Fel {status}" in answer.text
    assert "<h1>Det gick inte</h1>" in answer.text
    assert "öppen för länge" not in answer.text


def test_the_wrong_method_says_to_use_the_button(client: FlaskClient) -> None:
    answer = client.get("/logga-ut")
    assert answer.status_code == 405
    assert str(errors.SENTENCES[405]) in answer.text


def test_too_large_a_file_is_refused_with_its_limit(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100)
    answer = client.post("/logga-in", data={"username": "x" * 200, "password": "y"})
    assert answer.status_code == 413
    assert "högst 50 MB" in answer.text


def test_who_waits_too_long_for_a_row_is_told_to_try_again(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.ADMINISTRATOR, None))
    other = factories.make_user(Role.CONTROLLER, None)
    with db.engine.connect() as elsewhere:
        elsewhere.execute(text("SELECT id FROM user_account FOR UPDATE"))
        db.session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        answer = client.post(f"/forvaltning/anvandare/{other.public_id}/losenord")
    assert answer.status_code == 409
    assert str(errors.BUSY) in answer.text


def test_the_health_page_answers_while_the_database_does(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_the_health_page_fails_when_the_database_does(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*arguments: object) -> None:
        raise SQLAlchemyError("gone")

    monkeypatch.setattr(db.session, "execute", lost)
    assert client.get("/healthz").status_code == 500

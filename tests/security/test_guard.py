"""What stands in front of every page."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.core.errors import NotAllowed
from caseflow.security import guard
from caseflow.security.permissions import SYSTEM, Actor, Permission, Role
from caseflow.security.policy import POLICY, allows, permit
from tests import factories
from tests.signing_in import sign_in

CSP = "Content-Security-Policy"
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def guarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of the application with its protection against forged forms on."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app.test_client()


@pytest.fixture
def unmarked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a view that names no permission any more."""
    monkeypatch.delattr(app.view_functions["accounts.my_page"], "permission")
    return "/min-sida"


def test_a_view_that_names_no_permission_is_closed_to_every_role(app: Flask, unmarked: str) -> None:
    for role in Role:
        client = app.test_client()
        sign_in(client, factories.make_user(role, None))
        answer = client.get(unmarked)
        assert answer.status_code == 403
        assert "Byt lösenord" not in answer.text


def test_a_view_that_names_no_permission_is_closed_to_strangers(client: FlaskClient, unmarked: str) -> None:
    assert client.get(unmarked).location == f"/logga-in?next={unmarked}"


def test_only_these_pages_are_open_to_anyone() -> None:
    signing_in = {"accounts.sign_in", "accounts.second_step", "accounts.sign_in_with_passkey"}
    signing_in |= {"organisation.sign_in_at_municipality", "organisation.municipal_answer"}
    assert set(guard.PUBLIC) == signing_in | {"static", "guide.accessibility", "web.healthz"}


def posts(app: Flask) -> list[str]:
    """The address of every form, its parameters filled with something."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    filled = (re.sub(r"<uuid:[^>]*>", str(UUID(int=0)), rule.rule) for rule in rules)
    return sorted({re.sub(r"<[^>]*>", "1", rule) for rule in filled})


def test_every_form_without_a_token_is_refused_for_every_role(guarded: FlaskClient, app: Flask) -> None:
    for role, unit in ((Role.COUNSELLOR, "AMC"), (Role.SOCIAL_WORKER, "AFI"), (Role.ADMINISTRATOR, None)):
        sign_in(guarded, factories.make_user(role, unit))
        wrong = {address: guarded.post(address).status_code for address in posts(app)}
        assert len(wrong) > 15
        assert {address: status for address, status in wrong.items() if status != 400} == {}


def test_a_form_with_its_token_is_taken_and_one_with_another_users_is_not(guarded: FlaskClient, app: Flask) -> None:
    sign_in(guarded, factories.make_user(Role.ADMINISTRATOR, None))
    token = CSRF_TOKEN.search(guarded.get("/forvaltning/omraden").text)
    assert token is not None
    answer = guarded.post("/forvaltning/omraden", data={"name": "Körkort", "csrf_token": token[1]})
    assert answer.status_code == 303
    other = app.test_client()
    sign_in(other, factories.make_user(Role.ADMINISTRATOR, None))
    other.get("/forvaltning/omraden")
    answer = other.post("/forvaltning/omraden", data={"name": "Resor", "csrf_token": token[1]})
    assert answer.status_code == 400
    assert "Ladda om den och gör om ditt steg" in answer.text


def test_the_sign_in_form_carries_a_token(guarded: FlaskClient) -> None:
    token = CSRF_TOKEN.search(guarded.get("/logga-in").text)
    assert token is not None
    facts = {"username": "nobody", "password": "ett fel lösenord"}
    assert guarded.post("/logga-in", data=facts).status_code == 400
    assert guarded.post("/logga-in", data={**facts, "csrf_token": token[1]}).status_code == 422


@pytest.mark.parametrize("address", ["/logga-in", "/min-sida", "/finns-inte", "/healthz", "/static/caseflow.css"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    headers = client.get(address).headers
    policy = headers[CSP]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_what_carries_the_answers_own_nonce_is_loaded(client: FlaskClient) -> None:
    answers = [client.get("/logga-in"), client.get("/finns-inte")]
    nonces = [re.findall(r"(script|style)-src 'nonce-([\w-]{20,})'", one.headers[CSP]) for one in answers]
    assert [[kind for kind, _ in found] for found in nonces] == [["script", "style"]] * 2
    assert nonces[0] != nonces[1]
    for answer, found in zip(answers, nonces, strict=True):
        assert set(re.findall(r'nonce="([^"]*)"', answer.text)) == {nonce for _, nonce in found}


def test_a_file_lets_no_script_and_no_style_run(client: FlaskClient) -> None:
    policy = client.get("/static/icon.svg").headers[CSP]
    assert "script-src 'none'; style-src 'none'" in policy


@pytest.mark.parametrize(("address", "stored"), [("/min-sida", False), ("/static/caseflow.css", True)])
def test_pages_are_never_kept_in_a_cache_and_files_may_be(client: FlaskClient, address: str, stored: bool) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert ("no-store" not in client.get(address).headers.get("Cache-Control", "")) == stored


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/forvaltning/anvandare").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_browsers_are_held_to_https_where_it_is_served(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    assert "max-age=31536000" in client.get("/healthz").headers["Strict-Transport-Security"]


def test_every_permission_has_a_row_in_the_policy_and_somebody_who_has_it() -> None:
    assert set(POLICY) == set(Permission)
    assert all(POLICY.values())


def test_the_system_may_do_everything_and_a_controller_may_not_administer() -> None:
    assert all(allows(SYSTEM, permission) for permission in Permission)
    controller = Actor(id=1, role=Role.CONTROLLER, unit_id=None, name="Henrik Sandberg")
    with pytest.raises(NotAllowed, match="Det här kan inte göras som controller"):
        permit(controller, Permission.ADMINISTER)

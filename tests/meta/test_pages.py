"""Every page as every role: valid HTML that a screen reader, a keyboard and the content policy can live with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from caseflow.security.permissions import Role
from tests import factories
from tests.meta import html
from tests.meta.addresses import FRAGMENTS, addresses, lists_of, other_addresses, permitted_pages, roles_of
from tests.meta.world import UNIT_OF, World, is_page
from tests.signing_in import sign_in

EMPTY = re.compile(r'<div class="cf-empty">(.*?)</div>', re.DOTALL)
# Nothing more to say: that nobody waits is the goal, and a month without readings has none to review.
GOOD_AS_IT_IS = {"Ingen väntar på brytdagen.", "Inga läsningar fanns att granska."}


@pytest.fixture(autouse=True)
def tokens(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSRF protection on, as in use: else no form would carry a token."""
    monkeypatch.setitem(migrated_app.config, "WTF_CSRF_ENABLED", True)


@pytest.mark.parametrize("role", Role)
def test_every_page_is_valid_html(read_world: World, role: Role) -> None:
    client = read_world.client(role)
    wrong = []
    for endpoint, address in permitted_pages(read_world, role):
        wrong += faults_of(read_world.app, endpoint, client.get(address))
    assert wrong == []


def test_every_report_help_page_and_state_of_a_case_is_valid_html(read_world: World) -> None:
    clients = {role: read_world.client(role) for role in Role}
    wrong = []
    for role, address in other_addresses(read_world):
        wrong += faults_of(read_world.app, address, clients[role].get(address))
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_every_form_that_is_sent_empty_comes_back_as_valid_html(world: World, role: Role) -> None:
    wrong, shown = [], 0
    world.app.config["WTF_CSRF_ENABLED"] = False  # `tokens` puts it back
    for rule, address in addresses(world, role, "POST"):
        if role in roles_of(world.app, rule.endpoint):
            answer = world.client(role).post(address)
            shown += answer.status_code == 422
            wrong += [fault for fault in faults_of(world.app, rule.endpoint, answer) if "CSRF" not in fault]
    assert (wrong, shown > 0) == ([], True)


@pytest.mark.parametrize("role", Role)
def test_a_page_that_has_nothing_yet_is_valid_and_says_what_to_do_or_when_something_comes(
    app: Flask, role: Role
) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(role, UNIT_OF.get(role)))
    wrong = []
    for endpoint, address in lists_of(app, role):
        answer = client.get(address)
        wrong += [f"{address}: {text}" for text in EMPTY.findall(answer.text) if not leads_on(text)]
        wrong += faults_of(app, endpoint, answer)
    assert wrong == []


def leads_on(text: str) -> bool:
    """Whether an empty place has a link, or a second sentence."""
    said = re.sub("<.*?>", "", text).strip()
    return "href" in text or said.count(".") > 1 or said in GOOD_AS_IT_IS


def test_error_pages_and_the_sign_in_page_are_valid_html(read_world: World) -> None:
    counsellor, stranger = read_world.client(Role.COUNSELLOR), read_world.app.test_client()
    answers = [
        *(counsellor.get(path) for path in ("/finns-inte", f"/arenden/{UUID(int=0)}", "/forvaltning/anvandare")),
        counsellor.get("/logga-ut"),
        counsellor.post("/logga-ut"),
        counsellor.get(f"/arenden/{read_world.cases['placed'].public_id}/ta-emot"),
        stranger.get("/logga-in"),
        stranger.get("/finns-inte"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 403, 405, 400, 409, 200, 404]
    assert [fault for answer in answers for fault in faults_of(read_world.app, answer.request.path, answer)] == []


def faults_of(app: Flask, name: str, answer: TestResponse) -> Iterator[str]:
    """The faults of an answer, each with the name of the page. What is no HTML has none."""
    if answer.mimetype != "text/html" or answer.status_code == 204 or 300 <= answer.status_code < 400:
        return
    whole = is_page(answer)
    if whole == (name in FRAGMENTS):
        yield f"{name}: {'a whole page' if whole else 'no whole page'}"
    for fault in html.faults(app, answer.text, whole=whole):
        yield f"{name}: {fault}"

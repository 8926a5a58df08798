"""Reading changes nothing, and writing needs the token."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from caseflow.security.permissions import Role
from config import Config
from tests.meta.addresses import addresses, permitted_pages, roles_of
from tests.meta.conftest import Recorder
from tests.meta.snapshot import snapshot
from tests.meta.world import World

WRITES = re.compile(r"\s*(WITH\b.*\)\s*)?(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|ALTER|DROP)\b", re.I | re.S)
# Who looked is written down, and what the session remembers of the page; that is all that a look may write.
AUDIT = re.compile(r"\s*(INSERT INTO audit|UPDATE user_session)\b")


@pytest.mark.parametrize("role", Role)
def test_a_page_that_is_read_writes_nothing(read_world: World, role: Role, count_queries: Recorder) -> None:
    client = read_world.client(role)
    before, wrong = snapshot(without=("audit", "user_session")), []
    for endpoint, address in permitted_pages(read_world, role):
        with count_queries() as statements:
            client.get(address)
        writes = [text for text in statements if WRITES.match(text) and not AUDIT.match(text)]
        wrong += [f"{endpoint}: {text[:80]}" for text in writes]
    assert wrong == []
    assert snapshot(without=("audit", "user_session")) == before


@pytest.mark.parametrize("role", Role)
def test_a_form_without_its_token_is_refused_and_does_nothing(
    read_world: World, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_world.app.config, "WTF_CSRF_ENABLED", True)
    client = read_world.client(role)
    before, wrong = snapshot(), []
    for rule, address in addresses(read_world, role, "POST"):
        if role in roles_of(read_world.app, rule.endpoint):
            answer = client.post(address)
            if answer.status_code != 400:
                wrong.append(f"{rule.endpoint}: {answer.status_code}")
    assert wrong == []
    assert snapshot() == before


def test_the_check_for_tokens_is_not_turned_off_by_the_settings(app: Flask) -> None:
    assert getattr(Config(), "WTF_CSRF_ENABLED", True)
    assert getattr(Config(), "WTF_CSRF_CHECK_DEFAULT", True)

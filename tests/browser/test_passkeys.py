"""A passkey from being added to signing in with it alone, in Chromium with an authenticator of its own making."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlalchemy import select

from caseflow.accounts.models import Passkey, User
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.steps import PASSWORD, give_password, sign_in
from tests.signing_in import let_pass

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Machine:
    """A window on a computer with a built-in key, which asks for a fingerprint that is always right unless told."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self.context = chromium.new_context(base_url=site.replace("127.0.0.1", "localhost"), locale="sv-SE")
        self.page: Page = self.context.new_page()
        self.chrome: CDPSession = self.context.new_cdp_session(self.page)
        self.chrome.send("WebAuthn.enable")
        self.key = self.chrome.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    def fingerprint(self, is_right: bool) -> None:
        self.chrome.send("WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": is_right})

    def forget_session(self) -> None:
        self.context.clear_cookies(name="session")


@pytest.fixture
def machine(app: Flask, chromium: Browser, site: str) -> Iterator[Machine]:
    made = Machine(chromium, site)
    yield made
    made.context.close()


@pytest.fixture
def user(app: Flask) -> User:
    return give_password(factories.make_user(Role.ADMINISTRATOR, None, "Ulrika Nyman"))


def add_key(machine: Machine, user: User) -> None:
    sign_in(machine.page, user)
    machine.page.goto("/min-sida/tvasteg")
    machine.page.get_by_label("Namn på nyckeln").fill("Min dator")
    machine.page.get_by_role("button", name="Lägg till nyckel").click()
    expect(machine.page.get_by_role("heading", level=1)).to_have_text("Nyckeln är tillagd")
    machine.page.get_by_role("link", name="Jag har sparat koderna").click()
    expect(machine.page.get_by_role("cell", name="Min dator", exact=True)).to_be_visible()


def test_a_key_is_added_and_signs_in_without_a_password(machine: Machine, user: User) -> None:
    add_key(machine, user)
    kept = db.session.scalars(select(Passkey)).one()
    before = kept.sign_count
    machine.forget_session()
    machine.page.goto("/forvaltning/enheter")
    machine.page.get_by_role("button", name="Logga in med nyckel").click()
    expect(machine.page.get_by_role("heading", level=1)).to_have_text("Enheter")
    db.session.refresh(kept)
    assert kept.sign_count > before


def test_a_key_is_the_second_step_after_the_password(machine: Machine, user: User) -> None:
    add_key(machine, user)
    machine.forget_session()
    page = machine.page
    page.goto("/logga-in")
    page.get_by_label("Användarnamn").fill(user.username)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ett steg till")
    page.get_by_role("button", name="Logga in med nyckel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Användare")


def test_a_key_confirms_that_it_is_still_the_user_and_the_waiting_form_is_sent(machine: Machine, user: User) -> None:
    add_key(machine, user)
    page = machine.page
    let_pass(16 * 60)
    page.get_by_role("button", name="Ta bort nyckel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bekräfta att det är du")
    page.get_by_role("button", name="Bekräfta med nyckel").click()
    expect(page.get_by_text("Nyckeln är borttagen")).to_be_visible()


def test_a_wrong_fingerprint_lets_nobody_in_and_another_try_is_given(machine: Machine, user: User) -> None:
    add_key(machine, user)
    machine.forget_session()
    machine.fingerprint(False)
    machine.page.goto("/logga-in")
    machine.page.get_by_role("button", name="Logga in med nyckel").click()
    expect(machine.page.get_by_text("Nyckeln lästes inte")).to_be_visible()
    machine.fingerprint(True)
    machine.page.get_by_role("button", name="Logga in med nyckel").click()
    expect(machine.page.get_by_role("heading", level=1)).to_have_text("Användare")


def test_an_answer_that_is_sent_again_lets_nobody_in(machine: Machine, user: User) -> None:
    add_key(machine, user)
    machine.forget_session()
    page = machine.page
    page.goto("/logga-in")
    stranger = machine.context.cookies()
    with page.expect_request("**/logga-in/nyckel*") as sent:
        page.get_by_role("button", name="Logga in med nyckel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Användare")
    body = sent.value.post_data
    machine.context.clear_cookies()
    machine.context.add_cookies(stranger)
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": page.url}
    answer = machine.context.request.post("/logga-in/nyckel", data=body or "", headers=kind, max_redirects=0)
    assert answer.status == 422
    assert "Nyckeln stämmer inte" in answer.text()


def test_a_key_that_counts_backwards_is_a_copy_and_lets_nobody_in(machine: Machine, user: User) -> None:
    add_key(machine, user)
    kept = db.session.scalars(select(Passkey)).one()
    kept.sign_count = 1_000_000
    db.session.commit()
    machine.forget_session()
    machine.page.goto("/logga-in")
    machine.page.get_by_role("button", name="Logga in med nyckel").click()
    expect(machine.page.get_by_text("Nyckeln stämmer inte")).to_be_visible()


def test_a_key_that_is_removed_lets_nobody_in(machine: Machine, user: User) -> None:
    add_key(machine, user)
    machine.page.get_by_role("button", name="Ta bort nyckel").click()
    expect(machine.page.get_by_text("Nyckeln är borttagen")).to_be_visible()
    machine.forget_session()
    machine.page.goto("/logga-in")
    machine.page.get_by_role("button", name="Logga in med nyckel").click()
    expect(machine.page.get_by_text("Nyckeln stämmer inte")).to_be_visible()

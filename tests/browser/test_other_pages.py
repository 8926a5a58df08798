"""What the walk along the routes does not come to: every report and help page, cases in every state, what is empty or
signed out, errors, and what only a form leads to."""

from __future__ import annotations

from datetime import date

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from caseflow.accounts import factors
from caseflow.database import unit_of_work
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.faults import faults_of, faults_shown, window
from tests.browser.steps import give_password, sign_in
from tests.browser.test_accessibility import is_page
from tests.meta.addresses import lists_of, other_addresses
from tests.meta.world import make_world


def test_every_report_help_page_and_state_of_a_case_is_for_everybody(app: Flask, visitors: Visitors) -> None:
    world, dialogs = make_world(app), set[str]()
    windows = {role: window(visitors, user) for role, user in world.users.items()}
    wrong = [
        f"{role} {address}: {fault}"
        for role, address in other_addresses(world)
        for fault in faults_of(windows[role], address, dialogs)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", Role)
def test_every_page_that_has_nothing_yet_is_for_everybody(app: Flask, visitors: Visitors, role: Role) -> None:
    unit = {Role.COUNSELLOR: "AMC", Role.SOCIAL_WORKER: "AFI"}.get(role)
    page = window(visitors, factories.make_user(role, unit))
    wrong = []
    for endpoint, address in lists_of(app, role):
        if is_page(endpoint):
            wrong += [f"{address}: {fault}" for fault in faults_of(page, address, set())]
    assert not wrong, "\n".join(wrong)


def test_signing_in_is_for_everybody(app: Flask, visitors: Visitors) -> None:
    user = give_password(factories.make_user(Role.COUNSELLOR, "AMC"))
    secret = factors.new_secret()
    with unit_of_work():
        factors.add_app(user, secret, pyotp.TOTP(secret).now())
    page = window(visitors)
    page.goto("/logga-in")
    assert [*faults_shown(page, set())] == []
    page.get_by_label("Användarnamn").fill(user.username)
    page.get_by_label("Lösenord", exact=True).fill("inte det")
    page.get_by_role("button", name="Logga in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert [*faults_shown(page, set())] == []
    sign_in(page, user)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ett steg till")
    assert [*faults_shown(page, set())] == []
    page.get_by_label("Kod").fill("fel")
    page.get_by_role("button", name="Logga in med kod").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert [*faults_shown(page, set())] == []


@pytest.mark.parametrize(("address", "status"), [("/finns-inte", 404), ("/bedomningar", 403), ("/logga-ut", 405)])
def test_an_error_page_is_for_everybody(app: Flask, visitors: Visitors, address: str, status: int) -> None:
    page = window(visitors, factories.make_user(Role.COUNSELLOR, "AMC"))
    answer = page.goto(address)
    assert (answer and answer.status) == status
    assert [*faults_shown(page, set())] == []


def test_the_whole_referral_with_its_errors_is_for_everybody(app: Flask, visitors: Visitors) -> None:
    page = window(visitors, factories.make_user(Role.SOCIAL_WORKER, "AFI"))
    page.goto("/anvisningar/ny")
    page.get_by_label("Personnummer eller samordningsnummer").fill(factories.number_for(date(1990, 5, 4)))
    page.get_by_role("button", name="Hämta uppgifter").click()
    expect(page.get_by_label("Förnamn")).to_be_visible()
    assert [*faults_shown(page, set())] == []
    page.get_by_role("button", name="Skicka anvisning").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv efternamnet.")
    assert [*faults_shown(page, set())] == []


@pytest.mark.parametrize("words", ["öppna", "finns inte"])
def test_what_a_search_finds_is_for_everybody(app: Flask, visitors: Visitors, words: str) -> None:
    page = window(visitors, make_world(app).users[Role.COUNSELLOR])
    page.goto("/min-dag")
    search(page, words)
    assert [*faults_shown(page, set())] == []


def search(page: Page, words: str) -> None:
    page.locator("#find").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sökresultat")

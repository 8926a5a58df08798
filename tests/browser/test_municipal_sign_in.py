"""Signing in by a real OpenID provider, which runs as a process of its own, in Chromium."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from caseflow.accounts.models import MunicipalAccount, User
from caseflow.extensions import db
from caseflow.local.children import start, stop_all
from caseflow.local.folders import REPO
from tests import provider
from tests.browser.conftest import provider_address, wait_until_answering
from tests.signing_in import let_pass


@pytest.fixture(scope="session")
def municipality(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running provider. Caseflow is called localhost here: cookies do not tell ports apart."""
    site, port = site.replace("127.0.0.1", "localhost"), provider_address().rpartition(":")[2]
    log = tmp_path_factory.mktemp("provider") / "provider.log"
    command = [sys.executable, "-m", "tests.provider", port, f"{site}/logga-in/kommunen/svar"]
    running = start("kommunens inloggning", command, log=log, working_directory=REPO)
    try:
        wait_until_answering(f"{provider_address()}/.well-known/openid-configuration", [running])
        yield site
    finally:
        stop_all([running])


@pytest.fixture
def page(app: Flask, chromium: Browser, municipality: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=municipality, locale="sv-SE")
    yield context.new_page()
    context.close()


def sign_in(page: Page, username: str, at: str = "/logga-in") -> None:
    page.goto(at)
    page.get_by_role("link", name="Logga in med kommunens konto").click()
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=login]").press("Enter")
    give_password(page)


def give_password(page: Page) -> None:
    page.locator("input[name=password]").fill(provider.PASSWORD)
    page.locator("input[name=password]").press("Enter")


@pytest.mark.parametrize(
    ("username", "name", "role", "unit"),
    [
        ("kim.konsulent", "Kim Konsulent", "Arbetsmarknadskonsulent", "AMC"),
        ("charlie.chef", "Charlie Chef", "Chef", "Ingen"),
    ],
)
def test_somebody_comes_in_as_what_the_municipality_says(
    page: Page, municipality: str, username: str, name: str, role: str, unit: str
) -> None:
    sign_in(page, username, "/min-sida")
    expect(page).to_have_url(f"{municipality}/min-sida")
    facts = page.locator("main dl").first
    for told in (name, username, role, unit):
        expect(facts).to_contain_text(told)
    user = db.session.scalars(select(User)).one()
    account = db.session.scalars(select(MunicipalAccount)).one()
    assert (account.user_id, account.issuer) == (user.id, provider_address())


def test_somebody_whom_the_municipality_gives_no_role_is_told_whom_to_ask(page: Page) -> None:
    sign_in(page, "valle.vaktmastare")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du är inte inloggad")
    expect(page.get_by_text("Be din chef om behörighet")).to_be_visible()
    assert db.session.scalars(select(User)).all() == []


def test_confirming_asks_for_the_password_there_again(page: Page) -> None:
    sign_in(page, "kim.konsulent", "/min-sida")
    expect(page.get_by_role("heading", level=1)).to_have_text("Min sida")
    let_pass(16 * 60)
    page.goto("/min-sida/tvasteg")
    page.get_by_role("link", name="Bekräfta med kommunens konto").click()
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tvåstegsinloggning")


def test_signing_out_offers_to_sign_out_there_too(page: Page, municipality: str) -> None:
    sign_in(page, "kim.konsulent", "/min-sida")
    expect(page.get_by_role("heading", level=1)).to_have_text("Min sida")
    page.locator("form[action='/logga-ut']").first.evaluate("form => form.requestSubmit()")
    link = page.get_by_role("link", name="Logga ut ur kommunens konto")
    expect(link).to_be_visible()
    link.click()
    page.locator("[name=answer][value=logout]").click()
    expect(page).to_have_url(re.compile(rf"{municipality}/logga-in"))
    page.get_by_role("link", name="Logga in med kommunens konto").click()
    expect(page.locator("input[name=login]")).to_be_visible()

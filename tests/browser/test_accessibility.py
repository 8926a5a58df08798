"""Every page of every role in Chromium: axe finds nothing, nothing is cut off or jumps, and nothing is heavy."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from caseflow.security.permissions import Role
from tests.browser import looking
from tests.browser.conftest import Visitors
from tests.browser.faults import faults_in_the_dark, faults_of, window
from tests.meta.addresses import FRAGMENTS, addresses, permitted_pages, roles_of
from tests.meta.world import World, make_world

# Answered with a file, which the browser saves.
FILES = frozenset({"imports.refused_rows", "privacy.extract_file", "reports.report_file", "reports.frozen_file"})
# Leads on to the start page, which is seen by itself, or away to the municipality's own sign-in.
ONWARDS = frozenset(
    {
        "accounts.home",
        "accounts.sign_in",
        "accounts.second_step",
        "organisation.confirm_at_municipality",
        "organisation.link_municipal_account",
        "organisation.sign_in_at_municipality",
    }
)
# Answered to a script or another program, which shows no page.
NO_HTML = ("api.", "accounts.session_left", "web.healthz")

EMPTY_FORM = """() => {
  const forms = [...document.querySelectorAll('main form[method=post]')];
  const form = forms.find(one => !one.hasAttribute('action')) || forms[0];
  const bare = document.createElement('form');
  bare.method = 'post';
  bare.action = form.action;
  bare.append(form.querySelector('[name=csrf_token]').cloneNode());
  document.body.append(bare);
  bare.submit();
}"""


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def is_page(endpoint: str) -> bool:
    return endpoint not in FRAGMENTS | FILES | ONWARDS and not endpoint.startswith(NO_HTML)


@pytest.mark.parametrize("role", Role)
def test_every_page_is_for_everybody_small_and_still(world: World, visitors: Visitors, role: Role) -> None:
    page = window(visitors, world.users[role])
    wrong = []
    dialogs: set[str] = set()
    for endpoint, address in permitted_pages(world, role):
        if is_page(endpoint):
            wrong += [f"{address}: {fault}" for fault in faults_of(page, address, dialogs)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", Role)
def test_every_form_that_comes_back_with_errors_is_for_everybody(world: World, visitors: Visitors, role: Role) -> None:
    page = window(visitors, world.users[role])
    wrong, shown = [], 0
    for rule, address in addresses(world, role, "POST"):
        if "GET" in (rule.methods or ()) and role in roles_of(world.app, rule.endpoint):
            page.goto(address)
            if not send_empty(page):
                continue
            shown += 1
            wrong += [f"{address}: {fault}" for fault in looking.violations(page)]
            wrong += [f"{address}: {fault}" for fault in faults_in_the_dark(page)]
    assert (wrong, shown > 0) == ([], True), "\n".join(wrong)


def send_empty(page: Page) -> bool:
    """Send the page's form with nothing in it; whether it came back with what is wrong."""
    if page.locator("main form[method=post]").count() == 0:
        return False
    with page.expect_navigation() as sent:
        page.evaluate(EMPTY_FORM)
    return sent.value.status == 422

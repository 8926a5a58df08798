"""Every page of every role in Chromium: axe finds nothing, nothing is cut off or jumps, and nothing is heavy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from caseflow.security.permissions import Role
from tests.browser import looking
from tests.browser.conftest import Visitors
from tests.meta.addresses import FRAGMENTS, addresses, permitted_pages, roles_of
from tests.meta.world import World, make_world

DESK = {"width": 1440, "height": 900}
# A small phone; also a desk's 1280 pixels at 400 per cent.
PHONE = {"width": 320, "height": 640}
HEAVIEST = 150_000
LARGEST_SHIFT = 0.05
# Answered with a file, which the browser saves.
FILES = frozenset({"imports.refused_rows", "privacy.extract_file", "reports.report_file", "reports.frozen_file"})
# Leads on to the start page, which is seen by itself.
ONWARDS = frozenset({"accounts.home", "accounts.sign_in", "accounts.second_step"})
# Answered with JSON, which no browser shows.
NO_HTML = ("api.", "accounts.session_left")

OPEN_ALL = "document.querySelectorAll('main details').forEach(one => { one.open = true; })"
# An open menu lies over what follows it, also over the next menu.
CLOSE_MENUS = "document.querySelectorAll('main details.cf-menu').forEach(one => { one.open = false; })"
OPEN_A_MENU = "(document.querySelector('main details.cf-menu') || {}).open = true"
MENU = "main details.cf-menu[open]"
DIALOGS = "[...document.querySelectorAll('dialog')].map(one => one.id)"
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
    page = visitors.open(world.users[role], reduced_motion="reduce")
    page.add_init_script(looking.COUNT_SHIFTS)
    wrong = []
    dialogs: set[str] = set()
    for endpoint, address in permitted_pages(world, role):
        if is_page(endpoint):
            wrong += [f"{address}: {fault}" for fault in faults_of(page, address, dialogs)]
    assert not wrong, "\n".join(wrong)


def faults_of(page: Page, address: str, dialogs: set[str]) -> Iterator[str]:
    page.set_viewport_size(DESK)
    answer = page.goto(address)
    assert answer is not None
    if not answer.ok:
        yield f"answered with {answer.status}"
    page.evaluate(looking.DRAWN)
    if (shifted := page.evaluate("window.shifted")) > LARGEST_SHIFT:
        yield f"moves by {shifted:.3f} while it is drawn"
    if (weight := looking.weight(page, answer.body())) > HEAVIEST:
        yield f"{weight} bytes"
    yield from looking.violations(page)
    for moving in page.evaluate(looking.MOVING):
        yield f"moves though no motion is wanted: {moving}"
    yield from faults_with_airy_text(page)
    yield from faults_in_the_dark(page)
    yield from faults_of_dialogs(page, dialogs)
    yield from faults_on_a_phone(page)


def faults_with_airy_text(page: Page) -> Iterator[str]:
    as_sent = set(page.evaluate(looking.SPILT))
    page.evaluate(looking.AIRY, True)
    if (pixels := page.evaluate(looking.OVERFLOW)) > 0:
        yield f"{pixels} px too wide with airy text"
    for spilt in page.evaluate(looking.SPILT):
        if spilt not in as_sent:
            yield f"runs out or is cut off with airy text: {spilt}"
    page.evaluate(looking.AIRY, False)


def faults_in_the_dark(page: Page) -> Iterator[str]:
    looking.show(page, "dark")
    for fault in looking.violations(page, looking.CONTRAST):
        yield f"dark: {fault}"
    looking.show(page, "light")


def faults_of_dialogs(page: Page, seen: set[str]) -> Iterator[str]:
    """Each dialog once, however many pages have it."""
    for name in page.evaluate(DIALOGS):
        if name not in seen:
            seen.add(name)
            page.evaluate(f"document.getElementById('{name}').showModal()")
            for fault in looking.violations(page):
                yield f"dialog {name}: {fault}"
            page.evaluate(f"document.getElementById('{name}').close()")


def faults_on_a_phone(page: Page) -> Iterator[str]:
    page.set_viewport_size(PHONE)
    page.evaluate(looking.DRAWN)
    if (pixels := page.evaluate(looking.OVERFLOW)) > 0:
        yield f"{pixels} px too wide for a small phone"
    page.evaluate(OPEN_ALL)
    if (pixels := page.evaluate(looking.OVERFLOW)) > 0:
        yield f"{pixels} px too wide for a small phone when what can be opened is open"
    page.evaluate(CLOSE_MENUS)
    for fault in looking.violations(page, looking.BUT_CONTRAST):
        yield f"small phone: {fault}"
    page.evaluate(OPEN_A_MENU)
    if page.locator(MENU).count():
        for fault in looking.violations(page, within=MENU):
            yield f"menu on a small phone: {fault}"


@pytest.mark.parametrize("role", Role)
def test_every_form_that_comes_back_with_errors_is_for_everybody(world: World, visitors: Visitors, role: Role) -> None:
    page = visitors.open(world.users[role], reduced_motion="reduce")
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

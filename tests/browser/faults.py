"""What is wrong with a page for somebody: found by axe, by measuring it, in the dark, and on a small phone."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from caseflow.accounts.models import User
from tests.browser import looking
from tests.browser.conftest import Visitors

DESK = {"width": 1440, "height": 900}
# A small phone; also a desk's 1280 pixels at 400 per cent.
PHONE = {"width": 320, "height": 640}
HEAVIEST = 150_000
LARGEST_SHIFT = 0.05
OPEN_ALL = "document.querySelectorAll('main details').forEach(one => { one.open = true; })"
# An open menu lies over what follows it, also over the next menu.
CLOSE_MENUS = "document.querySelectorAll('main details.cf-menu').forEach(one => { one.open = false; })"
OPEN_A_MENU = "(document.querySelector('main details.cf-menu') || {}).open = true"
MENU = "main details.cf-menu[open]"
DIALOGS = "[...document.querySelectorAll('dialog')].map(one => one.id)"


def window(visitors: Visitors, user: User | None = None) -> Page:
    """Of somebody who wants no motion. It counts what jumps, is as wide as a desk, and has the font since before."""
    page = visitors.open(user, viewport=DESK, reduced_motion="reduce")
    page.add_init_script(looking.COUNT_SHIFTS)
    page.goto("/tillganglighet")
    return page


def faults_of(page: Page, address: str, dialogs: set[str]) -> Iterator[str]:
    """Opens the page and looks at it in every way; `dialogs` has those that have been seen."""
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
    yield from faults_shown(page, dialogs)


def faults_shown(page: Page, dialogs: set[str]) -> Iterator[str]:
    """Of the page as it stands now, which no address may lead to."""
    page.set_viewport_size(DESK)
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
    for fault in looking.violations(page, looking.COLOURS):
        yield f"dark: {fault}"
    looking.show(page, "light")


def faults_of_dialogs(page: Page, seen: set[str]) -> Iterator[str]:
    """Each dialog once, however many pages have it."""
    for name in page.evaluate(DIALOGS):
        if name not in seen:
            seen.add(name)
            page.evaluate(f"document.getElementById('{name}').showModal()")
            for fault in (*looking.violations(page), *faults_in_the_dark(page)):
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

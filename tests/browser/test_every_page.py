"""Every page in a browser: on a phone, by keyboard, and without a complaint from the browser."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from caseflow.security.permissions import Role
from tests.browser.conftest import Visitors
from tests.meta.addresses import FRAGMENTS, permitted_pages
from tests.meta.world import World, make_world

PHONE = {"width": 390, "height": 844}
MAX_TABS = 60
# Answered with a file, which the browser saves, or with a number for a script.
FILES = frozenset(
    {
        "accounts.session_left",
        "imports.refused_rows",
        "privacy.extract_file",
        "reports.report_file",
        "reports.frozen_file",
    }
)

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Whether the element in focus shows it.
SHOWN = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
}"""
IN_SIGHT = """link => {
  const place = link.getBoundingClientRect();
  return link.contains(document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2));
}"""
ON_PRIMARY = "document.activeElement.classList.contains('btn-primary')"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def pages_of(world: World, role: Role, seen: set[str]) -> list[str]:
    """The role's pages, but for those whose endpoint has been seen."""
    found = []
    for endpoint, address in permitted_pages(world, role):
        if endpoint not in seen | FRAGMENTS | FILES:
            seen.add(endpoint)
            found.append(address)
    return found


def test_no_page_is_wider_than_a_phone_and_none_breaks_the_content_policy(world: World, visitors: Visitors) -> None:
    seen: set[str] = set()
    wrong = []
    for role in Role:
        page = visitors.open(world.users[role], viewport=PHONE)
        for address in pages_of(world, role, seen):
            answer = page.goto(address)
            if answer is None or not answer.ok:
                wrong.append(f"{address}: {answer and answer.status}")
            elif (pixels := page.evaluate(OVERFLOW)) > 0:
                wrong.append(f"{address}: {pixels} px too wide")
    assert not wrong, "\n".join(wrong)


def test_a_phone_can_sort_the_cases_and_shows_whose_they_are_and_every_column_of_the_board(
    world: World, visitors: Visitors
) -> None:
    page = visitors.open(world.users[Role.MANAGER], viewport=PHONE)
    page.goto("/arenden")
    for head in page.locator("thead .cf-sort:visible").all():
        head.focus()
        assert head.evaluate(IN_SIGHT), head.text_content()
    expect(page.locator("td[data-label=Konsulent]").first).to_be_visible()
    expect(page.locator("td[data-label=Enhet]").first).to_be_visible()
    page.goto("/tavla")
    for column in page.locator("[data-board] > section").all():
        expect(column).to_be_visible()


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.MANAGER])
def test_a_slash_puts_the_cursor_in_the_search_field(world: World, visitors: Visitors, role: Role) -> None:
    page = visitors.open(world.users[role])
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()


@pytest.mark.parametrize(
    ("role", "case", "step"),
    [
        (Role.COUNSELLOR, "placed", ""),
        (Role.COUNSELLOR, "accepted", "/forsta-mote"),
        (Role.COUNSELLOR, "placed", "/placering"),
        (Role.COUNSELLOR, "placed", "/avsluta"),
        (Role.SOCIAL_WORKER, "waiting", "/anteckning"),
    ],
)
def test_the_tab_key_reaches_the_primary_button_and_shows_where_it_is(
    world: World, visitors: Visitors, role: Role, case: str, step: str
) -> None:
    page = visitors.open(world.users[role])
    page.goto(f"/arenden/{world.cases[case].public_id}{step}")
    assert tab_to_primary(page) <= MAX_TABS


def tab_to_primary(page: Page) -> int:
    """How many times Tab is pressed until the primary button has the focus. Each stop must be visible."""
    for pressed in range(1, MAX_TABS + 1):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWN), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if page.evaluate(ON_PRIMARY):
            return pressed
    return MAX_TABS + 1

"""What somebody has written is not lost: drafts, a question before leaving, and a warning before the session ends."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, Route, expect

from caseflow.security.permissions import Role
from tests.browser.conftest import Visitors
from tests.meta.world import World, make_world

NOTE = "Ringde, återkommer på fredag."


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def open_note(world: World, visitors: Visitors) -> Page:
    page = visitors.open(world.users[Role.COUNSELLOR])
    page.goto(f"/arenden/{world.cases['placed'].public_id}")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{visitors.site}/arenden/{world.cases['placed'].public_id}/anteckning")
    expect(page.locator("main textarea")).to_be_visible()
    return page


def test_a_shortcut_to_a_form_begins_in_its_first_field(world: World, visitors: Visitors) -> None:
    page = open_note(world, visitors)
    expect(page.locator("main form :is(input:not([type=hidden]), select, textarea)").first).to_be_focused()


def test_what_is_written_is_kept_a_second_after_the_last_key(world: World, visitors: Visitors) -> None:
    page = open_note(world, visitors)
    sent: list[str] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route("**/utkast/prov", keep)
    page.evaluate("document.querySelector('main textarea').form.dataset.draft = '/utkast/prov'")
    with page.expect_request("**/utkast/prov"):
        page.locator("main textarea").fill(NOTE)
    page.goto("/")
    assert len(sent) == 1
    assert NOTE in sent[0]


def test_a_draft_on_its_way_is_stopped_when_the_form_itself_is_sent(world: World, visitors: Visitors) -> None:
    page = open_note(world, visitors)

    def hold(route: Route) -> None:
        """Leave it without an answer."""

    page.route("**/utkast/**", hold)
    page.route("**/anteckning", hold)
    with page.expect_request("**/utkast/**"):
        page.locator("main textarea").fill(NOTE)
    with page.expect_event("requestfailed", lambda request: "/utkast/" in request.url):
        page.evaluate("document.querySelector('main textarea').form.requestSubmit()")
    page.unroute_all(behavior="ignoreErrors")


def test_leaving_a_form_that_keeps_no_draft_is_asked_about(world: World, visitors: Visitors) -> None:
    page = open_note(world, visitors)
    page.evaluate("delete document.querySelector('main textarea').form.dataset.draft")
    page.locator("main textarea").press_sequentially("Ringde")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/")
    assert asked == ["beforeunload"]


def test_five_minutes_before_the_session_ends_one_can_stay(world: World, visitors: Visitors) -> None:
    page = visitors.open(world.users[Role.COUNSELLOR])
    page.clock.install()
    left = 280
    page.route("**/inloggning/kvar", lambda route: route.fulfill(json={"seconds": left}))
    page.goto("/")
    page.clock.fast_forward("54:00")
    expect(page.locator("#cf-session")).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(page.get_by_role("dialog", name="Är du kvar?")).to_contain_text("loggas du ut")
    left = 3600
    with page.expect_response("**/inloggning/fortsatt") as answer:
        page.get_by_role("button", name="Fortsätt").click()
    assert answer.value.status == 204
    expect(page.locator("#cf-session")).to_be_hidden()


def test_when_the_session_has_ended_the_page_stays_and_leads_to_a_new_sign_in(world: World, visitors: Visitors) -> None:
    page = visitors.open(world.users[Role.COUNSELLOR])
    page.clock.install()
    page.route("**/inloggning/kvar", lambda route: route.fulfill(body=json.dumps({"seconds": 0})))
    page.goto("/")
    page.clock.fast_forward("55:30")
    dialog = page.get_by_role("dialog", name="Är du kvar?")
    expect(dialog.get_by_role("link", name="Logga in i en ny flik")).to_be_visible()
    expect(dialog.get_by_role("button", name="Fortsätt")).to_be_hidden()

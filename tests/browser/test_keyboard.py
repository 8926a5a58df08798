"""The main task of three professions by the keyboard alone, and how few steps the commonest ones take."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.keyboard import Keyboard
from tests.meta.world import case_now, make_world

# The page is gone by the time that a test could look at it.
REMEMBER_THE_WAIT = """() => {
  const wait = document.getElementById('cf-slow');
  new MutationObserver(() => { if (wait.offsetParent) sessionStorage.waited = wait.innerText.trim(); })
    .observe(wait, {attributes: true});
}"""
# A second until the answer begins, as when the report is large.
SLOW = {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1}
# A form is opened, something in it is chosen or written, and it is sent.
INTERACTIONS = 3
A_MINUTE = 60


def test_a_social_worker_sends_a_referral(app: Flask, visitors: Visitors) -> None:
    page = visitors.open(factories.make_user(Role.SOCIAL_WORKER, "AFI"))
    page.goto("/")
    keys = Keyboard(page)
    keys.enter("Ny anvisning")
    keys.type("Personnummer", factories.number_for(date(1990, 5, 4)))
    keys.enter()
    keys.type("Förnamn", "Ella")
    keys.type("Efternamn", "Exempelsson")
    keys.choose("AMC", "AMC")
    keys.choose("Ja", "Ja")
    keys.type("Det mottagande enhet behöver veta", "Har arbetat i storkök.")
    keys.type("Samtycket lämnat", "2020-12-01")
    keys.enter("Skicka anvisning")
    expect(page.get_by_text("Anvisning skickad till AMC")).to_be_visible()
    assert keys.seconds < A_MINUTE
    assert case_now(page.url.rpartition("/")[2]).stage == Stage.REFERRED


@pytest.fixture
def met(app: Flask) -> Case:
    """A case that has been met and scored: a placement comes next."""
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_met_case(date(2020, 11, 2), date(2020, 11, 10), counsellor)
    services.register_assessment(counsellor.actor, case, date(2020, 11, 12), dict.fromkeys(factories.areas(), 2))
    db.session.commit()
    return case


def test_a_counsellor_registers_a_first_meeting_from_the_start_page(app: Flask, visitors: Visitors) -> None:
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 11, 2))
    services.accept(counsellor.actor, case, date(2020, 11, 4))
    db.session.commit()
    page = visitors.open(counsellor)
    page.goto("/")
    keys = Keyboard(page)
    keys.enter("Registrera första möte")
    keys.enter("Registrera första möte")
    expect(page.get_by_text("Första möte registrerat").first).to_be_visible()
    assert keys.interactions <= INTERACTIONS
    assert case_now(case.public_id).state.milestones[EventKind.FIRST_MEETING] == date(2020, 12, 1)


def test_a_counsellor_registers_a_placement_from_the_start_page(met: Case, visitors: Visitors) -> None:
    workplace = factories.make_workplace().label
    page = visitors.open(met.counsellor)
    page.goto("/")
    keys = Keyboard(page)
    keys.enter("Registrera placering")
    # The usual kind and share are filled in.
    keys.to("Praktik")
    keys.type("Arbetsplats", workplace)
    keys.enter("Registrera placering")
    expect(page.get_by_text("Praktik registrerad").first).to_be_visible()
    assert keys.interactions <= INTERACTIONS
    assert [placement.kind for placement in case_now(met.public_id).placements] == [PlacementKind.INTERNSHIP]


def test_a_counsellor_registers_an_exit_from_the_start_page(met: Case, visitors: Visitors) -> None:
    page = visitors.open(met.counsellor)
    page.goto("/")
    keys = Keyboard(page)
    keys.enter("Avsluta")
    keys.choose("Arbete", "Arbete")
    keys.enter("Avsluta ärende")
    expect(page.get_by_text("Ärende avslutat").first).to_be_visible()
    assert keys.interactions <= INTERACTIONS
    assert case_now(met.public_id).stage == Stage.EXIT_WORK


def test_a_manager_filters_the_lead_times_and_opens_the_cases_behind_a_figure(app: Flask, visitors: Visitors) -> None:
    world = make_world(app)
    page = visitors.open(world.users[Role.MANAGER])
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledtider")
    keys = Keyboard(page)
    keys.select_next("Mottagande enhet")
    keys.enter("Visa")
    expect(page).to_have_url(re.compile("enhet=AMC"))
    keys.to(page.locator("main td a[href*='/underlag']:visible").first.inner_text(), whole=True)
    keys.enter()
    expect(page).to_have_url(re.compile("/underlag.*AMC"))
    keys.enter("ärende 2020-")
    expect(page.get_by_role("heading", name="Nästa steg")).to_be_visible()


def test_the_arrow_keys_walk_the_board_and_one_card_at_a_time_is_in_the_tab_order(
    app: Flask, visitors: Visitors
) -> None:
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    for day, name in ((2, ("Ask", "Asksson")), (9, ("Bo", "Bosson"))):
        factories.make_case(date(2020, 11, day), participant=factories.make_participant(name=name))
    met = factories.make_participant(name=("Cia", "Ciasson"))
    factories.make_met_case(date(2020, 10, 1), date(2020, 10, 8), counsellor, participant=met)
    page = visitors.open(counsellor)
    page.goto("/tavla")
    keys = Keyboard(page)
    keys.to("Ask Asksson", whole=True)
    walked = []
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        keys.must_show_focus()
        walked.append(keys.here)
    # "Mottagen" has no cards and is stepped over; beside the second card stands the only one.
    assert walked == ["Bo Bosson", "Cia Ciasson", "Ask Asksson", "Bo Bosson", "Ask Asksson"]
    page.keyboard.press("Tab")
    assert keys.here == "Ta emot anvisning"
    page.keyboard.press("Tab")
    assert "Bosson" not in keys.here


def test_the_arrow_keys_walk_what_the_search_found_and_back(app: Flask, visitors: Visitors) -> None:
    for first_name in ("Amina", "Bilal"):
        factories.make_case(date(2020, 11, 2), participant=factories.make_participant(name=(first_name, "Öberg")))
    page = visitors.open(factories.make_user(Role.COUNSELLOR, "AMC"))
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("öberg")
    expect(page.locator("#find-list a")).to_have_count(2)
    keys = Keyboard(page)
    names = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        names.append(keys.here.split(" Öberg")[0])
    assert names == ["Amina", "Bilal", "Amina"]
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("ArrowDown")
    keys.enter()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Amina Öberg")


def test_who_waits_for_a_slow_report_is_told_so(app: Flask, visitors: Visitors) -> None:
    page = visitors.open(factories.make_user(Role.CONTROLLER, None))
    page.goto("/rapporter/namndindikatorer")
    page.evaluate(REMEMBER_THE_WAIT)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert page.evaluate("sessionStorage.waited") == "Rapporten räknas fram. Det tar några sekunder."

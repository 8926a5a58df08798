"""The work of every role in a browser that runs no script."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from caseflow.cases.models import Case
from caseflow.cases.terms import PlacementKind, Stage
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.steps import take_step
from tests.meta.world import World, case_now, make_world


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)


def open_without_script(visitors: Visitors, world: World, role: Role) -> Page:
    page = visitors.open(world.users[role], java_script_enabled=False)
    page.goto("/")
    return page


def test_a_counsellor_registers_a_placement_and_an_exit(world: World, visitors: Visitors) -> None:
    case_id = world.cases["met"].public_id
    workplace = factories.make_workplace().label
    page = open_without_script(visitors, world, Role.COUNSELLOR)
    page.goto(f"/arenden/{case_id}/placering")
    page.get_by_label("Praktik", exact=True).check()
    page.get_by_label("Arbetsplats").fill(workplace)
    page.get_by_label("Omfattning").fill("50")
    page.get_by_role("button", name="Registrera placering").click()
    expect(page.get_by_text("Praktik registrerad").first).to_be_visible()
    page.goto(f"/arenden/{case_id}/avsluta")
    page.get_by_label("Studier", exact=False).first.check()
    page.locator("input[name=household_effect]").first.check()
    page.get_by_role("button", name="Avsluta ärende").click()
    expect(page.get_by_text("Ärende avslutat").first).to_be_visible()
    closed: Case = case_now(case_id)
    assert (closed.stage, closed.placements[0].kind) == (Stage.EXIT_STUDIES, PlacementKind.INTERNSHIP)


def test_a_counsellor_corrects_what_was_wrong(world: World, visitors: Visitors) -> None:
    case_id = world.cases["met"].public_id
    page = open_without_script(visitors, world, Role.COUNSELLOR)
    take_step(page, case_id, "anteckning", "Registrera anteckning", "Anteckning registrerad", Anteckning="Fel person.")
    page.goto(f"/arenden/{case_id}/handelse/{case_now(case_id).events[-1].public_id}/makulera")
    page.get_by_label("Skäl").fill("Gällde någon annan.")
    page.get_by_role("button", name="Makulera händelse").click()
    expect(page.locator("s, del").filter(has_text="Fel person.").first).to_be_visible()


def test_a_manager_chooses_a_unit_and_reads_the_tables_that_charts_are_drawn_from(
    world: World, visitors: Visitors
) -> None:
    page = open_without_script(visitors, world, Role.MANAGER)
    page.get_by_label("Mottagande enhet").select_option("AMC")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.get_by_role("rowheader", name="AMC")).to_be_visible()
    assert "enhet=AMC" in page.url


def test_a_controller_freezes_a_report(world: World, visitors: Visitors) -> None:
    page = open_without_script(visitors, world, Role.CONTROLLER)
    page.goto("/rapporter/ledtider")
    page.get_by_role("link", name="Frys rapporten").click()
    page.locator("textarea[name=comment]").fill("Delårsrapport 2 2020")
    page.get_by_role("button", name="Frys rapporten").click()
    expect(page.get_by_text("Rapporten är fryst").first).to_be_visible()


def test_an_administrator_registers_a_user(world: World, visitors: Visitors) -> None:
    page = open_without_script(visitors, world, Role.ADMINISTRATOR)
    page.get_by_role("link", name="Registrera användare").last.click()
    page.get_by_label("Namn", exact=True).fill("Ny Konsulent")
    page.get_by_label("Användarnamn").fill("ny.konsulent")
    page.get_by_label("Roll").select_option(label="Arbetsmarknadskonsulent")
    page.get_by_label("Enhet").select_option("AMC")
    page.get_by_role("button", name="Registrera användare").click()
    expect(page.get_by_text("ny.konsulent").first).to_be_visible()


def test_somebody_new_puts_the_guide_away(world: World, visitors: Visitors) -> None:
    page = open_without_script(visitors, world, Role.SOCIAL_WORKER)
    page.get_by_role("button", name="Visa inte igen").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Ny här?")).to_have_count(0)
    page.get_by_role("link", name="Hjälp om den här sidan").click()
    expect(page.get_by_role("heading", name="Var börjar jag?")).to_be_visible()

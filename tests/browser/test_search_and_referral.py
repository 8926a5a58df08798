"""The parts of search and referral that answer while one types, and the same without JavaScript."""

from __future__ import annotations

from datetime import date

from flask import Flask
from playwright.sync_api import expect

from caseflow.core.personnummer import Sex
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors

NUMBER = factories.number_for(date(1985, 1, 1), Sex.MAN)


def test_search_finds_while_one_types_and_the_address_names_nobody(app: Flask, visitors: Visitors) -> None:
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    known = factories.make_participant(name=("Amina", "Öberg"))
    case = factories.make_met_case(date(2020, 11, 1), date(2020, 11, 5), counsellor, participant=known)
    page = visitors.open(counsellor)
    page.goto("/min-dag")
    page.keyboard.press("/")
    page.keyboard.type("öber")
    hit = page.locator("#find-list a")
    expect(hit).to_contain_text("Amina Öberg")
    expect(page.locator("#cf-live")).to_have_text("1 ärende")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sökresultat")
    assert page.url.endswith("/sok")
    page.get_by_role("link", name="Amina Öberg").click()
    expect(page).to_have_url(f"{visitors.site}/arenden/{case.public_id}")
    page.goto("/min-dag")
    page.locator("#find").focus()
    expect(page.locator("#find-list")).to_contain_text("Senast öppnade")
    expect(page.locator("#find-list")).to_contain_text(case.number)


def test_the_target_group_follows_the_form_and_focus_stays_where_it_is(app: Flask, visitors: Visitors) -> None:
    page = visitors.open(factories.make_user(Role.SOCIAL_WORKER, "AFI"))
    page.goto("/anvisningar/ny")
    page.get_by_label("Personnummer eller samordningsnummer").fill(NUMBER)
    page.keyboard.press("Enter")
    beside = page.locator("#kontroll")
    expect(beside).to_contain_text("3 uppgifter saknas.")
    page.get_by_label("AMC").check()
    expect(beside).to_contain_text("Väntan på AMC")
    page.get_by_label("Försörjningsstöd sedan").fill("2019-08-01")
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Kan delta").fill("20")
    page.keyboard.press("Tab")
    expect(beside).to_contain_text("Hör till målgruppen.")
    expect(page.get_by_label("Ja", exact=True)).to_be_focused()


def test_search_and_a_referral_work_without_javascript(app: Flask, visitors: Visitors) -> None:
    worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    page = visitors.open(worker, java_script_enabled=False)
    page.goto("/anvisningar/ny")
    page.get_by_label("Personnummer eller samordningsnummer").fill(NUMBER)
    page.get_by_role("button", name="Hämta uppgifter").click()
    page.get_by_label("Förnamn").fill("Dawit")
    page.get_by_label("AMC").check()
    page.get_by_label("Ja", exact=True).check()
    page.get_by_role("button", name="Skicka anvisning").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv efternamnet.")
    expect(page.locator("#kontroll")).to_contain_text("Väntan på AMC")
    page.get_by_label("Efternamn").fill("Tesfaye")
    page.get_by_label("Det mottagande enhet behöver veta").fill("Har arbetat som svetsare.")
    page.get_by_label("Samtycket lämnat").fill("2020-12-01")
    page.get_by_role("button", name="Skicka anvisning").click()
    expect(page.locator(".cf-flash")).to_contain_text("Anvisning skickad till AMC")
    page.locator("#find").fill("tesfaye")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("status")).to_have_text("1 ärende")

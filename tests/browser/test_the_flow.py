"""One participant from referral to work, in three roles, until the figures have changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import Flask
from playwright.sync_api import Page, expect

from caseflow.cases.terms import EventKind, Stage
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.steps import give_password, refer, send, sign_in
from tests.meta.world import case_now, run_waiting_jobs

REFERRED_ON = date(2020, 11, 2)
MET_ON = date(2020, 11, 12)


def test_one_participant_goes_from_referral_to_work_and_the_figures_follow(
    app: Flask, visitors: Visitors, worker_done: Callable[[], None]
) -> None:
    worker, counsellor, manager = (
        give_password(factories.make_user(role, unit))
        for role, unit in ((Role.SOCIAL_WORKER, "AFI"), (Role.COUNSELLOR, "AMC"), (Role.MANAGER, None))
    )
    factories.make_met_case(date(2020, 9, 1), date(2020, 9, 21), counsellor, social_worker=worker)
    workplace = factories.make_workplace().label
    compute_measures()

    reading = visitors.open()
    sign_in(reading, manager)
    assert w3_of_all(reading) == ("1", "20,0")

    referring = visitors.open()
    sign_in(referring, worker)
    case_id = refer(referring, factories.number_for(date(1990, 5, 4)), REFERRED_ON)

    working = visitors.open()
    sign_in(working, counsellor)
    work_through(working, case_id, workplace)
    worker_done()

    assert w3_of_all(reading) == ("2", "15,0")
    read_programme(reading)

    case = case_now(case_id)
    assert (case.stage, case.version) == (Stage.EXIT_WORK, len(case.events))
    assert EventKind.PLACEMENT_ENDED in [event.kind for event in case.events if event.note == "Ärendet avslutas"]


def compute_measures() -> None:
    """As the worker does every night, of what the test has made so far."""
    enqueue("measures.rebuild", {}, key="before the browser")
    db.session.commit()
    run_waiting_jobs("measures.renew_case")
    run_waiting_jobs("measures.rebuild")
    run_waiting_jobs("measures.reports")


def work_through(page: Page, case_id: str, workplace: str) -> None:
    """Everything the counsellor does."""
    page.get_by_role("link", name="Ella Exempelsson").first.click()
    page.get_by_role("link", name="Annan dag eller konsulent").click()
    page.get_by_label("Mottagen").fill("2020-11-04")
    send(page, "Ta emot anvisning", "Anvisning mottagen")

    page.get_by_role("link", name="Registrera första möte").click()
    page.get_by_label("Mötesdag").fill(f"{MET_ON}")
    send(page, "Registrera första möte", "Första möte registrerat")

    page.get_by_role("link", name="Registrera utgångsläge").or_(
        page.get_by_role("link", name="Registrera skattning")
    ).first.click()
    page.get_by_label("Datum").fill("2020-11-13")
    for row in page.locator("tbody tr").all():
        row.get_by_role("radio").nth(1).check()
    send(page, "Registrera utgångsläge", "Utgångsläge registrerat")

    start_placement(page, case_id, "Praktik", workplace, "2020-11-16", "50")
    page.get_by_role("link", name="Avsluta placering").first.click()
    page.get_by_label("Sista dag").fill("2020-11-20")
    page.get_by_label("Orsak").fill("Enligt plan")
    page.get_by_role("button", name="Avsluta placering").click()
    expect(page.get_by_role("link", name="Avsluta placering")).to_have_count(0)

    start_placement(page, case_id, "Arbetsmarknadsanställning", workplace, "2020-11-23", "100")
    page.goto(f"/arenden/{case_id}/avsluta")
    page.get_by_label("Sista dag").fill("2020-11-30")
    page.get_by_label("Arbete, osubventionerat").check()
    page.locator("input[name=household_effect]").first.check()
    page.get_by_label("Försörjningsstöd per månad före avslutet").fill("9 000")
    send(page, "Avsluta ärende", "Ärende avslutat")


def start_placement(page: Page, case_id: str, kind: str, workplace: str, on: str, percent: str) -> None:
    page.goto(f"/arenden/{case_id}/placering")
    page.get_by_label(kind, exact=True).check()
    if kind == "Arbetsmarknadsanställning":
        page.get_by_label("Anställningsform").select_option(index=1)
    page.get_by_label("Arbetsplats").fill(workplace)
    page.get_by_label("Omfattning").fill(percent)
    page.get_by_label("Första dag").fill(on)
    send(page, "Registrera placering", f"{kind} registrerad")


def w3_of_all(page: Page) -> tuple[str, str]:
    """Number and mean of the waits for a first meeting that ended this year, as the manager reads them."""
    page.goto("/ledtider")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledtider")
    cells = page.locator("tr", has=page.get_by_role("rowheader", name="Alla enheter")).locator("td")
    return cells.nth(0).inner_text(), cells.nth(1).inner_text()


def read_programme(page: Page) -> None:
    """The household that has left, and the placement, in the report to the board."""
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="500-uppdraget").click()
    page.get_by_role("button", name="Räkna om").click()
    expect(page.get_by_text(re.compile("Klar"))).to_be_visible()
    page.get_by_role("link", name="Visa de nya siffrorna").click()
    expect(page.get_by_text("1 hushåll har lämnat försörjningsstödet")).to_be_visible()

"""What goes wrong in real browsers: impatience, two tabs, no JavaScript."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.steps import refer, take_step
from tests.meta.world import case_now


@pytest.fixture
def accepted(app: Flask) -> Case:
    """A case whose first meeting remains, of a counsellor at AMC."""
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 11, 2))
    services.accept(counsellor.actor, case, date(2020, 11, 4))
    db.session.commit()
    return case


@pytest.mark.parametrize("java_script", [True, False])
def test_a_button_that_is_clicked_twice_makes_one_event(accepted: Case, visitors: Visitors, java_script: bool) -> None:
    page = visitors.open(accepted.counsellor, java_script_enabled=java_script)
    page.goto(f"/arenden/{accepted.public_id}/forsta-mote")
    page.get_by_role("button", name="Registrera första möte").dblclick()
    expect(page.get_by_role("heading", name="Nästa steg")).to_be_visible()
    meetings = [event for event in case_now(accepted.public_id).events if event.kind == EventKind.FIRST_MEETING]
    assert len(meetings) == 1


def test_a_form_left_open_in_another_tab_says_what_has_happened_and_keeps_what_was_written(
    accepted: Case, visitors: Visitors
) -> None:
    first = visitors.open(accepted.counsellor)
    second = first.context.new_page()
    second.goto(f"/arenden/{accepted.public_id}/anteckning")
    take_step(first, accepted.public_id, "forsta-mote", "Registrera första möte", "Första möte registrerat")
    second.get_by_label("Anteckning").fill("Ringer helst på förmiddagen.")
    second.get_by_role("button", name="Registrera anteckning").click()
    expect(second.get_by_role("heading", name="Någon annan hann före")).to_be_visible()
    expect(second.get_by_label("Anteckning")).to_have_value("Ringer helst på förmiddagen.")
    second.get_by_role("button", name="Registrera anteckning ändå").click()
    expect(second).to_have_url(f"{visitors.site}/arenden/{accepted.public_id}")
    expect(second.get_by_text("Ringer helst på förmiddagen.")).to_be_visible()


def test_referral_and_first_meeting_work_without_java_script(app: Flask, visitors: Visitors) -> None:
    worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    referring = visitors.open(worker, java_script_enabled=False)
    referring.goto("/")
    case_id = refer(referring, factories.number_for(date(1991, 6, 5)), date(2020, 11, 2))
    working = visitors.open(counsellor, java_script_enabled=False)
    take_step(working, case_id, "ta-emot", "Ta emot anvisning", "Anvisning mottagen", Mottagen="2020-11-04")
    take_step(
        working, case_id, "forsta-mote", "Registrera första möte", "Första möte registrerat", Mötesdag="2020-11-10"
    )
    assert case_now(case_id).state.milestones[EventKind.FIRST_MEETING] == date(2020, 11, 10)

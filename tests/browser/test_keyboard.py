"""A counsellor's commonest steps by the keyboard alone, and how few interactions they take."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.keyboard import Keyboard
from tests.meta.world import case_named

# The form is opened, filled in and sent.
INTERACTIONS = 2


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
    assert keys.pages <= INTERACTIONS
    assert case_named(case.number).state.milestones[EventKind.FIRST_MEETING] == date(2020, 12, 1)


def test_a_counsellor_registers_a_placement_from_the_start_page(met: Case, visitors: Visitors) -> None:
    workplace = factories.make_workplace().label
    page = visitors.open(met.counsellor)
    page.goto("/")
    keys = Keyboard(page)
    keys.enter("Registrera placering")
    keys.choose("Praktik", "Praktik")
    keys.type("Arbetsplats", workplace)
    keys.type("Omfattning", "50")
    keys.enter("Registrera placering")
    expect(page.get_by_text("Praktik registrerad").first).to_be_visible()
    assert keys.pages <= INTERACTIONS
    assert [placement.kind for placement in case_named(met.number).placements] == [PlacementKind.INTERNSHIP]

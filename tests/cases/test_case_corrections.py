"""Correcting and voiding events of a case."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import placements, services, steps
from caseflow.cases.terms import EmploymentForm, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.extensions import db
from tests import factories
from tests.cases.case_client import (
    K,
    address,
    assert_done,
    closed_case,
    event_of,
    kinds,
    met_case,
    send,
)


def test_a_corrected_day_stands_struck_through_with_who_and_why(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    meeting = event_of(case, K.FIRST_MEETING)
    step = f"handelse/{meeting.public_id}/ratta"
    form = counsellor.get(address(case, step)).text
    assert "Nu registrerat" in form
    assert 'value="2020-06-29"' in form
    assert "Skriv varför uppgiften rättas." in send(counsellor, case, step, on="2020-06-26").text
    assert_done(send(counsellor, case, step, on="2020-06-26", reason="kalendern sa fredag"), case)
    assert event_of(case, K.FIRST_MEETING).occurred_on == date(2020, 6, 26)
    page = counsellor.get(address(case)).text
    assert '<del><span class="num">2020-06-29</span></del>' in page
    assert re.search(r"Datumet rättat 2020-12-01 kl\..{6,8} av Karin Lindqvist. Skäl: kalendern sa fredag\.", page)
    again = send(counsellor, case, step, on="2020-06-27", reason="igen")
    assert again.status_code == 409
    assert "redan rättad" in again.text


def test_a_correction_that_breaks_the_order_is_refused_at_its_field(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    step = f"handelse/{event_of(case, K.FIRST_MEETING).public_id}/ratta"
    answer = send(counsellor, case, step, on="2020-06-01", reason="fel")
    assert answer.status_code == 422
    assert re.search(r'id="on-e">.*före anvisningen', answer.text)


def test_a_placement_is_corrected_and_keeps_its_end_and_costs(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    placement = factories.start_placement(case, date(2020, 8, 10), PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    placements.register_wage_cost(
        karin.actor, case, placement, date(2020, 8, 1), Decimal(20_000), Decimal(0), Decimal(0)
    )
    placements.end_placement(karin.actor, case, placement, date(2020, 10, 30), "enligt plan")
    db.session.commit()
    start = event_of(case, K.PLACEMENT_STARTED)
    step = f"handelse/{start.public_id}/ratta"
    form = counsellor.get(address(case, step)).text
    assert placement.workplace.label in form
    values = {"kind": "subsidised_employment", "form": "wage_subsidy", "workplace": placement.workplace.label}
    assert_done(send(counsellor, case, step, percent="75", on="2020-08-12", reason="avtalet", **values), case)
    [new] = [place for place in case.placements if place in steps.starts(case)]
    assert (new.form, new.percent) == (EmploymentForm.WAGE_SUBSIDY, 75)
    assert new in steps.ends(case)
    assert [cost.wage_kr for cost in new.wage_costs] == [20_000]
    assert "Tidigare: Extratjänst påbörjad" in counsellor.get(address(case)).text


def test_an_exit_is_corrected_when_the_effect_becomes_known(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = closed_case(karin, maria)
    step = f"handelse/{event_of(case, K.EXITED).public_id}/ratta"
    values = {"on": "2020-11-19", "outcome": "studies", "household_effect": "topped_up"}
    assert_done(send(counsellor, case, step, reason="beskedet kom", **values), case)
    leave = event_of(case, K.EXITED)
    assert (leave.outcome, leave.household_effect) == (ExitOutcome.STUDIES, HouseholdEffect.TOPPED_UP)
    assert case.closed_on == date(2020, 11, 19)


def test_scores_are_corrected(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    area = factories.areas()[0]
    services.register_assessment(karin.actor, case, date(2020, 7, 1), {area: 2})
    db.session.commit()
    step = f"handelse/{event_of(case, K.ASSESSED).public_id}/ratta"
    assert re.search(r'checked[^>]*value="2"', counsellor.get(address(case, step)).text)
    assert_done(
        send(counsellor, case, step, on="2020-07-01", reason="fel ruta", **{f"area_{area.public_id}": "4"}), case
    )
    assessment = event_of(case, K.ASSESSED).assessment
    assert assessment is not None
    assert [score.value for score in assessment.scores] == [4]


def test_a_voided_event_stays_with_the_reason(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    placement = factories.start_placement(case, date(2020, 8, 10))
    placements.end_placement(karin.actor, case, placement, date(2020, 8, 20), "enligt plan")
    db.session.commit()
    start = event_of(case, K.PLACEMENT_STARTED)
    step = f"handelse/{start.public_id}/makulera"
    assert "slut makuleras samtidigt" in counsellor.get(address(case, step)).text
    assert send(counsellor, case, step, reason=" ").status_code == 422
    assert_done(send(counsellor, case, step, reason="registrerad på fel deltagare"), case)
    assert case.state.ongoing == ()
    assert K.PLACEMENT_ENDED not in kinds(case)
    page = counsellor.get(address(case)).text
    assert re.search(r"Makulerad .* av Karin Lindqvist. Skäl: registrerad på fel deltagare\.", page)
    assert "Räknas inte i ledtider eller statistik." in page


def test_what_other_facts_rest_on_is_neither_offered_for_voiding_nor_voided(
    counsellor: FlaskClient, social_worker: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    factories.start_placement(case, date(2020, 8, 10))
    meeting, referral = event_of(case, K.FIRST_MEETING), event_of(case, K.REFERRED)
    assert f"handelse/{meeting.public_id}/makulera" not in counsellor.get(address(case)).text
    assert send(counsellor, case, f"handelse/{meeting.public_id}/makulera", reason="x").status_code == 409
    assert f"handelse/{referral.public_id}/makulera" not in social_worker.get(address(case)).text
    answer = send(social_worker, case, f"handelse/{referral.public_id}/makulera", reason="x")
    assert answer.status_code == 409
    assert "återkalla den i stället" in answer.text


def test_a_social_worker_corrects_the_own_facts_and_no_others(
    social_worker: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    referral, meeting = event_of(case, K.REFERRED), event_of(case, K.FIRST_MEETING)
    page = social_worker.get(address(case)).text
    assert f"handelse/{referral.public_id}/ratta" in page
    assert f"handelse/{meeting.public_id}/ratta" not in page
    assert social_worker.get(address(case, f"handelse/{meeting.public_id}/ratta")).status_code == 403
    assert send(social_worker, case, f"handelse/{meeting.public_id}/makulera", reason="x").status_code == 403
    values = {"on": "2020-06-10", "note": "Behöver praktik.", "reason": "skickades dagen före"}
    assert_done(send(social_worker, case, f"handelse/{referral.public_id}/ratta", **values), case)
    assert case.referred_on == date(2020, 6, 10)

"""What a correction takes with it, and what it refuses to lose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from caseflow.accounts.models import User
from caseflow.cases import corrections, placements, services, track
from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.placements import PlacementInput
from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.extensions import db
from caseflow.security.permissions import Actor
from tests import factories


def event_of(case: Case, kind: EventKind) -> CaseEvent:
    return next(event for event in case.valid_events if event.kind == kind)


def counsellor(case: Case) -> Actor:
    assert case.counsellor is not None
    return case.counsellor.actor


def employed(case: Case, on: date = date(2020, 3, 10)) -> Placement:
    placement = factories.start_placement(case, on, PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    placements.register_wage_cost(
        counsellor(case), case, placement, date(2020, 4, 1), Decimal(20000), Decimal(0), Decimal(0)
    )
    db.session.commit()
    return placement


def test_a_moved_referral_takes_its_memberships_along(app: Flask) -> None:
    worker = factories.make_user(factories.Role.SOCIAL_WORKER, "AFI")
    case = factories.make_case(date(2020, 3, 10), social_worker=worker, programmes=["500-uppdraget"])
    corrections.correct_date(worker.actor, case, event_of(case, EventKind.REFERRED), date(2020, 3, 1), "fel dag")
    standing = [one.from_on for one in case.programmes if one.voided_at is None]
    assert standing == [date(2020, 3, 1)]
    assert [one.from_on for one in case.programmes if one.voided_at] == [date(2020, 3, 10)]


def test_a_voided_exit_brings_back_the_placement_it_ended(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    factories.start_placement(case, date(2020, 3, 10))
    services.close(counsellor(case), case, date(2020, 6, 1), ExitOutcome.WORK, None)
    corrections.void_event(counsellor(case), case, event_of(case, EventKind.EXITED), "fel person")
    assert case.stage == Stage.PLACEMENT
    assert [event.kind for event in case.valid_events][-1] == EventKind.PLACEMENT_STARTED


def test_an_exit_corrected_to_an_earlier_day_moves_the_ends_it_brought(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    factories.start_placement(case, date(2020, 3, 10))
    services.close(counsellor(case), case, date(2020, 6, 1), ExitOutcome.WORK, None)
    leave = event_of(case, EventKind.EXITED)
    corrections.correct_exit(counsellor(case), case, leave, date(2020, 5, 29), "fel dag", ExitOutcome.WORK, None)
    assert event_of(case, EventKind.PLACEMENT_ENDED).occurred_on == date(2020, 5, 29)
    assert case.closed_on == date(2020, 5, 29)


def test_a_correction_that_would_lose_a_wage_cost_is_refused(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    placement = employed(case)
    start = event_of(case, EventKind.PLACEMENT_STARTED)
    internship = PlacementInput(PlacementKind.INTERNSHIP, placement.workplace, 100, date(2020, 3, 10))
    later = PlacementInput(
        PlacementKind.SUBSIDISED_EMPLOYMENT, placement.workplace, 100, date(2020, 5, 1), EmploymentForm.EXTRA_SERVICE
    )
    for given in (internship, later):
        with pytest.raises(RuleBroken, match="lönekostnad för 2020-04"):
            corrections.correct_placement(counsellor(case), case, start, given, "fel")


def test_a_voided_employment_takes_its_costs_with_it(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    placement = employed(case)
    corrections.void_event(counsellor(case), case, event_of(case, EventKind.PLACEMENT_STARTED), "fel person")
    assert [cost.voided_at is not None for cost in placement.wage_costs] == [True]


@pytest.mark.parametrize("month_on", [date(2020, 2, 1), date(2020, 8, 1)])
def test_a_wage_cost_outside_the_employment_is_refused(app: Flask, month_on: date) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    placement = employed(case)
    placements.end_placement(counsellor(case), case, placement, date(2020, 6, 30), "enligt plan")
    with pytest.raises(RuleBroken, match="Anställningen pågår 2020-03-10–2020-06-30"):
        placements.set_wage_cost(placement, month_on, Decimal(1), Decimal(0), Decimal(0), counsellor(case))


def test_a_second_assessment_on_one_day_is_refused_also_as_a_correction(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    scores = {factories.areas()[0]: 3}
    for day in (6, 7):
        services.register_assessment(counsellor(case), case, date(2020, 3, day), scores)
    first = event_of(case, EventKind.ASSESSED)
    with pytest.raises(RuleBroken, match="redan en skattning 2020-03-07"):
        corrections.correct_assessment(counsellor(case), case, first, date(2020, 3, 7), scores, "fel dag", "")


def test_a_note_is_corrected_by_its_writer_alone_and_never_emptied(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 3, 5))
    services.add_note(counsellor(case), case, "Kan börja 08.30.")
    note = event_of(case, EventKind.NOTE)
    worker: User | None = case.social_worker
    assert worker is not None
    with pytest.raises(NotAllowed, match="rättas av den som skrev den"):
        corrections.void_event(worker.actor, case, note, "håller inte med")
    with pytest.raises(RuleBroken, match="Texten kan inte vara tom"):
        corrections.correct_date(counsellor(case), case, note, note.occurred_on, "städar", note=" ")


def test_a_mistyped_year_is_refused_and_an_old_one_can_still_be_drawn(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="1920-02-01 ligger för långt tillbaka"):
        factories.make_case(date(2020, 3, 1), first_contact_on=date(1920, 2, 1))
    db.session.rollback()
    case = factories.make_case(date(2020, 3, 1), first_contact_on=date(1990, 2, 1))
    assert track.scale(case, date(2090, 1, 1))

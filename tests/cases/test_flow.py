"""One participant through the flow, by the services alone."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from caseflow.cases import corrections, placements, services
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind, Stage
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from tests import factories


def test_a_participant_passes_from_referral_to_work(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29), programmes=["500-uppdraget"])
    assert case.number == "2020-0001"
    internship = factories.start_placement(case, date(2020, 8, 10), percent=75)
    assert case.stage == Stage.PLACEMENT
    counsellor = case.counsellor
    assert counsellor is not None
    placements.end_placement(counsellor.actor, case, internship, date(2020, 9, 30), "enligt plan")
    factories.start_placement(case, date(2020, 10, 1), PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    assert case.stage == Stage.EMPLOYMENT
    services.close(counsellor.actor, case, date(2020, 11, 20), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    db.session.expire_all()
    assert case.stage == Stage.EXIT_WORK == case.state.stage
    assert case.closed_on == date(2020, 11, 20)
    assert [event.kind for event in case.events][-2:] == [EventKind.PLACEMENT_ENDED, EventKind.EXITED]


def test_a_first_meeting_before_the_referral_is_refused_with_both_dates(app: Flask) -> None:
    case = factories.make_case(date(2020, 6, 11))
    counsellor = factories.make_user()
    with pytest.raises(RuleBroken, match="Första möte 2020-06-10 kan inte ligga före anvisningen 2020-06-11"):
        services.register_first_meeting(counsellor.actor, case, date(2020, 6, 10))
    assert case.stage == Stage.REFERRED


def test_a_corrected_date_leaves_the_old_one_in_the_log(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29))
    meeting = next(event for event in case.events if event.kind == EventKind.FIRST_MEETING)
    assert case.counsellor is not None
    corrections.correct_date(case.counsellor.actor, case, meeting, date(2020, 6, 26), "fel dag")
    db.session.commit()
    db.session.expire_all()
    assert meeting.void_reason == "fel dag"
    assert case.state.milestones[EventKind.FIRST_MEETING] == date(2020, 6, 26)

"""Two people at the same case, or with the same participant, at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from caseflow.cases import services
from caseflow.cases.services import ReferralInput
from caseflow.cases.terms import EventKind
from caseflow.core.errors import CaseflowError, RuleBroken, StaleEdit
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.organisation.rules import Ground
from caseflow.people.models import Participant
from caseflow.security.permissions import Role
from tests import factories


def at_once(app: Flask, steps: list[Callable[[], None]]) -> list[CaseflowError]:
    """Run the steps in threads of their own that set out together; the refusals."""
    barrier, refusals = threading.Barrier(len(steps)), []

    def run(step: Callable[[], None]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    step()
            except CaseflowError as refusal:
                refusals.append(refusal)

    threads = [threading.Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_a_double_click_on_accept_makes_one_event(app: Flask) -> None:
    case = factories.make_case(date(2020, 11, 20))
    actor, public_id, version = factories.make_user().actor, case.public_id, case.version

    def accept() -> None:
        services.accept(actor, services.lock_case(actor, public_id, version), date(2020, 11, 23))

    refusals = at_once(app, [accept, accept])
    assert [type(refusal) for refusal in refusals] == [StaleEdit]
    db.session.expire_all()
    assert [event.kind for event in case.events].count(EventKind.ACCEPTED) == 1


def test_two_referrals_of_one_participant_at_once_make_one_case(app: Flask) -> None:
    participant = factories.make_participant()
    actors = [factories.make_user(Role.SOCIAL_WORKER, unit).actor for unit in ("AFI", "TuA")]
    receiver, person_id = factories.unit("AMC").id, participant.id

    def refer(which: int) -> Callable[[], None]:
        def step() -> None:
            person, unit = db.session.get(Participant, person_id), factories.unit("AMC")
            assert person is not None
            assert unit.id == receiver
            services.refer(actors[which], person, ReferralInput(unit, date(2020, 11, 20), ground=Ground.NO_HARM))

        return step

    refusals = at_once(app, [refer(0), refer(1)])
    assert [type(refusal) for refusal in refusals] == [RuleBroken]
    assert "redan ett pågående ärende" in refusals[0].message


def test_a_refused_step_leaves_nothing_behind(app: Flask) -> None:
    case = factories.make_case(date(2020, 11, 20))
    actor, version = factories.make_user().actor, case.version

    def accept_and_meet_too_early() -> None:
        locked = services.lock_case(actor, case.public_id)
        services.accept(actor, locked, date(2020, 11, 21))
        services.register_first_meeting(actor, locked, date(2020, 11, 19))

    with pytest.raises(RuleBroken), unit_of_work():
        accept_and_meet_too_early()
    db.session.expire_all()
    assert case.version == version
    assert [event.kind for event in case.events] == [EventKind.REFERRED]

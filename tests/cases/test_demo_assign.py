"""Sharing the demo's cases among the demo's users."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from caseflow.accounts import demo
from caseflow.accounts.models import User
from caseflow.cases.models import Case
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories


def test_imported_cases_are_shared_in_turn_within_their_units(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["demo-users"]).exit_code == 0
    worker = db.session.scalars(select(User).where(User.username == "maria.ekdahl")).one()
    receiver = db.session.scalars(select(User).where(User.username == "karin.lindqvist")).one()
    team = sum(user.role == Role.COUNSELLOR and user.unit == "AMC" for user in demo.EVERYBODY)
    for day in map(timedelta, range(2 * team)):
        factories.make_met_case(date(2020, 3, 1) + day, date(2020, 5, 1) + day, receiver, social_worker=worker)
    waiting = factories.make_case(date(2020, 11, 20), social_worker=worker)
    for case in db.session.scalars(select(Case)):
        case.counsellor_id = case.social_worker_id = None
    db.session.commit()
    assert runner.invoke(args=["demo-assign"]).exit_code == 0
    db.session.expire_all()
    met = db.session.scalars(select(Case).where(Case.id != waiting.id).order_by(Case.id)).all()
    assert len({case.counsellor_id for case in met}) == team
    assert [case.counsellor_id for case in met[:team]] == [case.counsellor_id for case in met[team:]]
    assert all(case.counsellor and case.counsellor.unit_id == case.to_unit_id for case in met)
    assert {case.counsellor.role for case in met if case.counsellor} == {Role.COUNSELLOR}
    assert waiting.counsellor_id is None
    assert waiting.social_worker is not None
    assert waiting.social_worker.unit_id == waiting.from_unit_id


def test_a_case_that_somebody_has_stays_theirs(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 3, 1), date(2020, 4, 1))
    owners = (case.social_worker_id, case.counsellor_id)
    app.test_cli_runner().invoke(args=["demo-assign"])
    db.session.refresh(case)
    assert (case.social_worker_id, case.counsellor_id) == owners

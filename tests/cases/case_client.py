"""A signed-in client and what the tests of the case pages share."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect
from caseflow.extensions import db
from tests import factories, signing_in

REFERRED_ON, MET_ON = date(2020, 6, 11), date(2020, 6, 29)
K = EventKind


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    signing_in.sign_in(client, user)
    return client


def address(case: Case, step: str = "") -> str:
    return f"/arenden/{case.public_id}" + (f"/{step}" if step else "")


def send(client: FlaskClient, case: Case, step: str, **values: object) -> TestResponse:
    """Post a step's form with the case's present version, unless another is given."""
    version = db.session.scalar(select(Case.version).where(Case.number == case.number))
    answer = client.post(address(case, step), data={"version": version} | values)
    db.session.expire_all()
    return answer


def met_case(karin: User, maria: User, **facts: object) -> Case:
    return factories.make_met_case(REFERRED_ON, MET_ON, karin, social_worker=maria, **facts)


def kinds(case: Case) -> list[EventKind]:
    return [found.kind for found in case.valid_events]


def event_of(case: Case, kind: EventKind) -> CaseEvent:
    return next(found for found in case.valid_events if found.kind == kind)


def assert_done(answer: TestResponse, case: Case) -> None:
    assert answer.status_code == 303, answer.text
    assert answer.location == address(case)


def closed_case(karin: User, maria: User) -> Case:
    case = met_case(karin, maria)
    services.close(karin.actor, case, date(2020, 11, 20), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    return case

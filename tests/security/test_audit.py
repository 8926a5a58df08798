"""Every reading of a person and every change is a row, in the same transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from caseflow.cases import services
from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.audit import AccessKind, AuditRow, acting, log_access
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in
from tests.looks import looks
from tests.owner import as_owner


@pytest.fixture
def shut(app: Flask) -> Iterator[Callable[[], None]]:
    """From the call on, the database takes no more rows into the audit."""

    def refuse_all() -> None:
        db.session.commit()
        as_owner("ALTER TABLE audit ADD CONSTRAINT shut CHECK (id < 0) NOT VALID")

    yield refuse_all
    db.session.rollback()
    as_owner("ALTER TABLE audit DROP CONSTRAINT IF EXISTS shut")


def last() -> AuditRow:
    return db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()


def test_a_row_says_who_when_from_which_unit_what_whom_and_by_which_address(app: Flask) -> None:
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 10, 1))
    sign_in(app.test_client(), karin).get(f"/arenden/{case.public_id}")
    row = looks(AccessKind.OPENED_CASE)[0]
    assert (row.user_id, row.unit_id) == (karin.id, karin.unit_id)
    assert (row.participant_id, row.case_id, row.endpoint) == (case.participant_id, case.id, "cases.case_page")
    assert clock.local(row.at).date() == date(2020, 12, 1)


def test_a_change_is_a_row_with_the_person_and_the_columns(app: Flask) -> None:
    person = factories.make_participant()
    factories.make_case(date(2020, 10, 1), participant=person)
    person.protected = True
    db.session.commit()
    assert (last().kind, last().participant_id) == (AccessKind.CHANGED, person.id)
    assert last().detail == f"participant {person.id}: protected"


def test_an_event_is_a_row_with_its_case_and_whose_it_is(app: Flask) -> None:
    case = factories.make_case(date(2020, 10, 1))
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    with acting(karin.actor, "prov"), unit_of_work():
        services.accept(karin.actor, case, date(2020, 10, 5))
    event = case.events[-1]
    query = select(AuditRow).where(AuditRow.detail == f"case_event {event.id}")
    row = db.session.scalars(query).one()
    assert (row.kind, row.case_id, row.participant_id) == (AccessKind.CREATED, case.id, case.participant_id)
    assert (row.user_id, row.unit_id, row.endpoint) == (karin.id, karin.unit_id, "prov")


def test_what_is_rolled_back_leaves_no_row(app: Flask) -> None:
    person = factories.make_participant()
    before = last().id
    person.first_name = "Glömd"
    db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert last().id == before


def test_what_a_savepoint_takes_back_leaves_no_row_and_the_rest_does(app: Flask) -> None:
    person = factories.make_participant()
    person.first_name = "Före"
    db.session.flush()
    savepoint = db.session.begin_nested()
    person.last_name = "Inom"
    db.session.flush()
    savepoint.rollback()
    db.session.commit()
    assert last().detail == f"participant {person.id}: first_name"


def test_a_statement_over_many_rows_is_a_row_of_its_table(app: Flask) -> None:
    factories.make_case(date(2020, 10, 1))
    db.session.execute(update(CaseEvent).values(note=""))
    db.session.commit()
    assert (last().kind, last().detail) == (AccessKind.CHANGED, "case_event")


def test_the_same_look_twice_in_a_request_is_one_row(app: Flask) -> None:
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    for _ in range(2):
        log_access(karin.actor, AccessKind.OPENED_CASE, participant_id=1)
    db.session.commit()
    assert len(looks()) == 1


def test_nobody_is_shown_when_the_reading_cannot_be_written(app: Flask, shut: Callable[[], None]) -> None:
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 10, 1), participant=factories.make_participant(name=("Ada", "Ask")))
    client = sign_in(app.test_client(), karin)
    address = f"/arenden/{case.public_id}"
    assert "Ada Ask" in client.get(address).text
    shut()
    answer = client.get(address)
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert "Ada" not in answer.text
    assert "Ask" not in answer.text


def test_nothing_is_changed_when_the_change_cannot_be_written(app: Flask, shut: Callable[[], None]) -> None:
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 10, 1))
    client = sign_in(app.test_client(), karin)
    address = f"/arenden/{case.public_id}/ta-emot"
    facts = {"version": case.version, "on": "2020-10-05", "counsellor": karin.public_id}
    shut()
    assert client.post(address, data=facts).status_code == 500
    db.session.expire_all()
    assert [event.kind for event in case.events] == [EventKind.REFERRED]
    as_owner("ALTER TABLE audit DROP CONSTRAINT shut")
    assert client.post(address, data=facts).status_code == 303

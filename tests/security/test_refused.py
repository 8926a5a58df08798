"""What lies outside one's scope is answered as what does not exist, and kept in the log."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases.models import Case
from caseflow.extensions import db
from caseflow.security.audit import AccessKind, AuditRow
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in
from tests.statements import counted

NEW_EVERY_TIME = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|data-seconds="[0-9]+"')


@pytest.fixture
def counsellor(app: Flask, client: FlaskClient) -> User:
    user = factories.make_user(Role.COUNSELLOR, "AMC")
    sign_in(client, user)
    return user


def refusals() -> list[AuditRow]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow).where(AuditRow.kind == AccessKind.REFUSED).order_by(AuditRow.id)))


def elsewhere() -> Case:
    case = factories.make_case(date(2020, 11, 2), to_unit="AMS")
    db.session.commit()
    return case


def body(client: FlaskClient, public_id: UUID, step: str = "") -> tuple[int, str]:
    """Status and answer, without what is new in every answer and the address itself."""
    answer = client.get(f"/arenden/{public_id}{step}")
    return answer.status_code, NEW_EVERY_TIME.sub("", answer.text).replace(str(public_id), "")


@pytest.mark.parametrize("step", ["", "/anteckning", f"/handelse/{UUID(int=0)}/ratta"])
def test_somebody_elses_case_is_answered_as_one_that_does_not_exist(
    client: FlaskClient, counsellor: User, step: str
) -> None:
    foreign, missing = body(client, elsewhere().public_id, step), body(client, uuid4(), step)
    assert foreign[0] == 404
    assert foreign == missing


def test_both_cost_the_same_statements(client: FlaskClient, counsellor: User) -> None:
    case_id, said = elsewhere().public_id, []
    body(client, uuid4())
    for public_id in (case_id, uuid4()):
        with counted() as statements:
            body(client, public_id)
        said.append(statements)
    assert said[0] == said[1]


def test_a_refusal_is_kept_with_who_and_which_case(client: FlaskClient, counsellor: User) -> None:
    case = elsewhere()
    client.get(f"/arenden/{case.public_id}")
    client.post(f"/arenden/{case.public_id}/anteckning", data={"note": "Hej"})
    first, second = refusals()
    for row in (first, second):
        assert (row.user_id, row.case_id, row.participant_id) == (counsellor.id, case.id, case.participant_id)
    assert (first.endpoint, first.detail) == ("cases.case_page", f"GET case_id={case.public_id}")
    assert (second.endpoint, second.detail) == ("cases.add_note", f"POST case_id={case.public_id}")


def test_an_address_of_nothing_is_kept_without_a_case(client: FlaskClient, counsellor: User) -> None:
    missing = uuid4()
    client.get(f"/arenden/{missing}")
    [row] = refusals()
    assert (row.case_id, row.detail) == (None, f"GET case_id={missing}")


def test_a_row_of_another_case_is_kept_by_its_address(client: FlaskClient, counsellor: User) -> None:
    own = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11), counsellor)
    foreign = elsewhere().events[0].public_id
    assert client.get(f"/arenden/{own.public_id}/handelse/{foreign}/ratta").status_code == 404
    [row] = refusals()
    assert f"event_id={foreign}" in row.detail


def test_a_ticked_case_of_another_unit_is_kept_too(client: FlaskClient, counsellor: User) -> None:
    case = elsewhere()
    client.get(f"/arenden/lamna-over?arende={case.public_id}.1")
    assert [row.case_id for row in refusals()] == [case.id]


def test_a_page_that_is_not_for_the_role_is_kept(client: FlaskClient, counsellor: User) -> None:
    assert client.get("/forvaltning/anvandare").status_code == 403
    administrator = sign_in(client, factories.make_user(Role.ADMINISTRATOR, None))
    case = elsewhere()
    assert client.get(f"/arenden/{case.public_id}").status_code == 403
    first, second = refusals()
    assert (first.user_id, first.endpoint, first.detail) == (counsellor.id, "organisation.user_list", "GET")
    assert (second.user_id, second.case_id, second.endpoint) == (administrator.id, case.id, "cases.case_page")


def test_a_typing_error_and_a_stranger_are_not_kept(app: Flask, client: FlaskClient, counsellor: User) -> None:
    for address in ("/finns-inte", "/arenden/2020-0001", "/hjalp/finns-inte"):
        assert client.get(address).status_code == 404
    app.test_client().get(f"/arenden/{elsewhere().public_id}")
    assert refusals() == []


def test_nobody_learns_from_lists_of_looks_what_was_refused(client: FlaskClient, counsellor: User) -> None:
    case = elsewhere()
    client.get(f"/arenden/{case.public_id}")
    assert case.number not in client.get("/min-sida").text
    sign_in(client, factories.make_user(Role.COUNSELLOR, "AMS"))
    page = client.get(f"/arenden/{case.public_id}").text
    assert counsellor.name not in page

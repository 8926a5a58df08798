"""Wrong facts about a participant are corrected by those who work with the case; reason and change are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.cases import correcting_person, services
from caseflow.cases.correcting_person import PersonFacts
from caseflow.cases.models import Case
from caseflow.core import personnummer
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.people.models import Participant, Protection
from caseflow.people.services import Situation
from caseflow.security.audit import AccessKind, AuditRow
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.test_two_at_once import at_once
from tests.signing_in import sign_in

WHY = "Namnet var felstavat."


def page_of(case: Case) -> str:
    return f"/arenden/{case.public_id}/personuppgifter"


def filled(case: Case, **changes: Any) -> dict[str, Any]:
    person, household = case.participant, case.participant.household
    assert household is not None
    return {
        "version": case.version,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "children": household.children,
        "assistance_since_on": household.assistance_since_on,
        "af": "vet_ej",
        "reason": WHY,
    } | changes


@pytest.fixture
def case(app: Flask) -> Case:
    return factories.make_case(date(2020, 11, 2), participant=factories.make_participant(name=("Amin", "Öberg")))


@pytest.fixture
def counsellor(client: FlaskClient) -> FlaskClient:
    sign_in(client, factories.make_user(Role.COUNSELLOR, "AMC"))
    return client


def test_a_name_is_corrected_and_the_case_says_what_and_why(counsellor: FlaskClient, case: Case) -> None:
    answer = counsellor.post(page_of(case), data=filled(case, first_name="Amina"))
    assert answer.status_code == 303
    db.session.refresh(case.participant)
    assert case.participant.name == "Amina Öberg"
    assert case.events[-1].note == f"Rättade personuppgifter: förnamn. Skäl: {WHY}"


@pytest.mark.parametrize("written", ["i våras", "2020-13-01", "20-1-1"])
def test_what_is_no_date_is_said_to_be_none(counsellor: FlaskClient, case: Case, written: str) -> None:
    answer = counsellor.post(page_of(case), data=filled(case, first_name="Amina", assistance_since_on=written))
    assert answer.status_code == 422
    assert written in answer.text
    db.session.refresh(case.participant)
    assert case.participant.first_name == "Amin"


def test_the_audit_keeps_which_columns_were_changed_and_no_name(counsellor: FlaskClient, case: Case) -> None:
    counsellor.post(page_of(case), data=filled(case, first_name="Amina"))
    query = select(AuditRow).where(AuditRow.kind == AccessKind.CHANGED, AuditRow.participant_id == case.participant_id)
    rows = db.session.scalars(query).all()
    assert any("first_name" in row.detail for row in rows)
    assert not any("Amina" in row.detail for row in rows)


def test_a_number_is_corrected_with_birth_date_and_sex(counsellor: FlaskClient, case: Case) -> None:
    number = factories.number_for(date(1979, 5, 3), Sex.MAN)
    identity = personnummer.parse(number)
    counsellor.post(page_of(case), data=filled(case, personnummer=number))
    person = db.session.get(Participant, case.participant_id, populate_existing=True)
    assert person is not None
    assert (person.number.replace("-", ""), person.birth_on, person.sex) == (
        identity.number,
        identity.birth_on,
        identity.sex,
    )


def test_somebody_elses_number_is_refused_and_looked_up_on_record(counsellor: FlaskClient, case: Case) -> None:
    other = factories.make_participant(name=("Bilal", "Ek"))
    db.session.commit()
    before = case.participant.number
    answer = counsellor.post(page_of(case), data=filled(case, personnummer=other.number, first_name="Amina"))
    assert answer.status_code == 422
    assert "Numret är redan en annan deltagares." in answer.text
    db.session.refresh(case.participant)
    assert (case.participant.number, case.participant.first_name) == (before, "Amin")
    looked_up = select(AuditRow.participant_id).where(AuditRow.kind == AccessKind.LOOKED_UP_PERSON)
    assert db.session.scalars(looked_up).all() == [other.id]


def test_two_who_correct_to_the_same_number_at_once_are_told_as_if_one_came_first(app: Flask, case: Case) -> None:
    other = factories.make_case(date(2020, 11, 3), participant=factories.make_participant(name=("Bilal", "Ek")))
    actor = factories.make_user(Role.COUNSELLOR, "AMC").actor
    number = personnummer.parse(factories.number_for(date(1990, 5, 5), Sex.WOMAN))

    def to_the_number(public_id: UUID, version: int) -> Callable[[], None]:
        def step() -> None:
            locked = services.lock_case(actor, public_id, version)
            person = locked.participant
            unknown = Situation(None, None, None)
            facts = PersonFacts(person.first_name, person.last_name, number, None, None, unknown, Protection.NONE)
            correcting_person.correct_person(actor, locked, facts, WHY)

        return step

    refusals = at_once(app, [to_the_number(one.public_id, one.version) for one in (case, other)])
    assert [str(refusal) for refusal in refusals] == [
        "Numret är redan en annan deltagares. Kontrollera siffrorna, eller be systemförvaltaren om hjälp."
    ]
    db.session.expire_all()
    numbers = [one.participant.number.replace("-", "") for one in (case, other)]
    assert numbers.count(number.number) == 1


def test_a_number_that_cannot_be_is_named_at_its_field(counsellor: FlaskClient, case: Case) -> None:
    answer = counsellor.post(page_of(case), data=filled(case, personnummer="20200101-0000"))
    assert answer.status_code == 422
    assert 'id="personnummer-e"' in answer.text


def test_a_correction_that_changes_nothing_is_refused(counsellor: FlaskClient, case: Case) -> None:
    answer = counsellor.post(page_of(case), data=filled(case))
    assert answer.status_code == 422
    assert "Inget är ändrat." in answer.text


def test_a_correction_needs_its_reason(counsellor: FlaskClient, case: Case) -> None:
    answer = counsellor.post(page_of(case), data=filled(case, first_name="Amina", reason=""))
    assert answer.status_code == 422
    assert "Skriv varför uppgiften rättas." in answer.text


def test_who_opened_the_form_before_somebody_else_corrected_sees_it_first(counsellor: FlaskClient, case: Case) -> None:
    stale = filled(case, last_name="Ek")
    counsellor.post(page_of(case), data=filled(case, first_name="Amina"))
    assert counsellor.post(page_of(case), data=stale).status_code == 409
    db.session.refresh(case.participant)
    assert case.participant.name == "Amina Öberg"


def test_a_counsellor_who_says_that_somebody_is_protected_sees_the_case_no_more(
    app: Flask, counsellor: FlaskClient, case: Case
) -> None:
    assert case.social_worker is not None
    answer = counsellor.post(page_of(case), data=filled(case, protection="registration"), follow_redirects=True)
    assert answer.request.path == "/arenden"
    assert "Ärendet är skyddat. Be chefen om behörighet för att se det." in answer.text
    assert "Amin" not in answer.text
    db.session.refresh(case.participant)
    assert case.participant.protection == Protection.REGISTRATION
    assert case.events[-1].note == f"Rättade personuppgifter: skyddade personuppgifter. Skäl: {WHY}"
    worker = app.test_client()
    sign_in(worker, case.social_worker)
    html = worker.get(f"/arenden/{case.public_id}").text
    assert "<dt>Skydd</dt><dd>Skyddad folkbokföring</dd>" in html


def test_the_kind_of_protection_is_corrected_but_not_taken_away(app: Flask, case: Case) -> None:
    case.participant.protection = Protection.MARKING
    worker, client = factories.make_user(Role.COUNSELLOR, "AMC"), app.test_client()
    factories.let_in(worker, case)
    sign_in(client, worker)
    assert 'value="none"' not in client.get(page_of(case)).text
    assert client.post(page_of(case), data=filled(case, protection="none")).status_code == 422
    assert client.post(page_of(case), data=filled(case, protection="registration")).status_code == 303
    db.session.refresh(case.participant)
    assert case.participant.protection == Protection.REGISTRATION

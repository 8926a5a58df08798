"""The administration of users."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts import passwords
from caseflow.accounts.models import User
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.organisation import staff
from caseflow.organisation.staff import StaffInput
from caseflow.security.permissions import Role
from tests import factories
from tests.organisation.addresses import unit_address
from tests.signing_in import sign_in

FACTS = {"name": "Åsa Öberg", "username": "Asa.Oberg", "role": "counsellor", "unit": "AMC"}


def test_a_user_of_a_closed_unit_keeps_it_when_the_name_is_changed(client: FlaskClient, administrator: User) -> None:
    user = factories.make_user(Role.COUNSELLOR, "AMC")
    client.post(unit_address("AMC", "stang"))
    page = f"/forvaltning/anvandare/{user.public_id}"
    assert '<option selected value="AMC">' in client.get(page).text
    assert client.post(page, data={"name": "Ny Namnsson", "role": "counsellor", "unit": "AMC"}).status_code == 303
    db.session.refresh(user)
    assert (user.name, user.unit_label) == ("Ny Namnsson", "AMC")


def test_a_new_user_gets_a_one_time_password_that_is_shown_once(client: FlaskClient, administrator: User) -> None:
    answer = client.post("/forvaltning/anvandare/ny", data=FACTS)
    assert answer.status_code == 200
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", answer.text)
    user = db.session.scalars(select(User).where(User.username == "asa.oberg")).one()
    assert password is not None
    assert passwords.matches(user.password_hash, password[0])
    assert (user.name, user.role, user.unit_label, user.must_change_password) == (
        "Åsa Öberg",
        Role.COUNSELLOR,
        "AMC",
        True,
    )
    assert password[0] not in client.get(f"/forvaltning/anvandare/{user.public_id}").text


def test_a_taken_user_name_is_refused_and_what_was_written_stays(client: FlaskClient, administrator: User) -> None:
    client.post("/forvaltning/anvandare/ny", data=FACTS)
    answer = client.post("/forvaltning/anvandare/ny", data=FACTS)
    assert answer.status_code == 422
    assert "Användarnamnet asa.oberg finns redan" in answer.text
    assert 'value="Åsa Öberg"' in answer.text


@pytest.mark.parametrize(
    ("role", "unit", "sentence"),
    [
        ("counsellor", "AFI", "Välj en enhet som tar emot anvisningar"),
        ("counsellor", "", "Välj en enhet som tar emot anvisningar"),
        ("social_worker", "AMC", "Välj en enhet som anvisar"),
        ("social_worker", "", "Välj en enhet som anvisar"),
        ("administrator", "AMC", "Välj ingen enhet"),
        ("controller", "AMC", "Välj ingen enhet"),
    ],
)
def test_a_role_with_the_wrong_kind_of_unit_is_refused(
    client: FlaskClient, administrator: User, role: str, unit: str, sentence: str
) -> None:
    answer = client.post("/forvaltning/anvandare/ny", data={**FACTS, "role": role, "unit": unit})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(select(User).where(User.username == "asa.oberg")) is None


@pytest.mark.parametrize(("role", "unit"), [("manager", ""), ("manager", "AMC"), ("social_worker", "TuA")])
def test_a_role_with_a_fitting_unit_is_taken(client: FlaskClient, administrator: User, role: str, unit: str) -> None:
    assert client.post("/forvaltning/anvandare/ny", data={**FACTS, "role": role, "unit": unit}).status_code == 200


def test_a_changed_role_asks_for_a_new_sign_in(client: FlaskClient, app: Flask, administrator: User) -> None:
    other = factories.make_user(Role.ADMINISTRATOR, None)
    others_client = app.test_client()
    sign_in(others_client, other)
    assert others_client.get("/forvaltning/anvandare").status_code == 200
    answer = client.post(
        f"/forvaltning/anvandare/{other.public_id}", data={"name": other.name, "role": "controller", "unit": ""}
    )
    assert answer.status_code == 303
    assert others_client.get("/forvaltning/anvandare").status_code == 303
    sign_in(others_client, other)
    assert others_client.get("/forvaltning/anvandare").status_code == 403


def test_the_last_administrator_can_neither_be_demoted_nor_closed(client: FlaskClient, administrator: User) -> None:
    facts = {"name": administrator.name, "role": "controller", "unit": ""}
    answer = client.post(f"/forvaltning/anvandare/{administrator.public_id}", data=facts)
    assert answer.status_code == 422
    assert "är den enda systemförvaltaren" in answer.text
    client.post(f"/forvaltning/anvandare/{administrator.public_id}/stang")
    db.session.expire_all()
    assert (administrator.role, administrator.closed_at) == (Role.ADMINISTRATOR, None)


def test_a_closed_administrator_does_not_count_as_another(app: Flask) -> None:
    last = factories.make_user(Role.ADMINISTRATOR, None)
    closed = factories.make_user(Role.ADMINISTRATOR, None)
    closed.closed_at = datetime(2020, 11, 1, tzinfo=UTC)
    db.session.commit()
    with pytest.raises(RuleBroken, match="den enda systemförvaltaren"):
        staff.edit_user(last.actor, last.public_id, StaffInput(last.name, Role.CONTROLLER, None), last.version)


def test_two_administrators_cannot_close_each_other_at_once(app: Flask) -> None:
    users = [factories.make_user(Role.ADMINISTRATOR, None) for _ in range(2)]
    pairs = [(users[0].actor, users[1].public_id), (users[1].actor, users[0].public_id)]
    refused: list[str] = []
    together = threading.Barrier(2)

    def close(actor: object, user_id: int) -> None:
        with app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    staff.close_account(actor, user_id)  # type: ignore[arg-type]
            except RuleBroken as error:
                refused.append(error.message)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=close, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert sum(user.closed_at is None for user in users) == 1
    assert len(refused) == 1


def test_closing_an_account_signs_the_user_out(client: FlaskClient, app: Flask, administrator: User) -> None:
    user = factories.make_user(Role.CONTROLLER, None)
    users_client = app.test_client()
    sign_in(users_client, user)
    assert users_client.get("/min-sida").status_code == 200
    assert "Stäng kontot för" in client.get(f"/forvaltning/anvandare/{user.public_id}/stang").text
    client.post(f"/forvaltning/anvandare/{user.public_id}/stang")
    assert users_client.get("/min-sida").status_code == 303


def test_a_reopened_account_gets_a_new_one_time_password(client: FlaskClient, administrator: User) -> None:
    user = factories.make_user(Role.CONTROLLER, None)
    client.post(f"/forvaltning/anvandare/{user.public_id}/stang")
    answer = client.post(f"/forvaltning/anvandare/{user.public_id}/oppna")
    db.session.expire_all()
    assert "Engångslösenord" in answer.text
    assert user.is_active
    assert user.must_change_password


def test_a_reset_password_replaces_the_old_one_and_ends_the_sessions(client: FlaskClient, administrator: User) -> None:
    user = factories.make_user(Role.CONTROLLER, None)
    before = user.password_hash
    theirs = client.application.test_client()
    sign_in(theirs, user)
    answer = client.post(f"/forvaltning/anvandare/{user.public_id}/losenord")
    db.session.expire_all()
    assert "Engångslösenord" in answer.text
    assert user.password_hash != before
    assert theirs.get("/min-sida").status_code == 303


def test_the_services_refuse_everybody_but_an_administrator(app: Flask) -> None:
    actor = factories.make_user(Role.MANAGER, None).actor
    given = StaffInput("Namn", Role.CONTROLLER, None)
    for step in (
        lambda: staff.add_user(actor, "ny", given),
        lambda: staff.edit_user(actor, uuid4(), given, 0),
        lambda: staff.close_account(actor, uuid4()),
        lambda: staff.reopen_account(actor, uuid4()),
        lambda: staff.reset_password(actor, uuid4()),
    ):
        with pytest.raises(NotAllowed):
            step()


def test_users_are_sorted_in_swedish_and_filtered_by_role_and_account(client: FlaskClient, administrator: User) -> None:
    for name in ("Örjan Ek", "Åke Ek", "Ängla Ek", "Zeb Ek"):
        factories.make_user(Role.CONTROLLER, None, name)
    closed = factories.make_user(Role.CONTROLLER, None, "Borta Ek")
    closed.closed_at = datetime(2020, 11, 1, tzinfo=UTC)
    db.session.commit()
    text = client.get("/forvaltning/anvandare?roll=controller").text
    assert re.findall(r">([^<>]+ Ek)</a>", text) == ["Zeb Ek", "Åke Ek", "Ängla Ek", "Örjan Ek"]
    text = client.get("/forvaltning/anvandare?roll=controller&sort=-name").text
    assert re.findall(r">([^<>]+ Ek)</a>", text) == ["Örjan Ek", "Ängla Ek", "Åke Ek", "Zeb Ek"]
    assert re.findall(r">([^<>]+ Ek)</a>", client.get("/forvaltning/anvandare?stangda=1").text) == ["Borta Ek"]

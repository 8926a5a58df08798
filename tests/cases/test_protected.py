"""Protected persons: their cases are there for those alone who have been let in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import grants, services
from caseflow.cases.grant_models import CaseGrant, GrantKind
from caseflow.cases.models import Case
from caseflow.cases.queries import hidden_from, visible_to
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.extensions import db
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Actor, Role
from tests import factories
from tests.cases.case_client import address, sign_in
from tests.cases.list_client import SECRET, person
from tests.cases.referral_client import FILLED_IN, NEW_PERSON, shown_for
from tests.cases.test_two_at_once import at_once
from tests.looks import looks

PAGE = "/skyddade"


@pytest.fixture
def annika(app: Flask) -> User:
    return factories.make_user(Role.MANAGER, "AMC", "Annika Brodén")


@pytest.fixture
def case(app: Flask, maria: User) -> Case:
    """Referred by Maria to AMC, not accepted."""
    return factories.make_case(
        date(2020, 11, 10), social_worker=maria, participant=person(" ".join(SECRET), protected=True)
    )


def client_of(app: Flask, user: User) -> FlaskClient:
    return sign_in(app.test_client(), user)


def status(app: Flask, user: User, case: Case) -> int:
    return client_of(app, user).get(address(case)).status_code


def give(client: FlaskClient, case: Case, user: User, **values: object) -> int:
    form = {"user": str(user.public_id), "reason": "Ansvarig konsulent"} | values
    return client.post(f"{PAGE}/{case.public_id}/behorighet", data=form).status_code


def test_only_who_referred_sees_the_case_until_the_manager_lets_somebody_in(
    app: Flask, case: Case, karin: User, maria: User, annika: User
) -> None:
    colleague = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    everywhere = factories.make_user(Role.MANAGER, None)
    assert status(app, maria, case) == 200
    assert {status(app, user, case) for user in (karin, annika, colleague, everywhere)} == {404}
    assert give(client_of(app, annika), case, karin) == 303
    assert status(app, karin, case) == 200
    assert {status(app, user, case) for user in (annika, colleague, everywhere)} == {404}


def test_a_case_that_one_may_not_see_answers_as_one_that_is_not_there(app: Flask, case: Case, karin: User) -> None:
    client = client_of(app, karin)
    nowhere = "00000000-0000-4000-8000-000000000000"
    there, not_there = (
        re.sub(r'nonce="[^"]*"', "", client.get(f"/arenden/{public_id}").text).replace(public_id, "")
        for public_id in (str(case.public_id), nowhere)
    )
    assert there == not_there
    assert looks(AccessKind.REFUSED)[0].participant_id == case.participant_id


def test_lists_search_and_counts_leave_it_out_for_everybody_else(
    app: Flask, case: Case, karin: User, annika: User
) -> None:
    number = case.participant.number
    for user in (karin, annika):
        client = client_of(app, user)
        for page in ("/min-dag", "/arenden?status=alla", "/arenden/tavla", "/placeringar", "/anvisningar/mottagna"):
            assert case.number not in client.get(page).text, page
        for text in (number, case.number, " ".join(SECRET)):
            assert address(case) not in client.post("/sok", data={"q": text}).text
    factories.let_in(karin, case)
    assert case.number in client_of(app, karin).get("/arenden").text


def test_the_manager_sees_numbers_days_and_who_sees_the_case_but_nothing_of_the_person(
    app: Flask, case: Case, karin: User, maria: User, annika: User
) -> None:
    client = client_of(app, annika)
    html = client.get(PAGE).text
    assert case.number in html
    assert "Ingen på AMC ser ärendet" in html
    assert maria.name in html
    assert ">21<" in html
    for secret in (*SECRET, case.participant.number, str(case.participant.birth_on.year)):
        assert secret not in html
    give(client, case, karin)
    html = client.get(PAGE).text
    assert "Ingen på AMC ser ärendet" not in html
    assert karin.name in html


def test_another_units_manager_neither_sees_nor_grants(app: Flask, case: Case) -> None:
    stranger = factories.make_user(Role.MANAGER, "AMS")
    client, colleague = client_of(app, stranger), factories.make_user(Role.COUNSELLOR, "AMS")
    assert case.number not in client.get(PAGE).text
    assert client.get(f"{PAGE}/{case.public_id}/behorighet").status_code == 404
    assert give(client, case, colleague) == 404


def test_a_manager_cannot_let_themselves_in_but_another_can(app: Flask, case: Case, annika: User) -> None:
    other = factories.make_user(Role.MANAGER, "AMC")
    assert give(client_of(app, annika), case, annika) == 422
    assert status(app, annika, case) == 404
    assert give(client_of(app, other), case, annika) == 303
    assert status(app, annika, case) == 200


def test_nobody_is_let_in_before_somebody_is_chosen(app: Flask, case: Case, annika: User) -> None:
    client = client_of(app, annika)
    factories.make_user(Role.COUNSELLOR, "AMC")
    html = client.get(f"{PAGE}/{case.public_id}/behorighet").text
    assert re.findall(r"<option selected[^>]*>([^<]*)", html) == ["Välj person"]
    answer = client.post(f"{PAGE}/{case.public_id}/behorighet", data={"user": "", "reason": "Ansvarig"})
    assert answer.status_code == 422
    assert "Välj vem som får se ärendet." in answer.text


def test_a_manager_lets_in_the_own_units_staff_alone(app: Flask, case: Case, annika: User, maria: User) -> None:
    outsiders = [
        factories.make_user(Role.COUNSELLOR, "AMS"),
        factories.make_user(Role.SOCIAL_WORKER, "AFI"),
        factories.make_user(Role.CONTROLLER, None),
        factories.make_user(Role.ADMINISTRATOR, None),
    ]
    for user in outsiders:
        with pytest.raises(RuleBroken):
            grants.give(annika.actor, case.public_id, user, "Skäl", None)
    with pytest.raises(NotFound):
        grants.withdraw(annika.actor, case.public_id, grant_of(case, maria).public_id)


def grant_of(case: Case, user: User) -> CaseGrant:
    query = select(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.user_id == user.id)
    return db.session.scalars(query.order_by(CaseGrant.id.desc())).first() or pytest.fail("no grant")


def test_a_withdrawn_grant_ends_at_once_also_in_an_open_form(app: Flask, case: Case, karin: User, annika: User) -> None:
    grant, client = factories.let_in(karin, case), client_of(app, karin)
    assert client.get(address(case, "ta-emot")).status_code == 200
    withdrawn = client_of(app, annika).post(f"{PAGE}/{case.public_id}/behorighet/{grant.public_id}/dra-in")
    assert withdrawn.status_code == 303
    assert client.get(address(case)).status_code == 404
    answer = client.post(address(case, "anteckning"), data={"version": case.version, "note": "Hej"})
    assert answer.status_code == 404
    assert case.number not in client.get("/arenden").text
    # And can be given again.
    assert give(client_of(app, annika), case, karin) == 303
    assert client.get(address(case)).status_code == 200


def test_a_grant_ends_with_its_last_day(
    app: Flask, case: Case, karin: User, annika: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert give(client_of(app, annika), case, karin, until_on="2020-11-30") == 422
    assert give(client_of(app, annika), case, karin, until_on="2020-12-02") == 303
    seen = {}
    for day in ("2020-12-02", "2020-12-03"):
        monkeypatch.setenv("CASEFLOW_TODAY", day)
        seen[day] = karin_sees(case, karin)
    assert seen == {"2020-12-02": True, "2020-12-03": False}


def karin_sees(case: Case, karin: User) -> bool:
    return db.session.scalar(select(Case.id).where(Case.id == case.id, visible_to(karin.actor))) is not None


def test_a_case_is_not_handed_over_to_somebody_who_may_not_see_it(
    app: Flask, case: Case, karin: User, annika: User
) -> None:
    factories.let_in(karin, case)
    services.accept(karin.actor, case, date(2020, 11, 12))
    db.session.commit()
    colleague = factories.make_user(Role.COUNSELLOR, "AMC", "Kalle Kollega")
    client = client_of(app, karin)
    form = {"version": case.version, "counsellor": str(colleague.public_id)}
    answer = client.post(address(case, "byt-konsulent"), data=form)
    assert "Kalle Kollega får inte se det skyddade ärendet. Be chefen ge behörighet först." in answer.text
    factories.let_in(colleague, case, GrantKind.BREAK_GLASS, clock.now() + timedelta(hours=1))
    assert client.post(address(case, "byt-konsulent"), data=form).status_code != 303
    factories.let_in(colleague, case)
    assert client.post(address(case, "byt-konsulent"), data=form).status_code == 303


def test_whoever_becomes_protected_disappears_and_comes_back(app: Flask, karin: User, maria: User) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 5), karin, social_worker=maria)
    assert karin_sees(case, karin)
    case.participant.protected = True
    db.session.commit()
    assert not karin_sees(case, karin)
    case.participant.protected = False
    db.session.commit()
    assert karin_sees(case, karin)


def test_two_managers_at_once_give_one_grant(app: Flask, case: Case, karin: User, annika: User) -> None:
    managers = [annika.actor, factories.make_user(Role.MANAGER, "AMC").actor]
    case_id, karin_id = case.public_id, karin.id

    def give_by(manager: Actor) -> Callable[[], None]:
        return lambda: grants.give(manager, case_id, db.session.get_one(User, karin_id), "Ansvarig", None) and None

    refusals = at_once(app, [give_by(manager) for manager in managers])
    assert [refusal.message for refusal in refusals] == ["Karin Lindqvist har redan behörighet till ärendet."]
    db.session.expire_all()
    assert [one.user_id for one in grants.list_running([case.id])] == [karin.id, case.social_worker_id]


def test_one_manager_withdraws_while_another_grants_anew_and_somebody_goes_by_either(
    app: Flask, case: Case, karin: User, annika: User
) -> None:
    other = factories.make_user(Role.MANAGER, "AMC").actor
    manager, case_id, karin_id = annika.actor, case.public_id, karin.id
    grant_id = factories.let_in(karin, case).public_id

    def withdraw() -> None:
        grants.withdraw(manager, case_id, grant_id)

    def give_anew() -> None:
        grants.give(other, case_id, db.session.get_one(User, karin_id), "Ansvarig", None)

    refusals = at_once(app, [withdraw, give_anew, withdraw])
    # Refused where it came first: the old grant ran still. Never two that run, never a withdrawn one that does.
    db.session.expire_all()
    running = [one for one in grants.list_running([case.id]) if one.user_id == karin_id]
    assert len(running) == 1 - len(refusals)
    assert grant_id not in {one.public_id for one in running}


@pytest.mark.parametrize(
    "change",
    [{"unit": "AMS"}, {"role": Role.CONTROLLER, "unit": None}, {"closed_at": datetime(2020, 11, 30, tzinfo=UTC)}],
    ids=["another unit", "another role", "closed"],
)
def test_a_grant_is_none_for_who_has_left_the_unit(
    app: Flask, case: Case, karin: User, annika: User, change: dict[str, Any]
) -> None:
    factories.let_in(karin, case)
    for name, value in change.items():
        setattr(karin, name, factories.unit(value) if name == "unit" and value else value)
    db.session.commit()
    assert client_of(app, karin).get(address(case)).status_code != 200
    hidden = select(Case.id).where(Case.id == case.id, hidden_from(karin.actor))
    assert (db.session.scalar(hidden) == case.id) is karin.is_active
    assert [one.user_id for one in grants.list_running([case.id])] == [case.social_worker_id]
    html = client_of(app, annika).get(PAGE).text
    assert "Ingen på AMC ser ärendet" in html
    assert karin.name not in html


def test_the_case_page_says_who_may_see_it(app: Flask, case: Case, karin: User, maria: User) -> None:
    factories.let_in(karin, case)
    html = client_of(app, maria).get(address(case)).text
    assert "Vem får se ärendet" in html
    assert karin.name in html.partition("Vem får se ärendet")[2]


def test_who_refers_somebody_whose_protection_they_did_not_know_is_not_let_in_by_that(
    app: Flask, case: Case, maria: User
) -> None:
    services.withdraw(maria.actor, case, date(2020, 11, 20), "Fel enhet.")
    db.session.commit()
    stranger = factories.make_user(Role.SOCIAL_WORKER, "TuA", "Tora Berg")
    client = client_of(app, stranger)
    data = {"personnummer": case.participant.number, "look_up": "1"}
    form = {
        "personnummer": case.participant.number,
        "shown_for": shown_for(client.post("/anvisningar/ny", data=data).text),
    }
    sent = client.post("/anvisningar/ny", data=form | {"send": "1"} | FILLED_IN | NEW_PERSON)
    new = db.session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert new is not None
    assert new.participant_id == case.participant_id
    assert new.social_worker_id == stranger.id
    assert not any(secret in client.get(sent.location).text for secret in SECRET)
    assert client.get(address(new)).status_code == 404
    grants.let_referrers_in(case.participant_id)
    db.session.commit()
    assert client.get(address(new)).status_code == 404
    factories.let_in(stranger, new)
    assert client.get(address(new)).status_code == 200


def test_a_new_referral_of_somebody_protected_tells_no_more_than_the_number_said(
    app: Flask, case: Case, social_worker: FlaskClient
) -> None:
    stranger = client_of(app, factories.make_user(Role.SOCIAL_WORKER, "TuA"))
    data = {"personnummer": case.participant.number, "look_up": "1"}
    html = stranger.post("/anvisningar/ny", data=data).text
    assert "Ny deltagare" in html
    assert case.number not in html
    assert "Skyddade personuppgifter</h2>" not in html
    form = {"personnummer": case.participant.number, "shown_for": shown_for(html), "send": "1"}
    refused = stranger.post("/anvisningar/ny", data=form | FILLED_IN | NEW_PERSON).text
    assert "Deltagaren har redan ett ärende som du inte får se." in refused
    assert case.number not in refused
    assert case.number in social_worker.post("/anvisningar/ny", data=data).text

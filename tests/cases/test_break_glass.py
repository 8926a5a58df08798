"""Break-glass: a counsellor sees a protected case for an hour, the manager is told, the review asks why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import grants
from caseflow.cases.grant_models import CaseGrant, GrantKind
from caseflow.cases.models import Case
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.jobs.models import Job
from caseflow.privacy import review_draw
from caseflow.privacy.review_models import Reason
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import address, sign_in
from tests.cases.list_client import LIVE, SECRET, person
from tests.looks import looks
from tests.signing_in import let_pass

REASON = "Deltagaren står i receptionen"


@pytest.fixture
def case(app: Flask, maria: User) -> Case:
    """Referred by Maria to AMC, where nobody sees it."""
    return factories.make_case(
        date(2020, 11, 10), social_worker=maria, participant=person(" ".join(SECRET), protected=True)
    )


@pytest.fixture
def annika(app: Flask) -> User:
    return factories.make_user(Role.MANAGER, "AMC", "Annika Brodén")


def page(case: Case) -> str:
    return f"/skyddade/{case.public_id}/nodoppning"


def break_glass(client: FlaskClient, case: Case, reason: str = REASON) -> int:
    return client.post(page(case), data={"reason": reason}).status_code


def test_the_whole_number_tells_that_the_case_is_protected_and_nothing_else(
    counsellor: FlaskClient, case: Case
) -> None:
    number = case.participant.number
    for text in (number, case.number):
        for headers in ({}, LIVE):
            html = counsellor.post("/sok", data={"q": text}, headers=headers).text.replace(f'value="{text}"', "")
            assert "Ärendet är skyddat" in html
            assert page(case) in html
            assert not any(secret in html for secret in (*SECRET, number, case.number))
    for text in (SECRET[0], case.number[:-1], number[:-1]):
        assert "Ärendet är skyddat" not in counsellor.post("/sok", data={"q": text}).text
    asked = looks(AccessKind.LOOKED_UP_PERSON)
    assert {row.participant_id for row in asked} == {case.participant_id}


def test_only_a_counsellor_of_the_receiving_unit_can_break_the_glass(app: Flask, case: Case, annika: User) -> None:
    colleague = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    stranger = factories.make_user(Role.COUNSELLOR, "AMS")
    for user, refused in ((annika, 403), (colleague, 403), (stranger, 404)):
        client = sign_in(app.test_client(), user)
        assert "Ärendet är skyddat" not in client.post("/sok", data={"q": case.number}).text
        assert client.get(page(case)).status_code == refused
        assert break_glass(client, case) == refused
    assert db.session.scalar(select(CaseGrant.id).where(CaseGrant.kind == GrantKind.BREAK_GLASS)) is None


def test_it_takes_a_reason_and_lasts_an_hour(
    counsellor: FlaskClient, case: Case, karin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert break_glass(counsellor, case, "bråttom") == 422
    assert counsellor.get(address(case)).status_code == 404
    assert break_glass(counsellor, case) == 303
    assert counsellor.get(address(case)).status_code == 200
    grant = db.session.scalars(select(CaseGrant).where(CaseGrant.user_id == karin.id)).one()
    assert grant.until_at is not None
    for seconds, status in ((-1, 200), (0, 404)):
        now = grant.until_at + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        # Only the glass is to have grown old, not the session.
        sign_in(counsellor, karin)
        assert counsellor.get(address(case)).status_code == status


def test_it_asks_for_the_password_again_when_that_was_long_ago(counsellor: FlaskClient, case: Case) -> None:
    let_pass(16 * 60)
    assert counsellor.get(page(case)).status_code == 303
    assert break_glass(counsellor, case) == 403
    assert counsellor.get(address(case)).status_code == 404


def test_twice_within_the_hour_is_once(counsellor: FlaskClient, case: Case) -> None:
    assert [break_glass(counsellor, case) for _ in range(2)] == [303, 303]
    assert len(looks(AccessKind.BROKE_GLASS)) == 1


def test_the_manager_is_told_on_every_page_until_it_is_marked_as_seen(
    app: Flask, counsellor: FlaskClient, case: Case, annika: User
) -> None:
    manager = sign_in(app.test_client(), annika)
    other = sign_in(app.test_client(), factories.make_user(Role.MANAGER, "AMS"))
    notice = "1 skyddat ärende är nödöppnat."
    assert notice not in manager.get("/ledtider").text
    break_glass(counsellor, case)
    for address_of_page in ("/ledtider", "/arenden", "/min-sida"):
        assert notice in manager.get(address_of_page).text
        assert notice not in other.get(address_of_page).text
    html = manager.get("/skyddade").text
    assert REASON in html
    assert "Karin Lindqvist" in html
    # The case waits for the manager still.
    assert "Ingen på AMC ser ärendet" in html
    grant = grants.list_unseen(annika.actor)[0]
    seen = f"/skyddade/nodoppning/{grant.public_id}/sedd"
    assert other.post(seen).status_code == 404
    assert manager.post(seen).status_code == 303
    assert notice not in manager.get("/ledtider").text


def test_the_review_of_the_log_always_asks_about_it(
    counsellor: FlaskClient, case: Case, karin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_glass(counsellor, case)
    # So many other readings that need explaining that chance alone would hardly draw this one.
    monkeypatch.setattr(review_draw, "RISKY", 0)
    drawn = review_draw.draw(karin.unit_id, False, date(2020, 12, 1), "frö")
    glass = [one for one in drawn if one.kind == AccessKind.BROKE_GLASS]
    assert [one.participant_id for one in glass] == [case.participant_id]
    assert Reason.BROKE_GLASS.value in glass[0].reasons


def test_nothing_of_the_person_is_in_the_jobs_or_the_process_log(
    counsellor: FlaskClient, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    counsellor.post("/sok", data={"q": case.participant.number})
    break_glass(counsellor, case)
    counsellor.get(address(case))
    jobs = " ".join(f"{job.args} {job.key} {job.error}" for job in db.session.scalars(select(Job)))
    for secret in (*SECRET, case.participant.number, case.number, REASON):
        assert secret not in jobs
        assert secret not in caplog.text


def test_the_audit_says_who_broke_the_glass_and_why(counsellor: FlaskClient, case: Case, karin: User) -> None:
    break_glass(counsellor, case)
    row = looks(AccessKind.BROKE_GLASS)[0]
    assert (row.user_id, row.case_id, row.participant_id) == (karin.id, case.id, case.participant_id)
    assert row.detail.endswith(REASON)


def test_who_has_broken_the_glass_does_not_become_the_cases_counsellor_by_that(
    counsellor: FlaskClient, karin: User, case: Case
) -> None:
    assert break_glass(counsellor, case) == 303
    form = {"version": case.version, "on": "2020-11-20", "counsellor": str(karin.public_id)}
    answer = counsellor.post(address(case, "ta-emot"), data=form)
    assert "får inte se det skyddade ärendet. Be chefen ge behörighet först." in answer.text
    db.session.refresh(case)
    assert case.counsellor_id is None

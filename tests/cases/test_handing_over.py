"""Many cases handed over at once: all or none, each with its event."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.handing_over import HandOverRefused, hand_over_many
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, ExitOutcome
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.list_client import met
from tests.cases.test_two_at_once import at_once


@pytest.fixture
def johan(app: Flask) -> User:
    return factories.make_user(Role.COUNSELLOR, "AMC", "Johan Berg")


def ticked(*cases: Case) -> list[str]:
    return [f"{case.public_id}.{case.version}" for case in cases]


def hand_over(client: FlaskClient, to: User, boxes: list[str], reason: str = "Föräldraledighet") -> TestResponse:
    answer = client.post("/arenden/lamna-over", data={"arende": boxes, "counsellor": to.public_id, "reason": reason})
    db.session.expire_all()
    return answer


def times_handed_over(case: Case) -> int:
    return [event.kind for event in case.valid_events].count(EventKind.HANDED_OVER)


def test_the_ticked_cases_go_to_the_colleague_with_one_event_each_and_the_reason(
    counsellor: FlaskClient, karin: User, maria: User, johan: User
) -> None:
    cases = [met(karin, maria, f"Person {number}") for number in range(3)]
    db.session.commit()
    assert f'value="{ticked(cases[0])[0]}"' in counsellor.get("/arenden").text
    page = counsellor.get("/arenden/lamna-over", query_string={"arende": ticked(*cases[:2])}).text
    assert "Lämna över 2 ärenden" in page
    answer = hand_over(counsellor, johan, ticked(*cases[:2]))
    assert answer.status_code == 303
    assert [case.counsellor_id for case in cases] == [johan.id, johan.id, karin.id]
    assert [times_handed_over(case) for case in cases] == [1, 1, 0]
    assert cases[0].valid_events[-1].note == "Ny konsulent: Johan Berg. Föräldraledighet"


def test_a_colleague_of_the_same_name_can_take_the_cases(counsellor: FlaskClient, karin: User, maria: User) -> None:
    namesake = factories.make_user(Role.COUNSELLOR, "AMC", karin.name)
    case = met(karin, maria, "Person Ett")
    db.session.commit()
    page = counsellor.get("/arenden/lamna-over", query_string={"arende": ticked(case)}).text
    assert f'value="{namesake.public_id}"' in page
    assert f'value="{karin.public_id}"' not in page
    assert hand_over(counsellor, namesake, ticked(case)).status_code == 303
    assert case.counsellor_id == namesake.id


def test_one_case_in_the_way_is_named_and_nothing_is_handed_over(
    counsellor: FlaskClient, karin: User, maria: User, johan: User
) -> None:
    good, stale, closed = (met(karin, maria, name) for name in ("Ett Fall", "Ändrat Fall", "Stängt Fall"))
    db.session.commit()
    boxes = ticked(good, stale, closed)
    services.add_note(karin.actor, stale, "Ringde.")
    services.close(karin.actor, closed, date(2020, 11, 30), ExitOutcome.STUDIES, None)
    db.session.commit()
    boxes[2] = ticked(closed)[0]
    answer = hand_over(counsellor, johan, boxes)
    assert answer.status_code == 409
    assert f"Ärende {stale.number}: Någon har ändrat ärendet" in answer.text
    assert f"Ärende {closed.number}:" in answer.text
    assert f"Ärende {good.number}:" not in answer.text
    assert [case.counsellor_id for case in (good, stale, closed)] == [karin.id] * 3
    assert times_handed_over(good) == 0
    # The page now knows the present versions; the refused are no longer ticked.
    assert f'value="{ticked(good)[0]}" aria-label="Markera Ett Fall" checked' in answer.text
    assert f'value="{ticked(stale)[0]}" aria-label="Markera Ändrat Fall">' in answer.text


def test_a_case_of_another_unit_is_neither_shown_nor_handed_over(
    counsellor: FlaskClient, karin: User, maria: User, johan: User
) -> None:
    own = met(karin, maria, "Eget Fall")
    other = factories.make_case(date(2020, 11, 20), to_unit="AMS", social_worker=maria)
    db.session.commit()
    assert other.number not in counsellor.get(f"/arenden/lamna-over?arende={other.public_id}.1").text
    assert hand_over(counsellor, johan, ticked(own, other)).status_code == 409
    assert own.counsellor_id == karin.id


def test_a_reason_and_a_colleague_must_be_given(counsellor: FlaskClient, karin: User, maria: User, johan: User) -> None:
    case = met(karin, maria, "Ett Fall")
    db.session.commit()
    answer = hand_over(counsellor, johan, ticked(case), reason=" ")
    assert answer.status_code == 422
    assert "Skriv varför ärendena lämnas över." in answer.text
    assert case.counsellor_id == karin.id


def test_without_a_tick_one_is_asked_to_tick(counsellor: FlaskClient) -> None:
    answer = counsellor.get("/arenden/lamna-over?urval=over%3D1")
    assert answer.location == "/arenden?over=1"
    assert "Markera minst ett ärende i listan." in counsellor.get(answer.location).text


def test_two_who_hand_over_the_same_cases_at_once_do_it_once(app: Flask, karin: User, maria: User, johan: User) -> None:
    cases = [met(karin, maria, f"Person {number}") for number in range(4)]
    db.session.commit()
    versions = {case.public_id: case.version for case in cases}
    backwards = dict(reversed(versions.items()))
    actor, to, ids = karin.actor, johan.id, [case.id for case in cases]

    def step(wanted: dict[UUID, int]) -> None:
        colleague = db.session.get_one(User, to)
        hand_over_many(actor, wanted, colleague, "Ny fördelning")

    refusals = at_once(app, [lambda: step(versions), lambda: step(backwards)])
    assert [type(refusal) for refusal in refusals] == [HandOverRefused]
    db.session.expire_all()
    assert [times_handed_over(db.session.get_one(Case, case_id)) for case_id in ids] == [1, 1, 1, 1]


def test_a_refused_hand_over_leaves_no_event(app: Flask, karin: User, maria: User, johan: User) -> None:
    first, second = met(karin, maria, "Ett Fall"), met(johan, maria, "Johans Fall")
    db.session.commit()
    versions = {first.public_id: first.version, second.public_id: second.version}
    with pytest.raises(HandOverRefused) as refused, unit_of_work():
        hand_over_many(karin.actor, versions, johan, "Ny fördelning")
    [refusal] = refused.value.refusals
    assert (refusal.public_id, refusal.why) == (second.public_id, "Johan Berg är redan konsulent.")
    db.session.expire_all()
    assert times_handed_over(first) == 0

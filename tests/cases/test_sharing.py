"""What the receiving unit shares with the unit that refers: how it goes, not what it writes for itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import corrections, placements, services
from caseflow.cases.models import Case
from caseflow.cases.terms import ExitOutcome, PlacementKind
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import K, address, event_of, met_case, sign_in

# What AMC writes in the case, and what AFI does.
RECEIVERS = (
    "RECEIVER-NOTE",
    "RECEIVER-MEETING",
    "RECEIVER-FOLLOW-UP",
    "RECEIVER-END",
    "RECEIVER-VOID",
    "RECEIVER-EXIT",
)
REFERRERS = ("REFERRER-NOTE", "Behöver praktik")
STATUS = ("Praktik påbörjad", "Praktik avslutad", "Uppföljning", "Avslut: studier")
SCORED = ("Skattning 1", "Medelvärde")

Reads = Callable[[Role, str | None], str]


@pytest.fixture
def written(karin: User, maria: User) -> Case:
    """A case where both units have written."""
    case = met_case(karin, maria)
    meeting = event_of(case, K.FIRST_MEETING)
    corrections.correct_date(karin.actor, case, meeting, date(2020, 6, 28), "RECEIVER-VOID", "RECEIVER-MEETING")
    services.register_assessment(karin.actor, case, date(2020, 7, 1), {factories.areas()[0]: 3})
    services.register_follow_up(karin.actor, case, date(2020, 7, 20), "RECEIVER-FOLLOW-UP")
    services.add_note(karin.actor, case, "RECEIVER-NOTE")
    services.add_note(maria.actor, case, "REFERRER-NOTE")
    placement = factories.start_placement(case, date(2020, 8, 3))
    placements.end_placement(karin.actor, case, placement, date(2020, 9, 3), "RECEIVER-END")
    services.close(karin.actor, case, date(2020, 10, 1), ExitOutcome.STUDIES, None, note="RECEIVER-EXIT")
    db.session.commit()
    return case


@pytest.fixture
def page(app: Flask, written: Case) -> Reads:
    """The case's page and what is said of others' changes, as somebody of the role and unit reads them."""

    def read(role: Role, unit: str | None) -> str:
        client = sign_in(app.test_client(), factories.make_user(role, unit))
        asked = "?version=-1&opened_at=2000-01-01T00:00:00%2B00:00"
        return client.get(address(written)).text + client.get(address(written, "andringar") + asked).text

    return read


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.COUNSELLOR, "AMC"), (Role.MANAGER, "AMC"), (Role.MANAGER, None)], ids=str
)
def test_the_receiving_unit_reads_everything(page: Reads, role: Role, unit: str | None) -> None:
    html = page(role, unit)
    assert [words for words in (*RECEIVERS, *REFERRERS, *STATUS, *SCORED) if words not in html] == []


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.MANAGER])
def test_the_referring_unit_reads_how_it_goes_but_not_what_the_receiver_writes(page: Reads, role: Role) -> None:
    html = page(role, "AFI")
    assert [words for words in (*REFERRERS, *STATUS) if words not in html] == []
    assert [words for words in (*RECEIVERS, *SCORED) if words in html] == []
    assert "delas inte med enheten som anvisar" in html


def test_wage_costs_are_the_receivers(app: Flask, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    job = factories.start_placement(case, date(2020, 8, 3), PlacementKind.SUBSIDISED_EMPLOYMENT)
    placements.register_wage_cost(
        karin.actor, case, job, date(2020, 9, 1), Decimal(21_000), Decimal(15_000), Decimal(0)
    )
    db.session.commit()
    for user, seen in ((karin, True), (maria, False)):
        assert ("Lönekostnader" in sign_in(app.test_client(), user).get(address(case)).text) is seen


def test_why_a_referral_was_returned_is_told_to_the_one_who_referred(
    app: Flask, social_worker: FlaskClient, karin: User, maria: User
) -> None:
    case = factories.make_case(date(2020, 6, 11), social_worker=maria)
    services.return_referral(karin.actor, case, date(2020, 6, 15), "RETURN-REASON")
    db.session.commit()
    colleague = sign_in(app.test_client(), factories.make_user(Role.SOCIAL_WORKER, "AFI"))
    sent = "/anvisningar/skickade?visa=aterlamnade&vems=enheten"
    for path in (sent, address(case)):
        assert "RETURN-REASON" in social_worker.get(path).text
        other = colleague.get(path).text
        assert "Återlämnad" in other
        assert "RETURN-REASON" not in other

"""Targets and the time they are valid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.extensions import db
from caseflow.organisation import targets
from caseflow.organisation.models import Target
from caseflow.organisation.queries import list_targets
from caseflow.organisation.targets import TargetInput
from caseflow.security.permissions import SYSTEM, Role
from tests import factories


def target(value: int, valid_from: date, valid_to: date | None = None, measure: str = "W2") -> TargetInput:
    return TargetInput(measure, None, Decimal(value), "", valid_from, valid_to)


def test_a_new_target_ends_the_old_one_on_the_day_before_and_keeps_it(app: Flask) -> None:
    targets.set_target(SYSTEM, target(10, date(2019, 1, 1)))
    targets.set_target(SYSTEM, target(5, date(2020, 7, 1)))
    assert list_targets(["W2"], date(2020, 6, 30))["W2"].value == 10
    assert list_targets(["W2"], date(2020, 7, 1))["W2"].value == 5


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (date(2019, 6, 1), None),
        (date(2019, 12, 31), date(2020, 6, 30)),
        (date(2018, 1, 1), date(2019, 1, 1)),
        (date(2018, 1, 1), None),
    ],
)
def test_a_target_that_overlaps_a_dated_one_is_refused(app: Flask, valid_from: date, valid_to: date | None) -> None:
    targets.set_target(SYSTEM, target(10, date(2019, 1, 1), date(2019, 12, 31)))
    with pytest.raises(RuleBroken, match="från 2019-01-01 till 2019-12-31"):
        targets.set_target(SYSTEM, target(5, valid_from, valid_to))


def test_a_target_from_the_same_day_as_the_present_one_is_refused(app: Flask) -> None:
    targets.set_target(SYSTEM, target(10, date(2020, 1, 1)))
    with pytest.raises(RuleBroken, match="från 2020-01-01 tills vidare"):
        targets.set_target(SYSTEM, target(5, date(2020, 1, 1)))


def test_a_target_may_fill_the_time_beside_a_dated_one(app: Flask) -> None:
    targets.set_target(SYSTEM, target(10, date(2019, 1, 1), date(2019, 12, 31)))
    targets.set_target(SYSTEM, target(5, date(2020, 1, 1)))
    targets.set_target(SYSTEM, target(15, date(2018, 1, 1), date(2018, 12, 31)))
    days = (date(2018, 6, 1), date(2019, 6, 1), date(2020, 6, 1))
    assert [list_targets(["W2"], day)["W2"].value for day in days] == [15, 10, 5]


def test_a_unit_has_targets_of_its_own(app: Flask) -> None:
    targets.set_target(SYSTEM, target(10, date(2019, 1, 1)))
    own = TargetInput("W2", factories.unit("AMC"), Decimal(7), "", date(2019, 6, 1))
    targets.set_target(SYSTEM, own)
    assert list_targets(["W2"], date(2020, 1, 1))["W2"].value == 10


def test_an_ended_target_is_valid_to_its_last_day(app: Flask) -> None:
    row = targets.set_target(SYSTEM, target(10, date(2020, 1, 1)))
    targets.end_target(SYSTEM, row.public_id, date(2020, 6, 30), 0)
    assert "W2" in list_targets(["W2"], date(2020, 6, 30))
    assert "W2" not in list_targets(["W2"], date(2020, 7, 1))
    with pytest.raises(RuleBroken, match="slutar redan 2020-06-30"):
        targets.end_target(SYSTEM, row.public_id, date(2020, 12, 31), 1)
    with pytest.raises(RuleBroken, match="före starten 2020-01-01"):
        targets.end_target(SYSTEM, row.public_id, date(2019, 12, 31), 2)


def test_only_a_target_that_has_not_begun_can_be_taken_away(app: Flask) -> None:
    begun = targets.set_target(SYSTEM, target(10, date(2020, 12, 1)))
    coming = targets.set_target(SYSTEM, target(5, date(2020, 12, 2)))
    targets.remove_coming_target(SYSTEM, coming.public_id)
    with pytest.raises(RuleBroken, match="gäller redan"):
        targets.remove_coming_target(SYSTEM, begun.public_id)


def test_a_manager_cannot_change_targets(app: Flask) -> None:
    actor = factories.make_user(Role.MANAGER, None).actor
    with pytest.raises(NotAllowed):
        targets.set_target(actor, target(10, date(2020, 1, 1)))


def test_a_target_is_written_with_a_decimal_comma_and_shown_with_its_time(
    client: FlaskClient, administrator: User
) -> None:
    facts = {"measure": "W2", "unit": "", "value": "8,5", "wording": "", "valid_from": "2020-07-01", "valid_to": ""}
    assert client.post("/forvaltning/mal/nytt", data=facts).status_code == 303
    assert db.session.scalars(select(Target.value).where(Target.measure == "W2")).one() == Decimal("8.5")
    text = client.get("/forvaltning/mal").text
    assert "8,5 dagar" in text
    assert "2020-07-01, tills vidare" in text


def test_an_overlap_is_told_at_the_date_and_what_was_written_stays(client: FlaskClient, administrator: User) -> None:
    facts = {"measure": "F5", "unit": "", "value": "800", "valid_from": "2019-06-01"}
    answer = client.post("/forvaltning/mal/nytt", data=facts)
    assert answer.status_code == 422
    assert 'href="#valid_from"' in answer.text
    assert 'value="800"' in answer.text


@pytest.mark.parametrize("value", ["mycket", "NaN", "Infinity", "-1", "1e30"])
def test_a_value_that_is_no_number_of_days_is_refused(client: FlaskClient, administrator: User, value: str) -> None:
    facts = {"measure": "W2", "unit": "", "value": value, "valid_from": "2020-07-01"}
    assert client.post("/forvaltning/mal/nytt", data=facts).status_code == 422

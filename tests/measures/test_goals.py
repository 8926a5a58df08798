"""Targets, the colours that follow from them, and the colours that a controller chooses instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.terms import ExitOutcome, PlacementKind
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.extensions import db
from caseflow.measures import goal_services
from caseflow.measures.goal_services import GoalChoice
from caseflow.measures.indicators import Indicator, earlier_periods, list_indicators, value_of
from caseflow.measures.models import GoalOverride
from caseflow.measures.rules import Goal, assess
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.models import Target
from caseflow.organisation.queries import find_unit_cost
from caseflow.organisation.services import set_unit_cost
from caseflow.security.permissions import SYSTEM, Role
from caseflow.web.formatting import tal
from tests import factories
from tests.measures.doors import behind, doors_in
from tests.signing_in import sign_in

AUGUST = Selection(Period.year(2020), Cut(date(2020, 8, 31)))
YEAR_2019 = Selection(Period.year(2019), Cut(date(2020, 11, 30)))
ADDRESS = "/bedomningar/andra?matt=F5&ar=2020&brytdag=2020-08-31"
CHOSEN = {"chosen": "met", "comment": "Fler börjar i höst.", "seen": "0"}


@pytest.fixture
def controller(client: FlaskClient) -> User:
    return sign_in(client, factories.make_user(Role.CONTROLLER, None))


@pytest.mark.parametrize(
    ("value", "target", "higher", "goal"),
    [
        (777, 777, True, Goal.MET),
        (700, 777, True, Goal.PARTLY),
        (699, 777, True, Goal.NOT_MET),
        (15, 15, False, Goal.MET),
        (16.5, 15, False, Goal.PARTLY),
        (16.6, 15, False, Goal.NOT_MET),
        (None, 15, False, Goal.UNKNOWN),
        (14, None, False, Goal.UNKNOWN),
    ],
)
def test_a_figure_within_a_tenth_of_its_target_is_partly_met(
    value: float | None, target: float | None, higher: bool, goal: Goal
) -> None:
    assert assess(value, target, higher=higher) == goal


@pytest.mark.parametrize(
    ("words", "value", "before", "goal"),
    [
        ("ska öka", 310, 182, Goal.MET),
        ("Ska öka", 182, 182, Goal.NOT_MET),
        ("ska minska", 289, 406, Goal.MET),
        ("ska minska", 429, 299, Goal.NOT_MET),
        ("ska öka", 310, None, Goal.UNKNOWN),
    ],
)
def test_what_should_rise_or_fall_is_held_against_the_year_before(
    words: str, value: int, before: int | None, goal: Goal
) -> None:
    assert assess(value, 5, words, before, higher=True) == goal


def begin_placements(number: int, on: date) -> None:
    for _ in range(number):
        case = factories.make_met_case(on - timedelta(20), on - timedelta(10))
        factories.start_placement(case, on, PlacementKind.INTERNSHIP)


def indicator(key: str, selection: Selection) -> Indicator:
    return list_indicators(selection, [key])[0]


def set_target(measure: str, value: int, **facts: object) -> None:
    factories.save(Target(measure=measure, value=Decimal(value), valid_from=date(2015, 1, 1), **facts))


def test_a_part_of_the_year_is_held_against_as_large_a_part_of_the_target(app: Flask) -> None:
    db.session.execute(Target.__table__.delete())  # type: ignore[attr-defined]
    set_target("F5", 9)
    begin_placements(6, date(2020, 8, 3))
    # 244 of 366 days: 6 of 9 placements.
    assert indicator("F5", AUGUST).computed == Goal.MET
    whole = Selection(Period.year(2020), Cut(date(2020, 12, 31)))
    assert indicator("F5", whole).computed == Goal.NOT_MET


def test_the_target_is_that_of_the_last_day_counted(app: Flask) -> None:
    wanted = {
        (year, key): aim.value
        for year in (2019, 2020)
        for key in ("W1", "F5", "H1", "H2")
        if (aim := indicator(key, Selection(Period.year(year), Cut(date(2020, 11, 30)))).aim)
    }
    assert wanted == {
        (2019, "W1"): 15, (2020, "W1"): 5, (2019, "F5"): 677, (2020, "F5"): 777,
        (2019, "H1"): 2800, (2020, "H1"): 2700, (2019, "H2"): 1150, (2020, "H2"): 850,
    }  # fmt: skip
    assert [indicator(key, YEAR_2019).aim.wording for key in ("F2", "F3", "F4", "F6", "F7")] == [  # type: ignore[union-attr]
        "ska öka", "ska minska", "ska öka", "ska öka", "ska öka",
    ]  # fmt: skip
    assert indicator("F2", Selection(Period.year(2018), Cut(date(2020, 11, 30)))).aim is None


def test_a_units_own_target_goes_first_and_a_count_of_one_unit_is_not_held_against_that_of_all(app: Flask) -> None:
    amc, ams = (Selection(Period.year(2020), AUGUST.cut, Filter(unit=factories.unit(code))) for code in ("AMC", "AMS"))
    assert (indicator("F5", amc).aim, indicator("W1", amc).aim.value) == (None, 5)  # type: ignore[union-attr]
    set_target("F5", 40, unit_id=factories.unit("AMC").id)
    assert indicator("F5", amc).aim.value == 40  # type: ignore[union-attr]
    assert indicator("F5", ams).aim is None
    assert indicator("F5", AUGUST).aim.value == 777  # type: ignore[union-attr]


def test_the_years_before_and_the_same_part_of_the_last(app: Flask) -> None:
    assert earlier_periods(Selection(Period.year(2020), Cut(date(2020, 2, 29)))) == [
        Period(date(2019, 1, 1), date(2019, 2, 28)), Period.year(2019), Period.year(2018),
    ]  # fmt: skip
    begin_placements(1, date(2019, 3, 4))
    begin_placements(2, date(2019, 11, 4))
    begin_placements(4, date(2020, 5, 4))
    found = indicator("F5", AUGUST)
    assert [value_of(one) for one in (found.now, found.last_year, *found.years)] == [4, 1, 3, None]


def test_exits_per_million_need_the_cost_of_every_unit_and_a_whole_year(app: Flask) -> None:
    counsellor = factories.make_user()
    for _ in range(3):
        case = factories.make_met_case(date(2019, 2, 1), date(2019, 2, 4), counsellor)
        services.close(counsellor.actor, case, date(2019, 6, 3), ExitOutcome.WORK, None)
    amc = factories.unit("AMC")
    set_unit_cost(SYSTEM, "AMC", 2019, Decimal(2_000_000))
    db.session.commit()
    before = clock.now()
    found = indicator("F7", YEAR_2019).now
    assert found is not None
    assert (found.of(amc.id).value, found.total.value) == (1.5, None)
    for code in ("AMS", "OSA"):
        set_unit_cost(SYSTEM, code, 2019, Decimal(500_000))
    standing = find_unit_cost(amc, 2019)
    assert standing is not None
    set_unit_cost(SYSTEM, "AMC", 2019, Decimal(1_000_000), standing.id)
    db.session.commit()
    found = indicator("F7", YEAR_2019).now
    assert found is not None
    assert (found.of(amc.id).value, found.total.value) == (3, 1.5)
    assert found.of(factories.unit("AMS").id).value == 0
    known = indicator("F7", Selection(Period.year(2019), Cut(date(2020, 11, 30), before))).now
    assert known is not None
    assert known.of(amc.id).value == 1.5
    part = indicator("F7", Selection(Period.year(2019), Cut(date(2019, 12, 30)))).now
    assert part is not None
    assert part.of(amc.id).value is None


def test_a_chosen_colour_stands_beside_the_computed_one_and_holds_for_its_own_cut_off(
    app: Flask, controller: User
) -> None:
    choice = GoalChoice(Goal.MET, "Fler börjar i höst.")
    override = goal_services.choose_goal(controller.actor, "F5", AUGUST, choice)
    db.session.commit()
    assert (override.computed, override.chosen) == (Goal.UNKNOWN, Goal.MET)
    found = indicator("F5", AUGUST)
    assert (found.computed, found.colour) == (Goal.UNKNOWN, Goal.MET)
    later = indicator("F5", Selection(Period.year(2020), Cut(date(2020, 9, 30))))
    assert later.override is None
    amc = Selection(AUGUST.period, AUGUST.cut, Filter(unit=factories.unit("AMC")))
    assert indicator("F5", amc).override is None
    before = Selection(AUGUST.period, Cut(AUGUST.cut.as_of, override.recorded_at - timedelta(seconds=1)))
    assert indicator("F5", before).override is None


def test_a_withdrawn_colour_is_still_known_as_it_was(app: Flask, controller: User) -> None:
    override = goal_services.choose_goal(controller.actor, "F5", AUGUST, GoalChoice(Goal.MET, "Snart."))
    db.session.commit()
    seen_at = clock.now()
    goal_services.withdraw_goal(controller.actor, "F5", AUGUST, override.id)
    db.session.commit()
    assert indicator("F5", AUGUST).override is None
    then = Selection(AUGUST.period, Cut(AUGUST.cut.as_of, seen_at))
    assert indicator("F5", then).colour == Goal.MET


def test_only_a_controller_chooses_and_never_without_a_comment(app: Flask, controller: User) -> None:
    choose: Callable[..., GoalOverride] = goal_services.choose_goal
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            choose(factories.make_user(role, None).actor, "F5", AUGUST, GoalChoice(Goal.MET, "x"))
    with pytest.raises(RuleBroken):
        choose(controller.actor, "F5", AUGUST, GoalChoice(Goal.MET, "  "))
    with pytest.raises(RuleBroken):
        choose(controller.actor, "stage:referred", AUGUST, GoalChoice(Goal.MET, "x"))


def overrides() -> list[tuple[str, bool]]:
    rows = db.session.scalars(select(GoalOverride).order_by(GoalOverride.id).execution_options(populate_existing=True))
    return [(row.comment, row.voided_at is None) for row in rows]


def test_the_form_saves_once_however_often_it_is_sent(client: FlaskClient, controller: User) -> None:
    assert "Färg enligt regeln" in client.get(ADDRESS).text
    for _ in range(2):
        assert client.post(ADDRESS, data=CHOSEN).status_code == 303
    assert overrides() == [("Fler börjar i höst.", True)]
    page = client.get("/bedomningar?ar=2020&brytdag=2020-08-31").text
    assert "Fler börjar i höst." in page
    assert "Fler börjar i höst." not in client.get("/bedomningar?ar=2020&brytdag=2020-09-30").text


def test_a_form_opened_before_somebody_elses_choice_is_refused_and_keeps_what_was_written(
    client: FlaskClient, controller: User
) -> None:
    client.post(ADDRESS, data=CHOSEN)
    answer = client.post(ADDRESS, data={"chosen": "not", "comment": "Nej, för få.", "seen": "0"})
    assert answer.status_code == 422
    assert "Någon har ändrat bedömningen" in answer.text
    assert "Nej, för få." in answer.text
    assert overrides() == [("Fler börjar i höst.", True)]
    [seen] = re.findall(r'name="seen"[^>]* value="(\d+)"', answer.text)[:1]
    again = client.post(ADDRESS, data={"chosen": "not", "comment": "Nej, för få.", "seen": seen})
    assert again.status_code == 303
    assert overrides() == [("Fler börjar i höst.", False), ("Nej, för få.", True)]


def test_the_rule_holds_again_when_the_choice_is_withdrawn(client: FlaskClient, controller: User) -> None:
    client.post(ADDRESS, data=CHOSEN)
    standing = db.session.scalars(select(GoalOverride.id)).one()
    for _ in range(2):
        answer = client.post(ADDRESS, data={"step": "withdraw", "seen": str(standing)})
        assert answer.status_code == 303
    assert overrides() == [("Fler börjar i höst.", False)]


def test_a_form_that_is_not_filled_in_says_what_is_missing(client: FlaskClient, controller: User) -> None:
    answer = client.post(ADDRESS, data={"comment": ""})
    assert answer.status_code == 422
    assert "Välj en färg." in answer.text
    assert "Skriv varför färgen ska vara en annan." in answer.text
    assert client.get("/bedomningar/andra?matt=finns-inte").status_code == 303


def test_each_value_opens_the_rows_it_counts(client: FlaskClient, controller: User) -> None:
    for days in (10, 20):
        case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 1) + timedelta(days), programmes=["visa"])
        factories.start_placement(case, date(2020, 7, 1))
    assert case.counsellor
    services.close(case.counsellor.actor, case, date(2020, 8, 3), ExitOutcome.WORK, None)
    db.session.commit()
    doors = doors_in(client.get("/bedomningar?ar=2020&brytdag=2020-08-31&enhet=AMC").text)
    opened = {address.partition("matt=")[2].partition("&")[0]: (text, address) for text, address in doors}
    assert {opened[key][0] for key in ("F2", "F5", "W3")} == {"1 avslut", "2 placeringar", "15,0 dagar"}
    for text, address in doors:
        value = behind(client, address).value
        assert value is not None
        assert text.startswith(tal(value, 1 if "," in text else 0)), address

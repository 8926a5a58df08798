"""Stages, stock and flow in SQL are those of the rules' own replay, on every day of random walks through the flow."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import select

from caseflow.cases import rules
from caseflow.cases.models import Case
from caseflow.cases.rules import OPEN
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.periods import age_on
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.flow import Flow, flow
from caseflow.measures.flow_measures import DAYS, IN, OUT, STAY, STEP, STEPS, STOCK, WHOLE, step_part
from caseflow.measures.flow_stages import CLOSED_STAGES, FIXED, MOVING, OPEN_STAGES, stays
from caseflow.measures.measure import COLUMNS
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import Ages, Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_unit
from tests import factories
from tests.measures import histories, oracle, walks
from tests.measures.test_oracle import days, instant, randoms, some
from tests.measures.test_oracle import world as world

FROM, TO = date(2019, 9, 1), date(2020, 8, 31)
PERIOD = Period(FROM, TO)
few = settings(some, max_examples=4)


def every_day(first: date = FROM, last: date = TO) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def fill(rng: Random, world: histories.World, corrected: int = 0) -> list[Case]:
    """Legal walks, and households whose dates have been corrected since."""
    histories.empty()
    histories.write(rng, world, corrected)
    walks.write(rng, world, 14)
    return list(db.session.scalars(select(Case)))


def is_legal(case: Case, as_of: date, known_at: datetime | None) -> bool:
    """Whether the case's dates, as known then, are in an order that the rules allow."""
    try:
        rules.replay(event.fact for event in oracle.facts_of(case, as_of, known_at))
    except RuleBroken:
        return False
    return True


def stages_of(case: Case, as_of: date, known_at: datetime | None) -> dict[date, Stage]:
    """Where the rules say that the case stood, on every day from the first fact to the cut-off."""
    facts = [event.fact for event in oracle.facts_of(case, as_of, known_at)]
    if not facts:
        return {}
    first = min(fact.on for fact in facts)
    return {day: rules.replay(fact for fact in facts if fact.on <= day).stage for day in every_day(first, as_of)}


def rows_of(key: str, selection: Selection) -> list[Any]:
    return list(db.session.execute(get_measure(key).rows(selection)))


@few
@given(rng=randoms, as_of=days, known_on=days)
def test_the_stages_are_those_of_the_replay_on_every_day(
    world: histories.World, rng: Random, as_of: date, known_on: date
) -> None:
    known_at = instant(rng.choice([None, known_on]))
    cases = [case for case in fill(rng, world, corrected=6) if is_legal(case, as_of, known_at)]
    assert len(cases) >= 14
    found: dict[int, dict[date, Stage]] = {case.id: {} for case in cases}
    for stay in db.session.execute(select(stays(Selection(PERIOD, Cut(as_of, known_at))))):
        last_on = stay.left_on - timedelta(1) if stay.left_on else as_of
        assert stay.came_on <= last_on
        found.setdefault(stay.case_id, {}).update(dict.fromkeys(every_day(stay.came_on, last_on), stay.stage))
    for case in cases:
        assert found[case.id] == stages_of(case, as_of, known_at)


@few
@given(rng=randoms, as_of=days)
def test_stock_and_flow_are_those_of_the_replay(world: histories.World, rng: Random, as_of: date) -> None:
    chosen = rng.choice([Filter(), Filter(sex=Sex.WOMAN), Filter(unit=get_unit("AMC")), Filter(ages=Ages(30, 45))])
    cases = [case for case in fill(rng, world) if _is_chosen(case, chosen, min(TO, as_of))]
    stages = {case.id: stages_of(case, as_of, None) for case in cases}
    found = flow(Selection(PERIOD, Cut(as_of), chosen))
    steps: Counter[tuple[Stage, Stage]] = Counter()
    for day in every_day(FROM, min(TO, as_of)):
        stands = [of_case.get(day, Stage.NEW) for of_case in stages.values()]
        stood = [of_case.get(day - timedelta(1), Stage.NEW) for of_case in stages.values()]
        for stage in OPEN_STAGES:
            assert found.stream(stage).stock[day] == stands.count(stage)
        assert found.stream().stock[day] == sum(stage in OPEN for stage in stands)
        steps.update(pair for pair in zip(stood, stands, strict=True) if pair[0] != pair[1] and pair[1] != Stage.NEW)
    assert {(step.before, step.stage): step.n for step in found.steps()} == steps
    by_unit = Counter(step.stage for of_unit in found.referred_by().values() for step in of_unit for _ in range(step.n))
    assert by_unit == Counter({stage: n for (before, stage), n in steps.items() if before is Stage.NEW})


def _is_chosen(case: Case, chosen: Filter, on: date) -> bool:
    person, unit = case.participant, chosen.unit
    return (
        (chosen.sex is None or person.sex == chosen.sex)
        and (unit is None or unit.id in (case.from_unit_id, case.to_unit_id))
        and (chosen.ages is None or 30 <= age_on(person.birth_on, on) <= 45)
    )


@few
@given(rng=randoms, as_of=days)
def test_the_stock_is_that_of_the_day_before_and_what_came_less_what_left(
    world: histories.World, rng: Random, as_of: date
) -> None:
    fill(rng, world)
    found = flow(Selection(PERIOD, Cut(as_of)))
    for stage in (None, *OPEN_STAGES):
        every = found.stream(stage)
        before = every.at_start
        for day in every_day(FROM, min(TO, as_of)):
            assert every.stock[day] == before + every.came[day] - every.left[day]
            before = every.stock[day]
        of_sex = [found.stream(stage, sex) for sex in Sex]
        assert before == sum(one.at_end_of(min(TO, as_of)) for one in of_sex)
    in_stages = sum(found.stream(stage).at_end_of(TO) for stage in OPEN_STAGES)
    assert found.stream().at_end_of(TO) == in_stages


@few
@given(rng=randoms, as_of=days)
def test_the_rows_behind_are_those_that_the_figures_count(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world)
    selection = Selection(PERIOD, Cut(as_of), rng.choice([Filter(), Filter(sex=Sex.MAN, ages=Ages(30, None))]))
    found = flow(selection)
    for stage in (None, *rng.sample(OPEN_STAGES, 2)):
        assert_rows_agree(found, selection.only(part=stage or WHOLE), stage)
    for stage in CLOSED_STAGES:
        came = len(rows_of(IN, selection.only(part=stage)))
        assert came == sum(step.n for step in found.steps() if step.stage is stage)
    counted = {step_part(step.before, step.stage): step.n for step in found.steps()}
    for pair in rng.sample(STEPS, 10):
        assert len(rows_of(STEP, selection.only(part=step_part(*pair)))) == counted.get(step_part(*pair), 0)


def assert_rows_agree(found: Flow, selection: Selection, stage: Stage | None) -> None:
    stream, last_on = found.stream(stage), found.days.to_on
    assert len(rows_of(STOCK, selection)) == stream.at_end_of(last_on)
    assert len(rows_of(IN, selection)) == stream.came_in(PERIOD)
    assert len(rows_of(OUT, selection)) == stream.left_in(PERIOD) == len(rows_of(STAY, selection))
    was = rows_of(DAYS, selection)
    assert len(was) == stream.at_start + stream.came_in(PERIOD)
    assert sum(row.value for row in was) == sum(stream.stock.values())
    month = Period(date(2020, 2, 1), date(2020, 2, 29)).until(last_on)
    if month.from_on <= month.to_on:
        within = selection.only(within=month)
        assert len(rows_of(STOCK, within)) == stream.at_end_of(month.to_on)
        assert len(rows_of(IN, within)) == stream.came_in(month)


def test_every_kind_that_leads_somewhere_is_read_from_the_table_of_the_flow() -> None:
    dependent = {
        EventKind.PLACEMENT_STARTED,
        EventKind.PLACEMENT_ENDED,
        EventKind.EXITED,
        EventKind.REOPENED,
    }
    assert {*FIXED, *dependent} == set(MOVING)
    assert all(FIXED[kind] == rules.TRANSITIONS[kind].leads_to for kind in FIXED)
    assert all(rules.TRANSITIONS[kind].leads_to is None for kind in EventKind if kind not in MOVING)


def test_a_day_counts_where_the_case_stands_when_it_is_over(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 3))
    factories.start_placement(case, date(2020, 3, 2), PlacementKind.INTERNSHIP)
    factories.start_placement(case, date(2020, 3, 2), PlacementKind.SUBSIDISED_EMPLOYMENT)
    found = flow(Selection(Period.year(2020), Cut(date(2020, 12, 1))))
    steps = [(step.before, step.stage, step.n) for step in found.steps()]
    assert steps == [(Stage.NEW, Stage.ASSESSMENT, 1), (Stage.ASSESSMENT, Stage.EMPLOYMENT, 1)]
    assert list(found.referred_by()) == ["AFI"]


def test_each_row_says_where_the_case_came_from_and_went(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10))
    factories.start_placement(case, date(2020, 3, 2))
    selection = Selection(Period.year(2020), Cut(date(2020, 12, 1)), part=Stage.ASSESSMENT)
    [came], [left] = rows_of(IN, selection), rows_of(STAY, selection)
    assert (came.day, came.why) == (
        date(2020, 2, 10),
        "Ärendet blev i etappen kartläggning i perioden och kom från mottagen.",
    )
    assert (left.day, left.value) == (date(2020, 3, 2), 21)
    assert left.why == "Ärendet var i etappen kartläggning och gick i perioden vidare till praktik."
    [stands] = rows_of(STOCK, selection.only(part=Stage.PLACEMENT))
    assert stands.why == "Ärendet var i etappen praktik när 2020-12-01 var slut."


def test_every_measure_of_the_flow_has_the_columns_of_a_measure(app: Flask) -> None:
    selection = Selection(Period.year(2020), Cut(date(2020, 12, 1)))
    for key in (STOCK, IN, OUT, DAYS, STAY, STEP):
        for part, _ in get_measure(key).parts:
            rows = get_measure(key).rows(selection.only(part=part))
            assert tuple(rows.selected_columns.keys()) == COLUMNS


def test_a_stage_that_does_not_exist_is_said_so(app: Flask) -> None:
    selection = Selection(Period.year(2020), Cut(date(2020, 12, 1)), part="exit_work")
    for key in (STOCK, STEP):
        with pytest.raises(NotFound):
            get_measure(key).rows(selection)

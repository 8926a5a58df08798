"""The SQL agrees with the slow oracle on random histories, for any cut-off day and any day of knowledge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.core import clock
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import services
from caseflow.measures.models import CaseWait
from caseflow.measures.programme import programme_report
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.measures.wait_figures import WaitFigures
from caseflow.organisation.models import Workplace
from caseflow.organisation.queries import get_programme, list_units
from caseflow.organisation.rules import UnitKind
from caseflow.people.models import AssistancePayment, Participant
from tests import factories
from tests.measures import histories, oracle

FROM, TO = date(2019, 7, 1), date(2020, 9, 30)
# A seed decides the whole history: Hypothesis need not carry it draw by draw.
randoms = st.integers(0, 2**32).map(Random)
days = st.dates(date(2019, 3, 1), date(2020, 12, 1))
# No shrinking: another seed is another history, not a smaller one.
some = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def world(app: Flask) -> histories.World:
    owner = factories.make_workplace("Återbruket", "Tekniska verken").employer
    development = factories.save(Workplace(name="Återbruket", employer=owner, known_since_at=factories.LONG_AGO))
    return histories.World(
        referring=list_units(UnitKind.REFERS)[:2],
        receiving=list_units(UnitKind.RECEIVES),
        programmes=[get_programme("500-uppdraget"), get_programme("VISA")],
        workplaces=[factories.make_workplace(), development],
    )


def fill(rng: Random, world: histories.World, households: int = 12) -> list[Case]:
    histories.empty()
    histories.write(rng, world, households)
    query = select(Case).options(
        selectinload(Case.events).selectinload(CaseEvent.placement).selectinload(Placement.wage_costs),
        selectinload(Case.programmes),
        selectinload(Case.participant).selectinload(Participant.household),
        selectinload(Case.from_unit),
        selectinload(Case.to_unit),
    )
    return list(db.session.scalars(query))


def instant(day: date | None) -> datetime | None:
    return None if day is None else histories.noon(day) + timedelta(hours=1)


def assert_agrees(found: WaitFigures, expected: dict[str, object], where: str) -> None:
    for key, value in expected.items():
        assert getattr(found, key) == pytest.approx(value), f"{where} {key}"


@some
@given(rng=randoms, as_of=days, known_on=st.none() | days, programme=st.booleans())
def test_every_wait_agrees_per_sex_and_unit(
    world: histories.World, rng: Random, as_of: date, known_on: date | None, programme: bool
) -> None:
    cases = fill(rng, world)
    known_at = instant(known_on)
    code = "visa" if programme else None
    chosen = Filter(programme=get_programme("VISA") if programme else None)
    of_cases = [
        oracle.waits_of(case, as_of, known_at) for case in cases if oracle.in_programme(case, code, as_of, known_at)
    ]
    for wait in Wait:
        waits = [of_case[wait] for of_case in of_cases if wait in of_case]
        if wait is Wait.W7:
            waits = oracle.once_per_household(waits)
        report = wait_report(wait, Period(FROM, TO), Cut(as_of, known_at), chosen)
        assert_agrees(report.all_units.total, oracle.figures(wait, waits, FROM, TO, as_of), wait)
        for sex, figures in ((Sex.WOMAN, report.all_units.women), (Sex.MAN, report.all_units.men)):
            group = [one for one in waits if one.case.participant.sex == sex]
            assert_agrees(figures, oracle.figures(wait, group, FROM, TO, as_of), f"{wait} {sex}")
        for unit, group_figures in report.units.items():
            group = [one for one in waits if _unit(one, wait) == unit]
            assert_agrees(group_figures.total, oracle.figures(wait, group, FROM, TO, as_of), f"{wait} {unit}")


def _unit(wait: oracle.OneWait, name: Wait) -> str:
    return wait.case.from_unit.code if name.of_referrer else wait.case.to_unit.code


@some
@given(rng=randoms)
def test_the_computed_rows_are_those_of_the_oracle_and_a_second_run_changes_nothing(
    world: histories.World, rng: Random
) -> None:
    cases = fill(rng, world)
    today = clock.today()
    expected = {
        (case.id, name): (wait.began_on, wait.ended_on, wait.stopped_on)
        for case in cases
        for name, wait in oracle.waits_of(case, today, None).items()
    }
    services.rebuild_waits()
    assert stored() == expected
    for case in cases[:5]:
        services.renew_case(case.id)
    services.rebuild_waits()
    assert stored() == expected
    period = Period(FROM, TO)
    for wait in Wait:
        kept = wait_report(wait, period, Cut(today), computed=True)
        assert kept == wait_report(wait, period, Cut(today))
    db.session.rollback()


def stored() -> dict[tuple[int, str], tuple[date | None, date | None, date | None]]:
    rows = db.session.scalars(select(CaseWait).execution_options(populate_existing=True))
    return {(row.case_id, row.wait.value): (row.began_on, row.ended_on, row.stopped_on) for row in rows}


@some
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_the_kronor_of_a_programme_agree(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases = fill(rng, world)
    known_at = instant(known_on)
    code = "500-uppdraget"
    report = programme_report(get_programme(code), Cut(as_of, known_at))
    out = oracle.households_left(cases, code, as_of, known_at)
    payments = [
        row
        for row in db.session.scalars(select(AssistancePayment))
        if oracle.is_known(row, known_at) and row.month_on <= as_of
    ]
    # The month of the cut-off counts when it has ended.
    last_month = oracle.number_of(as_of) - (0 if (as_of + timedelta(1)).day == 1 else 1)
    avoided: dict[int, Decimal] = {}
    lowered, unknown, wholly = Decimal(0), 0, 0
    for left in out:
        of_household = [row for row in payments if ("household", row.household_id) == left.key]
        by_year, less = oracle.kronor(left, of_household, last_month)
        unknown += less is None
        wholly += less is not None and left.wholly
        lowered += less or Decimal(0)  # type: ignore[operator]
        for year, amount in by_year.items():
            avoided[year] = avoided.get(year, Decimal(0)) + amount
    assert (len(report.households), len(report.unknown), len(report.wholly)) == (len(out), unknown, wholly)
    assert {year: kr for year, kr in report.avoided_kr.items() if kr} == pytest.approx(avoided, abs=Decimal("0.006"))
    assert report.topup_month_kr == pytest.approx(lowered, abs=Decimal("0.006"))
    assert sum(report.avoided_kr.values()) == pytest.approx(sum(kr for _, kr in report.by_month), abs=Decimal("0.02"))
    months = [oracle.length("W7", left.since, left.on) for left in out if left.since and left.since <= left.on]
    assert sorted(report.months_on_assistance) == sorted(months)


@some
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_the_places_of_a_programme_count_each_participant_once_at_the_first(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases = fill(rng, world)
    known_at = instant(known_on)
    code = "500-uppdraget"
    report = programme_report(get_programme(code), Cut(as_of, known_at))
    first: dict[int, CaseEvent] = {}
    for case in sorted(cases, key=lambda case: case.id):
        for event in oracle.facts_of(case, as_of, known_at):
            if event.kind == "placement_started" and oracle.in_programme(case, code, event.occurred_on, known_at):
                seen = first.get(case.participant_id)
                if seen is None or event.occurred_on < seen.occurred_on:
                    first[case.participant_id] = event
    for year in (2018, 2019, 2020):
        for sex in Sex:
            events = [
                event
                for event in first.values()
                if event.occurred_on.year == year and event.case.participant.sex == sex
            ]
            development = [event for event in events if event.placement and event.placement.kind == "development_place"]
            at_reuse = [event for event in development if event.placement.workplace.name == "Återbruket"]  # type: ignore[union-attr]
            found = [report.placed(row, year, sex) for row in ("total", "development_place", "of_which")]
            assert found == [len(events), len(development), len(at_reuse)]
    wages = sum(
        cost.wage_kr
        for case in cases
        for event in oracle.facts_of(case, as_of, known_at)
        if event.kind == "placement_started" and event.placement and oracle.in_programme(case, code, as_of, known_at)
        for cost in event.placement.wage_costs
        if oracle.number_of(cost.month_on) <= oracle.number_of(as_of) and oracle.is_known(cost, known_at)
    )
    assert sum(cost.wage_kr for cost in report.costs) == wages

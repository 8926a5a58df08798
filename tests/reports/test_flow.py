"""The report of the flow adds up, every figure opens, and the check says what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings

from caseflow.cases import placements
from caseflow.cases import services as case_services
from caseflow.cases.terms import ExitOutcome, PlacementKind, Stage
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.flow_balance import Balance, balances
from caseflow.measures.flow_gaps import silences
from caseflow.measures.flow_stages import OPEN_STAGES
from caseflow.measures.selection import Ages, Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_unit
from caseflow.reports.document import Document
from caseflow.reports.kinds import REPORTS, Question
from tests import factories
from tests.measures import histories, walks
from tests.measures.test_oracle import days, randoms, some
from tests.measures.test_oracle import world as world
from tests.reports.tracing import assert_every_figure_opens, rows_behind

AT_START, STILL_THERE = "Vid periodens början", "Kvar vid periodens slut"
YEAR = Period.year(2020)
TODAY = Cut(date(2020, 12, 1))
few = settings(some, max_examples=2)


def report(key: str = "flode", period: Period = YEAR, cut: Cut = TODAY, chosen: Filter | None = None) -> Document:
    return REPORTS[key].build(Question(period, cut, chosen or Filter()))


def number(document: Document, table: str, row: str, column: str) -> float:
    value = document.table(table).cell(row, column).value
    assert isinstance(value, int | float)
    return value


def fill(rng: Random, world: histories.World) -> None:
    histories.empty()
    walks.write(rng, world, 15)


def balanced(selection: Selection) -> list[Balance]:
    return balances(selection, silences(selection))


@few
@given(rng=randoms, as_of=days)
def test_every_figure_opens_to_the_cases_it_counts(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world)
    filters = [Filter(), Filter(unit=get_unit("AMC")), Filter(sex=Sex.MAN), Filter(ages=Ages(30, 45))]
    period = Period(date(2019, 7, 15), date(2020, 9, 30))
    assert_every_figure_opens(report(period=period, cut=Cut(as_of), chosen=rng.choice(filters)), sample=30)
    march = Period(date(2020, 3, 1), date(2020, 3, 31))
    assert_every_figure_opens(report("flode-dagar", march, TODAY, rng.choice(filters)), sample=10)


@few
@given(rng=randoms, as_of=days)
def test_what_should_add_up_does(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world)
    for document in (report(cut=Cut(as_of)), report("flode-dagar", cut=Cut(as_of))):
        for table in document.tables:
            for one in table.additions:
                parts = [table.cell(*part).value for part in one.parts]
                assert table.cell(*one.total).value == sum(int(str(part)) for part in parts), (table.key, one)
    year, months = report(), report().table("months")
    for stage in OPEN_STAGES:
        of_months = [number(year, "months", row.key, "came") for row in months.rows if row.key.endswith(f".{stage}")]
        assert number(year, "stages", stage, "came") == sum(of_months)


@few
@given(rng=randoms, as_of=days)
def test_the_diagram_loses_nobody_and_never_leads_back(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world)
    document = report(period=Period(date(2019, 7, 15), date(2020, 9, 30)), cut=Cut(as_of))
    chart = document.table("steps").chart
    assert chart is not None
    comes, goes = Counter[str](), Counter[str]()
    for before, after, n in chart.links:
        goes[before] += n
        comes[after] += n
    for stage in OPEN_STAGES:
        assert comes[stage.label] == goes[stage.label], stage
    assert goes[AT_START] == number(document, "stages", "all", "at_start")
    assert comes[STILL_THERE] == number(document, "stages", "all", "at_end")
    assert len({(before, after) for before, after, _ in chart.links}) == len(chart.links)
    assert_no_way_leads_back({(before, after) for before, after, _ in chart.links})


def assert_no_way_leads_back(links: set[tuple[str, str]]) -> None:
    """Take away whatever nothing leads to, until nothing is left."""
    while links:
        reached = {after for _, after in links}
        remaining = {link for link in links if link[0] in reached}
        assert remaining != links, links
        links = remaining


@few
@given(rng=randoms, as_of=days)
def test_the_difference_of_littles_law_is_exactly_its_three_parts(
    world: histories.World, rng: Random, as_of: date
) -> None:
    fill(rng, world)
    for one in balanced(Selection(Period(date(2019, 7, 15), date(2020, 9, 30)), Cut(as_of))):
        assert one.touched_n >= max(one.came_n, one.left_n)
        if one.difference is not None:
            assert one.staying is not None
            assert one.before is not None
            assert one.growth is not None
            assert one.difference == pytest.approx(one.staying - one.before - one.growth)


def test_of_stays_that_begin_and_end_within_the_period_the_law_holds(app: Flask) -> None:
    for day in (6, 16, 26):
        factories.make_met_case(date(2020, 3, day), date(2020, 4, day - 5), to_unit="AMS")
    march_on = Period(date(2020, 3, 1), date(2020, 5, 31))
    waits = next(one for one in balanced(Selection(march_on, TODAY)) if one.stage is Stage.ACCEPTED)
    assert (waits.came_n, waits.left_n, waits.silent_n) == (3, 3, 0)
    assert waits.mean_stay == 26
    assert waits.difference == pytest.approx(0)


def test_a_case_nobody_has_written_of_is_told_of(app: Flask) -> None:
    for day in (6, 7, 8):
        factories.make_met_case(date(2020, 1, day), date(2020, 1, day))
    for _ in range(6):
        case = factories.make_met_case(date(2020, 1, 6), date(2020, 1, 6))
        placement = factories.start_placement(case, date(2020, 1, 20))
        assert case.counsellor is not None
        placements.end_placement(case.counsellor.actor, case, placement, date(2020, 2, 3), "enligt plan")
        case_services.close(case.counsellor.actor, case, date(2020, 2, 10), ExitOutcome.WORK, None)
        db.session.commit()
    document = report()
    assert number(document, "gaps", "silent.assessment", "n") == 3
    assert number(document, "balance", "assessment", "silent_n") == 3
    document = report(period=Period(date(2020, 1, 1), date(2020, 11, 30)))
    assert document.table("gaps").cell("silent.referred", "n").value == 0


def test_the_silent_of_the_whole_flow_open_those_of_every_stage(app: Flask) -> None:
    factories.make_met_case(date(2020, 1, 6), date(2020, 1, 6))
    factories.make_case(date(2020, 1, 7))
    cell = report().table("balance").cell("all", "silent_n")
    assert cell.trace
    assert rows_behind(cell.trace) == (cell.value, 2) == (2, 2)
    assert "silent" not in [row.key for row in report().table("gaps").rows]


def test_a_stage_in_which_many_are_silent_gets_a_warning(app: Flask) -> None:
    for day in range(6, 14):
        factories.make_met_case(date(2020, 1, day), date(2020, 1, day))
    case = factories.make_met_case(date(2020, 1, 6), date(2020, 1, 6))
    factories.start_placement(case, date(2020, 1, 20))
    told = [warning for warning in report().warnings if "kartläggning" in warning]
    assert len(told) == 1
    assert "8 ärenden har ingen händelse på 180 dagar och svarar för" in told[0]
    assert told[0].endswith(": kontrollera om ett slut saknas.")


def test_a_placement_that_should_have_ended_is_a_gap(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 9, 1), date(2020, 9, 8))
    placed = factories.start_placement(
        case, date(2020, 9, 14), PlacementKind.INTERNSHIP, planned_end_on=date(2020, 10, 30)
    )
    assert number(report(), "gaps", "overdue", "n") == 1
    assert number(report(cut=Cut(date(2020, 10, 30))), "gaps", "overdue", "n") == 0
    assert case.counsellor is not None
    placements.end_placement(case.counsellor.actor, case, placed, date(2020, 11, 13), "enligt plan")
    db.session.commit()
    assert number(report(), "gaps", "overdue", "n") == 0


def test_a_milestone_that_is_not_there_is_a_gap(app: Flask) -> None:
    factories.make_case(date(2020, 9, 1), decision_on=date(2020, 8, 20))
    document = report()
    assert number(document, "gaps", "referred.without.first_contact", "n") == 1
    assert number(document, "gaps", "referred.without.decision", "n") == 0
    assert number(document, "gaps", "first_meeting.without.accepted", "n") == 0


def test_of_a_unit_that_receives_the_referring_units_are_named_and_not_opened(app: Flask) -> None:
    factories.make_case(date(2020, 9, 1))
    opened = report().table("referrals").cell("AFI", "referred")
    of_unit = report(chosen=Filter(unit=get_unit("AMC"))).table("referrals").cell("AFI", "referred")
    assert (opened.value, of_unit.value, of_unit.trace) == (1, 1, None)
    assert opened.trace is not None
    assert opened.trace.selection.chosen.unit == get_unit("AFI")

"""The report of control charts: every point opens, gaps stay gaps, and the limits are drawn."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.measures.rules import Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period
from caseflow.reports.document import ChartKind, Document
from caseflow.reports.kinds import REPORTS, Question
from tests import factories
from tests.measures import histories
from tests.measures.test_oracle import fill, randoms, some
from tests.measures.test_oracle import world as world
from tests.reports.tracing import assert_every_figure_opens, rows_behind

TODAY = Cut(date(2020, 12, 1))


def report(
    period: Period, cut: Cut = TODAY, chosen: Filter | None = None, wait: Wait = Wait.W3, step: str = "month"
) -> Document:
    return REPORTS["styrdiagram"].build(Question(period, cut, chosen or Filter(), wait, step))


@settings(some, max_examples=2)
@given(rng=randoms, as_of=st.dates(date(2019, 8, 1), date(2020, 12, 1)))
def test_every_point_opens_to_the_waits_it_is_the_mean_of(world: histories.World, rng: Random, as_of: date) -> None:
    cases = fill(rng, world, households=10)
    filters = [Filter(), Filter(unit=cases[0].to_unit), Filter(ages=Ages(25, 59), begun=True)]
    for wait, step in ((Wait.W3, "week"), (Wait.W7, "month")):
        document = report(Period(date(2019, 7, 15), date(2020, 9, 30)), Cut(as_of), rng.choice(filters), wait, step)
        assert_every_figure_opens(document, sample=25, seed=as_of.toordinal())


def test_a_chart_draws_the_points_the_centre_and_both_limits_and_leaves_gaps(app: Flask) -> None:
    for month in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11):
        met_on = date(2020, month, 15)
        factories.make_met_case(met_on - timedelta(10 + month % 2), met_on)
    document = report(Period.year(2020))
    trace = document.table("summary").cell("all", "centre").trace
    assert trace
    assert rows_behind(trace)[0] == 10
    table = document.table("points_all")
    assert table.chart is not None
    assert table.chart.kind is ChartKind.CONTROL
    assert [series.name for series in table.chart.series] == ["Medel", "Medelvärde", "Undre gräns", "Övre gräns"]
    points = dict(table.chart.series[0].points)
    assert (points["2020-05"], points["2020-06"], points["2020-07"]) == (11, None, 11)
    assert table.cell("2020-06", "n").value == 0
    assert table.cell("2020-06", "mean").value is None
    assert table.cell("2020-07", "moving_range").value == 0
    assert table.rows[-1].key == "2020-12"


def test_few_points_are_drawn_without_limits(app: Flask) -> None:
    factories.make_met_case(date(2020, 5, 4), date(2020, 5, 14))
    document = report(Period.year(2020), step="week")
    table = document.table("points_all")
    assert table.chart is not None
    assert len(table.chart.series) == 1
    assert document.table("summary").cell("all", "centre").value is None
    assert str(document.table("summary").cell("all", "sentence").value).startswith("För lite för att säga")


def test_a_period_without_a_single_wait_has_nothing_to_draw(app: Flask) -> None:
    (table,) = (one for one in report(Period.year(2020)).tables if one.key == "points_all")
    assert table.chart is None
    assert {row.cells[2].value for row in table.rows} == {None}
    assert report(Period.year(2021)).table("points_all").rows == ()


def test_of_a_chosen_unit_only_its_own_chart_is_shown(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 5, 4), date(2020, 5, 14))
    document = report(Period.year(2020), chosen=Filter(unit=case.to_unit))
    assert [table.key for table in document.tables] == ["summary", "points_all"]

"""Charts on paper."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from caseflow.reports.document import Chart, ChartKind, Series
from caseflow.reports.drawing import chart_svg, round_ticks, step_points
from caseflow.reports.sankey import levels
from tests.reports.sample import SAMPLE

CHARTS = [table.chart for table in SAMPLE.tables if table.chart]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind.value)
def test_every_kind_of_chart_is_drawn_within_its_frame(chart: Chart) -> None:
    root = ET.fromstring(chart_svg(chart))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    places = [
        (float(one.get(x, 0)), float(one.get(y, 0)))
        for one in root.iter()
        for x, y in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2"))
        if one.get(x)
    ]
    assert len(places) > 5
    assert all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in places)


def test_a_curve_stays_until_it_falls() -> None:
    assert step_points(((0, 100), (7, 80), (9, None))) == ((0, 100), (7, 100), (7, 80), (9, 80), (9, None))


def test_a_line_is_not_drawn_across_what_is_unknown() -> None:
    chart = Chart(ChartKind.LINE, "", (Series("a", (("1", 5.0), ("2", None), ("3", 6.0), ("4", 7.0))),))
    lines = [one.get("points", "") for one in ET.fromstring(chart_svg(chart)).iter() if one.tag.endswith("polyline")]
    assert [len(points.split()) for points in lines] == [1, 2]


def test_an_axis_that_does_not_begin_at_nothing_says_so() -> None:
    chart = Chart(ChartKind.LINE, "", (Series("a", (("1", 95.0), ("2", 99.0))),), y_label="dagar")
    assert "dagar (axeln börjar vid 95)" in chart_svg(chart)
    assert "axeln" not in chart_svg(replace(chart, kind=ChartKind.BARS))


@pytest.mark.parametrize("values", [(0, 0), (5, 5), (-3, 4), (0, 0.007), (0, 3_071_173), (19.8, 25.2)])
def test_an_axis_has_few_round_ticks_around_all_values(values: tuple[float, float]) -> None:
    ticks = round_ticks(*values)
    assert ticks[0] <= values[0] <= values[1] <= ticks[-1]
    assert 2 <= len(ticks) <= 7


def test_a_chart_without_values_is_not_drawn() -> None:
    assert chart_svg(Chart(ChartKind.LINE, "", (Series("a", (("1", None),)),))) == ""
    assert chart_svg(Chart(ChartKind.SANKEY, "", links=(("a", "b", 0),))) == ""


def test_a_way_back_does_not_move_a_stage() -> None:
    links = [("AFI", "A", 9), ("A", "B", 8), ("B", "A", 2), ("B", "C", 5), ("C", "AFI", 1)]
    assert levels(links[:4]) == {"AFI": 0, "A": 1, "B": 2, "C": 3}
    assert levels(links) == {"AFI": 0, "A": 1, "B": 2, "C": 3}


def test_names_in_a_chart_are_only_names() -> None:
    chart = Chart(ChartKind.BARS, "", (Series("<script>&", (("a<b", 5.0),)), Series("b", ())), y_label='"&<')
    assert "<script>" not in chart_svg(chart)
    ET.fromstring(chart_svg(chart))

"""A report's charts as SVG, for paper: ink, hairlines and line styles; nothing is told by colour alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from caseflow.core.language import _
from caseflow.reports.document import Chart, ChartKind, Series
from caseflow.reports.sankey import sankey_svg
from caseflow.reports.svg import BACK, HAIR, INK, INKS, QUIET, ems, line, picture, text
from caseflow.web.formatting import tal

WIDTH, HEIGHT = 490.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 34.0, 34.0
FLOOR = HEIGHT - BOTTOM
BAR_SHARE = 0.72
Point = tuple[float | str, float | None]


def chart_svg(chart: Chart) -> str:
    """The chart as a picture, 490 points wide. Empty where there is nothing to draw."""
    if chart.kind is ChartKind.SANKEY:
        return sankey_svg(chart.links, WIDTH)
    values = [value for series in chart.series for _x, value in series.points if value is not None]
    return _svg(chart, values) if values else ""


def step_points(points: Sequence[Point]) -> tuple[Point, ...]:
    """The corners of a curve that stays until it falls."""
    corners = list(points[:1])
    for (_x, before), (x, value) in pairwise(points):
        corners += [(x, before), (x, value)]
    return tuple(corners)


@dataclass(frozen=True)
class Scale:
    """From values to places: numbers along the axis, or labels side by side."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...] = ()

    def x(self, value: float | str) -> float:
        width = WIDTH - LEFT - RIGHT
        if self.labels:
            return LEFT + width * (self.labels.index(str(value)) + 0.5) / len(self.labels)
        return LEFT + width * (float(value) - self.low) / (self.high - self.low)

    def y(self, value: float) -> float:
        return FLOOR - (FLOOR - TOP) * (value - self.low) / (self.high - self.low)


def round_ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Round numbers that span from low to high: steps of 1, 2 or 5 times a power of ten."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= wanted)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(step * number, 10) for number in range(first, max(last, first + 1) + 1))


def _svg(chart: Chart, values: Sequence[float]) -> str:
    up = _upwards(chart, values)
    across = _across(chart)
    parts = [_grid(up), *_x_axis(across), _axis_names(chart, up), *_legend(chart)]
    draw = _bars if chart.kind is ChartKind.BARS else _lines
    base = up.y(max(up.low, 0))
    return picture(WIDTH, HEIGHT, [*parts, *draw(chart, across, up), line(LEFT, base, WIDTH - RIGHT, base, INK)])


def _upwards(chart: Chart, values: Sequence[float]) -> Scale:
    low, high = min(values), max(values)
    # From zero, unless all values lie so high that their differences would not be seen; then the axis says so.
    apart = chart.kind in (ChartKind.LINE, ChartKind.CONTROL) and low > high / 2
    ticks = round_ticks(low if apart else min(low, 0), high)
    return Scale(ticks[0], ticks[-1], ticks)


def _across(chart: Chart) -> Scale:
    places = list(dict.fromkeys(x for series in chart.series for x, _y in series.points))
    numbers = [float(place) for place in places if isinstance(place, int | float)]
    if chart.kind is ChartKind.BARS or len(numbers) < len(places):
        return Scale(0, 1, (), tuple(str(place) for place in places))
    ticks = round_ticks(min(numbers), max(numbers), 8)
    return Scale(ticks[0], ticks[-1], ticks)


def _grid(up: Scale) -> str:
    decimals = 0 if all(tick == int(tick) for tick in up.ticks) else None
    return "".join(
        line(LEFT, up.y(tick), WIDTH - RIGHT, up.y(tick), HAIR)
        + text(LEFT - 6, up.y(tick) + 3, tal(tick, decimals), anchor="end")
        for tick in up.ticks
    )


def _x_axis(across: Scale) -> Iterable[str]:
    if not across.labels:
        yield from (text(across.x(tick), FLOOR + 13, tal(tick), anchor="middle") for tick in across.ticks)
        return
    room = (WIDTH - LEFT - RIGHT) / len(across.labels)
    # Labels that would touch are left out, evenly; the table has them all.
    every = math.ceil((max(ems(label) for label in across.labels) * 8 + 6) / room)
    for place, label in enumerate(across.labels):
        if place % every == 0:
            yield text(across.x(label), FLOOR + 13, label, anchor="middle")


def _axis_names(chart: Chart, up: Scale) -> str:
    begins = _("(axeln börjar vid %(low)s)", low=tal(up.low)) if up.low > 0 else ""
    return text(LEFT, TOP - 8, f"{chart.y_label} {begins}".strip(), colour=QUIET) + text(
        WIDTH - RIGHT, HEIGHT - 8, chart.x_label, anchor="end", colour=QUIET
    )


def _legend(chart: Chart) -> Iterable[str]:
    """Names above the chart, each with its line and mark; nothing where there is only one."""
    if len(chart.series) < 2:
        return
    x = LEFT
    for place, series in enumerate(chart.series):
        if chart.kind is ChartKind.BARS:
            yield _bar(x, 4, 18, 8, place, series)
        else:
            yield line(x, 8, x + 18, 8, _ink(place), 1.6, series.dashed) + _mark(x + 9, 8, place, series, chart)
        yield text(x + 23, 11, series.name)
        x += 23 + ems(series.name) * 8 + 14


def _lines(chart: Chart, across: Scale, up: Scale) -> Iterable[str]:
    for place, series in enumerate(chart.series):
        points = step_points(series.points) if chart.kind is ChartKind.STEP else series.points
        limit = chart.kind is ChartKind.CONTROL and place > 0
        for run in _runs(points):
            corners = " ".join(f"{across.x(x):.2f},{up.y(value):.2f}" for x, value in run)
            dashes = ' stroke-dasharray="5 3"' if series.dashed else ""
            yield (
                f'<polyline points="{corners}" fill="none" stroke="{_ink(place)}"'
                f' stroke-width="{0.9 if limit else 1.6}" stroke-linejoin="round"{dashes}/>'
            )
        yield from (_mark(across.x(x), up.y(y), place, series, chart) for x, y in series.points if y is not None)


def _runs(points: Sequence[Point]) -> list[list[tuple[float | str, float]]]:
    """The points without gaps between: a line is not drawn across what is unknown."""
    runs: list[list[tuple[float | str, float]]] = [[]]
    for x, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x, value))
    return [run for run in runs if run]


def _mark(x: float, y: float, place: int, series: Series, chart: Chart) -> str:
    """A disc for the first, a square for what is dashed; limits and curves have none, nor do crowded lines."""
    if chart.kind is ChartKind.STEP or (chart.kind is ChartKind.CONTROL and place > 0) or len(series.points) > 60:
        return ""
    if series.dashed:
        return f'<rect x="{x - 2.2:.2f}" y="{y - 2.2:.2f}" width="4.4" height="4.4" fill="{_ink(place)}"/>'
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.4" fill="{_ink(place)}"/>'


def _bars(chart: Chart, across: Scale, up: Scale) -> Iterable[str]:
    room = (WIDTH - LEFT - RIGHT) / len(across.labels) * BAR_SHARE
    width = room / len(chart.series)
    zero = up.y(max(up.low, 0))
    for place, series in enumerate(chart.series):
        for x, value in series.points:
            if value is not None:
                left, top = across.x(x) - room / 2 + place * width, min(up.y(value), zero)
                yield _bar(left, top, width, abs(up.y(value) - zero), place, series)


def _bar(x: float, y: float, width: float, height: float, place: int, series: Series) -> str:
    """Full for most, outlined for what is dashed: told apart in black and white."""
    fill = BACK if series.dashed else _ink(place)
    return (
        f'<rect x="{x + 0.5:.2f}" y="{y:.2f}" width="{max(width - 1, 0.5):.2f}" height="{height:.2f}" fill="{fill}"'
        f' stroke="{_ink(place)}" stroke-width="0.8"/>'
    )


def _ink(place: int) -> str:
    return INKS[place % len(INKS)]

"""Control charts (XmR) and their signals. Pure: values in, limits and signals out.

The chart and its rules are Wheeler's (Making Sense of Data, 2003, chapters 8 and 9): one value per point, limits from
the mean moving range, and three rules. No other set of rules is mixed in: each more makes more noise look like news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

# Three standard deviations of the values, and of the ranges, in mean moving ranges of two neighbours (E2 and D4).
VALUE_FACTOR, RANGE_FACTOR = 2.660, 3.268
# With fewer points no limits are given. They have settled at about seventeen; until then they are provisional.
LEAST_POINTS, SETTLED_POINTS = 8, 17
RUN, NEAR_OF, NEAR = 8, 4, 3


class Signal(StrEnum):
    """What says that something has changed. Wheeler's rules one to three; the first also for the moving range."""

    OUTSIDE = "outside"  # a value beyond a limit
    RANGE = "range"  # a step from the value before beyond the upper range limit
    NEAR_LIMIT = "near_limit"  # among four in a row, three or more nearer to the same limit than to the centre
    RUN = "run"  # among eight or more in a row on one side of the centre


@dataclass(frozen=True)
class Limits:
    """Centre and natural limits of the values, mean and upper limit of the moving ranges. A wait cannot be below 0, so
    the lower limit is not drawn below it. `provisional`: made from few points."""

    centre: float
    low: float
    high: float
    mean_range: float
    range_high: float
    provisional: bool

    def nearer_limit_than_centre(self, value: float) -> int:
        """1: nearer to the upper limit, -1: to the lower (that before it was cut off at 0), 0: to the centre."""
        half = VALUE_FACTOR * self.mean_range / 2
        return (value > self.centre + half) - (value < self.centre - half)


@dataclass(frozen=True)
class Point:
    """One value; None is a gap. `moving_range`: how far from the value before it, gaps passed over."""

    value: float | None
    moving_range: float | None = None
    signals: frozenset[Signal] = frozenset()


@dataclass(frozen=True)
class ControlChart:
    """`limits` None: too few points to say what is usual, and so no signals either."""

    points: tuple[Point, ...]
    limits: Limits | None

    @property
    def n(self) -> int:
        """How many points there are, gaps left out."""
        return sum(point.value is not None for point in self.points)

    @property
    def has_signals(self) -> bool:
        return any(point.signals for point in self.points)


def xmr(values: Sequence[float | None], baseline: int | None = None) -> ControlChart:
    """The chart of the values in order. A period without a value is a gap: passed over, never a zero.

    `baseline`: make the limits from so many of the first values only, to hold the later ones against them.
    """
    known = [value for value in values if value is not None]
    ranges = [abs(later - earlier) for earlier, later in pairwise(known)]
    limits = _limits(known[:baseline], ranges[: None if baseline is None else max(baseline - 1, 0)])
    signals = [frozenset[Signal]()] * len(known) if limits is None else _signals(known, ranges, limits)
    found = iter(
        Point(value, step, signal) for value, step, signal in zip(known, [None, *ranges], signals, strict=False)
    )
    return ControlChart(tuple(Point(None) if value is None else next(found) for value in values), limits)


def _limits(values: Sequence[float], ranges: Sequence[float]) -> Limits | None:
    if len(values) < LEAST_POINTS:
        return None
    centre, mean_range = fmean(values), fmean(ranges)
    return Limits(
        centre=centre,
        low=max(0.0, centre - VALUE_FACTOR * mean_range),
        high=centre + VALUE_FACTOR * mean_range,
        mean_range=mean_range,
        range_high=RANGE_FACTOR * mean_range,
        provisional=len(values) < SETTLED_POINTS,
    )


def _signals(values: Sequence[float], ranges: Sequence[float], limits: Limits) -> list[frozenset[Signal]]:
    sides = [(value > limits.centre) - (value < limits.centre) for value in values]
    near = [limits.nearer_limit_than_centre(value) for value in values]
    found = {
        Signal.OUTSIDE: {at for at, value in enumerate(values) if not limits.low <= value <= limits.high},
        Signal.RANGE: {at + 1 for at, step in enumerate(ranges) if step > limits.range_high},
        Signal.NEAR_LIMIT: _crowded(near, NEAR_OF, NEAR),
        Signal.RUN: _crowded(sides, RUN, RUN),
    }
    return [frozenset(signal for signal, at in found.items() if place in at) for place in range(len(values))]


def _crowded(sides: Sequence[int], of: int, least: int) -> set[int]:
    """The places of those on one side, where at least so many of so many in a row are on it."""
    places = set()
    for start in range(len(sides) - of + 1):
        for side in (1, -1):
            on_it = {at for at in range(start, start + of) if sides[at] == side}
            if len(on_it) >= least:
                places |= on_it
    return places

"""XmR charts against the worked examples of Wheeler's Making Sense of Data (SPC Press 2003)."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.measures.control_rules import LEAST_POINTS, ControlChart, Signal, xmr


def where(chart: ControlChart, signal: Signal) -> list[int]:
    return [at for at, point in enumerate(chart.points) if signal in point.signals]


def test_the_books_data_for_verifying_software_give_the_books_limits() -> None:
    """Page 382: mean 4135.50, mean range 355.93, limits 3188.72 and 5082.28, upper range limit 1163.19."""
    values = [5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200]
    chart = xmr(values)
    ranges = [point.moving_range for point in chart.points]
    assert ranges == [None, 695, 0, 375, 315, 140, 55, 200, 305, 55, 280, 115, 460, 385, 222, 1737]
    assert chart.limits is not None
    found = (chart.limits.centre, chart.limits.mean_range, chart.limits.low, chart.limits.high, chart.limits.range_high)
    assert found == pytest.approx((4135.50, 355.93, 3188.72, 5082.28, 1163.19), abs=0.005)
    assert where(chart, Signal.OUTSIDE) == [15]
    assert where(chart, Signal.RANGE) == [15]
    assert chart.limits.provisional


def test_peak_flow_has_the_books_limits_and_no_run_near_them_broken_by_the_centre() -> None:
    """Page 130, figure 9.9: mean 183.1, limits 43.7 and 322.5, range limit 171.3 (the book rounds on the way)."""
    values = [120, 140, 100, 150, 260, 150, 100, 120, 300, 300, 275, 300, 140, 170, 150, 150, 190, 180]
    chart = xmr(values)
    assert chart.limits is not None
    assert (chart.limits.centre, chart.limits.low, chart.limits.high, chart.limits.range_high) == pytest.approx(
        (183.1, 43.7, 322.5, 171.3), abs=0.25
    )
    assert where(chart, Signal.NEAR_LIMIT) == [8, 9, 10, 11]
    assert where(chart, Signal.RANGE) == [8]
    assert where(chart, Signal.OUTSIDE) == []


def test_smoking_pupils_have_the_books_run_of_eight_below_the_centre() -> None:
    """Table 8.1, daily smokers among high school seniors, per cent."""
    chart = xmr([21.3, 20.2, 20.9, 21.0, 18.8, 19.6, 18.7, 18.6, 18.1, 18.9, 19.2, 18.2, 17.3, 19.0])
    assert where(chart, Signal.RUN) == [6, 7, 8, 9, 10, 11, 12, 13]


def test_accounts_receivable_have_the_books_points_outside() -> None:
    """Table 9.2, two years in per cent of sales; upper limit 60.7 in the book, which rounds on the way."""
    values = [
        55.6, 54.7, 54.9, 54.8, 56.9, 55.7, 53.8, 54.8, 53.4, 57.0, 59.4, 63.2,
        60.9, 60.7, 58.6, 57.3, 56.9, 58.1, 58.3, 50.9, 53.3, 52.5, 50.8, 52.9,
    ]  # fmt: skip
    chart = xmr(values)
    assert chart.limits is not None
    assert chart.limits.high == pytest.approx(60.7, abs=0.1)
    assert where(chart, Signal.OUTSIDE) == [11, 12, 19, 22]
    assert where(chart, Signal.RANGE) == [19]


def test_limits_can_be_made_from_the_first_values_and_held_against_the_later() -> None:
    """Table 9.1, accident rates: group A's limits are 25.6 and 43.9; four of group B's lie below."""
    group_a = [43, 40, 37, 33, 30, 33, 34, 35, 29, 33, 31, 39]
    group_b = [35, 37, 33, 32, 27, 29, 31, 22, 25, 30, 24, 19]
    chart = xmr([*group_a, *group_b], baseline=12)
    assert chart.limits is not None
    assert (chart.limits.low, chart.limits.high) == pytest.approx((25.6, 43.9), abs=0.1)
    assert where(chart, Signal.OUTSIDE) == [12 + at for at in (7, 8, 10, 11)]


def test_a_period_without_waits_is_a_gap_and_never_a_zero() -> None:
    whole = [20.0, 22, 19, 21, 23, 20, 18, 22, 21]
    gappy = xmr([*whole[:3], None, *whole[3:], None])
    assert gappy.limits == xmr(whole).limits
    assert (gappy.points[3].value, gappy.points[3].moving_range, gappy.points[3].signals) == (None, None, frozenset())
    assert gappy.points[4].moving_range == 2
    assert gappy.n == 9


def test_the_lower_limit_of_a_wait_is_not_below_zero() -> None:
    chart = xmr([1.0, 9] * 5)
    assert chart.limits is not None
    assert (chart.limits.low, chart.limits.centre) == (0, 5)


def test_a_point_nearer_to_a_cut_off_limit_than_to_the_centre_is_judged_by_the_limit_before_it_was_cut_off() -> None:
    # Centre 5, mean range 8: the limit lies at -16.3, and no wait is nearer to that than to the centre.
    chart = xmr([1.0, 9, 1, 9, 1, 9, 1, 9, 1, 9])
    assert where(chart, Signal.NEAR_LIMIT) == []


def test_seven_in_a_row_are_no_run_and_a_value_on_the_centre_ends_one() -> None:
    # Centre 20 in both.
    seven = [21.0] * 7
    assert where(xmr([*seven, 13, *[20.0] * 7]), Signal.RUN) == []
    broken = [*seven, 20, *seven, *[13.0, 20] * 2]
    assert fmean(broken) == 20
    assert where(xmr(broken), Signal.RUN) == []
    eight = [*seven, 21, *[19.0, 19, 19, 19, 20] * 2]
    assert fmean(eight) == 20
    assert where(xmr(eight), Signal.RUN) == list(range(8))


def test_few_points_have_no_limits_and_no_signals() -> None:
    chart = xmr([5.0] * (LEAST_POINTS - 2) + [500.0])
    assert chart.limits is None
    assert not chart.has_signals
    assert chart.points[-1].moving_range == 495
    assert xmr([]).points == ()


def test_limits_are_provisional_until_there_are_seventeen_points() -> None:
    charts = [xmr(([3.0, 4.0] * 9)[:n]) for n in (8, 16, 17)]
    assert [chart.limits and chart.limits.provisional for chart in charts] == [True, True, False]


@given(st.lists(st.none() | st.floats(0, 1000), max_size=60))
def test_the_rules_find_what_a_slow_walk_finds(values: list[float | None]) -> None:
    chart = xmr(values)
    known = [point for point in chart.points if point.value is not None]
    assert [point.value for point in chart.points] == values
    if chart.limits is None:
        assert len(known) < LEAST_POINTS
        return
    middle, half = chart.limits.centre, 2.66 * chart.limits.mean_range / 2
    for at, point in enumerate(known):
        value = point.value or 0
        assert (Signal.OUTSIDE in point.signals) == (value > chart.limits.high or value < chart.limits.low)
        for above in (True, False):

            def on(other: float | None, margin: float, above: bool = above) -> bool:
                assert other is not None
                return other > middle + margin if above else other < middle - margin

            if on(value, 0):
                first = last = at
                while first > 0 and on(known[first - 1].value, 0):
                    first -= 1
                while last < len(known) - 1 and on(known[last + 1].value, 0):
                    last += 1
                assert (Signal.RUN in point.signals) == (last - first + 1 >= 8)
            if on(value, half):
                windows = [
                    known[start : start + 4] for start in range(max(0, at - 3), at + 1) if start + 4 <= len(known)
                ]
                crowded = any(sum(on(other.value, half) for other in window) >= 3 for window in windows)
                assert (Signal.NEAR_LIMIT in point.signals) == crowded

"""What the charts draw is all of what was counted."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from caseflow.measures import charts
from caseflow.measures.rules import Wait
from caseflow.measures.wait_figures import GroupFigures, Sample, WaitFigures, figures_of

waits = st.lists(st.integers(0, 400), min_size=1, max_size=60).map(Counter)


def figures(ended: Counter[int], still: Counter[int]) -> WaitFigures:
    return figures_of(Sample(ended=ended, begun_ended=ended, begun_cut=still, open=still), 14)


@given(ended=waits, wait=st.sampled_from(Wait))
def test_every_finished_wait_stands_in_a_bin_or_beyond(ended: Counter[int], wait: Wait) -> None:
    drawn = charts.histogram(wait, figures(ended, Counter()))
    assert sum(n for _, _, n in drawn["bins"]) + drawn["beyond"] == ended.total()
    assert len(drawn["bins"]) <= charts.MOST_BINS
    assert all(end == start for (_, end, _), (start, _, _) in zip(drawn["bins"], drawn["bins"][1:], strict=False))


@given(still=waits, wait=st.sampled_from(Wait))
def test_every_open_wait_stands_in_an_age_group(still: Counter[int], wait: Wait) -> None:
    groups = charts.age_groups(wait, figures(Counter(), still))
    assert sum(n for _, n, _ in groups) == still.total()


def test_the_curves_of_what_is_counted_in_months_say_months(app: Flask) -> None:
    of_all = figures(Counter([3, 36, 40]), Counter([20]))
    group = GroupFigures(of_all, of_all, of_all)
    said = ("Månader sedan försörjningsstödets början", "månader", "Månad", True)
    for drawn in (charts.curve(Wait.W7, of_all.survival), charts.two_curves(Wait.W7, group)):
        assert (drawn["x_name"], drawn["unit"], drawn["point"], drawn["in_months"]) == said
    assert charts.curve(Wait.W3, of_all.survival)["point"] == "Dag"
    assert charts.histogram(Wait.W7, of_all)["unit"] == "månader"


def test_age_groups_above_the_target_are_marked() -> None:
    groups = charts.age_groups(Wait.W3, figures(Counter(), Counter([3, 14, 15, 80])))
    assert [(label, n, over) for label, n, over in groups] == [
        ("0–7 dagar", 1, False),
        ("8–14 dagar", 1, False),
        ("15–21 dagar", 1, True),
        ("22–30 dagar", 0, True),
        ("31–60 dagar", 0, True),
        ("över 60 dagar", 1, True),
    ]


@given(ended=waits, still=waits, wait=st.sampled_from(Wait))
def test_the_curve_has_a_point_per_day_and_never_rises(ended: Counter[int], still: Counter[int], wait: Wait) -> None:
    drawn = charts.curve(wait, figures(ended, still).survival)
    assert [point[0] for point in drawn["curve"]] == list(range(drawn["max"] + 1))
    shares = [point[1] for point in drawn["curve"]]
    assert shares == sorted(shares, reverse=True)
    assert all(low <= share <= high for _, share, low, high in drawn["curve"])

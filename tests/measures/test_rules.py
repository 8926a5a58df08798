"""The pure maths, against textbooks and by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from caseflow.core.periods import add_months
from caseflow.measures import rules
from caseflow.measures.rules import Goal, assess, kaplan_meier, percentile
from caseflow.measures.savings_rules import Leaving, Savings, household_savings, last_whole_month

# Freireich et al. 1963, weeks in remission; in every textbook on survival, and in R as MASS::gehan.
TREATED_ENDED = Counter([6, 6, 6, 7, 10, 13, 16, 22, 23])
TREATED_CENSORED = Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = Counter([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])


def test_kaplan_meier_gives_the_textbooks_curve() -> None:
    curve = kaplan_meier(TREATED_ENDED, TREATED_CENSORED)
    shares = {step.day: step.share for step in curve.steps if step.ended}
    expected = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert shares == pytest.approx(expected, abs=5e-5)
    assert {step.day: step.at_risk for step in curve.steps if step.ended} == {
        6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6,
    }  # fmt: skip


def test_the_medians_and_their_log_log_intervals_are_the_textbooks() -> None:
    treated, placebo = kaplan_meier(TREATED_ENDED, TREATED_CENSORED), kaplan_meier(PLACEBO, {})
    assert (treated.median, treated.low, treated.high) == (23, 13, None)
    assert (placebo.median, placebo.low, placebo.high) == (8, 4, 11)


def test_the_interval_of_a_step_is_greenwoods_on_the_log_log_scale() -> None:
    # By hand: S = 18/21, sum = 3 / (21 * 18), ln S = -0.154151, width = 1.959964 * 0.089087 / 0.154151.
    step = kaplan_meier(TREATED_ENDED, TREATED_CENSORED).steps[0]
    assert (step.low, step.high) == pytest.approx((0.619718, 0.951551), abs=1e-6)


def test_a_curve_of_nobody_says_nothing() -> None:
    curve = kaplan_meier({}, {})
    assert (curve.steps, curve.median, curve.low, curve.high) == ((), None, None, None)


def test_waits_that_all_are_open_have_no_median() -> None:
    curve = kaplan_meier({}, {3: 5})
    assert curve.median is None
    assert curve.share_after(3) == 1
    assert curve.at_risk_on(2) == 5


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert percentile(Counter([3, 11, 14, 40]), 50) == 12.5
    assert percentile(Counter([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), 90) == 10
    assert percentile(Counter([7]), 90) == 7
    assert percentile({}, 50) is None


def test_mean_and_share_of_nobody_are_unknown_not_zero() -> None:
    assert rules.mean({}) is None
    assert rules.share_within({}, 14) is None
    assert rules.share_within({10: 1}, None) is None
    assert rules.share_within({14: 1, 15: 3}, 14) == 0.25


@pytest.mark.parametrize(
    ("value", "target", "wording", "before", "goal"),
    [
        (15, 15, "", None, Goal.MET),
        (16.5, 15, "", None, Goal.PARTLY),
        (17, 15, "", None, Goal.NOT_MET),
        (17, None, "", None, Goal.UNKNOWN),
        (None, 15, "", None, Goal.UNKNOWN),
        (17, 14, "ska minska", 18, Goal.MET),
        (18, 14, "ska minska", 18, Goal.NOT_MET),
        (18, 14, "ska minska", None, Goal.UNKNOWN),
    ],
)
def test_the_colour_of_a_goal(
    value: float | None, target: float | None, wording: str, before: float | None, goal: Goal
) -> None:
    assert assess(value, target, wording, before) is goal


NOVEMBER = date(2020, 11, 1)


def savings(
    left_on: date, paid: dict[str, int], wholly: bool = True, typed: int | None = None, last: date = NOVEMBER
) -> Savings:
    payments = {date.fromisoformat(f"{month}-01"): Decimal(kr) for month, kr in paid.items()}
    return household_savings(Leaving("H1", left_on, wholly, payments, typed and Decimal(typed)), last)


def test_the_baseline_is_the_mean_of_what_was_paid_in_the_twelve_months_before() -> None:
    # 2019-07 lies thirteen months before, 2020-08 is the month of the exit, 0 kr is no payment.
    paid = {"2019-07": 90_000, "2019-08": 9_000, "2020-06": 0, "2020-07": 6_000, "2020-08": 50_000}
    assert savings(date(2020, 8, 15), paid).baseline_kr == 7_500


def test_each_month_after_the_exit_counts_never_below_zero_and_stops_when_assistance_resumes() -> None:
    paid = {"2020-05": 8_000, "2020-07": 3_000, "2020-09": 8_000, "2020-10": 1_000}
    found = savings(date(2020, 6, 30), paid)
    assert [(row.month_on.month, row.avoided_kr) for row in found.months] == [(7, 5_000), (8, 8_000)]
    assert found.avoided_kr == 13_000


def test_a_top_up_is_lowered_by_the_baseline_minus_the_mean_afterwards() -> None:
    paid = {"2020-07": 10_000, "2020-09": 4_000, "2020-10": 5_000}
    # September, October and November: 9 000 kr in three months.
    assert savings(date(2020, 8, 1), paid, wholly=False).lowered_month_kr == 7_000


def test_a_top_up_that_has_not_lasted_a_month_is_not_counted_yet() -> None:
    found = savings(date(2020, 11, 2), {"2020-10": 10_000}, wholly=False)
    assert (found.baseline_kr, found.lowered_month_kr) == (10_000, None)


def test_without_payments_the_kronor_are_unknown_unless_an_amount_was_typed_in() -> None:
    assert savings(date(2020, 8, 1), {}).baseline_kr is None
    typed = savings(date(2020, 8, 1), {}, typed=9_000)
    assert (typed.baseline_typed, typed.avoided_kr) == (True, 27_000)
    known = savings(date(2020, 8, 1), {"2020-07": 5_000}, typed=9_000)
    assert (known.baseline_typed, known.baseline_kr) == (False, 5_000)


@pytest.mark.parametrize(
    ("as_of", "month"),
    [(date(2020, 11, 30), NOVEMBER), (date(2020, 12, 1), NOVEMBER), (date(2020, 11, 29), add_months(NOVEMBER, -1))],
)
def test_a_month_counts_when_it_has_ended(as_of: date, month: date) -> None:
    assert last_whole_month(as_of) == month

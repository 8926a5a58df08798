"""Kaplan–Meier, log-rank, Fisher, chi-square and the corrections, against lifelines and published examples."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_lung
from lifelines.statistics import logrank_test
from lifelines.utils import median_survival_times

from caseflow.measures.rules import kaplan_meier
from caseflow.measures.statistics import (
    Share,
    Waited,
    chi_square,
    difference,
    fisher,
    holm,
    log_rank,
    odds_ratio,
)

# Miller 1981, weeks until relapse: R's survival::aml. The results are those of R in survival's tests/doaml.Rout.save.
MAINTAINED = Waited(Counter([9, 13, 18, 23, 31, 34, 48]), Counter([13, 28, 45, 161]))
NONMAINTAINED = Waited(Counter([5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45]), Counter([16]))
# Freireich 1963, weeks in remission: R's MASS::gehan. The log-rank figures: Collett, Modelling Survival Data in
# Medical Research, and Kleinbaum and Klein, Survival Analysis, ch. 2: O = 9 and 21, E = 19.25 and 10.75, V = 6.2570.
TREATED = Waited(Counter([6, 6, 6, 7, 10, 13, 16, 22, 23]), Counter([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]))
CONTROL = Waited(Counter([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]), Counter())


@st.composite
def groups(draw: st.DrawFn) -> Waited:
    """Up to a few hundred waits with many ties; some groups have no open wait, some nothing else."""
    rng = Random(draw(st.integers(0, 2**32)))
    longest, open_share = rng.choice([3, 30, 400]), rng.choice([0, 0.3, 0.9])
    ended: Counter[int] = Counter()
    cut: Counter[int] = Counter()
    for _ in range(rng.randrange(1, 200)):
        (cut if rng.random() < open_share else ended)[rng.randrange(longest)] += 1
    return Waited(ended, cut)


def rows(group: Waited) -> tuple[list[int], list[int]]:
    """One length and one 1 (ended) or 0 per wait, as lifelines reads them."""
    ended, cut = list(Counter(group.ended).elements()), list(Counter(group.cut).elements())
    return ended + cut, [1] * len(ended) + [0] * len(cut)


@settings(max_examples=25, deadline=None)
@given(group=groups())
def test_the_curve_and_its_intervals_are_those_of_lifelines(group: Waited) -> None:
    ours, theirs = kaplan_meier(group.ended, group.cut), KaplanMeierFitter().fit(*rows(group))
    interval = theirs.confidence_interval_
    for step in ours.steps:
        if step.ended:
            assert step.share == pytest.approx(theirs.predict(step.day), abs=1e-9)
        # Before the first end, and where nobody is left, lifelines gives the share itself or nothing; ours has None.
        if step.low is not None:
            limits = interval.loc[step.day]
            assert (step.low, step.high) == pytest.approx(tuple(limits), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(group=groups())
def test_the_median_is_that_of_lifelines(group: Waited) -> None:
    ours, theirs = kaplan_meier(group.ended, group.cut), KaplanMeierFitter().fit(*rows(group))
    # A share that is one half but for the last bit counts as one half with us, as in R; with lifelines by chance.
    halves = [step.day for step in ours.steps if step.ended and abs(step.share - 0.5) < 1e-9]
    if halves:
        assert ours.median == halves[0]
        return
    assert (math.inf if ours.median is None else ours.median) == theirs.median_survival_time_


@settings(max_examples=25, deadline=None)
@given(group=groups())
def test_the_interval_of_the_median_is_that_of_lifelines(group: Waited) -> None:
    ours, fitted = kaplan_meier(group.ended, group.cut), KaplanMeierFitter().fit(*rows(group))
    limits = [limit for step in ours.steps for limit in (step.low, step.high) if limit is not None]
    # Where nobody is left our limits end, as R's do; lifelines lets both fall to zero with the curve.
    if any(step.share == 0 for step in ours.steps) or any(abs(limit - 0.5) < 1e-9 for limit in limits):
        return
    theirs = median_survival_times(fitted.confidence_interval_).iloc[0]
    assert [math.inf if day is None else day for day in (ours.low, ours.high)] == list(theirs)


@settings(max_examples=50, deadline=None)
@given(first=groups(), second=groups())
def test_the_log_rank_test_is_that_of_lifelines(first: Waited, second: Waited) -> None:
    ours = log_rank(first, second)
    (days1, ended1), (days2, ended2) = rows(first), rows(second)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = logrank_test(days1, days2, ended1, ended2)
    if ours.variance == 0:
        assert (ours.p, ours.ratio) == (1, None)
        return
    assert ours.chi_square == pytest.approx(theirs.test_statistic, rel=1e-9, abs=1e-9)
    assert ours.p == pytest.approx(theirs.p_value, rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(first=groups(), second=groups())
def test_the_ratio_turns_round_with_the_groups_and_agrees_with_the_test(first: Waited, second: Waited) -> None:
    one, other = log_rank(first, second), log_rank(second, first)
    assert one.chi_square == pytest.approx(other.chi_square, rel=1e-9, abs=1e-9)
    assert sum(one.expected) == pytest.approx(sum(one.observed))
    if one.ratio is None or other.ratio is None or max(abs(math.log(one.ratio.value)), 0) > 300:
        return
    assert one.ratio.value * other.ratio.value == pytest.approx(1)
    if abs(one.p - 0.05) > 1e-9:
        assert (one.p < 0.05) == (not one.ratio.low <= 1 <= one.ratio.high)


def test_leukaemia_gives_what_r_gives() -> None:
    """survdiff(Surv(time, status) ~ x, aml): 11 7 10.69 1.27 3.4 and 12 11 7.31 1.86 3.4, p = 0.07."""
    found = log_rank(MAINTAINED, NONMAINTAINED)
    assert found.observed == (7, 11)
    assert found.expected == pytest.approx((10.69, 7.31), abs=0.005)
    assert found.chi_square == pytest.approx(3.4, abs=0.05)
    assert found.p == pytest.approx(0.0653, abs=5e-5)


def test_leukaemias_curves_are_rs() -> None:
    maintained = kaplan_meier(MAINTAINED.ended, MAINTAINED.cut)
    shares = [step.share for step in maintained.steps if step.ended]
    assert shares == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4)
    nonmaintained = kaplan_meier(NONMAINTAINED.ended, NONMAINTAINED.cut)
    shares = [step.share for step in nonmaintained.steps if step.ended]
    expected = [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0]
    assert shares == pytest.approx(expected, abs=5e-5)
    assert (maintained.median, nonmaintained.median) == (31, 23)


def test_remission_gives_the_textbooks_log_rank() -> None:
    found = log_rank(TREATED, CONTROL)
    assert found.observed == (9, 21)
    assert found.expected == pytest.approx((19.25, 10.75), abs=0.005)
    assert found.variance == pytest.approx(6.2570, abs=5e-5)
    assert found.chi_square == pytest.approx(16.79, abs=0.005)
    assert found.p == pytest.approx(4.17e-5, abs=5e-8)


def test_lung_cancer_gives_what_r_gives() -> None:
    """survdiff(Surv(time, status) ~ sex, lung): 138 112 91.5817 and 90 53 73.4183, chisq 10.3267, p = 0.00131116."""
    lung: pd.DataFrame = load_lung()

    def of(sex: int) -> Waited:
        group = lung[lung["sex"] == sex]
        ended = group["status"] == 1
        return Waited(Counter(group["time"][ended].tolist()), Counter(group["time"][~ended].tolist()))

    found = log_rank(of(1), of(2))
    assert found.observed == (112, 53)
    assert found.expected == pytest.approx((91.5817, 73.4183), abs=5e-5)
    assert found.chi_square == pytest.approx(10.3267, abs=5e-5)
    assert found.p == pytest.approx(0.00131116, abs=5e-9)


def test_the_ratio_is_petos() -> None:
    """By hand for the remission: exp((9 - 19.2505) / 6.2570), and 1.96 / sqrt(6.2570) to each side of its logarithm."""
    found = log_rank(TREATED, CONTROL).ratio
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.19432, 0.08877, 0.42540), abs=5e-5)


def test_groups_that_cannot_be_told_apart_have_no_ratio() -> None:
    nobody = log_rank(Waited({}, {3: 4}), Waited({}, {5: 1}))
    assert (nobody.chi_square, nobody.p, nobody.ratio) == (0, 1, None)
    alone = log_rank(Waited({3: 4}, {}), Waited({}, {}))
    assert (alone.observed, alone.p, alone.ratio) == ((4, 0), 1, None)


# R looks for the odds ratio and its limits between 0 and 1 (for those above 1: for one over them) to within this.
R_TOLERANCE = 1.3e-4


def below_one(value: float) -> float:
    return min(value, 1 / value)


def test_the_lady_tasting_tea_gives_what_r_gives() -> None:
    """?fisher.test, TeaTasting (Agresti 1990): p 0.4857, odds ratio 6.408309, interval 0.2117329 to 621.9337505."""
    guessed, missed = Share(3, 4), Share(1, 4)
    assert fisher(guessed, missed) == pytest.approx(0.4857, abs=5e-5)
    found = odds_ratio(guessed, missed)
    ours = [below_one(each) for each in (found.value, found.low, found.high)]
    assert ours == pytest.approx([1 / 6.408309, 0.2117329, 1 / 621.9337505], abs=R_TOLERANCE)


def test_convictions_of_twins_give_what_r_gives() -> None:
    """?fisher.test, Convictions (Fisher 1962): p 0.0005367, odds ratio 0.04693661 (0.003325764 to 0.363182271)."""
    dizygotic, monozygotic = Share(2, 17), Share(10, 13)
    assert fisher(dizygotic, monozygotic) == pytest.approx(0.0005367, abs=5e-8)
    found = odds_ratio(dizygotic, monozygotic)
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.04693661, 0.003325764, 0.363182271), abs=R_TOLERANCE
    )


@pytest.mark.parametrize(("first", "second"), [(Share(3, 4), Share(1, 4)), (Share(2, 17), Share(10, 13))])
def test_at_the_limits_of_the_odds_ratio_the_outcome_is_just_as_rare_as_the_interval_says(
    first: Share, second: Share
) -> None:
    """With exact sums over all tables: 2.5 % on each side."""
    found, all_with = odds_ratio(first, second), first.n + second.n

    def chance(counts: range, odds: float) -> float:
        def weight(n: int) -> float:
            return math.comb(first.of, n) * math.comb(second.of, all_with - n) * odds**n

        return math.fsum(map(weight, counts)) / math.fsum(map(weight, range(all_with + 1)))

    assert chance(range(first.n, all_with + 1), found.low) == pytest.approx(0.025, abs=1e-9)
    assert chance(range(first.n + 1), found.high) == pytest.approx(0.025, abs=1e-9)


def test_the_odds_ratio_changes_little_where_the_exact_one_is_given_up() -> None:
    exact, plain = (odds_ratio(Share(with_it, 400), Share(60, 400)) for with_it in (40, 41))
    # Woolf, by hand: the logarithm of 41 * 340 / (359 * 60), and 1.96 times the root of 1/41 + 1/359 + 1/60 + 1/340.
    assert (plain.value, plain.low, plain.high) == pytest.approx((0.64717, 0.42355, 0.98884), abs=2e-5)
    assert (exact.value, exact.low, exact.high) == pytest.approx((plain.value, plain.low, plain.high), rel=0.07)


def test_an_outcome_that_only_one_group_has_gives_an_open_interval() -> None:
    found = odds_ratio(Share(5, 10), Share(0, 10))
    assert found.value == math.inf
    assert found.low > 1
    assert found.high == math.inf


def test_party_and_gender_give_what_r_gives() -> None:
    """?chisq.test (Agresti 2007, p. 39): X-squared = 30.07, df = 2, p-value = 2.954e-07."""
    found = chi_square([762, 327, 468], [484, 239, 477])
    assert found is not None
    assert (found.chi_square, found.freedom) == (pytest.approx(30.07, abs=0.005), 2)
    assert found.p == pytest.approx(2.954e-7, abs=5e-11)
    assert found.association == pytest.approx(math.sqrt(30.0701 / 2757), abs=1e-5)
    assert found.holds


def test_chi_square_says_when_too_few_are_expected() -> None:
    found = chi_square([3, 40], [1, 35])
    assert found is not None
    assert found.least_expected == pytest.approx(36 * 4 / 79)
    assert not found.holds


def test_chi_square_of_one_kind_or_one_group_compares_nothing() -> None:
    assert chi_square([3, 0], [4, 0]) is None
    assert chi_square([3, 7], [0, 0]) is None
    assert chi_square([0, 3, 7], [0, 5, 5]) == chi_square([3, 7], [5, 5])


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_of_shares_has_newcombes_interval(first: Share, second: Share, low: float, high: float) -> None:
    """Newcombe 1998, Table II, method 10."""
    found = difference(first, second)
    assert found.value == pytest.approx(first.n / first.of - second.n / second.of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_holm_multiplies_the_smallest_by_the_number_of_tests_and_never_turns_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1, 1]
    assert holm([]) == []


@given(values=st.lists(st.floats(0, 1), max_size=12))
def test_holm_finds_significant_what_its_step_down_procedure_rejects(values: list[float]) -> None:
    """Holm 1979: from the smallest p, reject while p times the hypotheses left is at most the level; then stop."""
    adjusted = holm(values)
    for level in (0.01, 0.05, 0.2):
        rejected = set()
        for left, at in zip(range(len(values), 0, -1), sorted(range(len(values)), key=values.__getitem__), strict=True):
            if left * values[at] > level:
                break
            rejected.add(at)
        assert {at for at, p in enumerate(adjusted) if p <= level} == rejected

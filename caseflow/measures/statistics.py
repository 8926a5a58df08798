"""Tests of a difference between two groups. Pure: counts in, figures out.

The first group is always held against the second: women against men. A test says how often chance alone would make a
difference at least as large (p); the effect says how large the difference is, with a 95 % interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from scipy import stats
from scipy.stats import contingency

from caseflow.measures.rules import Z_95, Counts, total

SIGNIFICANT = 0.05
# The approximation by chi-square asks for so many expected in each cell (Cochran's rule, its strict form).
LEAST_EXPECTED = 5
EXACT_UP_TO = 100


@dataclass(frozen=True)
class Effect:
    """How large a difference is, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Waited:
    """The waits of a group by length: those that ended, and those cut off unfinished at that length."""

    ended: Counts
    cut: Counts


@dataclass(frozen=True)
class LogRank:
    """A log-rank test of two groups. `observed` and `expected`: ended waits of the first and the second group.

    `ratio`: how many times as often waits of the first group end, among those still waiting on the same day; above 1
    the first group gets through faster. None where nobody's wait could have told the groups apart.
    """

    observed: tuple[int, int]
    expected: tuple[float, float]
    variance: float
    chi_square: float
    p: float
    ratio: Effect | None


def log_rank(first: Waited, second: Waited) -> LogRank:
    """Mantel's log-rank test with the hypergeometric variance, as R's survdiff and lifelines' logrank_test.

    The ratio is Peto's (one step from no difference): exp((O - E) / V), with the standard error 1 / sqrt(V) of its
    logarithm. Its interval leaves out 1 exactly when the test's p is below 0.05: the two never contradict each other.
    It lies nearer to 1 than Cox's where the groups differ a great deal.
    """
    days = np.array(sorted({*first.ended, *first.cut, *second.ended, *second.cut}), dtype=float)
    ended = np.array([[group.ended.get(day, 0) for day in days] for group in (first, second)], dtype=float)
    left = ended + [[group.cut.get(day, 0) for day in days] for group in (first, second)]
    # Who is cut off on a day still waited when others ended on it.
    at_risk = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    ends, risk = ended.sum(axis=0), at_risk.sum(axis=0)
    share = at_risk[0] / risk
    expected = float((ends * share).sum())
    variance = float((ends * share * (1 - share) * (risk - ends) / np.maximum(risk - 1, 1)).sum())
    observed = total(first.ended)
    chi_square = (observed - expected) ** 2 / variance if variance else 0.0
    both = observed + total(second.ended)
    return LogRank(
        observed=(observed, both - observed),
        expected=(expected, both - expected),
        variance=variance,
        chi_square=chi_square,
        p=float(stats.chi2.sf(chi_square, df=1)),
        ratio=_peto(observed - expected, variance) if variance else None,
    )


def _peto(excess: float, variance: float) -> Effect:
    value, width = excess / variance, Z_95 / math.sqrt(variance)
    return Effect(math.exp(value), math.exp(value - width), math.exp(value + width))


@dataclass(frozen=True)
class Share:
    """`n` of so many `of`."""

    n: int
    of: int

    @property
    def value(self) -> float:
        return self.n / self.of

    @property
    def rest(self) -> int:
        return self.of - self.n


def fisher(first: Share, second: Share) -> float:
    """Fisher's exact test, two-sided: the p value. Right for the smallest numbers."""
    return float(stats.fisher_exact(_two_by_two(first, second)).pvalue)


def odds_ratio(first: Share, second: Share) -> Effect:
    """The odds ratio with its interval. May be infinite.

    Up to EXACT_UP_TO of the rarer answer, and where a cell is empty: the conditional one and its exact interval, as R's
    fisher.test. Beyond, where working that out takes seconds and changes the third digit: the sample's own, with
    Woolf's interval.
    """
    table = _two_by_two(first, second)
    with_it = first.n + second.n
    rarer = min(with_it, first.of + second.of - with_it, first.of, second.of)
    exact = rarer <= EXACT_UP_TO or 0 in (*table[0], *table[1])
    result = contingency.odds_ratio(table, kind="conditional" if exact else "sample")
    interval = result.confidence_interval(0.95)
    return Effect(float(result.statistic), float(interval.low), float(interval.high))


def difference(first: Share, second: Share) -> Effect:
    """The difference of the shares, -1 to 1, with Newcombe's interval (Statistics in Medicine 17, 1998, method 10)."""
    (low1, high1), (low2, high2) = (_wilson(share) for share in (first, second))
    one, two = first.value, second.value
    return Effect(
        one - two,
        one - two - math.hypot(one - low1, high2 - two),
        one - two + math.hypot(high1 - one, two - low2),
    )


def _wilson(share: Share) -> tuple[float, float]:
    low, high = stats.binomtest(share.n, share.of).proportion_ci(0.95, method="wilson")
    return float(low), float(high)


def _two_by_two(first: Share, second: Share) -> list[list[int]]:
    return [[first.n, first.rest], [second.n, second.rest]]


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's test of whether the groups are spread alike over the kinds.

    `least_expected`: the smallest of the expected counts. Below LEAST_EXPECTED the p value cannot be trusted.
    `association`: Cramér's V, from 0 (alike) to 1.
    """

    chi_square: float
    freedom: int
    p: float
    least_expected: float
    association: float

    @property
    def holds(self) -> bool:
        return self.least_expected >= LEAST_EXPECTED


def chi_square(first: Sequence[int], second: Sequence[int]) -> ChiSquare | None:
    """The test of the counts per kind, without continuity correction. Kinds that nobody has are left out; None where
    fewer than two kinds or only one group is left, which leaves nothing to compare."""
    table = np.array([first, second])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return None
    result = stats.chi2_contingency(table, correction=False)
    return ChiSquare(
        chi_square=float(result.statistic),
        freedom=int(result.dof),
        p=float(result.pvalue),
        least_expected=float(result.expected_freq.min()),
        association=float(contingency.association(table, method="cramer")),
    )


def holm(values: Sequence[float]) -> list[float]:
    """The p values adjusted for being so many, by Holm's step-down method, in the order they came.

    Together they are at most 0.05 wrong: the risk of calling even one chance difference significant. (SciPy has only
    the correction of the false discovery rate.)
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    stepped = accumulate((min(1.0, (len(values) - place) * values[at]) for place, at in enumerate(order)), max)
    adjusted = dict(zip(order, stepped, strict=True))
    return [adjusted[at] for at in range(len(values))]

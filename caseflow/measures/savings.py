"""The savings of very many households at once, in arrays of whole öre: `savings_rules` summed, exactly.

Every krona of a baseline is a twelfth, eleventh … of a sum, so all of them are whole numbers of the smallest part they
have in common. Nothing is rounded before the sums are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from caseflow.measures.savings_rules import BASELINE_MONTHS, to_ore

Ints = NDArray[np.int64]
# A baseline is a sum divided by one of 1 to 12: all are whole in parts of an öre this small.
PARTS = math.lcm(*range(1, BASELINE_MONTHS + 1))
ORE_PER_KRONA = 100


@dataclass(frozen=True)
class Leavings:
    """Households at their exit, one place each. `month`: that of the exit, in months since year 0."""

    month: Ints
    wholly: NDArray[np.bool_]


@dataclass(frozen=True)
class Payments:
    """What was paid: the household's place among the leavings, the month, and öre. One row per household and month."""

    household: Ints
    month: Ints
    ore: Ints


@dataclass(frozen=True)
class Totals:
    """What all the households save together. `avoided_kr`: by month, of those that left wholly. `lowered_month_kr`:
    less a month, of those topped up. `unknown_n`: households without a known payment before the exit."""

    avoided_kr: Mapping[int, Decimal]
    lowered_month_kr: Decimal
    unknown_n: int


def sum_savings(leavings: Leavings, payments: Payments, last_month: int) -> Totals:
    """The sums of `savings_rules.household_savings`, for households with no amount typed in at the exit."""
    size = len(leavings.month)
    after = payments.month - leavings.month[payments.household]
    earlier = (after < 0) & (after >= -BASELINE_MONTHS) & (payments.ore > 0)
    summed = _sum_of(payments.household[earlier], payments.ore[earlier], size)
    known_n = np.bincount(payments.household[earlier], minlength=size)
    known = known_n > 0
    # The baseline, and from here on everything else, in parts of an öre.
    baseline = summed * (PARTS // np.maximum(known_n, 1))
    later = (after > 0) & (payments.month <= last_month) & known[payments.household]
    paid = Payments(payments.household[later], payments.month[later], payments.ore[later] * PARTS)
    return Totals(
        avoided_kr=_avoided(leavings, baseline, known, paid, last_month),
        lowered_month_kr=_lowered(leavings, baseline, known, paid, last_month),
        unknown_n=int(np.count_nonzero(~known)),
    )


def _avoided(
    leavings: Leavings, baseline: Ints, known: NDArray[np.bool_], paid: Payments, last_month: int
) -> dict[int, Decimal]:
    """Each month after the exit, until assistance at or above the baseline resumes."""
    end = np.full(len(baseline), last_month + 1)
    resumed = paid.ore >= baseline[paid.household]
    np.minimum.at(end, paid.household[resumed], paid.month[resumed])
    counts = known & leavings.wholly & (end > leavings.month + 1)
    first = int(leavings.month.min(initial=last_month))
    size = last_month + 2 - first
    # Every baseline begins to count the month after the exit, and stops at the end: the sums of a month are a running
    # total of those.
    begun = _sum_of(leavings.month[counts] + 1 - first, baseline[counts], size)
    stopped = _sum_of(end[counts] - first, baseline[counts], size)
    in_time = counts[paid.household] & (paid.month < end[paid.household])
    paid_then = _sum_of(paid.month[in_time] - first, paid.ore[in_time], size)
    sums = np.cumsum(begun - stopped) - paid_then
    return {first + place: _kr(Fraction(int(sums[place]))) for place in range(1, size - 1)}


def _lowered(leavings: Leavings, baseline: Ints, known: NDArray[np.bool_], paid: Payments, last_month: int) -> Decimal:
    """The baseline minus the mean payment after the exit, of those with a month after it."""
    months = last_month - leavings.month
    counts = known & ~leavings.wholly & (months > 0)
    of_these = counts[paid.household]
    # A mean over m months for every m there is: each sum is whole, and only they are divided.
    by_months = _sum_of(months[paid.household[of_these]], paid.ore[of_these], int(months.max(initial=0)) + 1)
    means = sum((Fraction(int(total), m) for m, total in enumerate(by_months.tolist()) if m), Fraction(0))
    return _kr(Fraction(sum(baseline[counts].tolist())) - means)


def _sum_of(place: Ints, number: Ints, size: int) -> Ints:
    sums = np.zeros(size, np.int64)
    np.add.at(sums, place, number)
    return sums


def _kr(parts: Fraction) -> Decimal:
    kronor = parts / PARTS / ORE_PER_KRONA
    return to_ore(Decimal(kronor.numerator) / Decimal(kronor.denominator))

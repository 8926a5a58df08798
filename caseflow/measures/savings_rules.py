"""Assistance that is not paid out because a household has left. Pure: payments in, kronor per month out.

Source: DOMAIN.md, 500-uppdraget ("Savings of one household h that left in month m").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from caseflow.core.periods import add_months, first_of_month, months_between

BASELINE_MONTHS = 12
MONTHS_OF_YEAR = 12
ORE = Decimal("0.01")
# Means are cut off after many decimals. So many are sure, and tell half an öre from a hair below it.
SURE = Decimal("1e-12")


@dataclass(frozen=True)
class Leaving:
    """A household at its exit. `payments`: kronor by first day of month, as far as known."""

    household: str
    left_on: date
    wholly: bool
    payments: Mapping[date, Decimal]
    typed_baseline_kr: Decimal | None = None


@dataclass(frozen=True)
class SavingsMonth:
    """One month of one household: what was paid before, what was paid now, and the difference. Kronor."""

    household: str
    month_on: date
    baseline_kr: Decimal
    paid_kr: Decimal
    avoided_kr: Decimal


@dataclass(frozen=True)
class Savings:
    """What the leaving of one household saves. `baseline_kr` None: no payment is known, so nothing can be said.

    `months`: the months counted, for a household that left wholly. `lowered_month_kr`: for one that is still topped up,
    what is paid less per month on average; None until a month has passed.
    """

    leaving: Leaving
    baseline_kr: Decimal | None
    baseline_typed: bool = False
    months: tuple[SavingsMonth, ...] = ()
    lowered_month_kr: Decimal | None = None

    @property
    def avoided_kr(self) -> Decimal:
        return sum((month.avoided_kr for month in self.months), Decimal(0))


def last_whole_month(as_of: date) -> date:
    """The last calendar month that has ended by the day: a month still going on is not yet a month without payment."""
    ended = as_of + timedelta(days=1)
    return add_months(first_of_month(ended), -1)


def household_savings(leaving: Leaving, last_month: date) -> Savings:
    """Savings of one household that left in month m, to the month of the cut-off.

    Baseline b = mean of its payments above 0 in the 12 months before m (fewer where fewer exist); an amount typed in at
    the exit where no payment is known. Left wholly: for each month after m, b minus what was paid that month, never
    below 0; it stops in the month in which assistance at or above b resumes. Still topped up: b minus the mean payment
    of the months after m; a month without a known payment is one of 0 kr.
    """
    baseline, typed = _baseline(leaving)
    if baseline is None:
        return Savings(leaving, None)
    first = add_months(leaving.left_on, 1)
    after = [add_months(first, index) for index in range(months_between(first, last_month) + 1)]
    if leaving.wholly:
        return Savings(leaving, baseline, typed, months=tuple(_avoided(leaving, baseline, after)))
    if not after:
        return Savings(leaving, baseline, typed)
    paid = sum((leaving.payments.get(month, Decimal(0)) for month in after), Decimal(0))
    return Savings(leaving, baseline, typed, lowered_month_kr=baseline - paid / len(after))


def _baseline(leaving: Leaving) -> tuple[Decimal | None, bool]:
    """The baseline, and whether it was typed in."""
    month = first_of_month(leaving.left_on)
    earlier = [leaving.payments.get(add_months(month, -back), Decimal(0)) for back in range(1, BASELINE_MONTHS + 1)]
    known = [paid for paid in earlier if paid > 0]
    if known:
        return sum(known, Decimal(0)) / len(known), False
    return leaving.typed_baseline_kr, leaving.typed_baseline_kr is not None


def _avoided(leaving: Leaving, baseline: Decimal, after: Sequence[date]) -> list[SavingsMonth]:
    rows = []
    for month in after:
        paid = leaving.payments.get(month, Decimal(0))
        if paid >= baseline:
            break
        rows.append(SavingsMonth(leaving.household, month, baseline, paid, baseline - paid))
    return rows


def to_ore(amount: Decimal) -> Decimal:
    """Rounded to whole öre, half up. Only sums are rounded, never what they are summed from."""
    return amount.quantize(SURE).quantize(ORE, rounding=ROUND_HALF_UP)

"""Waits and how they are summed up. Pure: counts of days in, figures out.

Waits are whole days (W7: whole months), so every figure follows exactly from counts per day: `{days: number of waits}`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from caseflow.core.language import _, _l

# Counts per length: {14: 3} is three waits of 14 days.
Counts = Mapping[int, int]

# Two-sided 95 %: the 97.5th percentile of the normal distribution.
Z_95 = 1.959963984540054
# A product of fractions that is one half may come out a hair above it.
HALF = 0.5 + 1e-12


class Wait(StrEnum):
    """A wait between two milestones of a case. Source: DOMAIN.md, Measures.

    Days are whole calendar days in Stockholm, from the first occurrence of one milestone to the first of the other.
    W1 and W2 belong to the unit that refers, the others to the unit that receives.

    W1 first contact → decision. W2 application → decision. Both stop, unfinished, at the referral.
    W3 referral → first meeting. Stops when the case closes.
    W4 first meeting → first placement without a wage. Stops when the case closes or goes straight to an employment.
    W5 first placement without a wage → first subsidised employment. Stops when the case closes.
    W6 referral → first exit to work or studies. Stops when the case closes otherwise.
    W7 assistance since → the household leaves (wholly or as main support), in calendar months, once per household.
    """

    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    W4 = "W4"
    W5 = "W5"
    W6 = "W6"
    W7 = "W7"

    @property
    def label(self) -> str:
        return str(_LABELS[self][0])

    @property
    def start_label(self) -> str:
        return str(_LABELS[self][1])

    @property
    def end_label(self) -> str:
        return str(_LABELS[self][2])

    @property
    def of_referrer(self) -> bool:
        """Whether the wait lies with the unit that refers."""
        return self in (Wait.W1, Wait.W2)

    @property
    def unit(self) -> str:
        """What the length is counted in: days or months."""
        return "months" if self is Wait.W7 else "days"

    @property
    def unit_label(self) -> str:
        return _("månader") if self is Wait.W7 else _("dagar")

    @property
    def point_label(self) -> str:
        """One of its units, as what a point of a curve is called before its number."""
        return _("Månad") if self is Wait.W7 else _("Dag")


_LABELS = {
    Wait.W1: (_l("Första kontakt till beslut"), _l("första kontakt"), _l("beslut")),
    Wait.W2: (_l("Ansökan till beslut"), _l("ansökan"), _l("beslut")),
    Wait.W3: (_l("Anvisning till första möte"), _l("anvisning"), _l("första möte")),
    Wait.W4: (_l("Första möte till placering"), _l("första möte"), _l("första placering")),
    Wait.W5: (_l("Placering till anställning"), _l("första placering"), _l("första anställning")),
    Wait.W6: (_l("Anvisning till arbete eller studier"), _l("anvisning"), _l("arbete eller studier")),
    Wait.W7: (_l("Månader med stöd vid avslut"), _l("försörjningsstödets början"), _l("att hushållet lämnar stödet")),
}


def label_of(wait: Wait) -> Any:
    """The wait's label, to be said later."""
    return _LABELS[wait][0]


class Goal(StrEnum):
    """How a figure stands to its target (färgsättning): green, yellow, red, grey."""

    MET = "met"
    PARTLY = "part"
    NOT_MET = "not"
    UNKNOWN = "na"


# Up to a tenth beyond the target counts as partly met.
PARTLY_ABOVE, PARTLY_BELOW = 1.1, 0.9
# As the board words its targets; in files and in the register, not on the page.
SHOULD_FALL, SHOULD_RISE = "ska minska", "ska öka"


def assess(
    value: float | None,
    target: float | None,
    wording: str = "",
    year_before: float | None = None,
    *,
    higher: bool = False,
) -> Goal:
    """The colour of a figure. `higher`: more is better; else less is.

    "ska minska" is met when the value is below that of the year before, "ska öka" when it is above. Otherwise the value
    is held against the target: met at it or on its better side, partly met up to a tenth beyond, else not met. Unknown
    where something is missing.
    """
    if value is None:
        return Goal.UNKNOWN
    words = wording.strip().lower()
    if words in (SHOULD_FALL, SHOULD_RISE):
        if year_before is None:
            return Goal.UNKNOWN
        better = value < year_before if words == SHOULD_FALL else value > year_before
        return Goal.MET if better else Goal.NOT_MET
    if target is None:
        return Goal.UNKNOWN
    if value >= target if higher else value <= target:
        return Goal.MET
    nearly = value >= target * PARTLY_BELOW if higher else value <= target * PARTLY_ABOVE
    return Goal.PARTLY if nearly else Goal.NOT_MET


def total(counts: Counts) -> int:
    """How many waits."""
    return sum(counts.values())


def mean(counts: Counts) -> float | None:
    """The mean length; None of no waits."""
    n = total(counts)
    return sum(days * number for days, number in counts.items()) / n if n else None


def percentile(counts: Counts, percent: int) -> float | None:
    """The length that `percent` of the waits do not exceed; None of no waits.

    Linear interpolation between the two nearest waits in order, as PostgreSQL's percentile_cont does (R's type 7): the
    median of an even number of waits is the mean of the middle two.
    """
    n = total(counts)
    if not n:
        return None
    below, beyond = divmod(percent * (n - 1), 100)
    low = _nth(counts, below)
    return low + beyond * (_nth(counts, min(below + 1, n - 1)) - low) / 100


def share_within(counts: Counts, target_days: float | None) -> float | None:
    """The share of the waits that are no longer than the target; None without waits or target."""
    n = total(counts)
    if not n or target_days is None:
        return None
    return sum(number for days, number in counts.items() if days <= target_days) / n


def _nth(counts: Counts, place: int) -> int:
    passed = 0
    for days in sorted(counts):
        passed += counts[days]
        if passed > place:
            return days
    raise IndexError(place)


@dataclass(frozen=True)
class Step:
    """One day of a Kaplan–Meier curve: how many still waited at its beginning, how many waits ended and were cut off
    on it, the share that still waits after it, and its 95 % interval (None where it is not defined)."""

    day: int
    at_risk: int
    ended: int
    censored: int
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier curve with the median and its 95 % interval. None: the curve does not come so low.

    `ended` and `censored`: the waits that it is of. Its steps are made when somebody asks for them.
    """

    ended: Counts
    censored: Counts
    median: int | None
    low: int | None
    high: int | None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.ended, self.censored)

    def share_after(self, day: int) -> float:
        """The share that still waits after the day."""
        share = 1.0
        for step in self.steps:
            if step.day > day:
                break
            share = step.share
        return share

    def at_risk_on(self, day: int) -> int:
        """How many waited at the beginning of the day."""
        return next((step.at_risk for step in self.steps if step.day >= day), 0)


def kaplan_meier(ended: Counts, censored: Counts) -> Survival:
    """The product-limit estimate, for waits that ended and waits whose end is not known at the cut-off.

    The median is the first day on which at most half still wait. Its interval is where the limits of the curve cross
    one half (Brookmeyer and Crowley).
    """
    curve = steps(ended, censored)
    return Survival(
        ended,
        censored,
        median=_first_at_half((step.day, step.share) for step in curve),
        low=_first_at_half((step.day, step.low) for step in curve),
        high=_first_at_half((step.day, step.high) for step in curve),
    )


def steps(ended: Counts, censored: Counts) -> tuple[Step, ...]:
    """The days of a Kaplan–Meier curve on which waits ended or were cut off.

    A wait cut off on a day counts among those who still waited when others ended on that day. Intervals: Greenwood's
    variance on the log-log scale; not defined before the first end nor when nobody is left.
    """
    at_risk = total(ended) + total(censored)
    share, variance = 1.0, 0.0
    found = []
    for day in sorted(set(ended) | set(censored)):
        ends, cut = ended.get(day, 0), censored.get(day, 0)
        if ends:
            share *= (at_risk - ends) / at_risk
            variance += ends / (at_risk * (at_risk - ends)) if at_risk > ends else math.inf
        low, high = _log_log_interval(share, variance)
        found.append(Step(day, at_risk, ends, cut, share, low, high))
        at_risk -= ends + cut
    return tuple(found)


def _log_log_interval(share: float, variance: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1:
        return None, None
    width = Z_95 * math.sqrt(variance) / abs(math.log(share))
    return share ** math.exp(width), share ** math.exp(-width)


def _first_at_half(points: Iterable[tuple[int, float | None]]) -> int | None:
    return next((day for day, value in points if value is not None and value <= HALF), None)

"""What static/charts.js draws, from the figures of a report."""

from __future__ import annotations

import math
from typing import Any

from caseflow.core.language import _
from caseflow.measures import rules
from caseflow.measures.rules import Counts, Step, Survival, Wait
from caseflow.measures.wait_figures import GroupFigures, WaitFigures

MOST_BINS = 25
# The tail beyond this share of the waits is told in words instead of drawn.
DRAWN_PERCENT = 98
# A curve that few are left on says little: it is drawn while at least so many wait.
LEAST_AT_RISK = 5


def histogram(wait: Wait, figures: WaitFigures) -> dict[str, Any]:
    """Finished waits in bins of equal width; a wait of 0 days stands in the first. `beyond`: longer than the last."""
    counts = figures.counts
    longest = math.ceil(rules.percentile(counts, DRAWN_PERCENT) or 1)
    width = max(1, math.ceil(longest / MOST_BINS))
    bins = [[start, start + width, _between(counts, start, start + width)] for start in range(0, longest, width)]
    bins[0][2] += counts.get(0, 0)
    last = bins[-1][1]
    return {
        "bins": bins,
        "target": figures.target_days and round(figures.target_days),
        "max": last,
        "in_months": wait.unit == "months",
        "beyond": sum(n for days, n in counts.items() if days > last),
        "unit": wait.unit_label,
        "x_name": _(
            "%(unit)s från %(start)s till %(end)s",
            unit=wait.unit_label.capitalize(),
            start=wait.start_label,
            end=wait.end_label,
        ),
    }


def _between(counts: Counts, above: int, to: int) -> int:
    return sum(n for days, n in counts.items() if above < days <= to)


def curve(wait: Wait, survival: Survival) -> dict[str, Any]:
    """A Kaplan–Meier curve with its band, a point per day (month), and the cut-off waits as marks."""
    last = last_day(survival)
    by_day = {step.day: step for step in survival.steps}
    points, step = [], None
    for day in range(last + 1):
        step = by_day.get(day, step)
        points.append(_point(day, step))
    return {
        "curve": points,
        "cens": [[one.day, round(one.share, 4), one.censored] for one in survival.steps if one.censored],
        "med": survival.median if survival.median is not None and survival.median <= last else None,
        "max": last,
    } | _words(wait)


def _point(day: int, step: Step | None) -> list[float]:
    """Day, share, and its limits; where these are not defined the share itself."""
    if step is None:
        return [day, 1.0, 1.0, 1.0]
    limits = (step.share if limit is None else limit for limit in (step.low, step.high))
    return [day, round(step.share, 4), *(round(limit, 4) for limit in limits)]


def two_curves(wait: Wait, group: GroupFigures) -> dict[str, Any]:
    """Women and men to the same scale."""
    last = max(last_day(group.women.survival), last_day(group.men.survival))
    shares = {
        key: [[day, round(figures.survival.share_after(day), 4)] for day in range(last + 1)]
        for key, figures in (("K", group.women), ("M", group.men))
    }
    return shares | {"max": last} | _words(wait)


def at_risk(survival: Survival, parts: int = 8) -> list[tuple[int, int]]:
    """How many still waited at the beginning of some days, evenly spread under the curve."""
    last = last_day(survival)
    days = sorted({round(last * part / parts) for part in range(parts + 1)})
    return [(day, survival.at_risk_on(day)) for day in days]


def last_day(survival: Survival) -> int:
    """Where the curve stops: whole weeks, while more than a handful wait, and never before half have ended."""
    days = [step.day for step in survival.steps if step.at_risk >= LEAST_AT_RISK]
    if survival.median is not None:
        days.append(int(survival.median))
    return max(7, math.ceil(max(days, default=0) / 7) * 7)


def _words(wait: Wait) -> dict[str, Any]:
    """What a curve says of the unit it is drawn in."""
    return {
        "x_name": _("%(unit)s sedan %(start)s", unit=wait.unit_label.capitalize(), start=wait.start_label),
        "unit": wait.unit_label,
        "point": wait.point_label,
        "in_months": wait.unit == "months",
    }


# Upper ends of the age groups of open waits; the last has none.
AGE_ENDS = {"days": (7, 14, 21, 30, 60), "months": (6, 12, 24, 36, 60)}


def age_groups(wait: Wait, figures: WaitFigures) -> list[tuple[str, int, bool]]:
    """Label, number, whether over the target: how long the open ones have waited."""
    groups, above = [], -1
    for end in (*AGE_ENDS[wait.unit], None):
        label = (
            _("över %(length)s %(unit)s", length=above, unit=wait.unit_label)
            if end is None
            else f"{above + 1}–{end} {wait.unit_label}"
        )
        n = sum(n for age, n in figures.open_ages.items() if age > above and (end is None or age <= end))
        over = figures.target_days is not None and above >= figures.target_days
        groups.append((label, n, over))
        above = end if end is not None else above
    return groups

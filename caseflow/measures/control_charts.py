"""Control charts of the waits: the mean of those that ended in each week or month, for all units and each."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Date, cast, func, select

from caseflow.core.language import _, _l
from caseflow.core.periods import first_of_month
from caseflow.extensions import db
from caseflow.measures.control_rules import LEAST_POINTS, RUN, ControlChart, Signal, xmr
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Period, Selection
from caseflow.organisation.models import Unit
from caseflow.web.formatting import tal


class Step(StrEnum):
    """What one point of a chart holds: a calendar month, or an ISO week from Monday to Sunday."""

    MONTH = "month"
    WEEK = "week"

    @property
    def plural(self) -> str:
        return _("veckorna") if self is Step.WEEK else _("månaderna")

    @property
    def axis_label(self) -> str:
        return _("Vecka då väntan tog slut") if self is Step.WEEK else _("Månad då väntan tog slut")

    @property
    def point_label(self) -> str:
        return _("Vecka") if self is Step.WEEK else _("Månad")

    @property
    def change_label(self) -> str:
        return _("Ändring mot veckan före") if self is Step.WEEK else _("Ändring mot månaden före")

    def begins_on(self, day: date) -> date:
        """The first day of the day's month or week."""
        return day - timedelta(day.weekday()) if self is Step.WEEK else first_of_month(day)

    def ends_on(self, day: date) -> date:
        """The last day of the month or week that begins on the day."""
        if self is Step.WEEK:
            return day + timedelta(6)
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])

    def label(self, day: date) -> str:
        """2020-06, or 2020-v53: the ISO year and week of the day."""
        year, week, _ = day.isocalendar()
        return f"{year}-v{week:02}" if self is Step.WEEK else f"{day:%Y-%m}"

    def periods(self, selection: Selection) -> Iterator[Period]:
        """Every month or week of the selection's period up to the last day counted, cut off at both ends."""
        begin = self.begins_on(selection.period.from_on)
        while begin <= selection.last_on:
            end = self.ends_on(begin)
            yield Period(max(begin, selection.period.from_on), min(end, selection.last_on))
            begin = end + timedelta(1)


SIGNAL_LABELS = {
    Signal.OUTSIDE: _l("utanför gränserna"),
    Signal.RANGE: _l("ovanligt stort steg"),
    Signal.NEAR_LIMIT: _l("tre av fyra nära en gräns"),
    Signal.RUN: _l("åtta i rad på samma sida"),
}


@dataclass(frozen=True)
class MeanWait:
    """The waits that ended within a period, and how long they were together."""

    period: Period
    n: int
    total: int

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None


@dataclass(frozen=True)
class UnitChart:
    """The chart of one unit; None is all units together."""

    unit: Unit | None
    step: Step
    means: tuple[MeanWait, ...]
    chart: ControlChart

    @property
    def has_moved(self) -> bool:
        """Eight or more in a row lie on one side of the centre."""
        return any(Signal.RUN in point.signals for point in self.chart.points)

    @property
    def labels(self) -> list[str]:
        return [self.step.label(mean.period.from_on) for mean in self.means]

    @property
    def short_labels(self) -> list[str]:
        """The weeks of one year by their numbers alone."""
        if self.step is Step.MONTH or len({mean.period.from_on.isocalendar().year for mean in self.means}) > 1:
            return self.labels
        return [str(mean.period.from_on.isocalendar().week) for mean in self.means]

    def spans_of(self, signal: Signal) -> list[str]:
        """The points with the signal, those in a row as one: 2020-01–2020-09."""
        known = [
            (label, point)
            for label, point in zip(self.labels, self.chart.points, strict=True)
            if point.value is not None
        ]
        spans = []
        for has_it, group in groupby(known, key=lambda each: signal in each[1].signals):
            labels = [label for label, _ in group]
            if has_it:
                spans.append(labels[0] if len(labels) == 1 else f"{labels[0]}–{labels[-1]}")
        return spans


def control_charts(wait: Wait, selection: Selection, step: Step) -> list[UnitChart]:
    """The charts of the selection: all units first, then each unit that had a wait end, in order of its code.

    The waits are the rows of the wait's measure, so each point counts what the page behind it lists.
    """
    rows = get_measure(wait.value).rows(selection).subquery()
    begin = cast(func.date_trunc(step.value, rows.c.day), Date)
    query = (
        select(Unit, begin, func.count(), func.sum(rows.c.value))
        .join(Unit, Unit.id == rows.c.unit_id)
        .group_by(Unit.id, begin)
        .order_by(Unit.code)
    )
    sums: dict[Unit | None, Counter[tuple[str, date]]] = defaultdict(Counter)
    sums[None] = Counter()
    for unit, begins_on, n, total in db.session.execute(query).tuples():
        for group in (None, unit):
            sums[group].update({("n", begins_on): n, ("total", begins_on): int(total)})
    return [_unit_chart(unit, counts, selection, step) for unit, counts in sums.items()]


def _unit_chart(unit: Unit | None, counts: Counter[tuple[str, date]], selection: Selection, step: Step) -> UnitChart:
    means = []
    for period in step.periods(selection):
        begin = step.begins_on(period.from_on)
        means.append(MeanWait(period, counts["n", begin], counts["total", begin]))
    return UnitChart(unit, step, tuple(means), xmr([mean.mean for mean in means]))


def drawn(found: UnitChart, unit_label: str) -> dict[str, Any] | None:
    """What static/charts.js draws of a unit; None while there are too few points for limits. `run`: the latest of eight
    or more on one side of the centre."""
    limits, labels = found.chart.limits, found.short_labels
    if limits is None:
        return None
    runs = [place for place, point in enumerate(found.chart.points) if Signal.RUN in point.signals]
    first = next((place for place in reversed(runs) if place - 1 not in runs), None)
    return {
        "labels": labels,
        "x": [_rounded(point.value) for point in found.chart.points],
        "mr": [_rounded(point.moving_range) for point in found.chart.points],
        "cl": _rounded(limits.centre),
        "ucl": _rounded(limits.high),
        "lcl": _rounded(limits.low),
        "mrb": _rounded(limits.mean_range),
        "url": _rounded(limits.range_high),
        "run": None if first is None else [labels[first], labels[runs[-1]]],
        "x_name": found.step.axis_label,
        "y_name": _("Medelväntan, %(unit)s", unit=unit_label),
        "unit": unit_label,
        "step": found.step.point_label,
        "mark": _("v.") if found.step is Step.WEEK else "",
        "change": found.step.change_label,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def sentence(found: UnitChart, unit_label: str) -> str:
    """What the chart says, in words. `unit_label`: dagar or månader."""
    limits, chart = found.chart.limits, found.chart
    if limits is None:
        return _(
            "För lite för att säga vad som är vanligt: %(n)s punkter, och minst %(least)s behövs.",
            n=chart.n,
            least=LEAST_POINTS,
        )
    usual = _("mellan %(low)s och %(high)s %(unit)s", low=tal(limits.low, 1), high=tal(limits.high, 1), unit=unit_label)
    careful = [_("Gränserna är preliminära, eftersom de bygger på få punkter.")] if limits.provisional else []
    if not chart.has_signals:
        steady = _(
            "Inget tecken på förändring: %(points)s varierar som de brukar, %(usual)s.",
            points=found.step.plural,
            usual=usual,
        )
        return " ".join([steady, *careful])
    told = _(
        "Tecken på förändring: %(reasons)s. Vanligt i hela perioden är %(usual)s.",
        reasons="; ".join(_reasons(found)),
        usual=usual,
    )
    moved = _("Nivån kan ha flyttats: se på en kortare period för vad som är vanligt nu.")
    return " ".join([told, *([moved] if found.has_moved else []), *careful])


def _reasons(found: UnitChart) -> list[str]:
    words = {
        Signal.OUTSIDE: _("utanför gränserna: {points}"),
        Signal.RANGE: _("ovanligt stort steg från punkten före: {points}"),
        Signal.RUN: _("minst %(run)s i rad på samma sida om medelvärdet: {points}", run=RUN),
        Signal.NEAR_LIMIT: _("tre av fyra i rad närmare en gräns än medelvärdet: {points}"),
    }
    return [words[signal].format(points=_listed(labels)) for signal in words if (labels := found.spans_of(signal))]


def _listed(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else _("%(most)s och %(last)s", most=", ".join(labels[:-1]), last=labels[-1])

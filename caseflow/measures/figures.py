"""From measures' rows to their figures: by sex, by unit and in all, from one statement."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, Select, cast, func, literal, select, union_all

from caseflow.core.periods import add_months, first_of_month
from caseflow.core.personnummer import Sex
from caseflow.database import Choice
from caseflow.extensions import db
from caseflow.measures.measure import Divisor, Measure, Sum
from caseflow.measures.selection import Period, Selection


@dataclass(frozen=True)
class Figure:
    """`value` None: not known. `rows`: how many rows it is made from. `n`: how many cases (households) those are of."""

    value: int | float | Decimal | None
    rows: int
    n: int


@dataclass
class Tally:
    """The rows of one group, counted and summed."""

    rows: int = 0
    total: int | Decimal = 0
    n: int = 0


@dataclass(frozen=True)
class Figures:
    """The figures of a measure. A group without rows is zero where the measure counts, unknown where it averages."""

    measure: Measure
    selection: Selection
    tallies: Mapping[tuple[int | None, Sex | None], Tally]
    divisor: Divisor

    def of(self, unit_id: int | None = None, sex: Sex | None = None) -> Figure:
        """The figure of a unit (None: all) and a sex (None: both)."""
        if sex is not None and not self.measure.by_sex:
            return Figure(None, 0, 0)
        tally = self.tallies.get((unit_id, sex), Tally())
        return Figure(self._value(tally, unit_id), tally.rows, tally.n)

    @property
    def total(self) -> Figure:
        return self.of()

    def _value(self, tally: Tally, unit_id: int | None) -> int | float | Decimal | None:
        value, divisor = summed(self.measure.sum, tally), self.divisor(unit_id)
        if value is None or divisor is None:
            return None
        return value if divisor == 1 else float(value) / divisor


def summed(how: Sum, tally: Tally) -> int | float | Decimal | None:
    """What the rows come to, before they are divided among months or kronor."""
    if how in (Sum.COUNT, Sum.PER_MONTH):
        return tally.rows
    if how is Sum.TOTAL:
        return tally.total
    if not tally.rows:
        return None
    return float(100 * tally.total / tally.rows) if how is Sum.SHARE else tally.total / tally.rows


def figures(measure: Measure, selection: Selection) -> Figures:
    """The measure's figures for the selection."""
    return list_figures([(measure, selection)])[0]


def list_figures(wanted: Sequence[tuple[Measure, Selection]]) -> list[Figures]:
    """The figures of several measures, periods or parts, summed per unit and sex in one statement."""
    if not wanted:
        return []
    tallies: list[dict[tuple[int | None, Sex | None], Tally]] = [defaultdict(Tally) for _ in wanted]
    branches = (_summed(place, measure, selection) for place, (measure, selection) in enumerate(wanted))
    for place, unit_id, sex, count, total, n in db.session.execute(union_all(*branches)).tuples():
        for group in {(None, None), (None, sex), (unit_id, None), (unit_id, sex)}:
            tally = tallies[place][group]
            tally.rows, tally.total, tally.n = tally.rows + count, tally.total + _plain(total), tally.n + n
    divisors = _divisors(wanted)
    return [
        Figures(measure, selection, dict(tally), divisor)
        for (measure, selection), tally, divisor in zip(wanted, tallies, divisors, strict=True)
    ]


def _summed(place: int, measure: Measure, selection: Selection) -> Select[Any]:
    rows = measure.rows(selection).subquery()
    whose = func.coalesce(rows.c.case_id, -rows.c.household_id)
    return select(
        literal(place).label("place"),
        rows.c.unit_id,
        cast(rows.c.sex, Choice(Sex)).label("sex"),
        func.count().label("rows"),
        cast(func.coalesce(func.sum(rows.c.value), 0), Numeric).label("total"),
        func.count(whose.distinct()).label("n"),
    ).group_by(rows.c.unit_id, rows.c.sex)


def _plain(total: Decimal) -> int | Decimal:
    """Days and counts as the whole numbers they are."""
    return int(total) if total == total.to_integral_value() else total


def _divisors(wanted: Sequence[tuple[Measure, Selection]]) -> list[Divisor]:
    """What each sum is divided by; asked once of each measure that has a divisor of its own."""
    found: dict[int, Divisor] = {}
    for measure in {measure.key: measure for measure, _ in wanted}.values():
        places = [place for place, (one, _) in enumerate(wanted) if one.key == measure.key]
        selections = [wanted[place][1] for place in places]
        of_measure = measure.per(selections) if measure.per else [_months(measure, one) for one in selections]
        found |= zip(places, of_measure, strict=True)
    return [found[place] for place in range(len(wanted))]


def _months(measure: Measure, selection: Selection) -> Divisor:
    months = len(counting_days(selection)) if measure.sum is Sum.PER_MONTH else 1
    return lambda _unit_id: months or None


def figure(measure: Measure, selection: Selection) -> Figure:
    """The measure's figure for the selection."""
    return figures(measure, selection).total


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def counting_days(selection: Selection) -> list[date]:
    """The days on which an average per month counts: the last of each month, or the last day counted in one cut off."""
    days, month = [], first_of_month(selection.period.from_on)
    while max(month, selection.period.from_on) <= selection.last_on:
        days.append(min(month_end(month), selection.last_on))
        month = add_months(month, 1)
    return days


def whole_months(period: Period, last_on: date) -> list[date]:
    """The first days of the months that the period holds whole and that had ended by the day."""
    months, month = [], first_of_month(period.from_on)
    if month < period.from_on:
        month = add_months(month, 1)
    while month_end(month) <= min(period.to_on, last_on):
        months.append(month)
        month = add_months(month, 1)
    return months

"""Waits in a row: month by month, the same period of earlier years, and the targets of all years."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from sqlalchemy import extract, func, or_, select

from caseflow.core.periods import add_months, first_of_month
from caseflow.extensions import db
from caseflow.measures.facts import Facts
from caseflow.measures.measure import Measure
from caseflow.measures.rules import Counts, Wait
from caseflow.measures.selection import Cut, Period, Selection


def months_of(period: Period) -> list[Period]:
    """The calendar months of the period, its first and last as far as they belong to it."""
    months, month = [], first_of_month(period.from_on)
    while max(month, period.from_on) <= period.to_on:
        following = add_months(month, 1)
        last_on = date.fromordinal(following.toordinal() - 1)
        months.append(Period(max(month, period.from_on), min(last_on, period.to_on)))
        month = following
    return months


def lengths_by_month(measure: Measure, selection: Selection) -> dict[date, Counts]:
    """The measure's rows counted by value, for each month of their day. Keys: first days of months."""
    rows = measure.rows(selection).subquery().c
    year, month = extract("year", rows.day), extract("month", rows.day)
    query = select(year, month, rows.value, func.count()).group_by(year, month, rows.value)
    found: dict[date, Counter[int]] = defaultdict(Counter)
    for of_year, of_month, value, n in db.session.execute(query).tuples():
        found[date(int(of_year), int(of_month), 1)][int(value)] += n
    return dict(found)


def years_back(selection: Selection, years: int) -> Selection:
    """The same question, asked so many years earlier: period and cut-off moved, what is known unchanged."""
    period, cut = selection.period, selection.cut
    moved = Period(_back(period.from_on, years), _back(period.to_on, years))
    return replace(selection, period=moved, cut=Cut(_back(cut.as_of, years), cut.known_at))


def _back(day: date, years: int) -> date:
    """The same day of the earlier year; the last of February stays the last."""
    first = date(day.year - years, day.month, 1)
    last = date.fromordinal(add_months(first, 1).toordinal() - 1)
    ends_month = date.fromordinal(day.toordinal() + 1).day == 1
    return last if ends_month else first.replace(day=min(day.day, last.day))


def target_days(wait: Wait, cut: Cut) -> dict[int, int]:
    """The targets for every unit, of all years: their lengths, and the latest year that each began to hold."""
    target = Facts(cut).target
    query = (
        select(target.value, target.valid_from)
        .where(target.measure == wait.value, target.unit_id.is_(None))
        .order_by(target.valid_from)
    )
    return {int(value): first_on.year for value, first_on in db.session.execute(query).tuples() if value is not None}


def target_wording(wait: Wait, selection: Selection) -> str:
    """What the board has said of the wait beside a number ("ska minska"), on the last day counted."""
    target, on = Facts(selection.cut).target, selection.last_on
    query = select(target.wording).where(
        target.measure == wait.value,
        target.unit_id.is_(None),
        target.valid_from <= on,
        or_(target.valid_to.is_(None), target.valid_to >= on),
    )
    return db.session.scalars(query.order_by(target.valid_from.desc(), target.id.desc())).first() or ""

"""Calendar months and years as values."""

from __future__ import annotations

from datetime import date


def first_of_month(day: date) -> date:
    """The first day of the day's calendar month."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months after (before, when negative) the month of `month`."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months from the month of `earlier` to the month of `later`; days do not count."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def age_on(birth_on: date, day: date) -> int:
    """Age in whole years on the day."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))

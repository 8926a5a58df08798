"""The product's own functions, as they are called in operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select, text

from bench.generate import LAST_ON
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind
from caseflow.extensions import db
from caseflow.measures import counting, counts, lengths, services
from caseflow.measures.counting import LENGTH_BITS, SHIFT, UNKNOWN, WORD, unpacked
from caseflow.measures.queries import WaitReport, wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Period

CUT = Cut(LAST_ON)
# The dashboard's: the last year that is whole.
YEAR = Period(date(2019, 1, 1), date(2019, 12, 31))
# By wait, unit, sex, year and month: n, mean, median and 90th percentile.
MonthFigures = dict[tuple[str, int, str, int, int], tuple[int, float, float, float]]
# By wait and unit: Kaplan–Meier's median over all the years.
Curves = dict[tuple[str, int], int | None]


def dashboard() -> WaitReport:
    """One wait, all units and sexes, a year, with Kaplan–Meier."""
    return wait_report(Wait.W3, YEAR, CUT, computed=True)


@dataclass(frozen=True)
class Whole:
    """What a full rebuild gives."""

    months: Months
    curves: Curves


def rebuild() -> Whole:
    """Count every wait anew from the log, keep the counts, and read every figure out of them."""
    content = counts.count_all(CUT)
    counts.store(content)
    return Whole(figures(content), curves(content))


def figures(content: counts.Content) -> Months:
    """n, mean, median and 90th percentile of every wait, unit, sex and month, all at once: the pairs of a month stand
    together, shortest wait first."""
    names = list(content)
    parts = [content[name]["ended"] for name in names]
    what, numbers = unpacked(b"".join(parts))
    row = np.repeat(np.arange(len(names)), [len(part) // WORD.itemsize for part in parts])
    known = (what & UNKNOWN) != UNKNOWN
    cell = (row * 16 + (what >> LENGTH_BITS))[known]
    length, number = (what & UNKNOWN)[known], numbers[known].astype(np.int64)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    passed = number.cumsum()
    before, n = (passed - number)[starts], np.add.reduceat(number, starts)

    def percentile(percent: int) -> np.ndarray:
        below, beyond = np.divmod(percent * (n - 1), 100)
        low, high = (
            length[np.searchsorted(passed, before + place, side="right")]
            for place in (below, np.minimum(below + 1, n - 1))
        )
        return low + beyond * (high - low) / 100

    mean = np.add.reduceat(length * number, starts) / n
    return Months(names, cell[starts] // 16, cell[starts] % 16, n, mean, percentile(50), percentile(90))


@dataclass(frozen=True)
class Months:
    """Figures in columns, one place per wait, unit, sex and month. `row`: the place of its name."""

    names: list[tuple[Any, ...]]
    row: np.ndarray
    month: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    p90: np.ndarray

    def as_dict(self) -> MonthFigures:
        """To be compared with others'."""
        columns = (self.row, self.month, self.n, self.mean, self.median, self.p90)
        found: MonthFigures = {}
        for row, month, *figures in zip(*(column.tolist() for column in columns), strict=True):
            wait, unit, sex, year = self.names[row]
            found[wait.value, unit, sex.value, year, month] = tuple(figures)
        return found


def curves(content: counts.Content) -> Curves:
    """Kaplan–Meier of every wait and unit, both sexes and all years together."""
    found: Curves = {}
    for wait in Wait:
        names = [name for name in content if name[0] is wait]
        units, place = np.unique([name[1] for name in names], return_inverse=True)
        parts = {
            field: _pairs([content[name][field] for name in names], place)
            for field in ("begun_ended", "begun_stopped", "open")
        }
        parts["open"][1] = _ages(wait, parts["open"][1] - SHIFT)
        size = max(int(what.max(initial=0)) for _, what, _ in parts.values()) + 1
        ended, stopped, still = (
            np.bincount(place * size + what, n, len(units) * size).astype(np.int64).reshape(len(units), size)
            for place, what, n in parts.values()
        )
        medians = lengths.kaplan_meier_medians(ended, stopped + still).median
        found |= {(wait.value, int(unit)): median for unit, median in zip(units, medians, strict=True)}
    return found


def _pairs(rows: list[bytes], place: np.ndarray) -> list[np.ndarray]:
    """The pairs of many rows: the place of the row, the length (or day), how many."""
    what, n = unpacked(b"".join(rows))
    of_row = np.repeat(place, [len(row) // WORD.itemsize for row in rows])
    return [of_row.astype(np.int64), (what & UNKNOWN).astype(np.int64), n]


def _ages(wait: Wait, began: np.ndarray) -> np.ndarray:
    if wait.unit == "months":
        return LAST_ON.year * 12 + LAST_ON.month - 1 - counting.months_of(began)
    return counting.day_number(LAST_ON) - began


def change(case_id: int) -> None:
    """Move the first event of a case by a day: what is then to be counted anew. Not measured."""
    db.session.execute(
        text(
            "UPDATE case_event SET occurred_on = occurred_on - 1 WHERE id = "
            "(SELECT id FROM case_event WHERE case_id = :id ORDER BY sequence LIMIT 1)"
        ),
        {"id": case_id},
    )
    db.session.commit()


def renew(case_id: int) -> None:
    """What the job of a changed case does."""
    services.renew_case(case_id)
    db.session.commit()


def rows() -> None:
    """The nightly rewriting of the rows behind the figures."""
    services._rewrite_waits(CUT)
    db.session.commit()


def loops_over_objects(cases: int) -> dict[int, int]:
    """W3 of the first cases, as plain code over the objects of the database would count it."""
    counted: dict[int, int] = {}
    for case in db.session.scalars(select(Case).order_by(Case.id).limit(cases)):
        events = [event for event in case.events if event.voided_at is None]
        referred = min((e.occurred_on for e in events if e.kind is EventKind.REFERRED), default=None)
        met = min((e.occurred_on for e in events if e.kind is EventKind.FIRST_MEETING), default=None)
        if referred and met:
            days = (met - referred).days
            counted[days] = counted.get(days, 0) + 1
    db.session.rollback()
    return counted

"""The report of a wait from `wait_count`: as quick for a million cases as for ten thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import namedtuple_row
from sqlalchemy import case, literal, select

from caseflow.core.personnummer import Sex
from caseflow.database import driver_connection
from caseflow.extensions import db
from caseflow.measures.counting import LENGTH_BITS, SHIFT, UNKNOWN, WORD, Days, Ints, day_number, months_of, unpacked
from caseflow.measures.models import WaitCount
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import UnitKind

SEXES = (Sex.WOMAN, Sex.MAN)


def can_say(wait: Wait, period: Period, cut: Cut, chosen: Filter) -> bool:
    """Whether the counts know it: whole months, to the cut-off or before it, and nothing chosen but sex and a unit of
    the kind that the wait lies with. A unit of that kind is on no other side of a case."""
    whole = period.from_on.day == 1 and (period.to_on >= cut.as_of or (period.to_on + timedelta(days=1)).day == 1)
    kind = UnitKind.REFERS if wait.of_referrer else UnitKind.RECEIVES
    of_wait = chosen.unit is None or chosen.unit.kind is kind
    return whole and of_wait and cut.known_at is None and chosen.programme is None and chosen.ages is None


@dataclass(frozen=True)
class Numbers:
    """How many waits there are of each length. Axes: all units together and then each of `codes`; both sexes together,
    women, men; length. `unknown_n` has no lengths. What each counts: `queries.Sample`."""

    codes: list[str]
    ended: Ints
    begun_ended: Ints
    begun_cut: Ints
    open: Ints
    unknown_n: Ints


def read(wait: Wait, period: Period, cut: Cut, chosen: Filter) -> Numbers:
    """The numbers, where `can_say`."""
    rows = _rows(wait, period, chosen)
    codes = sorted({row.code for row in rows})
    group_of_row = np.array([codes.index(row.code) * len(SEXES) + SEXES.index(row.sex) for row in rows], np.int32)
    year_of_row = np.array([row.year for row in rows], np.int32)
    first, last = _month(period.from_on), _month(period.to_on)
    # The rows hold years, and none outside the period.
    whole_years = (period.from_on.month, period.to_on.month) == (1, 12)

    def pairs_of(field: str) -> _Pairs:
        contents = [getattr(row, field) for row in rows]
        sizes = [len(each) // WORD.itemsize for each in contents]
        return _Pairs(np.repeat(group_of_row, sizes), np.repeat(year_of_row, sizes), *unpacked(b"".join(contents)))

    def in_months(field: str) -> _Pairs:
        pairs = pairs_of(field)
        if not whole_years:
            month = pairs.year * 12 + (pairs.what >> LENGTH_BITS) - 1
            pairs = pairs.only((month >= first) & (month <= last))
        return replace(pairs, what=pairs.what & UNKNOWN)

    finished, begun_ended, begun_stopped = (in_months(name) for name in ("ended", "begun_ended", "begun_stopped"))
    waiting = pairs_of("open")
    waiting = replace(waiting, what=_ages(wait, waiting.what - SHIFT, cut.as_of))
    known_lengths = np.where(finished.what == UNKNOWN, 0, finished.what)
    parts = known_lengths, begun_ended.what, begun_stopped.what, waiting.what
    size = 1 + max(int(part.max(initial=0)) for part in parts)
    # Waits of unknown length stand behind the longest.
    ended = replace(finished, what=np.minimum(finished.what, size)).laid_out(len(codes), size + 1)
    begun_ended_n, begun_cut, open_n = (
        part.laid_out(len(codes), size) for part in (begun_ended, begun_stopped, waiting)
    )
    youngest, oldest = (_ages(wait, np.array(day_number(day)), cut.as_of) for day in (period.to_on, period.from_on))
    begun = slice(max(int(youngest), 0), max(int(oldest) + 1, 0))
    begun_cut[..., begun] += open_n[..., begun]
    return Numbers(
        codes=codes,
        ended=begun_ended_n if chosen.begun else ended[..., :size],
        begun_ended=begun_ended_n,
        begun_cut=begun_cut,
        open=open_n,
        unknown_n=ended[..., size],
    )


@dataclass(frozen=True)
class _Pairs:
    """Numbers of waits: of which group (unit and sex) and year, of what length or month or day, and how many."""

    group: Days
    year: Days
    what: Any
    n: Days

    def only(self, which: NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.group[which], self.year[which], self.what[which], self.n[which])

    def laid_out(self, units: int, size: int) -> Ints:
        """By unit, sex and length, with what they come to together in front of each."""
        cells = self.group * size + self.what
        found = np.bincount(cells, weights=self.n, minlength=units * len(SEXES) * size).astype(np.int64)
        by_sex = found.reshape(units, len(SEXES), size)
        of_units = np.concatenate([by_sex.sum(1, keepdims=True), by_sex], axis=1)
        return np.concatenate([of_units.sum(0, keepdims=True), of_units])


def _rows(wait: Wait, period: Period, chosen: Filter) -> Sequence[Any]:
    """The counts of the wait; of years outside the period only the open waits. Fetched as they are: written out in hex,
    as the session would have them, they take as long as all the rest."""
    in_period = WaitCount.year.between(period.from_on.year, period.to_on.year)
    of_period = [
        case((in_period, column), else_=literal(b"")).label(column.key)
        for column in (WaitCount.ended, WaitCount.begun_ended, WaitCount.begun_stopped)
    ]
    query = select(Unit.code, WaitCount.sex, WaitCount.year, *of_period, WaitCount.open).join(
        Unit, Unit.id == WaitCount.unit_id
    )
    conditions = [WaitCount.wait == wait]
    if chosen.unit is not None:
        conditions.append(WaitCount.unit_id == chosen.unit.id)
    if chosen.sex is not None:
        conditions.append(WaitCount.sex == chosen.sex)
    statement = query.where(*conditions).compile(db.engine, compile_kwargs={"literal_binds": True})
    cursor = driver_connection().cursor(binary=True, row_factory=namedtuple_row)
    rows: list[Any] = cursor.execute(str(statement)).fetchall()
    return rows


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _ages(wait: Wait, began: Any, as_of: date) -> Any:
    if wait.unit == "months":
        return _month(as_of) - months_of(began)
    return day_number(as_of) - began

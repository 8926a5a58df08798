"""Little's law, stage by stage: what stands there on average should be what comes per day times the days it stays.

The law is exact over a period when all stays begin and end within it. Time in stage is only known of those who have
left. So the difference is exactly (in mean stock): the time in the period of those who are still there, less the time
before the period of those who left, less the growth (arrivals beyond departures, times the mean stay). In a steady flow
the three cancel. When ends are not registered the first term grows and nothing answers to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from caseflow.cases.terms import Stage
from caseflow.extensions import db
from caseflow.measures.flow_gaps import Silence
from caseflow.measures.flow_measures import counted_days, days_within
from caseflow.measures.flow_stages import OPEN_STAGES, stays
from caseflow.measures.selection import Selection


@dataclass(frozen=True)
class Balance:
    """One stage's (None: the whole flow's) sums over a period of so many days. All but the counts are days.

    `stock_days`: spent in the period, by all. `left_days`: the whole stays of those who left in it, of which
    `before_days` before it. `staying_days`: spent in it by those who are still there. `silent_n`: of these, those in
    whose case nothing has happened for long; `silent_days`: their days of the period since it last did.
    """

    stage: Stage | None
    days: int
    touched_n: int
    came_n: int
    left_n: int
    stock_days: int
    left_days: int
    before_days: int
    staying_days: int
    silent_n: int
    silent_days: int

    @property
    def mean_stock(self) -> float | None:
        return self.stock_days / self.days if self.days else None

    @property
    def per_day(self) -> float | None:
        return self.came_n / self.days if self.days else None

    @property
    def mean_stay(self) -> float | None:
        """Days from coming to leaving, of those who left in the period."""
        return self.left_days / self.left_n if self.left_n else None

    @property
    def expected(self) -> float | None:
        """Arrivals per day times mean stay."""
        return None if self.per_day is None or self.mean_stay is None else self.per_day * self.mean_stay

    @property
    def difference(self) -> float | None:
        """Mean stock beyond what arrivals and stays explain: `staying` less `before` less `growth`."""
        return None if self.mean_stock is None or self.expected is None else self.mean_stock - self.expected

    @property
    def relative(self) -> float | None:
        """The difference as a share of the mean stock."""
        return self.difference / self.mean_stock if self.difference is not None and self.mean_stock else None

    @property
    def staying(self) -> float | None:
        return self.staying_days / self.days if self.days else None

    @property
    def before(self) -> float | None:
        return self.before_days / self.days if self.days else None

    @property
    def growth(self) -> float | None:
        mean_stay = self.mean_stay
        return None if mean_stay is None or not self.days else (self.came_n - self.left_n) * mean_stay / self.days

    @property
    def silent(self) -> float | None:
        """The part of the mean stock that cases are in whom nothing has happened for long, since it last did."""
        return self.silent_days / self.days if self.days else None


def balances(selection: Selection, silent: Sequence[Silence]) -> list[Balance]:
    """Of every open stage in order, and last of the whole flow."""
    days = counted_days(selection)
    length = max((days.to_on - days.from_on).days + 1, 0)
    staged = {row.stage: row for row in _sums(selection, whole=False)}
    whole = {row.stage: row for row in _sums(selection, whole=True)}
    found = [
        _balance(stage, length, staged.get(stage), [one for one in silent if one.stage is stage])
        for stage in OPEN_STAGES
    ]
    return [*found, _balance(None, length, whole.get(OPEN_STAGES[0]), silent)]


def _balance(stage: Stage | None, length: int, sums: Any, silent: Sequence[Silence]) -> Balance:
    names = ("touched_n", "came_n", "left_n", "stock_days", "left_days", "before_days", "staying_days")
    counts = {name: int(getattr(sums, name, None) or 0) for name in names}
    silent_n, silent_days = sum(one.n for one in silent), sum(one.days for one in silent)
    return Balance(stage, length, **counts, silent_n=silent_n, silent_days=silent_days)


def _sums(selection: Selection, *, whole: bool) -> Iterator[Any]:
    stay, days = stays(selection, whole=whole).c, counted_days(selection)
    within = days_within(stay, days)
    left = stay.left_on.between(days.from_on, days.to_on)
    still_there = or_(stay.left_on.is_(None), stay.left_on > days.to_on)
    before = func.greatest(days.from_on - stay.came_on, 0)
    query = (
        select(
            stay.stage,
            func.count().label("touched_n"),
            func.count().filter(stay.came_on >= days.from_on).label("came_n"),
            func.count().filter(left).label("left_n"),
            func.sum(within).label("stock_days"),
            func.sum(stay.left_on - stay.came_on).filter(left).label("left_days"),
            func.sum(before).filter(left).label("before_days"),
            func.sum(within).filter(still_there).label("staying_days"),
        )
        .where(
            stay.stage.in_(OPEN_STAGES),
            and_(stay.came_on <= days.to_on, or_(stay.left_on.is_(None), stay.left_on >= days.from_on)),
        )
        .group_by(stay.stage)
    )
    yield from db.session.execute(query)

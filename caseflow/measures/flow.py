"""The flow of a period: what came, what went and what was there, in every stage on every day; and every step taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import case, func, literal, select

from caseflow.cases.rules import OPEN
from caseflow.cases.terms import Stage
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts
from caseflow.measures.flow_measures import counted_days
from caseflow.measures.flow_stages import STAGE, stays
from caseflow.measures.selection import Period, Selection


@dataclass(frozen=True)
class Move:
    """So many cases went from one stage to another on a day. `day` None: before the period. `unit` referred them."""

    day: date | None
    before: Stage
    stage: Stage
    sex: Sex
    unit: str
    n: int


@dataclass(frozen=True)
class Step:
    """So many cases went from one stage to another in the period."""

    before: Stage
    stage: Stage
    n: int

    @property
    def is_back(self) -> bool:
        """Back to an earlier stage: after a broken placement, or reopened."""
        stages = list(Stage)
        if self.before is Stage.NEW:
            return False
        return self.before not in OPEN or (self.stage in OPEN and stages.index(self.stage) < stages.index(self.before))


@dataclass(frozen=True)
class Stream:
    """What came to a stage, and what left it, day by day; `at_start` stood there before the period's first day."""

    days: Period
    at_start: int
    came: Counter[date]
    left: Counter[date]

    @cached_property
    def stock(self) -> dict[date, int]:
        """How many stood there at the end of each day of the period."""
        found, there, day = {}, self.at_start, self.days.from_on
        while day <= self.days.to_on:
            there += self.came[day] - self.left[day]
            found[day] = there
            day += timedelta(1)
        return found

    def at_end_of(self, day: date) -> int:
        """The stock at the end of a day of the period, or of the day before it."""
        return self.stock.get(day, self.at_start)

    def came_in(self, days: Period) -> int:
        return _within(self.came, days)

    def left_in(self, days: Period) -> int:
        return _within(self.left, days)


def _within(counts: Counter[date], days: Period) -> int:
    return sum(n for day, n in counts.items() if days.from_on <= day <= days.to_on)


@dataclass(frozen=True)
class Flow:
    """The flow of the selection's period up to its cut-off."""

    selection: Selection
    days: Period
    moves: tuple[Move, ...]

    def stream(self, stage: Stage | None = None, sex: Sex | None = None) -> Stream:
        """Of a stage (None: the whole flow, from referral to close) and a sex (None: both)."""
        at_start, came, left = 0, Counter[date](), Counter[date]()
        for move in self.moves:
            arrives, leaves = _in(move.stage, stage), _in(move.before, stage)
            if arrives == leaves or (sex is not None and move.sex is not sex):
                continue
            if move.day is None:
                at_start += move.n if arrives else -move.n
            else:
                (came if arrives else left)[move.day] += move.n
        return Stream(self.days, at_start, came, left)

    def steps(self, sex: Sex | None = None) -> list[Step]:
        """Every step taken in the period, in the order of the stages."""
        counts: Counter[tuple[Stage, Stage]] = Counter()
        for move in self._in_period(sex):
            counts[move.before, move.stage] += move.n
        stages = list(Stage)
        ordered = sorted(counts, key=lambda pair: (stages.index(pair[0]), stages.index(pair[1])))
        return [Step(*pair, counts[pair]) for pair in ordered]

    def referred_by(self) -> dict[str, list[Step]]:
        """The steps out of the referring units, by unit."""
        counts: dict[str, Counter[Stage]] = defaultdict(Counter)
        for move in self._in_period(None):
            if move.before is Stage.NEW:
                counts[move.unit][move.stage] += move.n
        return {
            unit: [Step(Stage.NEW, stage, counts[unit][stage]) for stage in Stage if counts[unit][stage]]
            for unit in sorted(counts)
        }

    def _in_period(self, sex: Sex | None) -> Iterable[Move]:
        return (move for move in self.moves if move.day is not None and sex in (None, move.sex))


def _in(found: Stage, stage: Stage | None) -> bool:
    return found in OPEN if stage is None else found is stage


def flow(selection: Selection) -> Flow:
    """The flow that the selection asks for, from one statement: so many moves per day, step, sex and referring unit."""
    facts, stay, days = Facts(selection.cut), stays(selection).c, counted_days(selection)
    day = case((stay.came_on >= days.from_on, stay.came_on))
    before = func.coalesce(stay.before, literal(Stage.NEW, STAGE), type_=STAGE)
    moves = (
        select(
            day.label("day"),
            before.label("before"),
            stay.stage,
            facts.participant.sex,
            facts.unit.code,
        )
        .join(facts.case, facts.case.id == stay.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .join(facts.unit, facts.unit.id == facts.case.from_unit_id)
        .where(stay.came_on <= days.to_on, stay.stage != Stage.NEW)
        .subquery()
    )
    query = select(moves, func.count()).group_by(*moves.c)
    return Flow(selection, days, tuple(Move(*row) for row in db.session.execute(query).tuples()))

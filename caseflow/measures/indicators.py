"""The board's indicators: each figure with the years before, its target and its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts, years_before
from caseflow.measures.figures import Figures, list_figures, month_end
from caseflow.measures.goals import Aim, aim_of, judge, list_aims, list_overrides
from caseflow.measures.households import HOUSEHOLD_MEASURES
from caseflow.measures.measure import Measure
from caseflow.measures.milestones import valid_events
from caseflow.measures.models import GoalOverride
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Goal, Wait
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import UnitKind

# A measure's key, or "key:part" for one of its parts.
PARTICIPANTS = (
    *("F1", "F2", "F2:work", "F2:studies", "F3", "F4", "F4:work", "F4:studies", "F5"),
    *("F6:compared", "F6", "F6:not_raised", "F6:lacking"),
)
SHARES = ("F6_share", "K1")
EFFICIENCY = ("F7",)
HOUSEHOLDS = ("H1", "H2")
ASSISTANCE = ("H3", "H4")
WAITS = tuple(wait.value for wait in Wait)
# What the board follows, in the order of its report.
BOARD = (*PARTICIPANTS, *SHARES, *EFFICIENCY, *HOUSEHOLDS, *ASSISTANCE, *WAITS)
YEARS_BACK = 2


@dataclass(frozen=True)
class Indicator:
    """One figure of the board. `years`: the two whole years before, the nearest first; `last_year`: the same part of
    the year before. None in place of figures: the record had not begun."""

    key: str
    measure: Measure
    selection: Selection
    now: Figures | None
    last_year: Figures | None
    years: tuple[Figures | None, ...]
    aim: Aim | None
    override: GoalOverride | None

    @property
    def label(self) -> str:
        """The measure's name, or what the part of it is."""
        part = self.selection.part
        return f"{self.measure.label}: {dict(self.measure.parts)[part]}" if part else self.measure.label

    @property
    def computed(self) -> Goal:
        """The colour by the rule."""
        return judge(self.measure, self.selection, value_of(self.now), value_of(self.last_year), self.aim)

    @property
    def colour(self) -> Goal:
        """The colour that a controller has chosen, else the computed one."""
        return self.override.chosen if self.override else self.computed


def value_of(found: Figures | None, sex: Sex | None = None) -> int | float | Decimal | None:
    """The value; None where it is not known."""
    return None if found is None else found.of(sex=sex).value


def list_indicators(selection: Selection, keys: Sequence[str] = BOARD) -> list[Indicator]:
    """The indicators of the period, in the order of the keys, from one statement."""
    wanted = [(get_measure(key), selection.only(part=part)) for key, _, part in (one.partition(":") for one in keys)]
    aims, overrides = list_aims({measure.key for measure, _ in wanted}, selection), list_overrides(selection)
    unit_id = selection.chosen.unit.id if selection.chosen.unit else None
    rows = zip(keys, wanted, _of_periods(wanted, selection), strict=True)
    return [
        Indicator(
            key=key,
            measure=measure,
            selection=of_part,
            now=now,
            last_year=last_year,
            years=tuple(years),
            aim=None if of_part.part else aim_of(measure, selection, aims),
            override=None if of_part.part else overrides.get((measure.key, unit_id)),
        )
        for key, (measure, of_part), (now, last_year, *years) in rows
    ]


def _of_periods(wanted: Sequence[tuple[Measure, Selection]], selection: Selection) -> list[list[Figures | None]]:
    """For each of the wanted the figures of the period and of the earlier ones; each is asked for once.

    Of a period that ended before anything was recorded nothing is known. Households have a record of their own, of
    payments, and say themselves what they do not know.
    """
    begins_on = record_begins_on(selection.cut)
    periods = [Period(selection.period.from_on, selection.last_on), *earlier_periods(selection)]
    asked = {
        (place, period): (measure, one.only(period=period))
        for place, (measure, one) in enumerate(wanted)
        for period in periods
        if measure in HOUSEHOLD_MEASURES or (begins_on is not None and period.to_on >= begins_on)
    }
    found = dict(zip(asked, list_figures(list(asked.values())), strict=True))
    return [[found.get((place, period)) for period in periods] for place in range(len(wanted))]


def earlier_periods(selection: Selection) -> list[Period]:
    """The same part of the year before, then the whole years before, the nearest first."""
    from_on, last_on = selection.period.from_on, selection.last_on
    same = Period(years_before(from_on, 1), years_before(last_on, 1))
    if month_end(last_on) == last_on:
        # February may have one day more.
        same = replace(same, to_on=month_end(same.to_on))
    return [same, *(Period.year(from_on.year - back) for back in range(1, YEARS_BACK + 1))]


def record_begins_on(cut: Cut) -> date | None:
    """The day of the first referral recorded; None where there is none."""
    query = select(func.min(CaseEvent.occurred_on)).where(CaseEvent.kind == EventKind.REFERRED, valid_events(cut))
    return db.session.scalar(query)


def list_receiving_units(cut: Cut) -> list[Unit]:
    """The units that receive, closed ones too, as the cut knows them: those whose figures add up to that of all."""
    then = Facts(cut).unit
    receive = select(then.id).where(then.kind == UnitKind.RECEIVES)
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(receive)).order_by(Unit.code, Unit.id)))

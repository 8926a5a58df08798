"""What figures should reach, and how they stand to it: the targets and the chosen colours that a cut knows."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from caseflow.extensions import db
from caseflow.measures.facts import Facts, known
from caseflow.measures.measure import Better, Measure, Sum
from caseflow.measures.models import GoalOverride
from caseflow.measures.rules import Goal, assess
from caseflow.measures.selection import Selection

# Means and shares of a unit, or of a few, can be held against the target of all; counts and sums cannot.
COMPARABLE = (Sum.MEAN, Sum.SHARE)
# A measure and a unit's id; None: all units.
Whose = tuple[str, int | None]


@dataclass(frozen=True)
class Aim:
    """A target: a value in the measure's unit, the board's words, or both."""

    value: float | None
    wording: str


def list_aims(measures: Collection[str], selection: Selection) -> dict[Whose, Aim]:
    """The targets valid on the last day counted."""
    on, target = selection.last_on, Facts(selection.cut).target
    query = (
        select(target.measure, target.unit_id, target.value, target.wording)
        .where(
            target.measure.in_(measures),
            target.valid_from <= on,
            or_(target.valid_to.is_(None), target.valid_to >= on),
        )
        .order_by(target.valid_from, target.id)
    )
    found = db.session.execute(query).tuples()
    return {
        (measure, unit_id): Aim(None if value is None else float(value), wording)
        for measure, unit_id, value, wording in found
    }


def aim_of(measure: Measure, selection: Selection, aims: dict[Whose, Aim]) -> Aim | None:
    """The target that the selection's figure is held against; a unit's own goes before that of all.

    A count under a filter of programme, sex or age is held against none: the target is of everybody.
    """
    chosen = selection.chosen
    comparable = measure.sum in COMPARABLE
    if not comparable and (chosen.programme or chosen.sex or chosen.ages):
        return None
    own = aims.get((measure.key, chosen.unit.id)) if chosen.unit else None
    return own or (aims.get((measure.key, None)) if comparable or chosen.unit is None else None)


def judge(measure: Measure, selection: Selection, value: Any, year_before: Any, aim: Aim | None) -> Goal:
    """The colour by the rule (`rules.assess`).

    What adds up over the year is held against as large a part of the target as the period is of the year.
    """
    if aim is None:
        return Goal.UNKNOWN
    target = aim.value
    if target is not None and measure.yearly:
        target *= part_of_year(selection)
    before = None if year_before is None else float(year_before)
    higher = measure.better is Better.HIGHER
    return assess(None if value is None else float(value), target, aim.wording, before, higher=higher)


def part_of_year(selection: Selection) -> float:
    """The days counted, as a part of those of the year in which the period begins."""
    days = (selection.last_on - selection.period.from_on).days + 1
    return days / (366 if calendar.isleap(selection.period.from_on.year) else 365)


def list_overrides(selection: Selection) -> dict[Whose, GoalOverride]:
    """The colours chosen for the very period and cut-off. They are of figures without a filter of persons."""
    chosen, override = selection.chosen, GoalOverride
    if chosen.programme or chosen.sex or chosen.ages:
        return {}
    row: Any = override
    query = select(override).where(
        override.from_on == selection.period.from_on,
        override.to_on == selection.last_on,
        known(row, selection.cut.known_at),
    )
    return {(one.measure, one.unit_id): one for one in db.session.scalars(query)}

"""Targets in days, as lists of cases hold cases against them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    and_,
    cast,
    or_,
    select,
)

from caseflow.cases.models import Case
from caseflow.cases.rules import OPEN
from caseflow.cases.terms import Stage
from caseflow.extensions import db
from caseflow.organisation.models import Target

STAGE, WAIT = "stage:", "W3"


def target_of(measure: ColumnElement[str], today: date) -> ScalarSelect[Any]:
    """The measure's target in days, valid today; the receiving unit's own goes before everybody's.

    Looked up case by case: where the database has to choose among cases. `StageTargets` is for the rows of a page.
    """
    return (
        select(cast(Target.value, Integer))
        .where(
            Target.measure == measure, _valid(today), or_(Target.unit_id.is_(None), Target.unit_id == Case.to_unit_id)
        )
        .order_by(Target.unit_id.nulls_last(), Target.valid_from.desc(), Target.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Part:
    """Cases that are held against the same day: in one stage, at units with the same target.

    `cutoff_on`: who came into the stage before that day is over target; None where the stage has no target.
    """

    stage: Stage
    condition: ColumnElement[bool]
    cutoff_on: date | None


@dataclass(frozen=True)
class StageTargets:
    """The days that a case should spend in each stage, and that it should wait for a first meeting (W3), valid `today`:
    by measure, everybody's (None) and units' own."""

    today: date
    days: dict[str, dict[int | None, int | None]]

    def stage_days(self, stage: Stage, unit_id: int) -> int | None:
        """The days that a case should spend in the stage at the receiving unit; None where nobody has said."""
        return self._days(f"{STAGE}{stage}", unit_id)

    def wait_days(self, unit_id: int) -> int | None:
        """The days within which there should be a first meeting."""
        return self._days(WAIT, unit_id)

    def _days(self, measure: str, unit_id: int) -> int | None:
        by_unit = self.days.get(measure, {})
        return by_unit[unit_id] if unit_id in by_unit else by_unit.get(None)

    @cached_property
    def parts(self) -> list[Part]:
        """Every open case is in one part."""
        parts = []
        for stage in sorted(OPEN):
            by_unit = self.days.get(f"{STAGE}{stage}", {})
            own = [unit_id for unit_id in by_unit if unit_id is not None]
            for unit_id in own:
                here = and_(Case.stage == stage, Case.to_unit_id == unit_id)
                parts.append(Part(stage, here, self._cutoff(by_unit[unit_id])))
            others = [Case.to_unit_id.not_in(own)] if own else []
            parts.append(Part(stage, and_(Case.stage == stage, *others), self._cutoff(by_unit.get(None))))
        return parts

    @cached_property
    def over(self) -> ColumnElement[bool]:
        """Open cases that have been in their stage longer than its target."""
        return or_(
            *(
                and_(part.condition, Case.stage_since_on < part.cutoff_on)
                for part in self.parts
                if part.cutoff_on is not None
            ),
            Case.stage.in_(()),
        )

    def _cutoff(self, days: int | None) -> date | None:
        return None if days is None else self.today - timedelta(days=days)


def get_stage_targets(today: date) -> StageTargets:
    """The targets that are valid today."""
    query = (
        select(Target.measure, Target.unit_id, cast(Target.value, Integer))
        .where(or_(Target.measure.startswith(STAGE), Target.measure == WAIT), _valid(today))
        .order_by(Target.valid_from, Target.id)
    )
    days: dict[str, dict[int | None, int | None]] = {}
    for measure, unit_id, value in db.session.execute(query):
        days.setdefault(measure, {})[unit_id] = value
    return StageTargets(today, days)


def _valid(today: date) -> ColumnElement[bool]:
    return and_(Target.valid_from <= today, or_(Target.valid_to.is_(None), Target.valid_to >= today))

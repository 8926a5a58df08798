"""Targets in days, as lists of cases hold cases against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    String,
    TableValuedAlias,
    and_,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
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

    `unit_id`: a unit with a target of its own; None: all the others. `cutoff_on`: who came into the stage before that
    day is over target; None where the stage has no target.
    """

    stage: Stage
    unit_id: int | None
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
            parts += [
                Part(stage, unit_id, self._cutoff(days)) for unit_id, days in by_unit.items() if unit_id is not None
            ]
            parts.append(Part(stage, None, self._cutoff(by_unit.get(None))))
        return parts

    def table(self, stages: Iterable[Stage]) -> TableValuedAlias:
        """The parts in these stages as rows to join with; a closed stage is a part without a target."""
        wanted = frozenset(stages)
        parts = [part for part in self.parts if part.stage in wanted]
        parts += [Part(stage, None, None) for stage in sorted(wanted - OPEN)]
        columns = (
            cast([part.stage.value for part in parts], ARRAY(String)),
            cast([part.unit_id for part in parts], ARRAY(BigInteger)),
            cast([part.cutoff_on for part in parts], ARRAY(Date)),
        )
        names = (column("stage", String), column("unit_id", BigInteger), column("cutoff_on", Date))
        return func.unnest(*columns).table_valued(*names).render_derived(name="part")

    def within(self, part: TableValuedAlias) -> list[ColumnElement[bool]]:
        """The cases of the part, a row of `table`."""
        in_stage = type_coerce(Case.stage, String) == part.c.stage
        own = [(part.stage, part.unit_id) for part in self.parts if part.unit_id is not None]
        if not own:
            return [in_stage]
        others = and_(part.c.unit_id.is_(None), tuple_(Case.stage, Case.to_unit_id).not_in(own))
        return [in_stage, or_(Case.to_unit_id == part.c.unit_id, others)]

    @cached_property
    def over(self) -> ColumnElement[bool]:
        """Open cases that have been in their stage longer than its target."""
        return or_(
            *(
                and_(Case.stage == part.stage, self._at_unit(part), Case.stage_since_on < part.cutoff_on)
                for part in self.parts
                if part.cutoff_on is not None
            ),
            Case.stage.in_(()),
        )

    def _at_unit(self, part: Part) -> ColumnElement[bool]:
        if part.unit_id is not None:
            return Case.to_unit_id == part.unit_id
        own = [other.unit_id for other in self.parts if other.stage == part.stage and other.unit_id is not None]
        return Case.to_unit_id.not_in(own) if own else true()

    def _cutoff(self, days: int | None) -> date | None:
        return None if days is None else self.today - timedelta(days=days)


def get_stage_targets(today: date) -> StageTargets:
    """The targets that are valid today."""
    days: dict[str, dict[int | None, int | None]] = {}
    for measure, unit_id, value in db.session.execute(_valid_targets(), {"today": today}):
        days.setdefault(measure, {})[unit_id] = value
    return StageTargets(today, days)


@cache
def _valid_targets() -> Select[Any]:
    return (
        select(Target.measure, Target.unit_id, cast(Target.value, Integer))
        .where(or_(Target.measure.startswith(STAGE), Target.measure == WAIT), _valid(bindparam("today", type_=Date)))
        .order_by(Target.valid_from, Target.id)
    )


def _valid(today: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(Target.valid_from <= today, or_(Target.valid_to.is_(None), Target.valid_to >= today))

"""Who has how much: the open cases of each counsellor, and what is waiting in them. One statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, and_, func, join, select, true

from caseflow.accounts.models import User
from caseflow.cases.list_rows import ONGOING, is_open
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.rules import OPEN
from caseflow.cases.terms import Stage
from caseflow.cases.work_queries import Work, condition
from caseflow.extensions import db
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import UnitKind
from caseflow.security.permissions import Actor, Role

# The stages in which a counsellor has the case; a referral waits for whoever takes it.
STAGES = tuple(stage for stage in Stage if stage in OPEN and stage is not Stage.REFERRED)
COUNTED = (Stage.REFERRED, *STAGES)


@dataclass(frozen=True)
class Load:
    """One counsellor's open cases, by the public id, or (`counsellor_id` None) those that nobody has in a unit.

    `late`: with a step past its day. `ending`: with a placement that ends within 30 days. `met`: first meetings held
    this month, also in cases that have closed since.
    """

    counsellor_id: UUID | None
    name: str
    unit: str
    stages: dict[Stage, int]
    late: int
    ending: int
    met: int

    @property
    def total(self) -> int:
        return sum(self.stages.values())

    @property
    def to_accept(self) -> int:
        """Referrals that nobody has accepted."""
        return self.stages.get(Stage.REFERRED, 0)


def _staff(actor: Actor) -> Subquery:
    """The counsellors of the actor's unit, or of every unit that receives."""
    own = true() if actor.unit_id is None else User.unit_id == actor.unit_id
    return (
        select(User.id, User.unit_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(User.role == Role.COUNSELLOR, User.closed_at.is_(None), Unit.kind == UnitKind.RECEIVES, own)
        .subquery("staff")
    )


def _cases(actor: Actor, today: date) -> Subquery:
    """Open cases by counsellor and unit: how many in each stage, late, and with a placement about to end."""
    late, ending = (condition(work, None, today) for work in (Work.LATE, Work.ENDING))
    return (
        select(
            Case.counsellor_id,
            Case.to_unit_id.label("unit_id"),
            *(func.count().filter(Case.stage == stage).label(stage.value) for stage in COUNTED),
            func.count().filter(late).label("late"),
            func.count().filter(ending).label("ending"),
        )
        .outerjoin(ONGOING, true())
        .where(visible_to(actor), is_open())
        .group_by(Case.counsellor_id, Case.to_unit_id)
        .subquery("cases")
    )


def _met(actor: Actor, today: date) -> Subquery:
    """Cases with a first meeting held this month."""
    return (
        select(Case.counsellor_id, Case.to_unit_id.label("unit_id"), func.count().label("n"))
        .where(visible_to(actor), condition(Work.MET, None, today))
        .group_by(Case.counsellor_id, Case.to_unit_id)
        .subquery("met")
    )


def list_loads(actor: Actor, today: date) -> list[Load]:
    """Every counsellor of the units whose cases the actor sees, those without cases too; then what nobody has."""
    of_staff, of_cases, of_met = _staff(actor), _cases(actor, today), _met(actor, today)
    staff, cases, met = of_staff.c, of_cases.c, of_met.c
    unit_id = func.coalesce(staff.unit_id, cases.unit_id, met.unit_id)
    counsellor_id = func.coalesce(staff.id, cases.counsellor_id, met.counsellor_id)
    same = and_(cases.counsellor_id == met.counsellor_id, cases.unit_id == met.unit_id)
    theirs = and_(
        func.coalesce(cases.counsellor_id, met.counsellor_id) == staff.id,
        func.coalesce(cases.unit_id, met.unit_id) == staff.unit_id,
    )
    numbers = (*(cases[stage.value] for stage in COUNTED), cases.late, cases.ending, met.n)
    query = (
        select(User.public_id, func.coalesce(User.name, ""), Unit.code, *(func.coalesce(each, 0) for each in numbers))
        .select_from(join(of_staff, join(of_cases, of_met, same, full=True), theirs, full=True))
        .join(Unit, Unit.id == unit_id)
        .join(User, User.id == counsellor_id, isouter=True)
    )
    return [
        Load(found_id, name, unit, dict(zip(COUNTED, rest, strict=False)), *rest[len(COUNTED) :])
        for found_id, name, unit, *rest in db.session.execute(query)
    ]


def in_order(loads: Iterable[Load], sort: str) -> list[Load]:
    """By the column that the address names, with "-" before it for the other way; what nobody has stands last."""
    keys: dict[str, Callable[[Load], Any]] = {
        "namn": lambda one: one.name.casefold(),
        "enhet": lambda one: (one.unit, one.name.casefold()),
        "antal": lambda one: one.total,
        "sena": lambda one: one.late,
        "slutar": lambda one: one.ending,
        "moten": lambda one: one.met,
    }
    name = sort.removeprefix("-")
    found = sorted(loads, key=lambda one: (one.unit, one.name.casefold()))
    found.sort(key=keys.get(name, keys["enhet"]), reverse=sort.startswith("-"))
    return sorted(found, key=lambda one: one.counsellor_id is None)


def summed(loads: Sequence[Load]) -> Load:
    """All of them together."""
    stages = {stage: sum(one.stages.get(stage, 0) for one in loads) for stage in COUNTED}
    late, ending, met = (sum(getattr(one, name) for one in loads) for name in ("late", "ending", "met"))
    return Load(None, "", "", stages, late, ending, met)

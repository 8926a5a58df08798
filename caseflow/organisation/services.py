"""Changes of units, workplaces and programmes. Lock, permit, rule, flush; never commit. Targets are in `targets.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken, StaleEdit
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.extensions import Base, db
from caseflow.organisation.models import Employer, Programme, ProgrammeBudget, ProgrammeGoal, Unit, UnitCost, Workplace
from caseflow.organisation.queries import find_budget, find_goal, find_unit_cost
from caseflow.organisation.rules import Sector, UnitKind
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

Row = TypeVar("Row", Workplace, Employer)


@dataclass(frozen=True)
class WorkplaceInput:
    """A workplace and who runs it. An employer that is not known yet is added; a known one keeps what it has."""

    name: str
    employer: str
    sector: Sector | None
    department: str = ""
    supervisor: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ProgrammeInput:
    """A programme or project, and when it goes on."""

    name: str
    starts_on: date | None
    ends_on: date | None
    place_goal: int | None
    of_which_workplace: str = ""


def add_unit(actor: Actor, code: str, name: str, kind: UnitKind, purpose: str) -> Unit:
    """A new unit. Raises RuleBroken when the code is taken."""
    permit(actor, Permission.ADMINISTER)
    unit = Unit(code=code, name=name, kind=kind, purpose=purpose)
    _add(unit, _("Enheten %(code)s finns redan. Välj en annan förkortning.", code=code), "code")
    return unit


def edit_unit(actor: Actor, code: str, name: str, purpose: str, version: int | None) -> None:
    """Another name or description. What a unit does in the flow stays: its cases rest on it."""
    permit(actor, Permission.ADMINISTER)
    unit = _lock_unit(code)
    unit.begin_edit(version, actor.name)
    unit.name, unit.purpose = name, purpose
    db.session.flush()


def close_unit(actor: Actor, code: str) -> None:
    """The unit can no longer be chosen; its cases stay."""
    permit(actor, Permission.ADMINISTER)
    unit = _lock_unit(code)
    unit.closed_at = unit.closed_at or clock.now()
    db.session.flush()


def reopen_unit(actor: Actor, code: str) -> None:
    """The unit can be chosen again."""
    permit(actor, Permission.ADMINISTER)
    _lock_unit(code).closed_at = None
    db.session.flush()


def set_unit_cost(actor: Actor, code: str, year: int, net_cost_kr: Decimal, replaces_id: int | None = None) -> None:
    """What the unit cost one year, net. The sum that stood there stays, voided; the same sum again changes nothing.

    Raises StaleEdit when another sum stands there than the one that the user has seen, `replaces_id`.
    """
    permit(actor, Permission.ADMINISTER)
    unit = _lock_unit(code)
    standing = find_unit_cost(unit, year)
    if standing is not None:
        if standing.net_cost_kr == net_cost_kr:
            return
        if standing.id != replaces_id:
            raise StaleEdit(_("Det står redan en nettokostnad för %(year)s.", year=year), replaces_id or 0, standing.id)
        standing.voided_at = clock.now()
        db.session.flush()
    db.session.add(UnitCost(unit_id=unit.id, year=year, net_cost_kr=net_cost_kr, recorded_by_id=actor.id))
    db.session.flush()


def add_workplace(actor: Actor, given: WorkplaceInput) -> Workplace:
    """A new workplace, with its employer where that is new too. Raises RuleBroken."""
    permit(actor, Permission.MANAGE_WORKPLACES)
    employer = _employer(given)
    workplace = Workplace(name=given.name, supervisor=given.supervisor, phone=given.phone)

    def add() -> None:
        workplace.employer = employer
        db.session.add(workplace)

    _change(add, f"{given.employer} har redan en arbetsplats som heter {given.name}.", "name")
    return workplace


def edit_workplace(actor: Actor, public_id: UUID, given: WorkplaceInput, version: int | None) -> Workplace:
    """Another name, employer or contact. Placements there follow along: it is the same place."""
    permit(actor, Permission.MANAGE_WORKPLACES)
    workplace = _lock(Workplace, public_id, _("Arbetsplatsen finns inte."))
    workplace.begin_edit(version, actor.name)

    def change() -> None:
        workplace.name, workplace.employer = given.name, _employer(given)
        workplace.supervisor, workplace.phone = given.supervisor, given.phone

    _change(change, f"{given.employer} har redan en arbetsplats som heter {given.name}.", "name")
    return workplace


def close_workplace(actor: Actor, public_id: UUID) -> None:
    """The workplace can no longer be chosen for a placement; those that go on there stay."""
    permit(actor, Permission.MANAGE_WORKPLACES)
    workplace = _lock(Workplace, public_id, _("Arbetsplatsen finns inte."))
    workplace.closed_at = workplace.closed_at or clock.now()
    db.session.flush()


def reopen_workplace(actor: Actor, public_id: UUID) -> None:
    """The workplace can be chosen again."""
    permit(actor, Permission.MANAGE_WORKPLACES)
    _lock(Workplace, public_id, _("Arbetsplatsen finns inte.")).closed_at = None
    db.session.flush()


def edit_employer(
    actor: Actor, public_id: UUID, name: str, sector: Sector, department: str, version: int | None
) -> None:
    """Another name, sector or department of an employer, for all its workplaces."""
    permit(actor, Permission.MANAGE_WORKPLACES)
    employer = _lock(Employer, public_id, _("Arbetsgivaren finns inte."))
    employer.begin_edit(version, actor.name)

    def change() -> None:
        employer.name, employer.sector, employer.department = name, sector, department

    _change(change, _("Det finns redan en arbetsgivare som heter %(name)s.", name=name), "name")


def add_programme(actor: Actor, given: ProgrammeInput) -> Programme:
    """A new programme; its address is made from its name. Raises RuleBroken."""
    permit(actor, Permission.ADMINISTER)
    _check_span(given)
    programme = Programme(code=code_from(given.name), name=given.name)
    _fill(programme, given)
    _add(programme, _("Det finns redan ett program som heter %(name)s, eller nästan så.", name=given.name), "name")
    return programme


def edit_programme(actor: Actor, code: str, given: ProgrammeInput, version: int | None) -> None:
    """Another name, goal or span."""
    permit(actor, Permission.ADMINISTER)
    _check_span(given)
    programme = _lock_programme(code)
    programme.begin_edit(version, actor.name)
    _change(
        lambda: _fill(programme, given), _("Det finns redan ett program som heter %(name)s.", name=given.name), "name"
    )


def set_budget(
    actor: Actor,
    code: str,
    year: int,
    granted_kr: Decimal,
    assistance_reduction_kr: Decimal,
    version: int | None = None,
) -> None:
    """What the programme is given one year, and how far the assistance budget is lowered for it.

    Raises StaleEdit when there is a budget for the year that the user has not seen: not the one of `version`.
    """
    permit(actor, Permission.ADMINISTER)
    programme = _lock_programme(code)
    budget = find_budget(programme, year)
    if budget is None:
        budget = ProgrammeBudget(year=year, version=0)
        programme.budgets.append(budget)
        version = 0
    budget.begin_edit(version, actor.name)
    budget.granted_kr, budget.assistance_reduction_kr = granted_kr, assistance_reduction_kr
    db.session.flush()


def set_goal(actor: Actor, code: str, year: int, board: str, places: int, version: int | None = None) -> None:
    """How many places the programme should begin one year, at one board's workplaces or in all (""); 0: none.

    Raises StaleEdit when there is a goal for them that the user has not seen: not the one of `version`.
    """
    permit(actor, Permission.ADMINISTER)
    programme = _lock_programme(code)
    goal = find_goal(programme, year, board)
    if goal is None:
        goal = ProgrammeGoal(year=year, board=board, version=0)
        programme.goals.append(goal)
        version = 0
    elif not goal.places:
        # What has been taken back is not shown.
        version = goal.version
    goal.begin_edit(version, actor.name)
    goal.places = places
    db.session.flush()


def code_from(name: str) -> str:
    """The name as it stands in an address: small letters a–z, digits and hyphens."""
    plain = name.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def _employer(given: WorkplaceInput) -> Employer:
    """The employer of the name, added when it is new. Raises RuleBroken when a new one has no sector."""
    with db.session.no_autoflush:
        known = db.session.scalar(select(Employer).where(Employer.name == given.employer))
    if known is not None:
        return known
    if given.sector is None:
        raise RuleBroken(_("Välj sektor: arbetsgivaren är ny."), field="sector")
    return Employer(name=given.employer, sector=given.sector, department=given.department)


def _check_span(given: ProgrammeInput) -> None:
    if given.starts_on and given.ends_on and given.ends_on < given.starts_on:
        raise RuleBroken(
            _("Slutet kan inte ligga före starten %(starts_on)s.", starts_on=given.starts_on), field="ends_on"
        )


def _fill(programme: Programme, given: ProgrammeInput) -> None:
    programme.name, programme.starts_on, programme.ends_on = given.name, given.starts_on, given.ends_on
    programme.place_goal, programme.of_which_workplace = given.place_goal, given.of_which_workplace


def _lock(model: type[Row], public_id: UUID, missing: str) -> Row:
    row = find_row(model, public_id, lock=True)
    if row is None:
        raise NotFound(missing)
    return row


def _lock_unit(code: str) -> Unit:
    query = select(Unit).where(Unit.code == code).with_for_update()
    unit = db.session.scalar(query.execution_options(populate_existing=True))
    if unit is None:
        raise NotFound(_("Enheten %(code)s finns inte.", code=code))
    return unit


def _lock_programme(code: str) -> Programme:
    query = select(Programme).where(Programme.code == code).with_for_update()
    programme = db.session.scalar(query.execution_options(populate_existing=True))
    if programme is None:
        raise NotFound(_("Programmet finns inte."))
    return programme


def _add(row: Base, taken: str, field: str) -> None:
    """Add the row. Raises RuleBroken with the sentence when a name is taken."""
    _change(lambda: db.session.add(row), taken, field)


def _change(change: Callable[[], None], taken: str, field: str) -> None:
    try:
        with db.session.begin_nested():
            change()
    except IntegrityError:
        raise RuleBroken(taken, field=field) from None

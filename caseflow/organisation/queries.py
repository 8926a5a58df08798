"""Reads of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.database import find_row, swedish
from caseflow.extensions import db
from caseflow.organisation.models import (
    Employer,
    Programme,
    ProgrammeBudget,
    ProgrammeGoal,
    Target,
    Unit,
    UnitCost,
    Workplace,
)
from caseflow.organisation.rules import Sector, UnitKind


def list_units(kind: UnitKind | None = None) -> list[Unit]:
    """Units that are open, of the kind when one is named, by code."""
    query = select(Unit).where(Unit.closed_at.is_(None)).order_by(Unit.code, Unit.id)
    return list(db.session.scalars(query if kind is None else query.where(Unit.kind == kind)))


def unit_choices(kind: UnitKind) -> dict[str, int]:
    """Ids of the open units of the kind by code, in order."""
    return dict(db.session.execute(_unit_choices(), {"kind": kind}).tuples().all())


@cache
def _unit_choices() -> Select[tuple[str, int]]:
    """Every list asks, so made once."""
    of_the_kind = (Unit.closed_at.is_(None), Unit.kind == bindparam("kind", type_=Unit.kind.type))
    return select(Unit.code, Unit.id).where(*of_the_kind).order_by(Unit.code, Unit.id)


def get_unit(code: str) -> Unit:
    """The unit with the code. Raises NotFound."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(_("Enheten %(code)s finns inte.", code=code))
    return unit


def get_addressed_unit(public_id: UUID) -> Unit:
    """The unit that an address names. Raises NotFound."""
    unit = find_row(Unit, public_id)
    if unit is None:
        raise NotFound(_("Enheten finns inte."))
    return unit


def list_unit_costs(unit: Unit) -> list[UnitCost]:
    """What the unit has cost by year, as it stands now, the latest year first."""
    query = select(UnitCost).where(UnitCost.unit_id == unit.id, UnitCost.voided_at.is_(None))
    return list(db.session.scalars(query.order_by(UnitCost.year.desc())))


def find_unit_cost(unit: Unit, year: int) -> UnitCost | None:
    """What the unit cost that year, as it stands now."""
    query = select(UnitCost).where(UnitCost.unit_id == unit.id, UnitCost.year == year, UnitCost.voided_at.is_(None))
    return db.session.scalar(query)


def list_all_units(sort: str = "code") -> list[Unit]:
    """Open units and then closed ones."""
    sorts = {"code": swedish(Unit.code), "name": swedish(Unit.name), "kind": Unit.kind}
    key = sorts.get(sort.removeprefix("-"), sorts["code"])
    order = key.desc() if sort.startswith("-") else key
    return list(db.session.scalars(select(Unit).order_by(Unit.closed_at.is_not(None), order, Unit.code, Unit.id)))


def list_programmes(sort: str = "name") -> list[Programme]:
    """Every programme."""
    sorts = {"name": swedish(Programme.name), "start": Programme.starts_on, "end": Programme.ends_on}
    key = sorts.get(sort.removeprefix("-"), sorts["name"])
    order = key.desc().nulls_last() if sort.startswith("-") else key.asc().nulls_last()
    return list(db.session.scalars(select(Programme).order_by(order, Programme.name, Programme.id)))


def programme_choices() -> list[tuple[str, str]]:
    """Code and name of every programme, by name."""
    return list(db.session.execute(_programme_choices()).tuples())


@cache
def _programme_choices() -> Select[tuple[str, str]]:
    return select(Programme.code, Programme.name).order_by(swedish(Programme.name), Programme.name, Programme.id)


def get_programme(code_or_name: str) -> Programme:
    """The programme with the code or the name. Raises NotFound."""
    found = db.session.scalar(
        select(Programme).where(or_(Programme.code == code_or_name, Programme.name == code_or_name))
    )
    if found is None:
        raise NotFound(_("Programmet %(code_or_name)s finns inte.", code_or_name=code_or_name))
    return found


def get_addressed_programme(public_id: UUID) -> Programme:
    """The programme that an address names. Raises NotFound."""
    programme = find_row(Programme, public_id)
    if programme is None:
        raise NotFound(_("Programmet finns inte."))
    return programme


def find_budget(programme: Programme, year: int) -> ProgrammeBudget | None:
    """The programme's money of the year."""
    return next((one for one in programme.budgets if one.year == year), None)


def find_goal(programme: Programme, year: int, board: str) -> ProgrammeGoal | None:
    """The programme's goal of the year at the board's workplaces, or in all ("")."""
    return next((one for one in programme.goals if (one.year, one.board) == (year, board)), None)


def list_workplaces() -> list[Workplace]:
    """Workplaces that are open, by name."""
    query = select(Workplace).where(Workplace.closed_at.is_(None)).order_by(Workplace.name, Workplace.id)
    return list(db.session.scalars(query))


def get_workplace(public_id: UUID) -> Workplace:
    """The workplace. Raises NotFound."""
    workplace = find_row(Workplace, public_id)
    if workplace is None:
        raise NotFound(_("Arbetsplatsen finns inte."))
    return workplace


def get_employer(public_id: UUID) -> Employer:
    """The employer. Raises NotFound."""
    employer = find_row(Employer, public_id)
    if employer is None:
        raise NotFound(_("Arbetsgivaren finns inte."))
    return employer


def list_employer_names() -> list[str]:
    """Names to choose among, in Swedish order."""
    return list(db.session.scalars(select(Employer.name).order_by(swedish(Employer.name), Employer.id)))


def search_workplaces(
    words: str = "", *, sector: Sector | None = None, closed: bool = False, sort: str = "name"
) -> Select[tuple[Workplace]]:
    """Workplaces as a query to page through: open ones, or with `closed` the closed ones.

    `words`: each must be in the name of the workplace or of its employer.
    """
    sorts = {"name": swedish(Workplace.name), "employer": swedish(Employer.name)}
    key = sorts.get(sort.removeprefix("-"), sorts["name"])
    query = select(Workplace).join(Workplace.employer).options(contains_eager(Workplace.employer))
    query = query.where(Workplace.closed_at.is_not(None) if closed else Workplace.closed_at.is_(None))
    if sector is not None:
        query = query.where(Employer.sector == sector)
    for word in words.lower().split():
        query = query.where(func.lower(Workplace.name + " " + Employer.name).contains(word, autoescape=True))
    return query.order_by(key.desc() if sort.startswith("-") else key, swedish(Workplace.name), Workplace.id)


def list_targets(measures: Sequence[str], on: date) -> dict[str, Target]:
    """The targets valid on the day for every unit, by measure."""
    valid = Target.valid_from <= on, or_(Target.valid_to.is_(None), Target.valid_to >= on)
    query = select(Target).where(Target.measure.in_(measures), Target.unit_id.is_(None), *valid)
    return {target.measure: target for target in db.session.scalars(query.order_by(Target.valid_from, Target.id))}

"""Reads of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from caseflow.core.errors import NotFound
from caseflow.extensions import db
from caseflow.organisation.models import Programme, Target, Unit, Workplace
from caseflow.organisation.rules import UnitKind


def list_units(kind: UnitKind | None = None) -> list[Unit]:
    """Units that are open, of the kind when one is named, by code."""
    query = select(Unit).where(Unit.closed_at.is_(None)).order_by(Unit.code, Unit.id)
    return list(db.session.scalars(query if kind is None else query.where(Unit.kind == kind)))


def get_unit(code: str) -> Unit:
    """The unit with the code. Raises NotFound."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(f"Enheten {code} finns inte.")
    return unit


def list_programmes() -> list[Programme]:
    """Every programme, by name."""
    return list(db.session.scalars(select(Programme).order_by(Programme.name, Programme.id)))


def get_programme(code_or_name: str) -> Programme:
    """The programme with the code or the name. Raises NotFound."""
    found = db.session.scalar(
        select(Programme).where(or_(Programme.code == code_or_name, Programme.name == code_or_name))
    )
    if found is None:
        raise NotFound(f"Programmet {code_or_name} finns inte.")
    return found


def list_workplaces() -> list[Workplace]:
    """Workplaces that are open, by name."""
    query = select(Workplace).where(Workplace.closed_at.is_(None)).order_by(Workplace.name, Workplace.id)
    return list(db.session.scalars(query))


def list_targets(measures: Sequence[str], on: date) -> dict[str, Target]:
    """The targets valid on the day for every unit, by measure."""
    valid = Target.valid_from <= on, or_(Target.valid_to.is_(None), Target.valid_to >= on)
    query = select(Target).where(Target.measure.in_(measures), Target.unit_id.is_(None), *valid)
    return {target.measure: target for target in db.session.scalars(query.order_by(Target.valid_from, Target.id))}

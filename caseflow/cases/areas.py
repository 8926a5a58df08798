"""The areas that are scored: those to begin with, and what an administrator changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from caseflow.cases.base_data import AREAS
from caseflow.cases.models import AssessmentArea, AssessmentScore
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.extensions import db
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def add_missing() -> None:
    """Add the areas that are not there."""
    known = set(db.session.scalars(select(AssessmentArea.name)))
    for position, name in enumerate(AREAS):
        if name not in known:
            db.session.add(AssessmentArea(name=name, position=position))
    db.session.flush()


def list_all_areas() -> list[AssessmentArea]:
    """Open areas in their order, then closed ones."""
    order = AssessmentArea.closed_at.is_not(None), AssessmentArea.position, AssessmentArea.id
    return list(db.session.scalars(select(AssessmentArea).order_by(*order)))


def get_area(public_id: UUID) -> AssessmentArea:
    """The area. Raises NotFound."""
    return _get(public_id)


def count_scores(area: AssessmentArea) -> int:
    """How many scores there are of the area."""
    query = select(func.count()).select_from(AssessmentScore).where(AssessmentScore.area_id == area.id)
    return db.session.scalar(query) or 0


def add_area(actor: Actor, name: str) -> AssessmentArea:
    """A new area, last in the order. Raises RuleBroken when the name is taken."""
    permit(actor, Permission.ADMINISTER)
    _lock()
    area = AssessmentArea(name=name, position=max((one.position for one in list_all_areas()), default=0) + 1)
    try:
        with db.session.begin_nested():
            db.session.add(area)
    except IntegrityError:
        raise RuleBroken(
            _("Området %(name)s finns redan. Öppna det igen om det är stängt.", name=name), field="name"
        ) from None
    return area


def close_area(actor: Actor, public_id: UUID) -> None:
    """The area is no longer scored. Its scores stay."""
    permit(actor, Permission.ADMINISTER)
    _lock()
    area = _get(public_id)
    area.closed_at = area.closed_at or clock.now()
    db.session.flush()


def reopen_area(actor: Actor, public_id: UUID) -> None:
    """The area is scored again."""
    permit(actor, Permission.ADMINISTER)
    _lock()
    _get(public_id).closed_at = None
    db.session.flush()


def move_up(actor: Actor, public_id: UUID) -> None:
    """One place up among the open areas. The first one stays, and so does a closed one."""
    permit(actor, Permission.ADMINISTER)
    _lock()
    moved = _get(public_id)
    ordered = [area for area in list_all_areas() if area.closed_at is None]
    place = ordered.index(moved) if moved in ordered else 0
    if place:
        ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
    for position, area in enumerate(ordered):
        area.position = position
    db.session.flush()


def _lock() -> None:
    # One change at a time: the order is that of the whole list.
    db.session.execute(text("LOCK TABLE assessment_area IN SHARE ROW EXCLUSIVE MODE"))


def _get(public_id: UUID) -> AssessmentArea:
    area = find_row(AssessmentArea, public_id)
    if area is None:
        raise NotFound(_("Området finns inte."))
    return area

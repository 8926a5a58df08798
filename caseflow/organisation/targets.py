"""Targets and the time they are valid. An old target stays for the time it was valid: old reports rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import selectinload

from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken, StaleEdit
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.extensions import db
from caseflow.organisation.models import Target, Unit
from caseflow.organisation.rules import MEASURES, measure_label
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


@dataclass(frozen=True)
class TargetInput:
    """What a measure should reach from a day on; `unit` None is every unit, `valid_to` None until further notice."""

    measure: str
    unit: Unit | None
    value: Decimal | None
    wording: str
    valid_from: date
    valid_to: date | None = None


def list_all_targets() -> list[Target]:
    """Every target, present and past: by measure, those of every unit first, newest first."""
    found = db.session.scalars(
        select(Target).options(selectinload(Target.unit)).order_by(Target.valid_from.desc(), Target.id.desc())
    )
    place = {code: number for number, code in enumerate(MEASURES)}
    return sorted(found, key=lambda target: (place.get(target.measure, len(place)), target.unit_id or 0))


def newest_target() -> Target | None:
    """The one that was registered last."""
    return db.session.scalar(select(Target).order_by(Target.id.desc()).limit(1))


def get_target(public_id: UUID) -> Target:
    """The target. Raises NotFound."""
    target = find_row(Target, public_id)
    if target is None:
        raise NotFound(_("Målvärdet finns inte."))
    return target


def set_target(actor: Actor, given: TargetInput, newest_id: int | None = None) -> Target:
    """Add a target. The one that is valid until further notice ends on the day before. Raises RuleBroken on overlap.

    Raises StaleEdit rather than ending a target that came after `newest_id`, the newest that the user has seen.
    """
    permit(actor, Permission.ADMINISTER)
    if given.value is None and not given.wording:
        raise RuleBroken(_("Skriv ett värde, eller nämndens formulering."), field="value")
    if given.valid_to is not None and given.valid_to < given.valid_from:
        raise RuleBroken(
            _("Slutet kan inte ligga före starten %(valid_from)s.", valid_from=given.valid_from), field="valid_to"
        )
    _lock_targets()
    unit_id = given.unit.id if given.unit else None
    for old in _overlapping(given, unit_id):
        if old.valid_to is not None or old.valid_from >= given.valid_from:
            raise _overlap(old)
        if newest_id is not None and old.id > newest_id:
            raise StaleEdit(_("Ett annat målvärde registrerades sedan du öppnade sidan."), newest_id, old.id)
        old.begin_edit(old.version, actor.name)
        old.valid_to = given.valid_from - timedelta(days=1)
    target = Target(
        measure=given.measure,
        unit_id=unit_id,
        value=given.value,
        wording=given.wording,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        edited_at=clock.now(),
        edited_by=actor.name,
    )
    db.session.add(target)
    db.session.flush()
    return target


def end_target(actor: Actor, public_id: UUID, last_on: date, version: int | None) -> None:
    """The target is valid to the day, and no longer."""
    permit(actor, Permission.ADMINISTER)
    _lock_targets()
    target = get_target(public_id)
    target.begin_edit(version, actor.name)
    if last_on < target.valid_from:
        raise RuleBroken(
            _("Sista dagen kan inte ligga före starten %(valid_from)s.", valid_from=target.valid_from), field="last_on"
        )
    if target.valid_to is not None and last_on > target.valid_to:
        raise RuleBroken(
            _("Målvärdet slutar redan %(valid_to)s. Lägg till ett nytt i stället.", valid_to=target.valid_to),
            field="last_on",
        )
    target.valid_to = last_on
    db.session.flush()


def remove_coming_target(actor: Actor, public_id: UUID) -> None:
    """Take away a target that has not begun: no report rests on it. One that has begun stays."""
    permit(actor, Permission.ADMINISTER)
    _lock_targets()
    target = get_target(public_id)
    if target.valid_from <= clock.today():
        raise RuleBroken(_("Målvärdet gäller redan och kan inte tas bort. Avsluta det i stället."))
    db.session.delete(target)
    db.session.flush()


def _lock_targets() -> None:
    # One change at a time: overlap is judged against rows that nobody else is about to add.
    db.session.execute(text("LOCK TABLE target IN SHARE ROW EXCLUSIVE MODE"))


def _overlapping(given: TargetInput, unit_id: int | None) -> list[Target]:
    same = Target.measure == given.measure, Target.unit_id.is_not_distinct_from(unit_id)
    goes_on = or_(Target.valid_to.is_(None), Target.valid_to >= given.valid_from)
    query = select(Target).where(*same, goes_on).order_by(Target.valid_from)
    if given.valid_to is not None:
        query = query.where(Target.valid_from <= given.valid_to)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _overlap(old: Target) -> RuleBroken:
    taken = {"measure": measure_label(old.measure), "valid_from": old.valid_from, "valid_to": old.valid_to}
    told = _(
        "Det finns redan ett målvärde för %(measure)s från %(valid_from)s till %(valid_to)s. "
        "Välj dagar som inte krockar med det.",
        **taken,
    )
    if old.valid_to is None:
        told = _(
            "Det finns redan ett målvärde för %(measure)s från %(valid_from)s tills vidare. "
            "Välj dagar som inte krockar med det.",
            **taken,
        )
    return RuleBroken(told, field="valid_from")

"""On which grounds one unit may hand over to another what a referral says: read and set per pair of units."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.organisation.models import DisclosureRule, Unit
from caseflow.organisation.queries import list_units
from caseflow.organisation.rules import Ground, UnitKind
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def find_rule(from_unit_id: int, to_unit_id: int) -> DisclosureRule | None:
    """The rule of the pair, as it is now."""
    query = select(DisclosureRule).where(
        DisclosureRule.from_unit_id == from_unit_id, DisclosureRule.to_unit_id == to_unit_id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def list_rules(from_unit_id: int) -> dict[int, DisclosureRule]:
    """The unit's rules by the receiving unit."""
    found = db.session.scalars(select(DisclosureRule).where(DisclosureRule.from_unit_id == from_unit_id))
    return {rule.to_unit_id: rule for rule in found}


def list_pairs(from_unit: Unit) -> list[tuple[Unit, DisclosureRule | None]]:
    """Every unit that receives, with the rule of the pair; empty for a unit that does not refer."""
    if from_unit.kind != UnitKind.REFERS:
        return []
    rules = list_rules(from_unit.id)
    return [(unit, rules.get(unit.id)) for unit in list_units(UnitKind.RECEIVES)]


def set_rule(
    actor: Actor, from_unit: Unit, to_unit: Unit, grounds: Sequence[Ground], default: Ground | None, version: int | None
) -> None:
    """Which grounds the pair has, and which one is chosen beforehand. None at all: the unit cannot refer there.

    Raises RuleBroken, StaleEdit.
    """
    permit(actor, Permission.ADMINISTER)
    if grounds and default not in grounds:
        raise RuleBroken(_("Välj en av de tillåtna grunderna som förvald."), field="default_ground")
    # One writer at a time per referring unit, also where the pair has no rule yet.
    db.session.execute(select(Unit.id).where(Unit.id == from_unit.id).with_for_update())
    rule = find_rule(from_unit.id, to_unit.id)
    if rule is None:
        rule = DisclosureRule(from_unit_id=from_unit.id, to_unit_id=to_unit.id, version=0)
        db.session.add(rule)
    rule.begin_edit(version or 0, actor.name)
    rule.grounds, rule.default_ground = list(grounds), default if grounds else None
    db.session.flush()

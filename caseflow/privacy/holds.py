"""Holds: whose record is kept although its time is over, who said so, why and until when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.privacy.models import RetentionHold
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def place(actor: Actor, case: Case, reason: str, until_on: date) -> None:
    """Keep the case's household until the day. Raises RuleBroken for a day that has passed."""
    permit(actor, Permission.THIN_OUT)
    if until_on < clock.today():
        raise RuleBroken(_("Välj en dag som inte har varit."), field="until_on")
    assert actor.id is not None
    db.session.add(RetentionHold(participant=case.participant, reason=reason, until_on=until_on, placed_by_id=actor.id))


def lift(actor: Actor, hold_id: UUID) -> RetentionHold:
    """Keep it no longer than others. Raises NotFound where the actor may not see the person."""
    permit(actor, Permission.THIN_OUT)
    theirs = select(Case.participant_id).where(visible_to(actor))
    query = select(RetentionHold).where(RetentionHold.id == hold_id, RetentionHold.participant_id.in_(theirs))
    hold = db.session.scalar(query.with_for_update(of=RetentionHold))
    if hold is None:
        raise NotFound(_("Gallringsstoppet finns inte bland dem du kan se."))
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id = clock.now(), actor.id
    return hold


def list_holds(participant_id: int) -> list[RetentionHold]:
    """Every hold on the participant, the latest first."""
    query = select(RetentionHold).where(RetentionHold.participant_id == participant_id)
    return list(db.session.scalars(query.order_by(RetentionHold.placed_at.desc(), RetentionHold.id)))

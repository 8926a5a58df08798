"""Reads of cases. Row scope is applied here, once: every list, detail, export and figure goes through `visible_to`."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, not_, or_, select, true
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from caseflow.cases.grant_models import CaseGrant, runs
from caseflow.cases.models import Assessment, AssessmentScore, Case, CaseEvent, Placement
from caseflow.cases.spans import Span
from caseflow.core import clock
from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.people.models import Participant
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor, Rows
from caseflow.security.policy import SEES


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The cases whose persons the actor may see, after `security.policy.SEES`.

    A manager without a unit is responsible for all of them. Nobody sees a case whose person has been thinned out
    (gallrad). A protected person's case is seen by those alone to whom it has been granted.
    """
    if actor.role is None:
        return true()
    return and_(in_scope(actor), or_(Case.protected.is_(False), Case.id.in_(granted_to(actor))))


def granted_to(actor: Actor) -> Select[tuple[int]]:
    """The protected cases that have been granted to the actor and are theirs to see now."""
    return select(CaseGrant.case_id).where(CaseGrant.user_id == actor.id, runs(clock.now()))


def protected_of(actor: Actor) -> ColumnElement[bool]:
    """The protected cases of the actor's units, granted to them or not: to be counted and told by number, no more."""
    return and_(Case.protected, in_scope(actor))


def sees(actor: Actor, case_id: UUID) -> bool:
    """Whether the actor may see the case now."""
    return db.session.scalar(select(Case.id).where(Case.public_id == case_id, visible_to(actor))) is not None


def sees_all(actor: Actor) -> bool:
    """Whoever is responsible for every case, the system among them."""
    return actor.role is None or (SEES[actor.role] == Rows.OF_UNITS and actor.unit_id is None)


def hidden_from(actor: Actor) -> ColumnElement[bool]:
    """The protected cases that no list may name to the actor, whatever else they see. Asked of `Case`.

    A grant of somebody who has left the unit, or its work, is none.
    """
    return and_(Case.protected, not_(visible_to(actor)))


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """The cases of the actor's units, whether they may see the person or not."""
    if actor.role is None:
        return true()
    return and_(_of_units(actor, SEES[actor.role]), Case.thinned_at.is_(None))


def _of_units(actor: Actor, rows: Rows) -> ColumnElement[bool]:
    if sees_all(actor):
        return true()
    if rows == Rows.NONE or actor.unit_id is None:
        return false()
    received, referred = Case.to_unit_id == actor.unit_id, Case.from_unit_id == actor.unit_id
    return {Rows.RECEIVED_BY_UNIT: received, Rows.REFERRED_BY_UNIT: referred}.get(rows, or_(received, referred))


def find_whole(*conditions: ColumnElement[bool], fresh: bool = False) -> Case | None:
    """The case with everything a replay and a case page need, in a fixed number of statements. `fresh`: what has been
    read of it before is read again.

    An event's placement and assessment are the case's own: they are at hand once those are loaded.
    """
    options = {"populate_existing": fresh}
    case = db.session.scalar(select(Case).where(*conditions).options(*_one_of_each()), execution_options=options)
    if case is not None:
        for name, statement in _lists().items():
            rows = db.session.scalars(statement, {"case_id": case.id}, execution_options=options)
            set_committed_value(case, name, rows.unique().all())
    return case


@cache
def _one_of_each() -> tuple[ExecutableOption, ...]:
    """Made once: every case page asks."""
    return (
        joinedload(Case.participant).joinedload(Participant.household),
        joinedload(Case.from_unit),
        joinedload(Case.to_unit),
        joinedload(Case.counsellor),
        joinedload(Case.social_worker),
    )


@cache
def _lists() -> dict[str, Select[Any]]:
    """A statement for each list of the case, by its attribute. `selectinload` would make them anew for every case,
    which takes Python three times as long as to ask."""
    beside: dict[Any, tuple[ExecutableOption, ...]] = {
        Case.events: (
            joinedload(CaseEvent.unit),
            joinedload(CaseEvent.recorded_by),
            joinedload(CaseEvent.voided_by),
        ),
        Case.placements: (joinedload(Placement.wage_costs),),
        Case.assessments: (joinedload(Assessment.scores).joinedload(AssessmentScore.area),),
        Case.programmes: (),
        Case.disclosures: (),
    }
    found = {}
    for listed, options in beside.items():
        row = listed.property.mapper.class_
        of_case = select(row).where(row.case_id == bindparam("case_id")).options(*options)
        found[listed.key] = of_case.order_by(*(listed.property.order_by or ()))
    return found


def is_protected_now(case_id: Any, household_id: Any) -> ColumnElement[bool]:
    """The case, or somebody in the household, is protected today, whenever what is asked about happened."""
    together = select(Participant.household_id).join(Case, Case.participant_id == Participant.id)
    return or_(
        case_id.in_(select(Case.id).where(Case.protected)),
        household_id.in_(together.where(Case.protected, Participant.household_id.is_not(None))),
    )


def get_version(actor: Actor, public_id: UUID) -> int:
    """The case's present version. Raises NotFound like `get_case`."""
    version = db.session.scalar(select(Case.version).where(Case.public_id == public_id, visible_to(actor)))
    if version is None:
        raise NotFound(_("Ärendet finns inte bland de ärenden du kan se."))
    return version


def get_case(actor: Actor, public_id: UUID) -> Case:
    """The case with its log. The look is logged. Raises NotFound when it does not exist or the actor may not see it."""
    case = find_whole(Case.public_id == public_id, visible_to(actor))
    if case is None:
        raise NotFound(_("Ärendet finns inte bland de ärenden du kan se."))
    log_access(actor, AccessKind.OPENED_CASE, case_id=case.id, participant_id=case.participant_id)
    return case


def list_spans(participant_id: int) -> list[Span]:
    """The participant's cases as spans of days, oldest first."""
    rows = db.session.execute(
        select(Case.number, Case.referred_on, Case.closed_on)
        .where(Case.participant_id == participant_id)
        .order_by(Case.referred_on, Case.id)
    )
    return [Span(number, referred_on, closed_on) for number, referred_on, closed_on in rows]


def search_condition(text: str) -> ColumnElement[bool]:
    """Participants whose name holds every word of the text, in any order. Protected persons are never found by name."""
    full_name = func.lower(Participant.first_name + " " + Participant.last_name)
    words = [full_name.contains(word, autoescape=True) for word in text.lower().split()]
    return and_(Participant.protected.is_(False), *words)

"""The steps a user is offered on a case: what the flow allows next and the role permits, each with its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from caseflow.cases import corrections, rules
from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.rules import CaseState
from caseflow.cases.terms import EventKind, Stage
from caseflow.core.language import _l
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import allows

K = EventKind


@dataclass(frozen=True)
class Step:
    """One step. `label` is the verb of its button; "{unit}" in it is the unit that referred."""

    kind: EventKind
    endpoint: str
    label: str
    permission: Permission


# In the order in which they stand under "Mer".
STEPS = (
    Step(K.ACCEPTED, "cases.accept", _l("Ta emot anvisning"), Permission.RECEIVE_REFERRAL),
    Step(K.FIRST_MEETING, "cases.first_meeting", _l("Registrera första möte"), Permission.LOG_CASE),
    Step(K.ASSESSED, "cases.assess", _l("Registrera skattning"), Permission.LOG_CASE),
    Step(K.PLACEMENT_STARTED, "cases.start_placement", _l("Registrera placering"), Permission.LOG_CASE),
    Step(K.FOLLOW_UP, "cases.follow_up", _l("Registrera uppföljning"), Permission.LOG_CASE),
    Step(K.NOTE, "cases.add_note", _l("Ny anteckning"), Permission.NOTE_CASE),
    Step(K.HANDED_OVER, "cases.hand_over", _l("Byt konsulent"), Permission.HAND_OVER),
    Step(K.RETURNED, "cases.return_referral", _l("Återlämna till {unit}"), Permission.RECEIVE_REFERRAL),
    Step(K.WITHDRAWN, "cases.withdraw", _l("Återkalla anvisning"), Permission.REFER),
    Step(K.EXITED, "cases.close", _l("Avsluta ärende"), Permission.CLOSE_CASE),
    Step(K.REOPENED, "cases.reopen", _l("Återöppna ärende"), Permission.CLOSE_CASE),
)


def offered(actor: Actor, state: CaseState) -> list[Step]:
    """The steps that are both legal now and permitted to the actor."""
    legal = rules.next_steps(state)
    return [step for step in STEPS if step.kind in legal and allows(actor, step.permission)]


def likely(state: CaseState, follow_up_due_on: date | None, planned_end_on: date | None, today: date) -> EventKind:
    """The most likely next step: the page's one primary button, where the actor is offered it."""
    if state.stage == Stage.REFERRED:
        return K.ACCEPTED
    if state.stage == Stage.ACCEPTED:
        return K.FIRST_MEETING
    if state.stage not in rules.WORKED:
        return K.NOTE
    if K.ASSESSED not in state.milestones:
        return K.ASSESSED
    if state.ongoing and planned_end_on is not None and planned_end_on < today:
        return K.PLACEMENT_ENDED
    if follow_up_due_on is not None and follow_up_due_on <= today:
        return K.FOLLOW_UP
    return K.FOLLOW_UP if state.ongoing else K.PLACEMENT_STARTED


def starts(case: Case) -> dict[Placement, CaseEvent]:
    """The placements that stand, each with the event that began it, oldest first."""
    begun = [event for event in case.valid_events if event.kind == K.PLACEMENT_STARTED]
    return {event.placement: event for event in sorted(begun, key=lambda event: event.fact.order) if event.placement}


def ends(case: Case) -> dict[Placement, CaseEvent]:
    """The placements that have ended, each with the event that ended it."""
    return {
        event.placement: event for event in case.valid_events if event.kind == K.PLACEMENT_ENDED and event.placement
    }


def ongoing(case: Case) -> list[Placement]:
    """The placements that go on, oldest first."""
    over = ends(case)
    return [placement for placement in starts(case) if placement not in over]


def may_correct(actor: Actor, event: CaseEvent) -> bool:
    """Whether the page offers corrections of the event. A change of counsellor is put right by another change."""
    return (
        event.kind != K.HANDED_OVER and allows(actor, Permission.CORRECT_CASE) and corrections.may_correct(actor, event)
    )

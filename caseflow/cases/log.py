"""The event log of a case: append, void, replace. The only code that writes `case_event`.

The rules decide first; the caches of the case are renewed from the replay in the same breath.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from caseflow.cases import rules
from caseflow.cases.models import Assessment, Case, CaseEvent, Placement
from caseflow.cases.rules import CaseState
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.security.permissions import Actor


class Details(TypedDict, total=False):
    """What an event may say besides its kind and day."""

    note: str
    placement: Placement | None
    assessment: Assessment | None
    outcome: ExitOutcome | None
    household_effect: HouseholdEffect | None
    typed_baseline_kr: Decimal | None


Addition = tuple[EventKind, date, Details]
Replacement = tuple[CaseEvent, date, Details]


def append(case: Case, kind: EventKind, on: date, actor: Actor, **details: Unpack[Details]) -> CaseEvent:
    """Add one event to the case. Raises RuleBroken when the flow does not allow it; then nothing has changed."""
    event = _event(kind, on, actor, sequence=_next_sequence(case), **details)
    state = rules.check(case.facts, event.fact, clock.today())
    _join(case, event)
    refresh(case, state)
    return event


def void(case: Case, event: CaseEvent, actor: Actor, reason: str) -> None:
    """Mark the event as wrong. It stays in the log with who, when and why. Raises RuleBroken when others rest on it."""
    void_all(case, [event], actor, reason)


def void_all(case: Case, events: list[CaseEvent], actor: Actor, reason: str) -> None:
    """Mark several events as wrong at once, checked together (a placement's start and end, say)."""
    for event in events:
        _check_voidable(event, reason)
    state = state_without(case, events)
    for event in events:
        _mark(event, actor, reason)
    refresh(case, state)


def state_without(case: Case, events: list[CaseEvent]) -> CaseState:
    """The state the case would have had these events never happened. Raises RuleBroken when others rest on them."""
    if any(event.kind == EventKind.REFERRED for event in events):
        raise RuleBroken(_("Anvisningen kan inte makuleras: återkalla den i stället."))
    gone = {id(event) for event in events}
    return rules.validate([event.fact for event in case.valid_events if id(event) not in gone], clock.today())


def replace(case: Case, event: CaseEvent, on: date, actor: Actor, reason: str, **details: Unpack[Details]) -> CaseEvent:
    """Void the event and append one of the same kind in its place. Raises RuleBroken when the log would not hold."""
    return replace_all(case, [(event, on, details)], actor, reason)[0]


def replace_all(case: Case, changes: list[Replacement], actor: Actor, reason: str) -> list[CaseEvent]:
    """Replace several events at once, checked together (a placement's start and end, say)."""
    return write_all(case, [], changes, actor, reason)


def write_all(
    case: Case, additions: list[Addition], changes: list[Replacement], actor: Actor, reason: str = ""
) -> list[CaseEvent]:
    """Append and replace events at once, checked together. Raises RuleBroken; then nothing has changed."""
    for old, _on, _details in changes:
        _check_voidable(old, reason)
    first = _next_sequence(case)
    new = [_event(old.kind, on, actor, sequence=old.sequence, **details) for old, on, details in changes]
    new += [
        _event(kind, on, actor, sequence=first + place, **details)
        for place, (kind, on, details) in enumerate(additions)
    ]
    replaced = {id(old) for old, _, _ in changes}
    kept = [event.fact for event in case.valid_events if id(event) not in replaced]
    state = rules.validate([*kept, *(event.fact for event in new)], clock.today())
    for event, (old, _on, _details) in zip(new, changes, strict=False):
        _mark(old, actor, reason)
        event.replaces = old
        # One instant for both: at no moment are they both known, or neither.
        assert old.voided_at is not None
        event.recorded_at = old.voided_at
    for event in new:
        _join(case, event)
    refresh(case, state)
    return new


def refresh(case: Case, state: CaseState) -> None:
    """Renew the caches of the case from its replayed state."""
    case.stage = state.stage
    case.stage_since_on = state.stage_since_on
    case.referred_on = state.milestones.get(EventKind.REFERRED)
    case.closed_on = state.closed_on
    case.follow_up_due_on = state.follow_up_due_on
    case.version = (case.version or 0) + 1


def details_of(event: CaseEvent) -> Details:
    """What the event says besides kind and day, to carry over to its replacement."""
    return Details(
        note=event.note,
        placement=event.placement,
        assessment=event.assessment,
        outcome=event.outcome,
        household_effect=event.household_effect,
        typed_baseline_kr=event.typed_baseline_kr,
    )


def _event(kind: EventKind, on: date, actor: Actor, *, sequence: int, **details: Unpack[Details]) -> CaseEvent:
    details.setdefault("note", "")
    return CaseEvent(
        kind=kind,
        occurred_on=on,
        sequence=sequence,
        recorded_at=clock.now(),
        recorded_by_id=actor.id,
        unit_id=actor.unit_id,
        **details,
    )


def _join(case: Case, event: CaseEvent) -> None:
    for row in (event.placement, event.assessment):
        if row is not None:
            row.case = case
    case.events.append(event)


def _next_sequence(case: Case) -> int:
    return max((event.sequence for event in case.events), default=0) + 1


def _check_voidable(event: CaseEvent, reason: str) -> None:
    if event.voided_at is not None:
        raise RuleBroken(_("Händelsen är redan rättad eller makulerad. Ladda om sidan för att se hur den lyder nu."))
    if not reason.strip():
        raise RuleBroken(_("Skriv varför uppgiften rättas."), field="reason")


def _mark(event: CaseEvent, actor: Actor, reason: str) -> None:
    event.voided_at = clock.now()
    event.voided_by_id = actor.id
    event.void_reason = reason.strip()

"""Corrections: an event is voided and, unless it never happened, replaced. Nothing is erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from caseflow.cases import log, queries, spans
from caseflow.cases.models import AssessmentArea, Case, CaseEvent, CaseProgramme, Placement, WageCost
from caseflow.cases.placements import PlacementInput, build, is_paid_month
from caseflow.cases.rules import TRANSITIONS
from caseflow.cases.services import CLOSING_NOTE, changed, check_only_assessment_of_day, scored
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

# Kinds whose text says why; it may be corrected but not emptied.
EXPLAINED = frozenset(
    {
        EventKind.RETURNED,
        EventKind.WITHDRAWN,
        EventKind.REOPENED,
        EventKind.FOLLOW_UP,
        EventKind.NOTE,
    }
)


def may_correct(actor: Actor, event: CaseEvent) -> bool:
    """Whether the actor's role registers events of this kind, and so corrects them. A note is its writer's own."""
    if event.kind == EventKind.NOTE and actor.role is not None and event.recorded_by_id != actor.id:
        return False
    return event.voided_at is None and (actor.role is None or actor.role in TRANSITIONS[event.kind].owners)


def get_event(case: Case, public_id: UUID) -> CaseEvent:
    """The event of this case. Raises NotFound."""
    for event in case.events:
        if event.public_id == public_id:
            return event
    raise NotFound(_("Händelsen finns inte i ärendet."))


def may_void(actor: Actor, case: Case, event: CaseEvent) -> bool:
    """Whether the actor may void the event and nothing else rests on it."""
    if not may_correct(actor, event):
        return False
    try:
        require_voidable(case, event)
    except RuleBroken:
        return False
    return True


def require_voidable(case: Case, event: CaseEvent) -> None:
    """Raise RuleBroken, with the user's sentence, when other facts rest on the event."""
    log.state_without(case, _with_its_end(case, event))


def void_event(actor: Actor, case: Case, event: CaseEvent, reason: str) -> None:
    """The event never happened. A placement's start takes end and costs with it, an exit the ends it brought."""
    _permit(actor, event)
    log.void_all(case, _with_its_end(case, event), actor, reason)
    if event.kind == EventKind.PLACEMENT_STARTED and event.placement is not None:
        for cost in _standing_costs(event.placement):
            cost.voided_at = event.voided_at
    _check_spans(case)
    changed(case)


def correct_date(
    actor: Actor, case: Case, event: CaseEvent, on: date, reason: str, note: str | None = None
) -> CaseEvent:
    """The event happened another day, or its text was wrong; everything else about it stays."""
    _permit(actor, event)
    details = log.details_of(event)
    if note is not None:
        if event.kind in EXPLAINED and not note.strip():
            raise RuleBroken(_("Texten kan inte vara tom. Skriv hur den ska lyda."), field="note")
        details["note"] = note
    new = log.replace(case, event, on, actor, reason, **details)
    if event.kind == EventKind.REFERRED:
        _move_memberships(case, event.occurred_on, on)
    _check_spans(case)
    changed(case)
    return new


def correct_exit(
    actor: Actor,
    case: Case,
    event: CaseEvent,
    on: date,
    reason: str,
    outcome: ExitOutcome,
    household_effect: HouseholdEffect | None,
    typed_baseline_kr: Decimal | None = None,
) -> CaseEvent:
    """The exit's day, outcome or effect on the household was wrong or has been revised. Its ends move with it."""
    _permit(actor, event)
    details = log.details_of(event) | {
        "outcome": outcome,
        "household_effect": household_effect,
        "typed_baseline_kr": typed_baseline_kr,
    }
    ends: list[log.Replacement] = [(end, on, log.details_of(end)) for end in _ends_brought_by(case, event)]
    new = log.replace_all(case, [(event, on, details), *ends], actor, reason)[0]
    _check_spans(case)
    changed(case)
    return new


def correct_assessment(
    actor: Actor, case: Case, event: CaseEvent, on: date, scores: Mapping[AssessmentArea, int], reason: str, note: str
) -> CaseEvent:
    """Scores, day or text of an assessment were wrong: a new row takes its place."""
    _permit(actor, event)
    check_only_assessment_of_day(case, on, besides=event)
    details = log.details_of(event) | {"assessment": scored(scores), "note": note}
    new = log.replace(case, event, on, actor, reason, **details)
    changed(case)
    return new


def correct_placement(actor: Actor, case: Case, event: CaseEvent, given: PlacementInput, reason: str) -> Placement:
    """A placement's facts were wrong: a new placement row takes over its start, its end and its costs."""
    _permit(actor, event)
    new = replace_placement(case, event, given, actor, reason)
    changed(case)
    return new


def replace_placement(case: Case, event: CaseEvent, given: PlacementInput, actor: Actor, reason: str) -> Placement:
    """Replace the placement that the start event is about. Raises RuleBroken; then nothing has changed."""
    old, new = event.placement, build(given)
    assert old is not None
    _check_costs_fit(case, old, new, given.starts_on)
    changes: list[log.Replacement] = [(event, given.starts_on, log.details_of(event) | {"placement": new})]
    changes += [(end, end.occurred_on, log.details_of(end) | {"placement": new}) for end in _ends_of(case, old)]
    log.replace_all(case, changes, actor, reason)
    take_over(new, old)
    return new


def take_over(new: Placement, old: Placement) -> None:
    """The new row of a corrected placement gets the id that files know it by, and its wage costs.

    The old costs are voided with their placement and written anew: what was known earlier can still be asked for.
    """
    new.external_id, old.external_id = new.external_id or old.external_id, None
    for cost in _standing_costs(old):
        cost.voided_at = clock.now()
        if new.kind.is_employment:
            new.wage_costs.append(
                WageCost(
                    month_on=cost.month_on,
                    wage_kr=cost.wage_kr,
                    af_kr=cost.af_kr,
                    programme_kr=cost.programme_kr,
                    recorded_at=cost.voided_at,
                    recorded_by_id=cost.recorded_by_id,
                )
            )


def _ends_of(case: Case, placement: Placement | None) -> list[CaseEvent]:
    return [
        event for event in case.valid_events if event.kind == EventKind.PLACEMENT_ENDED and event.placement is placement
    ]


def _ends_brought_by(case: Case, leave: CaseEvent) -> list[CaseEvent]:
    """The ends of placements that the exit registered with itself."""
    return [
        event
        for event in case.valid_events
        if event.kind == EventKind.PLACEMENT_ENDED
        and (event.occurred_on, event.note) == (leave.occurred_on, CLOSING_NOTE)
    ]


def _with_its_end(case: Case, event: CaseEvent) -> list[CaseEvent]:
    if event.kind == EventKind.PLACEMENT_STARTED:
        return [event, *_ends_of(case, event.placement)]
    return [event, *(_ends_brought_by(case, event) if event.kind == EventKind.EXITED else [])]


def _standing_costs(placement: Placement) -> list[WageCost]:
    return [cost for cost in placement.wage_costs if cost.voided_at is None]


def _check_costs_fit(case: Case, old: Placement, new: Placement, starts_on: date) -> None:
    """A correction must not lose a cost without a word."""
    ends_on = next((end.occurred_on for end in _ends_of(case, old)), None)
    for cost in sorted(_standing_costs(old), key=lambda cost: cost.month_on):
        if cost.wage_kr and not (new.kind.is_employment and is_paid_month(cost.month_on, starts_on, ends_on)):
            raise RuleBroken(
                _(
                    "Det finns en lönekostnad för %(month_on)s som då inte passar. Ändra den till 0 kronor först.",
                    month_on=f"{cost.month_on:%Y-%m}",
                ),
                field="start" if new.kind.is_employment else "typ",
            )


def _move_memberships(case: Case, was_on: date, on: date) -> None:
    """A programme joined with the referral is joined on the referral's new day; none begins before it."""
    for membership in [one for one in case.programmes if one.voided_at is None]:
        if membership.from_on != on and (membership.from_on == was_on or membership.from_on < on):
            membership.voided_at = clock.now()
            case.programmes.append(
                CaseProgramme(
                    programme=membership.programme,
                    from_on=on,
                    to_on=max(on, membership.to_on) if membership.to_on else None,
                    recorded_at=membership.voided_at,
                )
            )


def _permit(actor: Actor, event: CaseEvent) -> None:
    permit(actor, Permission.CORRECT_CASE)
    if event.kind == EventKind.NOTE and actor.role is not None and event.recorded_by_id != actor.id:
        raise NotAllowed(_("En anteckning rättas av den som skrev den."))
    if actor.role is not None and actor.role not in TRANSITIONS[event.kind].owners:
        owners = f" {_('eller')} ".join(role.label.lower() for role in TRANSITIONS[event.kind].owners)
        raise NotAllowed(_("%(event)s rättas av %(owners)s.", event=TRANSITIONS[event.kind].label, owners=owners))


def _check_spans(case: Case) -> None:
    """A moved referral or exit must not make the participant's cases overlap."""
    assert case.referred_on is not None
    others = [span for span in queries.list_spans(case.participant_id) if span.number != case.number]
    spans.check_spans([*others, spans.Span(case.number, case.referred_on, case.closed_on)])

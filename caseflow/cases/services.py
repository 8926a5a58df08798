"""What users do with a case: referral, acceptance, meeting, assessment, exit.

Lock, permit, rule, event, flush; never commit.
`lock_case` comes first; the services then work on the locked case. Placements are in `placements.py`,
corrections in `corrections.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from caseflow.accounts.models import User
from caseflow.cases import disclosure, grants, log, queries, spans
from caseflow.cases.models import (
    Assessment,
    AssessmentArea,
    AssessmentScore,
    Case,
    CaseEvent,
    CaseNumber,
    CaseProgramme,
)
from caseflow.cases.terms import DisclosedField, EventKind, ExitOutcome, HouseholdEffect
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken, StaleEdit
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.organisation.models import Programme, Unit
from caseflow.organisation.rules import Ground, UnitKind
from caseflow.people.models import Participant
from caseflow.people.services import Situation
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

# Says that a placement ended because its case did; such an end follows the exit when that is corrected.
CLOSING_NOTE = "Ärendet avslutas"


@dataclass(frozen=True)
class ReferralInput:
    """What a referral says. The dates before `referred_on` may be missing.

    `ground` is what lets it hand this over; not known of a referral that is read in from a file.
    """

    to_unit: Unit
    referred_on: date
    first_contact_on: date | None = None
    application_on: date | None = None
    decision_on: date | None = None
    reason: str = ""
    programmes: Sequence[Programme] = ()
    ground: Ground | None = None
    consent_on: date | None = None

    def fields_told(self, participant: Participant) -> list[DisclosedField]:
        """Which fields it hands over."""
        return disclosure.fields_told(
            Situation(participant.af_registered, participant.leaves_establishment, participant.activity_hours),
            dates=any((self.first_contact_on, self.application_on, self.decision_on)),
            reason=bool(self.reason.strip()),
            programmes=bool(self.programmes),
        )


def lock_case(actor: Actor, public_id: UUID, version: int | None = None) -> Case:
    """The case with its log, locked until the transaction ends: every writer locks the participant first.

    Raises NotFound outside the actor's scope, StaleEdit when `version` is not the case's present one.
    """
    wanted = select(Case.id, Case.participant_id).where(Case.public_id == public_id, queries.visible_to(actor))
    found = db.session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound(_("Ärendet finns inte bland de ärenden du kan se."))
    lock_participant(found.participant_id)
    # What was read before the lock may be old.
    case = queries.find_whole(Case.id == found.id, fresh=True)
    assert case is not None, "a case is never removed"
    if version is not None and version != case.version:
        raise StaleEdit(
            _(
                "Någon har ändrat ärende %(number)s sedan du öppnade sidan. Läs igenom ändringen och gör om ditt steg.",
                number=case.number,
            ),
            version,
            case.version,
        )
    return case


def lock_participant(participant_id: int) -> None:
    """One writer at a time per participant: spans and placements are checked against each other."""
    db.session.execute(select(Participant.id).where(Participant.id == participant_id).with_for_update())


def refer(actor: Actor, participant: Participant, referral: ReferralInput) -> Case:
    """Send the participant to a receiving unit: a new case with its first events. Raises RuleBroken."""
    permit(actor, Permission.REFER)
    if actor.unit_id is None:
        raise RuleBroken(_("Ditt konto saknar enhet. Be systemförvaltaren att lägga till den."))
    lock_participant(participant.id)
    case = open_case(
        participant, referral, actor, from_unit_id=actor.unit_id, number=next_numbers(referral.referred_on.year)[0]
    )
    case.social_worker_id = actor.id
    from_unit = db.session.get_one(Unit, actor.unit_id)
    ground = disclosure.check(from_unit, referral.to_unit, referral.ground, referral.consent_on, referral.referred_on)
    disclosure.record(actor, case, ground, referral.consent_on, referral.fields_told(participant))
    _check_spans(actor, participant, spans.Span(case.number, referral.referred_on, None))
    db.session.add(case)
    changed(case)
    if participant.protected:
        grants.let_referrers_in(participant.id)
    return case


def _check_spans(actor: Actor, participant: Participant, new: spans.Span) -> None:
    """Refuse a second case at a time; no number of a protected person's case that they don't see is told."""
    try:
        spans.check_spans([*queries.list_spans(participant.id), new])
    except RuleBroken:
        hidden = select(Case.id).where(Case.participant_id == participant.id, queries.hidden_from(actor))
        if db.session.scalar(hidden.limit(1)) is None:
            raise
        told = _("Deltagaren har redan ett ärende som du inte får se. Be din chef om hjälp.")
        raise RuleBroken(told, field="personnummer") from None


def open_case(
    participant: Participant, referral: ReferralInput, actor: Actor, *, from_unit_id: int, number: str
) -> Case:
    """A new case, not yet added to the session, with the referral and what came before it. Raises RuleBroken."""
    if referral.to_unit.kind != UnitKind.RECEIVES:
        raise RuleBroken(
            _("%(unit)s tar inte emot anvisningar. Välj AMC, AMS eller OSA.", unit=referral.to_unit.code),
            field="to_unit",
        )
    case = Case(number=number, participant=participant, from_unit_id=from_unit_id, to_unit=referral.to_unit, version=0)
    earlier = [
        (EventKind.FIRST_CONTACT, referral.first_contact_on),
        (EventKind.APPLICATION, referral.application_on),
        (EventKind.DECISION, referral.decision_on),
    ]
    for kind, day in earlier:
        if day is not None:
            log.append(case, kind, day, actor)
    log.append(case, EventKind.REFERRED, referral.referred_on, actor, note=referral.reason)
    for programme in referral.programmes:
        case.programmes.append(
            CaseProgramme(programme=programme, from_on=referral.referred_on, recorded_at=clock.now())
        )
    return case


def next_numbers(year: int, count: int = 1) -> list[str]:
    """The next case numbers of the year, "2020-0388"; the counter stays locked until the transaction ends."""
    statement = insert(CaseNumber).values(year=year, last=count)
    statement = statement.on_conflict_do_update(
        index_elements=[CaseNumber.year], set_={"last": CaseNumber.last + count}
    )
    last = db.session.scalars(statement.returning(CaseNumber.last)).one()
    return [f"{year}-{serial:04d}" for serial in range(last - count + 1, last + 1)]


def accept(actor: Actor, case: Case, on: date, counsellor: User | None = None) -> None:
    """The receiving unit takes the referral. Who accepts becomes the counsellor unless another is named."""
    permit(actor, Permission.RECEIVE_REFERRAL)
    grants.require_grant(case, counsellor or db.session.get_one(User, actor.id))
    log.append(case, EventKind.ACCEPTED, on, actor)
    case.counsellor_id = counsellor.id if counsellor else actor.id
    changed(case)


def return_referral(actor: Actor, case: Case, on: date, reason: str) -> None:
    """The receiving unit gives the referral back to the referrer, with a reason. The case closes."""
    permit(actor, Permission.RECEIVE_REFERRAL)
    log.append(case, EventKind.RETURNED, on, actor, note=_reason(reason, _("Skriv varför anvisningen återlämnas.")))
    changed(case)


def withdraw(actor: Actor, case: Case, on: date, reason: str) -> None:
    """The referrer takes the referral back. The case closes."""
    permit(actor, Permission.REFER)
    log.append(case, EventKind.WITHDRAWN, on, actor, note=_reason(reason, _("Skriv varför anvisningen återkallas.")))
    changed(case)


def register_first_meeting(actor: Actor, case: Case, on: date, note: str = "") -> None:
    """The receiving unit has met the participant. Who registers becomes the counsellor where there is none."""
    permit(actor, Permission.LOG_CASE)
    log.append(case, EventKind.FIRST_MEETING, on, actor, note=note)
    case.counsellor_id = case.counsellor_id or actor.id
    changed(case)


def register_assessment(
    actor: Actor, case: Case, on: date, scores: Mapping[AssessmentArea, int], note: str = ""
) -> None:
    """Score the participant, 1–5 per area. The first scoring of a case is the baseline."""
    permit(actor, Permission.LOG_CASE)
    assess(case, on, scores, actor, note)
    changed(case)


def assess(case: Case, on: date, scores: Mapping[AssessmentArea, int], actor: Actor, note: str = "") -> CaseEvent:
    """Append a scoring. Raises RuleBroken for an empty one, a value outside 1–5 or a second one on the same day."""
    assessment = scored(scores)
    check_only_assessment_of_day(case, on)
    return log.append(case, EventKind.ASSESSED, on, actor, note=note, assessment=assessment)


def check_only_assessment_of_day(case: Case, on: date, besides: CaseEvent | None = None) -> None:
    """One assessment a day. Raises RuleBroken."""
    others = [event for event in case.valid_events if event.kind == EventKind.ASSESSED and event is not besides]
    if any(event.occurred_on == on for event in others):
        raise RuleBroken(
            _("Det finns redan en skattning %(on)s. Rätta den, eller välj en annan dag.", on=on), field="datum"
        )


def scored(scores: Mapping[AssessmentArea, int]) -> Assessment:
    """The row of a scoring. Raises RuleBroken for an empty one or a value outside 1–5."""
    if not scores:
        raise RuleBroken(_("Skatta minst ett område."), field="scores")
    if any(value not in range(1, 6) for value in scores.values()):
        raise RuleBroken(_("En skattning är ett heltal från 1 till 5."), field="varde")
    return Assessment(scores=[AssessmentScore(area=area, value=value) for area, value in scores.items()])


def register_follow_up(actor: Actor, case: Case, on: date, note: str) -> None:
    """A follow-up with participant or workplace has been made."""
    permit(actor, Permission.LOG_CASE)
    log.append(case, EventKind.FOLLOW_UP, on, actor, note=_reason(note, _("Skriv kort vad uppföljningen gav.")))
    changed(case)


def add_note(actor: Actor, case: Case, text: str) -> None:
    """A note in the case, dated today."""
    permit(actor, Permission.NOTE_CASE)
    log.append(case, EventKind.NOTE, clock.today(), actor, note=_reason(text, _("Skriv anteckningen.")))
    changed(case)


def hand_over(actor: Actor, case: Case, counsellor: User, reason: str = "") -> None:
    """Another counsellor of the same unit takes the case from today."""
    permit(actor, Permission.HAND_OVER)
    if counsellor.unit_id != case.to_unit_id or not counsellor.is_active:
        raise RuleBroken(_("Välj en konsulent på %(unit)s.", unit=case.to_unit.code), field="counsellor")
    grants.require_grant(case, counsellor)
    log.append(
        case,
        EventKind.HANDED_OVER,
        clock.today(),
        actor,
        note=f"Ny konsulent: {counsellor.name}. {reason}".rstrip(),
    )
    case.counsellor_id = counsellor.id
    changed(case)


def close(
    actor: Actor,
    case: Case,
    on: date,
    outcome: ExitOutcome,
    household_effect: HouseholdEffect | None,
    *,
    typed_baseline_kr: Decimal | None = None,
    note: str = "",
) -> None:
    """End the case. Placements that go on end the same day, as part of the exit."""
    permit(actor, Permission.CLOSE_CASE)
    ongoing = {placement.key for placement in case.state.ongoing}
    for placement in [placement for placement in case.placements if placement in ongoing]:
        log.append(case, EventKind.PLACEMENT_ENDED, on, actor, placement=placement, note=CLOSING_NOTE)
    log.append(
        case,
        EventKind.EXITED,
        on,
        actor,
        outcome=outcome,
        household_effect=household_effect,
        typed_baseline_kr=typed_baseline_kr,
        note=note,
    )
    changed(case)


def reopen(actor: Actor, case: Case, on: date, reason: str) -> None:
    """Go on with a closed case. Refused while the participant has a newer one."""
    permit(actor, Permission.CLOSE_CASE)
    check_reopening(case)
    log.append(case, EventKind.REOPENED, on, actor, note=_reason(reason, _("Skriv varför ärendet återöppnas.")))
    changed(case)


def check_reopening(case: Case) -> None:
    """Raise RuleBroken, with the user's sentence, while the participant has a newer case."""
    for span in queries.list_spans(case.participant_id):
        if span.number != case.number and case.closed_on is not None and span.referred_on >= case.closed_on:
            raise RuleBroken(_("Deltagaren har ett nyare ärende, %(number)s. Fortsätt i det.", number=span.number))


def changed(case: Case) -> None:
    """Flush, and have the case's waits computed anew right after the commit."""
    db.session.flush()
    enqueue("measures.renew_case", {"case_id": case.id}, key=f"measures.renew_case:{case.id}")


def _reason(text: str, missing: str) -> str:
    if not text.strip():
        raise RuleBroken(missing, field="note")
    return text.strip()

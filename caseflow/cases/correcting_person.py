"""Correcting what is known of a participant (GDPR article 16). The case keeps the reason, the audit the change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.cases import log, services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.core.personnummer import Identity
from caseflow.people.models import Participant
from caseflow.people.queries import find_participant
from caseflow.people.services import Situation
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


@dataclass(frozen=True)
class PersonFacts:
    """What a participant is to be known by. `identity` None: the number stays as it is."""

    first_name: str
    last_name: str
    identity: Identity | None
    children: int | None
    assistance_since_on: date | None
    situation: Situation


def correct_person(actor: Actor, case: Case, facts: PersonFacts, reason: str) -> None:
    """Put the facts in place of what was known, and note in the case what was corrected and why.

    Raises RuleBroken when nothing differs, or when the number is somebody else's.
    """
    permit(actor, Permission.CORRECT_PERSON)
    participant = case.participant
    services.lock_participant(participant.id)
    corrected = [*_take_number(actor, participant, facts.identity), *_take(participant, facts)]
    if not corrected:
        raise RuleBroken(_("Inget är ändrat. Ändra det som är fel, eller avbryt."))
    # The note is kept as it is written, in the language of the record.
    text = f"Rättade personuppgifter: {', '.join(corrected)}. Skäl: {reason}"
    log.append(case, EventKind.NOTE, clock.today(), actor, note=text)
    services.changed(case)


def _take_number(actor: Actor, participant: Participant, identity: Identity | None) -> Iterator[str]:
    if identity is None or identity.number == participant.number.replace("-", ""):
        return
    other = find_participant(identity)
    log_access(actor, AccessKind.LOOKED_UP_PERSON, participant_id=other.id if other else None)
    if other is not None:
        told = _("Numret är redan en annan deltagares. Kontrollera siffrorna, eller be systemförvaltaren om hjälp.")
        raise RuleBroken(told, field="personnummer")
    participant.set_identity(identity)
    yield "personnummer"


def _take(participant: Participant, facts: PersonFacts) -> Iterator[str]:
    """The names of what differed."""
    situation = facts.situation
    wanted: list[tuple[str, Any, str, Any]] = [
        ("förnamn", participant, "first_name", facts.first_name),
        ("efternamn", participant, "last_name", facts.last_name),
        ("inskrivning på Arbetsförmedlingen", participant, "af_registered", situation.af_registered),
        ("etablering", participant, "leaves_establishment", situation.leaves_establishment),
        ("timmar i veckan", participant, "activity_hours", situation.activity_hours),
    ]
    if participant.household is not None:
        wanted += [
            ("barn i hushållet", participant.household, "children", facts.children),
            ("försörjningsstöd sedan", participant.household, "assistance_since_on", facts.assistance_since_on),
        ]
    for name, row, column, value in wanted:
        if getattr(row, column) != value:
            setattr(row, column, value)
            yield name

"""Correcting what is known of a participant (GDPR article 16). The case keeps the reason, the audit the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from caseflow.cases import grants, log, services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.core.personnummer import Identity
from caseflow.extensions import db
from caseflow.people.models import Participant, Protection
from caseflow.people.queries import find_participant
from caseflow.people.services import Situation
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

# The note that the case keeps, in the language of the record.
CORRECTED = "Rättade personuppgifter: {what}. Skäl: {why}"
WORDS = {
    "number": "personnummer",
    "first_name": "förnamn",
    "last_name": "efternamn",
    "protection": "skyddade personuppgifter",
    "af_registered": "inskrivning på Arbetsförmedlingen",
    "leaves_establishment": "om etableringen lämnas",
    "activity_hours": "timmar i veckan",
    "children": "barn i hushållet",
    "assistance_since_on": "försörjningsstöd sedan",
}


@dataclass(frozen=True)
class PersonFacts:
    """What a participant is to be known by. `identity` None: the number stays as it is."""

    first_name: str
    last_name: str
    identity: Identity | None
    children: int | None
    assistance_since_on: date | None
    situation: Situation
    protection: Protection


def correct_person(actor: Actor, case: Case, facts: PersonFacts, reason: str) -> None:
    """Put the facts in place of what was known, and note in the case what was corrected and why.

    Raises RuleBroken when nothing differs, when the number is somebody else's, or when protection would end.
    """
    permit(actor, Permission.CORRECT_PERSON)
    participant = case.participant
    services.lock_participant(participant.id)
    if participant.protected and facts.protection == Protection.NONE:
        raise RuleBroken(_("Skyddet tas bara bort av filen med deltagare."), field="protection")
    corrected = [*_take_number(actor, participant, facts.identity), *_take(participant, facts)]
    if not corrected:
        raise RuleBroken(_("Inget är ändrat. Ändra det som är fel, eller avbryt."))
    if participant.protected:
        db.session.flush()
        grants.let_referrers_in(participant.id)
    text = CORRECTED.format(what=", ".join(WORDS[name] for name in corrected), why=reason)
    log.append(case, EventKind.NOTE, clock.today(), actor, note=text)
    services.changed(case)


def _take_number(actor: Actor, participant: Participant, identity: Identity | None) -> Iterator[str]:
    if identity is None or identity.number == participant.number.replace("-", ""):
        return
    other = find_participant(identity)
    log_access(actor, AccessKind.LOOKED_UP_PERSON, participant_id=other.id if other else None)
    told = _("Numret är redan en annan deltagares. Kontrollera siffrorna, eller be systemförvaltaren om hjälp.")
    taken = RuleBroken(told, field="personnummer")
    if other is not None:
        raise taken
    try:
        with db.session.begin_nested():
            participant.set_identity(identity)
    except IntegrityError:
        # Somebody else's since a moment ago.
        raise taken from None
    yield "number"


def _take(participant: Participant, facts: PersonFacts) -> Iterator[str]:
    """The names of what differed."""
    wanted: list[tuple[Any, Any, Sequence[str]]] = [
        (participant, facts, ("first_name", "last_name", "protection")),
        (participant, facts.situation, ("af_registered", "leaves_establishment", "activity_hours")),
    ]
    if participant.household is not None:
        wanted.append((participant.household, facts, ("children", "assistance_since_on")))
    for row, said, names in wanted:
        for name in names:
            if getattr(row, name) != getattr(said, name):
                setattr(row, name, getattr(said, name))
                yield name

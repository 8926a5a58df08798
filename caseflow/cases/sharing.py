"""What a reader sees of a case that may be opened: `security.policy.SHARES`, read for one actor and one case.

The page, its timeline, the lists and what is said of others' changes ask here; nothing else decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.rules import TRANSITIONS
from caseflow.cases.terms import EventKind
from caseflow.security.permissions import Actor, Matter, Reader, Role, Share
from caseflow.security.policy import share

READERS = {
    Role.COUNSELLOR: Reader.COUNSELLOR,
    Role.SOCIAL_WORKER: Reader.SOCIAL_WORKER,
    Role.CONTROLLER: Reader.CONTROLLER,
    Role.ADMINISTRATOR: Reader.ADMINISTRATOR,
}
# Kinds that are seen, with their day, only by those who see what they hold. Of the others everybody sees the day.
HOLDS = {EventKind.ASSESSED: Matter.ASSESSMENTS}


class Parties(Protocol):
    """Whose a case is: a case, or a row of one."""

    @property
    def from_unit_id(self) -> int: ...
    @property
    def to_unit_id(self) -> int: ...
    @property
    def social_worker_id(self) -> int | None: ...


def reader_of(actor: Actor, parties: Parties) -> Reader | None:
    """As whom the actor reads the case; None for the system, which sees everything."""
    if actor.role is None:
        return None
    if actor.role == Role.MANAGER:
        receives = actor.unit_id in (None, parties.to_unit_id)
        return Reader.RECEIVING_MANAGER if receives else Reader.REFERRING_MANAGER
    return READERS[actor.role]


def sees(actor: Actor, parties: Parties, matter: Matter) -> bool:
    """Whether the actor sees the matter in a case of theirs."""
    reader = reader_of(actor, parties)
    found = Share.ALL if reader is None else share(reader, matter)
    return found == Share.ALL or (found == Share.OWN_REFERRALS and parties.social_worker_id == actor.id)


@dataclass(frozen=True)
class Shared:
    """One actor's reading of one case."""

    actor: Actor
    case: Case

    def sees(self, matter: Matter) -> bool:
        return sees(self.actor, self.case, matter)

    def sees_text(self, event: CaseEvent) -> bool:
        """Whether what is written in the event, and why it was corrected, is the actor's to read."""
        return self.sees(self._written(event))

    def sees_event(self, event: CaseEvent) -> bool:
        """Whether the actor sees that it happened at all. A note is nothing but its text."""
        if event.kind == EventKind.NOTE:
            return self.sees_text(event)
        return event.kind not in HOLDS or self.sees(HOLDS[event.kind])

    def _written(self, event: CaseEvent) -> Matter:
        if event.kind == EventKind.RETURNED:
            return Matter.RETURN_REASON
        if event.kind == EventKind.NOTE:
            by_referrer = event.unit_id == self.case.from_unit_id
            return Matter.REFERRERS_NOTES if by_referrer else Matter.RECEIVERS_NOTES
        by_referrer = Role.SOCIAL_WORKER in TRANSITIONS[event.kind].owners
        return Matter.REFERRAL if by_referrer else Matter.RECEIVERS_NOTES

"""What a reader may call a case or a household: its number, a pseudonym, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.cases.queries import hidden_from, sees_all, visible_to
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.people.models import Household, Participant
from caseflow.security import audit
from caseflow.security.crypto import pseudonym
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import allows


@dataclass(frozen=True)
class Subject:
    """What to call it, and for those who may open the case its number and its name in addresses."""

    name: str
    case_number: str | None = None
    case_id: UUID | None = None


def sees_pseudonyms(actor: Actor) -> bool:
    """Whoever may see figures but no person."""
    return not allows(actor, Permission.VIEW_CASES)


def sees_everybody(actor: Actor) -> bool:
    """Whoever sees every case sees households without one too."""
    return sees_all(actor)


def subject(
    case_id: int | None,
    household_id: int | None,
    number: str | None,
    public_id: UUID | None,
    household: str | None,
    hidden: bool,
) -> Subject:
    """The case, else the household; that it is named is logged. `hidden`: by a pseudonym."""
    if case_id is not None:
        if hidden:
            return Subject(_("ärende %(number)s", number=pseudonym("case", case_id)))
        audit.read(None, case_id)
        return Subject(_("ärende %(number)s", number=number), number, public_id)
    if hidden:
        return Subject(_("hushåll %(number)s", number=pseudonym("household", household_id or 0)))
    audit.read(None, None, f"household {household_id}")
    return Subject(_("hushåll %(number)s", number=household))


class Names:
    """The names of some cases and households for one reader, read at once."""

    def __init__(self, actor: Actor, case_ids: Collection[int], household_ids: Collection[int]) -> None:
        self.hidden = sees_pseudonyms(actor)
        self.cases: dict[int, tuple[str, UUID]] = {}
        self.households: dict[int, str] = {}
        self.protected_cases: set[int] = set()
        self.protected_households: set[int] = set()
        if not (case_ids or household_ids):
            return
        protected = select(Case.id).where(Case.id.in_(case_ids), hidden_from(actor))
        self.protected_cases = set(db.session.scalars(protected))
        members = select(Participant.household_id).join(Case, Case.participant_id == Participant.id)
        of_protected = members.where(Participant.household_id.in_(household_ids), hidden_from(actor))
        self.protected_households = {key for key in db.session.scalars(of_protected) if key is not None}
        if self.hidden:
            return
        own = select(Case.id, Case.number, Case.public_id).where(Case.id.in_(case_ids), visible_to(actor))
        of_own = select(Household.id, Household.number).where(Household.id.in_(household_ids))
        if not sees_everybody(actor):
            of_own = (
                of_own.join(Participant, Participant.household_id == Household.id)
                .join(Case, Case.participant_id == Participant.id)
                .where(visible_to(actor))
            )
        self.cases = {key: (number, public_id) for key, number, public_id in db.session.execute(own).tuples()}
        self.households = dict(db.session.execute(of_own).tuples().all())

    def of(self, case_id: int | None, household_id: int | None) -> Subject | None:
        """The subject; None where the reader may not see it."""
        if case_id in self.protected_cases or (case_id is None and household_id in self.protected_households):
            return None
        number, public_id = self.cases.get(case_id or 0, (None, None))
        household = self.households.get(household_id) if household_id is not None else None
        if not self.hidden and (number if case_id is not None else household) is None:
            return None
        return subject(case_id, household_id, number, public_id, household, self.hidden)

"""What a referral writes about people: who they are, their household and their circumstances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.core.personnummer import Identity
from caseflow.extensions import db
from caseflow.people.models import Household, Participant, Protection
from caseflow.people.queries import find_participant
from caseflow.security import crypto
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


@dataclass(frozen=True)
class PersonInput:
    """Who somebody is. `household_number` empty: the household has no number that is known here."""

    identity: Identity
    first_name: str = ""
    last_name: str = ""
    protection: Protection = Protection.NONE
    household_number: str = ""
    children: int | None = None
    assistance_since_on: date | None = None


@dataclass(frozen=True)
class Situation:
    """What the target group is judged by besides age and household. None: not known."""

    af_registered: bool | None
    leaves_establishment: bool | None
    activity_hours: int | None


def ensure_participant(
    actor: Actor, person: PersonInput, situation: Situation, sees: Callable[[Household], bool]
) -> Participant:
    """The participant with the number, new where nobody has it; with the situation as it is now.

    What is known of a person and a household stays; what was missing is filled in. Protection can be raised here,
    never lowered. `sees`: whether the actor may see a household that is already there.
    """
    permit(actor, Permission.REFER)
    participant = find_participant(person.identity) or _create(person)
    household = participant.household
    if household is None:
        participant.household = household = _ensure_household(person.household_number, sees)
    if household.children is None:
        household.children = person.children
    if household.assistance_since_on is None:
        household.assistance_since_on = person.assistance_since_on
    if not participant.protected:
        participant.protection = person.protection
    participant.af_registered = situation.af_registered
    participant.leaves_establishment = situation.leaves_establishment
    participant.activity_hours = situation.activity_hours
    db.session.flush()
    return participant


def _create(person: PersonInput) -> Participant:
    """A new row, or the one that somebody else has made in the meantime: the number is there once."""
    if not person.first_name:
        raise RuleBroken(_("Skriv förnamnet."), field="fornamn")
    if not person.last_name:
        raise RuleBroken(_("Skriv efternamnet."), field="efternamn")
    identity = person.identity
    statement = insert(Participant).values(
        number_hash=crypto.lookup_hash(identity.number),
        number_encrypted=crypto.encrypt(identity.number),
        birth_on=identity.birth_on,
        sex=identity.sex,
        first_name=person.first_name,
        last_name=person.last_name,
        created_at=clock.now(),
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=[Participant.number_hash]))
    participant = find_participant(identity)
    assert participant is not None
    return participant


def _ensure_household(number: str, sees: Callable[[Household], bool]) -> Household:
    """The household with the number. Without one, a new household gets "N-" and a running number.

    A typed number joins nobody to a household that the actor may not see: its payments would be shown with the case.
    """
    if not number:
        # The key is drawn first, so that the number can be made of it.
        key = db.session.scalars(select(func.nextval(func.pg_get_serial_sequence("household", "id")))).one()
        household = Household(id=key, number=f"N-{key:06d}")
        db.session.add(household)
        return household
    made = db.session.scalar(
        insert(Household)
        .values(number=number, reason_code="")
        .on_conflict_do_nothing(index_elements=[Household.number])
        .returning(Household.id)
    )
    household = db.session.scalars(select(Household).where(Household.number == number)).one()
    if made is None and not sees(household):
        raise RuleBroken(
            _(
                "Numret tillhör ett hushåll som du inte har något ärende i. Lämna fältet tomt: "
                "filen från försörjningssystemet för ihop deltagaren med hushållet."
            ),
            field="household_number",
        )
    return household

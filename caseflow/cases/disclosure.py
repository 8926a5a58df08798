"""A referral hands over what is secret: on a ground that the pair of units has, and kept with what was handed over."""

from __future__ import annotations

from datetime import date

from caseflow.cases.models import Case, ReferralDisclosure
from caseflow.cases.terms import DisclosedField, EventKind
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.organisation.disclosure import find_rule
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import Ground
from caseflow.people.services import Situation
from caseflow.security.permissions import Actor


def check(from_unit: Unit, to_unit: Unit, ground: Ground | None, consent_on: date | None, referred_on: date) -> Ground:
    """The ground, when the pair of units has it. Raises RuleBroken."""
    rule = find_rule(from_unit.id, to_unit.id)
    if rule is None or not rule.grounds:
        raise RuleBroken(
            _(
                "%(unit)s har ingen grund för att lämna ut uppgifter till %(to)s. "
                "Be systemförvaltaren att lägga till en på enhetens sida.",
                unit=from_unit.code,
                to=to_unit.code,
            ),
            field="to_unit",
        )
    if ground not in rule.grounds:
        grounds = ", ".join(one.label for one in rule.grounds)
        raise RuleBroken(
            _("Välj en grund som gäller för utlämnande till %(to)s: %(grounds)s.", to=to_unit.code, grounds=grounds),
            field="ground",
        )
    if ground == Ground.CONSENT and consent_on is None:
        raise RuleBroken(_("Skriv dagen då deltagaren lämnade sitt samtycke."), field="consent_on")
    if ground == Ground.CONSENT and consent_on is not None and consent_on > referred_on:
        raise RuleBroken(_("Samtycket behöver vara lämnat senast samma dag som anvisningen."), field="consent_on")
    return ground


def record(actor: Actor, case: Case, ground: Ground, consent_on: date | None, fields: list[DisclosedField]) -> None:
    """Keep what the new case's referral hands over, to whom and why."""
    kept = ReferralDisclosure(
        event=next(event for event in case.events if event.kind == EventKind.REFERRED),
        to_unit=case.to_unit,
        ground=ground,
        consent_on=consent_on if ground == Ground.CONSENT else None,
        fields=fields,
        recorded_by_id=actor.id,
    )
    case.disclosures.append(kept)


def fields_told(situation: Situation, *, dates: bool, reason: bool, programmes: bool) -> list[DisclosedField]:
    """Which of a referral's fields it hands over: those that say something."""
    told = {
        DisclosedField.IDENTITY: True,
        DisclosedField.HOUSEHOLD: True,
        DisclosedField.SITUATION: situation != Situation(None, None, None),
        DisclosedField.DATES: dates,
        DisclosedField.REASON: reason,
        DisclosedField.PROGRAMMES: programmes,
    }
    return [field for field, is_told in told.items() if is_told]

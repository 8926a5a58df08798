"""A participant of whom every personal column holds something that stands nowhere else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from caseflow.cases import placements, services
from caseflow.cases.models import Case
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.people.models import AssistancePayment
from caseflow.security.permissions import Role
from tests import factories


def planted(mark: str, born: date, referred_on: date = date(2020, 3, 2), *, closed_on: date | None = None) -> Case:
    """A case that has been through everything. `mark` is part of every text; sums and children follow the birth day."""
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC", name=f"Konsulent {mark}stab")
    worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    household = factories.make_household(children=born.day, number=f"H-{mark}")
    household.reason_code = f"R-{mark}"
    person = factories.make_participant(
        born, name=(f"Förnamn{mark}", f"Efternamn{mark}"), household=household, activity_hours=born.day
    )
    paid = Decimal(7000 + born.day)
    factories.save(
        AssistancePayment(
            household_id=household.id, month_on=referred_on.replace(day=1), paid_kr=paid, recorded_at=clock.now()
        )
    )
    case = factories.make_case(
        referred_on, social_worker=worker, participant=person, programmes=["500-uppdraget"], application_on=referred_on
    )
    case.external_id = f"E-{mark}"
    factories.accept(counsellor, case, referred_on)
    services.register_first_meeting(counsellor.actor, case, referred_on)
    services.register_assessment(counsellor.actor, case, referred_on, dict.fromkeys(factories.areas(), 2))
    services.add_note(counsellor.actor, case, f"Anteckning {mark}.")
    kind = PlacementKind.SUBSIDISED_EMPLOYMENT
    placement = factories.start_placement(case, referred_on, kind, 75, planned_end_on=referred_on)
    placement.supervisor, placement.external_id = f"Handledare {mark}", f"P-{mark}"
    wages = (Decimal(24000 + born.day), Decimal(9000), Decimal(5000))
    placements.register_wage_cost(counsellor.actor, case, placement, referred_on.replace(day=1), *wages)
    if closed_on:
        services.close(counsellor.actor, case, closed_on, ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    return case

"""The report of a programme like 500-uppdraget: SQL fetches the rows, `savings_rules` counts the kronor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, and_, case, cast, extract, func, select

from caseflow.cases.models import Case, CaseEvent, Placement, WageCost
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core.periods import add_months, first_of_month, months_between
from caseflow.extensions import db
from caseflow.measures.milestones import in_programme, known, valid_events
from caseflow.measures.programme_result import (
    EMPLOYMENT_OR_INTERNSHIP,
    Cost,
    HouseholdLeft,
    Place,
    ProgrammeReport,
)
from caseflow.measures.savings_rules import Leaving, household_savings, last_whole_month
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Programme, Workplace
from caseflow.people.models import AssistancePayment, Household, Participant

LEAVES = (HouseholdEffect.LEFT, HouseholdEffect.TOPPED_UP)


def measure_of(programme: Programme) -> str:
    """The name its stored report goes by."""
    return f"programme:{programme.code}"


def report_day(today: date) -> date:
    """The cut-off that the report opens with: the end of the last month that has ended by yesterday."""
    return first_of_month(today) - timedelta(days=1)


def programme_report(programme: Programme, cut: Cut) -> ProgrammeReport:
    """Everything the final report of 500-uppdraget says, for any programme and any day. Definitions: DOMAIN.md.

    Places: participants at their first placement begun while the case was in the programme. Households: see
    `list_households_left`. Kronor: `savings_rules.household_savings`. Costs: monthly wage costs of the programme's
    subsidised employments to the cut-off's month.
    """
    return ProgrammeReport(
        programme=programme,
        cut=cut,
        places=_places(programme, cut),
        households=list_households_left(programme, cut),
        to_studies=_to_studies(programme, cut),
        costs=_costs(programme, cut),
    )


def list_households_left(programme: Programme, cut: Cut) -> list[HouseholdLeft]:
    """Households that left assistance, or keep only a top-up, through an exit in the programme.

    A household counts once: its earliest exit with the effect "left wholly", else its earliest with "topped up". In
    order of exit. Months on assistance (W7) are None where the beginning is not known.
    """
    household = func.coalesce(Participant.household_id, -Participant.id)
    exits = (
        select(
            Household.id.label("household_id"),
            Household.number,
            Household.assistance_since_on,
            Case.number.label("case_number"),
            CaseEvent.occurred_on,
            CaseEvent.household_effect,
            CaseEvent.typed_baseline_kr,
        )
        .distinct(household)
        .select_from(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .join(Participant, Participant.id == Case.participant_id)
        .join(Household, Household.id == Participant.household_id, isouter=True)
        .where(
            CaseEvent.kind == EventKind.EXITED,
            CaseEvent.household_effect.in_(LEAVES),
            valid_events(cut),
            in_programme(programme.id, cut, CaseEvent.occurred_on),
        )
        .order_by(
            household,
            case((CaseEvent.household_effect == HouseholdEffect.LEFT, 0), else_=1),
            CaseEvent.occurred_on,
            CaseEvent.id,
        )
    )
    rows = list(db.session.execute(exits))
    payments = _payments([row.household_id for row in rows if row.household_id is not None], cut)
    left = [_household_left(row, payments.get(row.household_id, {}), cut) for row in rows]
    return sorted(left, key=lambda one: (one.left_on, one.household))


def _household_left(row: Any, payments: dict[date, Decimal], cut: Cut) -> HouseholdLeft:
    leaving = Leaving(
        # A participant without a household is told apart by the case.
        household=row.number or f"ärende {row.case_number}",
        left_on=row.occurred_on,
        wholly=row.household_effect == HouseholdEffect.LEFT,
        payments=payments,
        typed_baseline_kr=row.typed_baseline_kr,
    )
    since = row.assistance_since_on
    knows = since is not None and since <= row.occurred_on
    return HouseholdLeft(
        household=leaving.household,
        left_on=row.occurred_on,
        wholly=leaving.wholly,
        months_on_assistance=months_between(since, row.occurred_on) if knows else None,
        savings=household_savings(leaving, last_whole_month(cut.as_of)),
    )


def _payments(household_ids: Sequence[int], cut: Cut) -> dict[int, dict[date, Decimal]]:
    paid: dict[int, dict[date, Decimal]] = defaultdict(dict)
    query = select(AssistancePayment.household_id, AssistancePayment.month_on, AssistancePayment.paid_kr).where(
        AssistancePayment.household_id.in_(household_ids),
        AssistancePayment.month_on <= cut.as_of,
        known(AssistancePayment, cut.known_at),
    )
    for household_id, month_on, paid_kr in db.session.execute(query):
        paid[household_id][month_on] = paid_kr
    return paid


def _places(programme: Programme, cut: Cut) -> list[Place]:
    first = (
        select(
            cast(extract("year", CaseEvent.occurred_on), Integer).label("year"),
            Participant.sex,
            Placement.kind,
            Workplace.name.label("workplace"),
        )
        .distinct(Participant.id)
        .select_from(CaseEvent)
        .join(Case, Case.id == CaseEvent.case_id)
        .join(Participant, Participant.id == Case.participant_id)
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .join(Workplace, Workplace.id == Placement.workplace_id)
        .where(
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            valid_events(cut),
            in_programme(programme.id, cut, CaseEvent.occurred_on),
        )
        .order_by(Participant.id, CaseEvent.occurred_on, CaseEvent.sequence, CaseEvent.id)
        .subquery()
    )
    development = first.c.kind == PlacementKind.DEVELOPMENT_PLACE
    of_which = and_(development, first.c.workplace == programme.of_which_workplace)
    kind = case((development, PlacementKind.DEVELOPMENT_PLACE.value), else_=EMPLOYMENT_OR_INTERNSHIP)
    query = select(kind, of_which, first.c.year, first.c.sex, func.count()).group_by(
        kind, of_which, first.c.year, first.c.sex
    )
    return [Place(*row) for row in db.session.execute(query).tuples()]


def _to_studies(programme: Programme, cut: Cut) -> int:
    """Participants with an exit to studies."""
    query = (
        select(func.count(Case.participant_id.distinct()))
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(
            CaseEvent.kind == EventKind.EXITED,
            CaseEvent.outcome == ExitOutcome.STUDIES,
            valid_events(cut),
            in_programme(programme.id, cut, CaseEvent.occurred_on),
        )
    )
    return db.session.scalar(query) or 0


def _costs(programme: Programme, cut: Cut) -> list[Cost]:
    """Wage costs per year. A placement whose start has been voided never was, and costs nothing."""
    year = cast(extract("year", WageCost.month_on), Integer)
    begun = (
        select(CaseEvent.id)
        .where(
            CaseEvent.placement_id == Placement.id,
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            valid_events(cut),
        )
        .exists()
    )
    query = (
        select(year, func.sum(WageCost.wage_kr), func.sum(WageCost.programme_kr), func.sum(WageCost.af_kr))
        .join(Placement, Placement.id == WageCost.placement_id)
        .join(Case, Case.id == Placement.case_id)
        .where(
            Placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT,
            WageCost.month_on < add_months(cut.as_of, 1),
            known(WageCost, cut.known_at),
            in_programme(programme.id, cut),
            begun,
        )
        .group_by(year)
        .order_by(year)
    )
    return [Cost(each, wage, -paid, -af) for each, wage, paid, af in db.session.execute(query).tuples()]

"""What the database says, without keys and times of registration: two databases with the same content are equal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select

from caseflow.cases.models import Case, CaseEvent
from caseflow.extensions import db
from caseflow.organisation.models import Workplace
from caseflow.people.models import AssistancePayment, Household, Participant

T = TypeVar("T")
Content = dict[str, list[tuple[str, ...]]]


def content() -> Content:
    """Everything that files can change."""
    db.session.expire_all()
    return {
        "households": rows(
            (home.number, home.children, home.assistance_since_on, home.reason_code) for home in every(Household)
        ),
        "participants": rows(map(_participant, every(Participant))),
        "payments": rows(
            (paid.household.number, paid.month_on, paid.paid_kr, bool(paid.voided_at))
            for paid in every(AssistancePayment)
        ),
        "workplaces": rows((place.employer.name, place.employer.sector, place.name) for place in every(Workplace)),
        "cases": rows(map(_case, every(Case))),
        "events": rows(_event(event) for case in every(Case) for event in case.events),
        "scores": rows(
            (case.number, len(assessment.scores), score.area.name, score.value)
            for case in every(Case)
            for assessment in case.assessments
            for score in assessment.scores
        ),
        "costs": rows(
            (case.number, placement.external_id, cost.month_on, cost.wage_kr, cost.af_kr, cost.programme_kr)
            for case in every(Case)
            for placement in case.placements
            for cost in placement.wage_costs
        ),
    }


def every(model: type[T]) -> list[T]:
    return list(db.session.scalars(select(model)))


def rows(found: Iterable[tuple[object, ...]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(value) for value in row) for row in found)


def _participant(person: Participant) -> tuple[object, ...]:
    home = person.household.number if person.household else None
    known = (person.protected, person.af_registered, person.activity_hours)
    return (person.number, person.name, person.birth_on, person.sex, home, *known)


def _case(case: Case) -> tuple[object, ...]:
    programmes = sorted((member.programme.code, str(member.from_on)) for member in case.programmes)
    units = (case.from_unit.code, case.to_unit.code)
    caches = (case.stage, case.stage_since_on, case.referred_on, case.closed_on, case.follow_up_due_on)
    return (case.number, case.external_id, case.participant.number, *units, programmes, *caches, case.version)


def _event(event: CaseEvent) -> tuple[object, ...]:
    what = (event.case.number, event.sequence, event.kind, event.occurred_on, event.note, event.void_reason)
    exit = (event.outcome, event.household_effect)
    placement = event.placement
    if placement is None:
        return (*what, *exit)
    facts = (placement.external_id, placement.kind, placement.form, placement.percent, placement.planned_end_on)
    return (*what, *exit, *facts, placement.workplace.label)

"""Reads for the referral pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import func, or_, select

from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.queries import visible_to
from caseflow.cases.rules import OPEN
from caseflow.cases.sharing import sees
from caseflow.cases.terms import EventKind, Stage
from caseflow.core.periods import add_months, first_of_month
from caseflow.extensions import db
from caseflow.organisation.models import Target, Unit
from caseflow.organisation.rules import UnitKind
from caseflow.people.models import Household, Participant
from caseflow.security.permissions import Actor, Matter
from caseflow.web.formatting import locale

K = EventKind


def list_closing_notes(actor: Actor, numbers: Sequence[str]) -> dict[str, str]:
    """Why referrals were given back or withdrawn, by case number, where the actor sees it."""
    query = (
        select(Case.number, CaseEvent.kind, CaseEvent.note, Case.from_unit_id, Case.to_unit_id, Case.social_worker_id)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(
            Case.number.in_(numbers),
            CaseEvent.kind.in_([K.RETURNED, K.WITHDRAWN]),
            CaseEvent.voided_at.is_(None),
        )
        .order_by(CaseEvent.sequence)
    )
    matters = {K.RETURNED: Matter.RETURN_REASON, K.WITHDRAWN: Matter.REFERRAL}
    return {row.number: row.note for row in db.session.execute(query) if sees(actor, row, matters[row.kind])}


def list_latest(numbers: Sequence[str]) -> dict[str, tuple[EventKind, date]]:
    """What has happened last in each case since it was referred: kind and day, by case number.

    Shown to the unit that refers: notes and assessments are not among what the receiver shares.
    """
    query = (
        select(Case.number, CaseEvent.kind, CaseEvent.occurred_on)
        .distinct(Case.number)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(
            Case.number.in_(numbers),
            CaseEvent.kind.not_in([K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.REFERRED, K.NOTE, K.ASSESSED]),
            CaseEvent.voided_at.is_(None),
        )
        .order_by(Case.number, CaseEvent.occurred_on.desc(), CaseEvent.sequence.desc())
    )
    return {number: (kind, on) for number, kind, on in db.session.execute(query)}


@dataclass(frozen=True)
class Queue:
    """The wait for a first meeting at a receiving unit. `mean_days`: of meetings held in the month; None: none held."""

    unit: Unit
    waiting: int
    mean_days: Decimal | None
    month_on: date
    target_days: int | None

    @property
    def month(self) -> str:
        """The month's name in the reader's language: "november"."""
        return format_date(self.month_on, "LLLL", locale=locale())


def list_queues(today: date) -> list[Queue]:
    """Every open receiving unit with its wait (W3), by code. The month is the last whole one."""
    month_on = add_months(first_of_month(today), -1)
    met = (
        select(Case.to_unit_id, func.avg(CaseEvent.occurred_on - Case.referred_on).label("mean"))
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(
            CaseEvent.kind == K.FIRST_MEETING,
            CaseEvent.voided_at.is_(None),
            CaseEvent.occurred_on >= month_on,
            CaseEvent.occurred_on < first_of_month(today),
        )
        .group_by(Case.to_unit_id)
        .subquery()
    )
    waiting = (
        select(Case.to_unit_id, func.count().label("n"))
        .where(Case.stage.in_([Stage.REFERRED, Stage.ACCEPTED]))
        .group_by(Case.to_unit_id)
        .subquery()
    )
    target = (
        select(Target.value)
        .where(
            Target.measure == "W3",
            Target.valid_from <= today,
            or_(Target.valid_to.is_(None), Target.valid_to >= today),
            or_(Target.unit_id.is_(None), Target.unit_id == Unit.id),
        )
        .order_by(Target.unit_id.nulls_last(), Target.valid_from.desc(), Target.id.desc())
        .limit(1)
        .correlate(Unit)
        .scalar_subquery()
    )
    query = (
        select(Unit, func.coalesce(waiting.c.n, 0), met.c.mean, target)
        .outerjoin(waiting, waiting.c.to_unit_id == Unit.id)
        .outerjoin(met, met.c.to_unit_id == Unit.id)
        .where(Unit.kind == UnitKind.RECEIVES, Unit.closed_at.is_(None))
        .order_by(Unit.code)
    )
    return [
        Queue(unit, count, mean, month_on, int(days) if days is not None else None)
        for unit, count, mean, days in db.session.execute(query)
    ]


@dataclass(frozen=True)
class EarlierCase:
    """One of a participant's cases. `visible`: whether the reader may open it."""

    public_id: UUID
    number: str
    stage: Stage
    closed_on: date | None
    social_worker_id: int | None
    created_at: datetime
    visible: bool

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN


def list_cases_of(actor: Actor, participant_id: int) -> list[EarlierCase]:
    """Every case of the participant, latest first; those outside the actor's scope are marked."""
    query = (
        select(
            Case.public_id,
            Case.number,
            Case.stage,
            Case.closed_on,
            Case.social_worker_id,
            Case.created_at,
            visible_to(actor).label("visible"),
        )
        .where(Case.participant_id == participant_id)
        .order_by(Case.referred_on.desc(), Case.id.desc())
    )
    return [EarlierCase(*row) for row in db.session.execute(query).tuples()]


def sees_household(actor: Actor, household: Household) -> bool:
    """Whether the actor may open a case of somebody in the household."""
    query = (
        select(Case.id)
        .join(Participant, Participant.id == Case.participant_id)
        .where(Participant.household_id == household.id, visible_to(actor))
    )
    return db.session.scalar(query.limit(1)) is not None

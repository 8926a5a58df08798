"""Reads for one case's page and its forms, each a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from caseflow.accounts.models import User
from caseflow.cases.models import AssessmentArea, Case, Placement
from caseflow.cases.queries import visible_to
from caseflow.core.periods import add_months
from caseflow.extensions import db
from caseflow.organisation.models import Target, Unit, Workplace
from caseflow.people.models import AssistancePayment, Participant
from caseflow.security import audit
from caseflow.security.access_kinds import CHANGES
from caseflow.security.audit import AccessKind, AuditRow
from caseflow.security.permissions import Actor, Role
from caseflow.web.pagination import Page

READINGS_PER_PAGE = 25
PAYMENT_MONTHS = 18
# A household's own baseline is the mean of its payments in this many months before the exit. Source: DOMAIN.md.
BASELINE_MONTHS = 12


@dataclass(frozen=True)
class Targets:
    """Targets of waits and stages, as they were valid day by day."""

    rows: Sequence[Target]

    def days(self, measure: str, on: date) -> int | None:
        """The measure's target on the day, whole days; the unit's own goes before everybody's. None: no target."""
        valid = [
            row
            for row in self.rows
            if row.measure == measure and row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
        ]
        valid.sort(key=lambda row: (row.unit_id is not None, row.valid_from, row.id))
        return int(valid[-1].value) if valid and valid[-1].value is not None else None


def find_targets(unit_id: int) -> Targets:
    """Every target, past and present, of waits and stages at the unit."""
    return Targets(list(db.session.scalars(_targets(), {"unit_id": unit_id})))


# What every case page asks is made once.
@cache
def _targets() -> Select[tuple[Target]]:
    days = or_(Target.measure.startswith("stage:"), Target.measure.in_(["W3", "W4", "W5"]))
    return select(Target).where(days, or_(Target.unit_id.is_(None), Target.unit_id == bindparam("unit_id")))


@dataclass(frozen=True)
class Payment:
    """Kronor paid to a household in one month; None: nothing is known."""

    month_on: date
    paid_kr: Decimal | None


@dataclass(frozen=True)
class Payments:
    """A household's latest months. `mean_kr`: mean of the payments above 0 in the last twelve of them."""

    months: list[Payment]
    mean_kr: Decimal | None
    read_at: datetime | None


def list_payments(household_id: int | None, today: date) -> Payments:
    """The months before this one, and this one when it has been paid; empty where no payment is known."""
    first = add_months(today, -PAYMENT_MONTHS)
    rows = db.session.execute(_payments(), {"household_id": household_id, "first": first, "today": today}).all()
    paid = {row.month_on: row.paid_kr for row in rows}
    if not paid:
        return Payments([], None, None)
    last = max(max(paid), add_months(today, -1))
    first = add_months(last, 1 - PAYMENT_MONTHS)
    months = [add_months(first, count) for count in range(PAYMENT_MONTHS)]
    known = [paid[month] for month in months[-BASELINE_MONTHS:] if paid.get(month)]
    mean = sum(known, Decimal(0)) / len(known) if known else None
    return Payments([Payment(month, paid.get(month)) for month in months], mean, max(row.recorded_at for row in rows))


@cache
def _payments() -> Select[Any]:
    columns = (AssistancePayment.month_on, AssistancePayment.paid_kr, AssistancePayment.recorded_at)
    return select(*columns).where(
        AssistancePayment.household_id == bindparam("household_id"),
        AssistancePayment.voided_at.is_(None),
        AssistancePayment.month_on.between(bindparam("first"), bindparam("today")),
    )


def has_baseline(household_id: int | None, today: date) -> bool:
    """Whether a payment above 0 is known in the months from which savings are counted."""
    query = select(AssistancePayment.id).where(
        AssistancePayment.household_id == household_id,
        AssistancePayment.voided_at.is_(None),
        AssistancePayment.paid_kr > 0,
        AssistancePayment.month_on >= add_months(today, -BASELINE_MONTHS),
    )
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class Reading:
    """Somebody has read about a person. `user_id` None: the system itself; `unit`: the reader's, as it was then."""

    at: datetime
    kind: AccessKind
    user_id: int | None
    name: str | None
    role: Role | None
    unit: str | None


def list_readings(participant_id: int, number: int) -> Page[Reading]:
    """Who has read about the participant, in whichever case, newest first."""
    counted, listed = _readings()
    total = db.session.scalar(counted, {"participant_id": participant_id}) or 0
    number = min(max(1, number), max(1, -(-total // READINGS_PER_PAGE)))
    before = (number - 1) * READINGS_PER_PAGE
    rows = db.session.execute(listed, {"participant_id": participant_id, "before": before})
    return Page([Reading(*row) for row in rows], number, READINGS_PER_PAGE, total)


@cache
def _readings() -> tuple[Select[tuple[int]], Select[Any]]:
    """How many there are, and a page of them."""
    about = AuditRow.participant_id == bindparam("participant_id")
    read = AuditRow.kind.not_in({*CHANGES, AccessKind.REFUSED})
    listed = (
        select(AuditRow.at, AuditRow.kind, User.id, User.name, User.role, Unit.code)
        .outerjoin(User, User.id == AuditRow.user_id)
        .outerjoin(Unit, Unit.id == AuditRow.unit_id)
        .order_by(AuditRow.id.desc())
        .limit(READINGS_PER_PAGE)
        .offset(bindparam("before"))
    )
    return select(func.count()).where(about, read), listed.where(about, read)


def list_other_cases(actor: Actor, case: Case) -> list[Case]:
    """Other cases of the participant and of the household's members that the actor may see, newest first."""
    household_id = case.participant.household_id
    # The household's members are the participant too. With an OR both tables would be read from end to end.
    members = select(Participant.id).where(Participant.household_id == household_id)
    theirs = Case.participant_id == case.participant_id if household_id is None else Case.participant_id.in_(members)
    query = (
        select(Case)
        .where(theirs, Case.id != case.id, visible_to(actor))
        .options(joinedload(Case.participant))
        .order_by(Case.referred_on.desc(), Case.id.desc())
    )
    found = list(db.session.scalars(query))
    for one in found:
        audit.read(one.participant_id, one.id)
    return found


def list_counsellors(unit_id: int) -> list[User]:
    """The unit's counsellors whose accounts are open, by name."""
    query = select(User).where(User.unit_id == unit_id, User.role == Role.COUNSELLOR, User.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def counsellor_choices(unit_id: int) -> list[tuple[str, str]]:
    """The same as a list of cases offers them: what an address calls each, and the name."""
    found = db.session.execute(_counsellor_choices(), {"unit_id": unit_id})
    return [(str(public_id), name) for public_id, name in found]


@cache
def _counsellor_choices() -> Select[Any]:
    theirs = (User.unit_id == bindparam("unit_id"), User.role == Role.COUNSELLOR, User.closed_at.is_(None))
    return select(User.public_id, User.name).where(*theirs).order_by(User.name, User.id)


def list_workplaces_by_use(unit: Unit) -> list[Workplace]:
    """Open workplaces, those that the unit placed somebody at last first, then by name."""
    used = (
        select(Placement.workplace_id, func.max(Placement.id).label("last"))
        .join(Placement.case)
        .where(Case.to_unit_id == unit.id)
        .group_by(Placement.workplace_id)
        .subquery()
    )
    query = (
        select(Workplace)
        .outerjoin(used, used.c.workplace_id == Workplace.id)
        .where(Workplace.closed_at.is_(None))
        .order_by(used.c.last.desc().nulls_last(), Workplace.name, Workplace.id)
    )
    return list(db.session.scalars(query))


def list_areas() -> list[AssessmentArea]:
    """The areas that are scored now."""
    query = select(AssessmentArea).where(AssessmentArea.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(AssessmentArea.position, AssessmentArea.id)))

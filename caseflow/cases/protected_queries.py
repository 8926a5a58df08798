"""Reads for the manager's page of protected cases: numbers, days, units and who sees them; nothing of the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from caseflow.accounts.models import User
from caseflow.cases import grants
from caseflow.cases.grant_models import CaseGrant, GrantKind, runs
from caseflow.cases.models import Case
from caseflow.cases.queries import protected_of
from caseflow.cases.rules import OPEN
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.security import audit
from caseflow.security.permissions import Actor
from caseflow.web.pagination import Page

PAGE_SIZE = 25


@dataclass(frozen=True)
class ProtectedCase:
    """A protected case as whoever may not see it knows it. `days`: since the referral, to the closing or so far.

    `waits`: nobody at the receiving unit sees it by more than a break-glass.
    """

    public_id: UUID
    number: str
    days: int
    is_open: bool
    from_unit: str
    to_unit: str
    waits: bool
    grants: list[CaseGrant]


def list_protected(actor: Actor, today: date, number: int) -> Page[ProtectedCase]:
    """Those that nobody at the receiving unit keeps first, then by how long they have gone on; closed ones last."""
    total = db.session.scalar(select(func.count()).select_from(Case).where(protected_of(actor))) or 0
    number = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    query = select(Case).where(protected_of(actor))
    ordered = query.order_by(Case.stage.in_(OPEN).desc(), _received().asc(), Case.referred_on, Case.id)
    cases = list(db.session.scalars(ordered.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)))
    running = grants.list_running([case.id for case in cases])
    rows = [_row(case, [one for one in running if one.case_id == case.id], today) for case in cases]
    return Page(rows, number, PAGE_SIZE, total)


def _received() -> ColumnElement[bool]:
    """Whether somebody at the receiving unit sees the case by more than a break-glass."""
    query = select(CaseGrant.id).join(User, User.id == CaseGrant.user_id)
    there = and_(grants.staff_of_case(), User.unit_id == Case.to_unit_id, CaseGrant.kind != GrantKind.BREAK_GLASS)
    return query.where(CaseGrant.case_id == Case.id, there, runs(clock.now())).exists()


def _row(case: Case, running: list[CaseGrant], today: date) -> ProtectedCase:
    audit.read(case.participant_id, case.id)
    is_open = case.stage in OPEN
    return ProtectedCase(
        public_id=case.public_id,
        number=case.number,
        days=((case.closed_on or today) - (case.referred_on or today)).days,
        is_open=is_open,
        from_unit=case.from_unit.code,
        to_unit=case.to_unit.code,
        waits=is_open and not any(_is_received(case, one) for one in running),
        grants=running,
    )


def _is_received(case: Case, grant: CaseGrant) -> bool:
    return grant.user.unit_id == case.to_unit_id and grant.kind != GrantKind.BREAK_GLASS

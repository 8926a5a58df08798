"""Reads of the own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, select, table

from caseflow.extensions import db
from caseflow.security.access_kinds import CHANGES
from caseflow.security.audit import AccessKind, AuditRow
from caseflow.security.permissions import Actor

RECENT = 20

# Cases belong to a later feature; only their number is shown here.
_cases = table("cases", column("id"), column("number"))


@dataclass(frozen=True)
class OwnAccess:
    """One line of the own access log."""

    at: datetime
    kind: AccessKind
    case_number: str | None


def list_own_access(actor: Actor, limit: int = RECENT) -> list[OwnAccess]:
    """What the actor has opened and searched for, newest first. What was refused is left out: it may not exist."""
    query = (
        select(AuditRow.at, AuditRow.kind, _cases.c.number)
        .outerjoin(_cases, _cases.c.id == AuditRow.case_id)
        .where(AuditRow.user_id == actor.id, AuditRow.kind.not_in({*CHANGES, AccessKind.LISTED, AccessKind.REFUSED}))
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return [OwnAccess(at, kind, number) for at, kind, number in db.session.execute(query)]

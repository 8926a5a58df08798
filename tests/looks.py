"""What the audit says that somebody has looked at, the changes left out."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.extensions import db
from caseflow.security.access_kinds import CHANGES
from caseflow.security.audit import AccessKind, AuditRow


def looks(*kinds: AccessKind) -> list[AuditRow]:
    """Oldest first; of these kinds alone, where some are named."""
    query = select(AuditRow).where(AuditRow.kind.in_(kinds) if kinds else AuditRow.kind.not_in(CHANGES))
    return list(db.session.scalars(query.order_by(AuditRow.id)))

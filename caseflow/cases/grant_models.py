"""Who may see the case of a protected person: somebody named, from when, until when, by whom and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.cases.models import Case
from caseflow.core.language import _l
from caseflow.database import Addressed, Choice, Instant, Key
from caseflow.extensions import Base


class GrantKind(StrEnum):
    """How somebody came to see the case."""

    REFERRER = "referrer"
    MANAGER = "manager"
    BREAK_GLASS = "break_glass"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    GrantKind.REFERRER: _l("Har anvisat"),
    GrantKind.MANAGER: _l("Av chef"),
    GrantKind.BREAK_GLASS: _l("Nödöppning"),
}


class CaseGrant(Addressed, Base):
    """Somebody may see the case from `from_at`, until `until_at` (None: no end) or until it is withdrawn.

    `seen_at`: when a manager marked a break-glass as seen.
    """

    __tablename__ = "case_grant"
    __table_args__ = (
        Index("ix_case_grant_user_id_case_id", "user_id", "case_id"),
        # Asked for on every page of a manager.
        Index(
            "ix_case_grant_unseen",
            "case_id",
            postgresql_where=text("kind = 'break_glass' AND seen_at IS NULL"),
        ),
        CheckConstraint("until_at > from_at", name="span"),
        CheckConstraint("kind <> 'break_glass' OR until_at IS NOT NULL", name="break_glass_ends"),
        CheckConstraint("granted_by_id IS DISTINCT FROM user_id OR kind <> 'manager'", name="two_persons"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[GrantKind] = mapped_column(Choice(GrantKind))
    reason: Mapped[str] = mapped_column(Text)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_at: Mapped[Instant]
    until_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[Instant | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    case: Mapped[Case] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    granted_by: Mapped[User | None] = relationship(foreign_keys=[granted_by_id])


def runs(at: datetime) -> ColumnElement[bool]:
    """The grants that let somebody in at the instant."""
    ends = or_(CaseGrant.until_at.is_(None), CaseGrant.until_at > at)
    return and_(CaseGrant.revoked_at.is_(None), CaseGrant.from_at <= at, ends)

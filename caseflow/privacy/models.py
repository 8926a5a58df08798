"""Extracts that participants have asked for."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.database import Instant, RecordedAt
from caseflow.extensions import Base
from caseflow.people.models import Participant


class SubjectExtract(Base):
    """Everything that was known of a participant when they asked (article 15 of the GDPR), encrypted.

    `choices`: what the reviewer decided of each text, in its order; empty until it is handed out. `sha256`: of the file
    that was handed out.
    """

    __tablename__ = "subject_extract"
    __table_args__ = (CheckConstraint("(handed_out_at IS NULL) = (sha256 IS NULL)", name="handed_out"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    content_encrypted: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list)
    made_at: Mapped[RecordedAt]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    handed_out_at: Mapped[Instant | None]
    handed_out_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))

    participant: Mapped[Participant] = relationship()
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    handed_out_by: Mapped[User | None] = relationship(foreign_keys=[handed_out_by_id])

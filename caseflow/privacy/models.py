"""Extracts that participants have asked for; thinning out (gallring), and what holds it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.database import Day, Instant, RecordedAt
from caseflow.extensions import Base
from caseflow.people.models import Participant
from caseflow.privacy.review_models import LogQuestion, LogReview

__all__ = ["LogQuestion", "LogReview", "SubjectExtract"]


class SubjectExtract(Base):
    """Everything that was known of a participant when they asked (article 15 of the GDPR), encrypted.

    `choices`: what the reviewer decided of each text, in its order; empty until it is handed out. `sha256`: of the file
    that was handed out. `unit_id`: of the manager who made it; it holds what that unit sees. None: every unit.
    """

    __tablename__ = "subject_extract"
    __table_args__ = (CheckConstraint("(handed_out_at IS NULL) = (sha256 IS NULL)", name="handed_out"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
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


class RetentionHold(Base):
    """Why a household's records may not be thinned out although their time is over, until a day."""

    __tablename__ = "retention_hold"
    __table_args__ = (CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[Day]
    placed_at: Mapped[RecordedAt]
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[Instant | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    participant: Mapped[Participant] = relationship()
    placed_by: Mapped[User] = relationship(foreign_keys=[placed_by_id])


class Thinning(Base):
    """One thinning out: proposed by one manager, approved by another, done by a job.

    `participant_ids`: whom it is about, until it is done; then nobody. `protocol`: what the certificate says, counts
    alone; `sha256`: of its canonical JSON.
    """

    __tablename__ = "thinning"
    __table_args__ = (
        CheckConstraint("approved_by_id <> proposed_by_id", name="two_persons"),
        CheckConstraint("finished_at IS NULL OR approved_at IS NOT NULL", name="approved_first"),
        CheckConstraint("finished_at IS NULL OR cardinality(participant_ids) = 0", name="nobody_left"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    as_of_on: Mapped[Day]
    participant_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    proposed_at: Mapped[RecordedAt]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[Instant | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    protocol: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    sha256: Mapped[str | None] = mapped_column(String(64))

    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def is_waiting(self) -> bool:
        return self.approved_at is None and self.withdrawn_at is None

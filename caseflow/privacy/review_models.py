"""Reviews of the log: a month's readings at a unit, a sample of them drawn and asked about."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.core.language import _l
from caseflow.database import Choice, Day, Instant
from caseflow.extensions import Base
from caseflow.organisation.models import Unit
from caseflow.security.audit import AccessKind


class Reason(StrEnum):
    """Why a reading is asked about."""

    BROKE_GLASS = "broke_glass"
    OWN_NAME = "own_name"
    COLLEAGUE = "colleague"
    HOUSEHOLD = "household"
    NO_RELATION = "no_relation"
    NIGHT = "night"
    RANDOM = "random"

    @property
    def label(self) -> str:
        return str(_REASONS[self])


_REASONS = {
    Reason.BROKE_GLASS: _l("Nödöppnade ett skyddat ärende"),
    Reason.OWN_NAME: _l("Läsaren och personen har samma efternamn"),
    Reason.COLLEAGUE: _l("Personen heter som en kollega"),
    Reason.HOUSEHOLD: _l("Läsaren heter som någon i personens hushåll"),
    Reason.NO_RELATION: _l("Läsaren har inte arbetat i ärendet"),
    Reason.NIGHT: _l("Läst mellan klockan 22 och 05"),
    Reason.RANDOM: _l("Slumpad"),
}


class Verdict(StrEnum):
    """What the reviewer says of a reading."""

    REASONABLE = "reasonable"
    INVESTIGATE = "investigate"

    @property
    def label(self) -> str:
        return str(_VERDICTS[self])


_VERDICTS = {Verdict.REASONABLE: _l("Rimlig"), Verdict.INVESTIGATE: _l("Utred")}


class LogReview(Base):
    """The readings of one month by a unit's staff, or by its managers. `seed`: with it the same sample is drawn again.

    `unit_id` None: those who belong to no unit. `protocol`: what was signed off, as it was then.
    """

    __tablename__ = "log_review"
    __table_args__ = (CheckConstraint("(signed_at IS NULL) = (protocol IS NULL)", name="signed"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    of_managers: Mapped[bool]
    month_on: Mapped[Day]
    seed: Mapped[str] = mapped_column(String(40))
    drawn_at: Mapped[Instant]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signed_at: Mapped[Instant | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    protocol: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    unit: Mapped[Unit | None] = relationship(lazy="joined")
    drawn_by: Mapped[User | None] = relationship(foreign_keys=[drawn_by_id])
    signed_by: Mapped[User | None] = relationship(foreign_keys=[signed_by_id])
    questions: Mapped[list[LogQuestion]] = relationship(
        back_populates="review", order_by="LogQuestion.read_at, LogQuestion.audit_id"
    )

    @property
    def waiting(self) -> int:
        """How many readings are still to be marked."""
        return sum(question.verdict is None for question in self.questions)


class LogQuestion(Base):
    """One reading that was drawn: the row of the audit, why it was drawn, what its reader says and the reviewer."""

    __tablename__ = "log_question"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    review_id: Mapped[UUID] = mapped_column(ForeignKey("log_review.id"), index=True)
    audit_id: Mapped[int] = mapped_column(BigInteger)
    reader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[AccessKind] = mapped_column(Choice(AccessKind))
    read_at: Mapped[Instant]
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[Instant | None]
    verdict: Mapped[Verdict | None] = mapped_column(Choice(Verdict))
    comment: Mapped[str] = mapped_column(Text, default="")
    marked_at: Mapped[Instant | None]
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    review: Mapped[LogReview] = relationship(back_populates="questions")
    reader: Mapped[User] = relationship(foreign_keys=[reader_id])

    @property
    def reason_labels(self) -> list[str]:
        return [Reason(reason).label for reason in self.reasons]

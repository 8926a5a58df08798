"""Reports that have been frozen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.database import Addressed, Day, Instant, Key
from caseflow.extensions import Base


class FrozenReport(Addressed, Base):
    """A report as it was told once. The row is written whole and never changed; it can be withdrawn, with a reason.

    `content`: canonical JSON (`frozen.canonical`) of the question, the figures, the definitions and the software, kept
    as text so that not a byte of it moves. `sha256` is of its UTF-8 bytes. `known_at`: facts recorded later are not in
    it. `request`: given once with the form, so that a double click freezes once.
    """

    __tablename__ = "frozen_report"
    __table_args__ = (CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void"),)

    id: Mapped[Key]
    report: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    as_of_on: Mapped[Day]
    known_at: Mapped[Instant]
    software: Mapped[str] = mapped_column(String(40))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(String(40), unique=True)
    frozen_at: Mapped[Instant]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)

    frozen_by: Mapped[User | None] = relationship(foreign_keys=[frozen_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])

"""The job table: the record of background work. Redis may forget, the database may not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.core.language import _
from caseflow.database import Addressed, Choice, Instant, Key, RecordedAt
from caseflow.extensions import Base

if TYPE_CHECKING:
    from caseflow.accounts.models import User


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"

    @property
    def label(self) -> str:
        labels = {"queued": _("Väntar"), "running": _("Pågår"), "done": _("Klart"), "dead": _("Misslyckades")}
        return str(labels[self.value])


class Job(Addressed, Base):
    """One piece of background work, written in the same transaction as its cause.

    `args` holds ids and ISO dates only. `key` names what the job is about: while one with the key is queued, another is
    not added. `attempt_token` is held by the one worker that runs it; `lease_until` says until when.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_queued_key", "key", unique=True, postgresql_where=text("status = 'queued'")),
        Index("ix_job_unfinished", "status", "created_at", postgresql_where=text("status IN ('queued', 'running')")),
        Index("ix_job_created_at", "created_at"),
    )

    id: Mapped[Key]
    task: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    key: Mapped[str] = mapped_column(String(160))
    status: Mapped[JobStatus] = mapped_column(Choice(JobStatus), default=JobStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    attempt_token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[Instant | None]
    done_n: Mapped[int] = mapped_column(default=0)
    total_n: Mapped[int | None]
    progress_text: Mapped[str] = mapped_column(String(200), default="")
    error: Mapped[str | None] = mapped_column(Text)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[RecordedAt]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]

    requested_by: Mapped[User | None] = relationship()

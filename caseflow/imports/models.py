"""Imports by upload: what was sent in, by whom, and the report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.database import Addressed, Instant, Key, RecordedAt
from caseflow.extensions import Base
from caseflow.jobs.models import Job


class ImportRun(Addressed, Base):
    """One upload, checked (`dry_run`) or read in. `report` holds counts alone; the refused rows, which name persons,
    are encrypted beside it and forgotten after a time."""

    __tablename__ = "import_run"

    id: Mapped[Key]
    created_at: Mapped[RecordedAt] = mapped_column(index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    dry_run: Mapped[bool]
    strict: Mapped[bool]
    file_names: Mapped[list[str]] = mapped_column(JSONB)
    # Given with the empty form: one that is sent twice is one upload.
    request: Mapped[str | None] = mapped_column(String(40), unique=True)
    # Old jobs are cleared away.
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    finished_at: Mapped[Instant | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    refused_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    requested_by: Mapped[User] = relationship()
    job: Mapped[Job | None] = relationship()
    files: Mapped[list[ImportFile]] = relationship(order_by="ImportFile.id", back_populates="run")


class ImportFile(Base):
    """An uploaded file, encrypted, until it has been read in."""

    __tablename__ = "import_file"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content_encrypted: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    run: Mapped[ImportRun] = relationship(back_populates="files")

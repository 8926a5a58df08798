"""What a register said before it was changed.

A register (households, participants, cases, units, programmes, targets …) holds what is known now. Its rows are changed
in place, unlike the log of events, so what a row said before is kept here: a report can be asked for as known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.core import clock
from caseflow.core.errors import StaleEdit
from caseflow.core.language import _
from caseflow.database import Instant, Key
from caseflow.extensions import Base


class Versioned:
    """A register whose rows are changed in place and remembered as they were.

    `HISTORY`: the columns that are remembered. `FIXED`: those that never change once the row is there. No report reads
    any other column of the register, save as it is today.
    """

    HISTORY: ClassVar[Sequence[str]]
    FIXED: ClassVar[Sequence[str]] = ()

    id: Mapped[Key]
    # Since when the row's `HISTORY`, as it stands, has been known. Every UPDATE brings the clock's instant; the trigger
    # `keep_version` takes it when one of those columns changed, and puts the old instant back when none did.
    known_since_at: Mapped[Instant] = mapped_column(
        DateTime(timezone=True), default=clock.now, onupdate=clock.now, server_default=func.now()
    )


class Edited:
    """A row that several may have open in a form at once. The form brings back the version it was opened with, so that
    nobody writes over what they have not seen. Only a form's own change counts, not closing or opening the row."""

    version: Mapped[int] = mapped_column(default=0, server_default="0")
    edited_at: Mapped[Instant | None]
    edited_by: Mapped[str] = mapped_column(String(120), default="", server_default="")

    def begin_edit(self, version: int | None, by: str) -> None:
        """Call with the row locked, before it is changed. Raises StaleEdit when the form was opened with another."""
        if self.version != version:
            told = _("Någon annan har ändrat uppgifterna sedan du öppnade sidan.")
            raise StaleEdit(told, -1 if version is None else version, self.version)
        self.version += 1
        self.edited_at, self.edited_by = clock.now(), by


class RegisterVersion(Base):
    """What one row of a register said from `recorded_at` until `replaced_at`. Written by the trigger `keep_version`, in
    the statement that changes the row; taken away with the row.

    What a row says now stands in the register alone, from its `known_since_at`. No name and no personnummer is kept.
    """

    __tablename__ = "register_version"
    __table_args__ = (CheckConstraint("recorded_at < replaced_at", name="span"),)

    register: Mapped[str] = mapped_column(String(40), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    replaced_at: Mapped[Instant] = mapped_column(primary_key=True)
    recorded_at: Mapped[Instant]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


def registers() -> list[Any]:
    """The models of every register that remembers, by the name of its table."""
    found = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Versioned)]
    return sorted(found, key=lambda model: model.__tablename__)

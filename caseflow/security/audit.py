"""Who has seen whom. Written in a transaction of its own, so that reading stays reading."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.database import Choice, Key, RecordedAt
from caseflow.extensions import Base, db
from caseflow.security.permissions import Actor


class AccessKind(StrEnum):
    """What somebody looked at."""

    OPENED_CASE = "opened_case"
    REVEALED_IDENTITY = "revealed_identity"
    LOOKED_UP_PERSON = "looked_up_person"
    SEARCHED = "searched"
    DOWNLOADED = "downloaded"
    OPENED_ROWS = "opened_rows"

    @property
    def label(self) -> str:
        return str(ACCESS_LABELS[self])


ACCESS_LABELS = {
    AccessKind.OPENED_CASE: _l("Öppnade ärendet"),
    AccessKind.REVEALED_IDENTITY: _l("Visade personnummer"),
    AccessKind.LOOKED_UP_PERSON: _l("Hämtade uppgifter på personnummer"),
    AccessKind.SEARCHED: _l("Sökte"),
    AccessKind.DOWNLOADED: _l("Hämtade fil"),
    AccessKind.OPENED_ROWS: _l("Öppnade underlaget till en siffra"),
}


class AccessLog(Base):
    """One look at protected data. Holds ids only; what was typed into the search is not kept."""

    __tablename__ = "access_log"

    id: Mapped[Key]
    at: Mapped[RecordedAt] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[AccessKind] = mapped_column(Choice(AccessKind))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    detail: Mapped[str] = mapped_column(String(200), default="")


def log_access(
    actor: Actor, kind: AccessKind, *, case_id: int | None = None, participant_id: int | None = None, detail: str = ""
) -> None:
    """Keep the look, whatever becomes of the request's own transaction."""
    values = {"kind": kind, "case_id": case_id, "participant_id": participant_id, "detail": detail}
    with db.engine.begin() as connection:
        connection.execute(insert(AccessLog).values(at=clock.now(), user_id=actor.id, **values))

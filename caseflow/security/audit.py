"""Who has seen whom, and who has changed what: one row each, written in the same transaction.

What a request reads and changes is collected, and written as the last thing before the commit; a request that has
only read commits its readings before the answer is sent. Where the rows cannot be written the request fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import BigInteger, Index, LargeBinary, String, event, inspect, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, SessionTransaction, mapped_column, scoped_session

from caseflow.core import clock
from caseflow.database import Choice, Instant
from caseflow.extensions import Base, db
from caseflow.security import chain
from caseflow.security.access_kinds import AccessKind
from caseflow.security.permissions import SYSTEM, Actor

__all__ = ["AccessKind", "AuditRow", "acting", "install", "log_access", "read", "read_all"]

DETAIL_LENGTH = 200
# Tables whose rows tell nothing about a person or about who may do what: computed anew, or of the machinery.
NOT_AUDITED = frozenset(
    {
        "audit",
        "case_number",
        "case_wait",
        "draft",
        "import_file",
        "job",
        "measure_result",
        "measure_run",
        "register_version",
        "saved_view",
        "wait_count",
    }
)


class AuditRow(Base):
    """One reading or one change. Ids only: of whom, of what, by whom. No foreign keys: a row outlives what it names."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_participant_id_id", "participant_id", "id"),
        Index("ix_audit_user_id_kind_id", "user_id", "kind", "id"),
        # Rows come in the order of time: a small index is enough.
        Index("ix_audit_at", "at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[AccessKind] = mapped_column(Choice(AccessKind))
    participant_id: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    # Why, where somebody said so; what was changed, where something was.
    detail: Mapped[str] = mapped_column(String(DETAIL_LENGTH))
    endpoint: Mapped[str] = mapped_column(String(80))
    seal: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Note:
    """A row to be written."""

    at: datetime
    actor: Actor
    kind: AccessKind
    participant_id: int | None
    case_id: int | None
    detail: str
    endpoint: str

    @property
    def values(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "user_id": self.actor.id,
            "unit_id": self.actor.unit_id,
            "kind": self.kind.value,
            "participant_id": self.participant_id,
            "case_id": self.case_id,
            "detail": self.detail[:DETAIL_LENGTH],
            "endpoint": self.endpoint,
        }


def log_access(
    actor: Actor, kind: AccessKind, *, case_id: int | None = None, participant_id: int | None = None, detail: str = ""
) -> None:
    """Somebody has looked at something: written before they see it. The same look twice in a request counts once."""
    note = Note(clock.now(), actor, kind, participant_id, case_id, detail, _endpoint())
    _readings().setdefault((actor.id, kind, participant_id, case_id, detail), note)


def read(participant_id: int | None, case_id: int | None, detail: str = "") -> None:
    """The answer names this person, among others. Called by whatever makes the row of a list out of a person.

    None for a participant that follows from the case.
    """
    read_all([(participant_id, case_id)], detail)


def read_all(persons: Iterable[tuple[int | None, int | None]], detail: str = "") -> None:
    """The same for all persons of a list, each as participant and case."""
    at, actor, endpoint, readings = clock.now(), _actor(), _endpoint(), _readings()
    for participant_id, case_id in persons:
        note = Note(at, actor, AccessKind.LISTED, participant_id, case_id, detail, endpoint)
        readings.setdefault((actor.id, AccessKind.LISTED, participant_id, case_id, detail), note)


@contextmanager
def acting(actor: Actor, what: str) -> Iterator[None]:
    """Whose changes they are, outside of a request: a job's or a command's. `what` stands for the address."""
    g.audit_actor, g.audit_endpoint = actor, what
    try:
        yield
    finally:
        del g.audit_actor, g.audit_endpoint


def install(app: Flask, session: scoped_session[Any]) -> None:
    """Keep what every transaction changes, and what every request reads. Called when everything else is installed."""
    for moment, does in (
        ("after_flush", note_changes),
        ("do_orm_execute", note_statement),
        ("after_transaction_create", remember_savepoint),
        ("after_soft_rollback", forget_changes),
        ("before_commit", write),
        ("after_commit", forget),
    ):
        # One session serves every application of a process: what is written is written once.
        if not event.contains(session, moment, does):
            event.listen(session, moment, does)
    # Flask asks the last one first: what the others add to an answer, they add to that of an error too.
    app.after_request(keep_readings)


def keep_readings(answer: Response) -> Response:
    """Write what the request has read, before anybody sees it. Where that fails the answer is the error's."""
    session = db.session()
    if not _readings():
        return answer
    try:
        if session.new or session.dirty or session.deleted or _changes(session):
            # What the view left uncommitted was not meant to be kept.
            session.rollback()
        session.commit()
    except Exception as error:
        _readings().clear()
        return current_app.make_response(current_app.handle_user_exception(error))
    return answer


def note_changes(session: Session, _context: object) -> None:
    """What a flush inserted, updated and deleted."""
    for kind, rows in (
        (AccessKind.CREATED, session.new),
        (AccessKind.CHANGED, session.dirty),
        (AccessKind.REMOVED, session.deleted),
    ):
        for row in rows:
            columns = _changed_columns(row) if kind == AccessKind.CHANGED else []
            if row.__tablename__ not in NOT_AUDITED and (columns or kind != AccessKind.CHANGED):
                _note_change(session, kind, row, columns)


def note_statement(state: ORMExecuteState) -> None:
    """A statement that changes rows of a table without loading them."""
    if state.is_select or state.bind_mapper is None:
        return
    kinds = ((state.is_insert, AccessKind.CREATED), (state.is_update, AccessKind.CHANGED))
    kind = next((kind for is_it, kind in kinds if is_it), AccessKind.REMOVED)
    table = str(state.bind_mapper.local_table)
    if table not in NOT_AUDITED:
        _changes(state.session).append(Note(clock.now(), _actor(), kind, None, None, table, _endpoint()))


def write(session: Session) -> None:
    """The last thing before the commit: the rows of what was read and changed."""
    session.flush()
    notes = [*_readings().values(), *_changes(session)]
    if notes and not session.in_nested_transaction():
        rows = [note.values for note in notes]
        _add_participants(session, rows)
        chain.append(session.connection(), rows)


def forget(session: Session) -> None:
    """They are written, unless it was only a savepoint that ended."""
    if not session.in_nested_transaction():
        _readings().clear()
        _changes(session).clear()
        _savepoints(session).clear()


def remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """How much had been changed when a savepoint was set: the rest goes with it."""
    if transaction.nested:
        _savepoints(session)[transaction] = len(_changes(session))


def forget_changes(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back is not a change. What was read was read all the same."""
    del _changes(session)[_savepoints(session).pop(transaction, 0) :]


def _note_change(session: Session, kind: AccessKind, row: Any, columns: list[str]) -> None:
    table = row.__tablename__
    detail = f"{table} {row.id}" + (f": {', '.join(columns)}" if columns else "")
    participant_id = row.id if table == "participant" else getattr(row, "participant_id", None)
    note = Note(clock.now(), _actor(), kind, participant_id, _case_id(row), detail, _endpoint())
    _changes(session).append(note)


def _changed_columns(row: Any) -> list[str]:
    state = inspect(row)
    return sorted(one.key for one in state.mapper.column_attrs if state.attrs[one.key].history.has_changes())


def _case_id(row: Any) -> int | None:
    """The case that the row belongs to, by itself or by the placement or assessment that it is a part of."""
    if row.__tablename__ == "cases":
        return int(row.id)
    whole = row.__dict__.get("placement") or row.__dict__.get("assessment")
    found: int | None = getattr(row, "case_id", None) or getattr(whole, "case_id", None)
    return found


def _add_participants(session: Session, rows: list[dict[str, Any]]) -> None:
    """Whose cases they are."""
    wanted = {row["case_id"] for row in rows if row["case_id"] is not None and row["participant_id"] is None}
    if wanted:
        found = session.execute(text("SELECT id, participant_id FROM cases WHERE id = ANY(:ids)"), {"ids": [*wanted]})
        whose = dict(found.tuples().all())
        for row in rows:
            row["participant_id"] = row["participant_id"] or whose.get(row["case_id"])


def _readings() -> dict[tuple[Any, ...], Note]:
    if "audit_readings" not in g:
        g.audit_readings = {}
    found: dict[tuple[Any, ...], Note] = g.audit_readings
    return found


def _changes(session: Session) -> list[Note]:
    found: list[Note] = session.info.setdefault("audit_changes", [])
    return found


def _savepoints(session: Session) -> dict[SessionTransaction, int]:
    found: dict[SessionTransaction, int] = session.info.setdefault("audit_savepoints", {})
    return found


def _actor() -> Actor:
    if "audit_actor" in g:
        named: Actor = g.audit_actor
        return named
    # One who has not signed in is no actor.
    signed_in: Actor | None = getattr(current_user, "actor", None) if has_request_context() else None
    return signed_in or SYSTEM


def _endpoint() -> str:
    """The address' endpoint, never the address itself."""
    if "audit_endpoint" in g:
        return str(g.audit_endpoint)
    return request.endpoint or "" if has_request_context() else ""

"""What is remembered between a visitor's requests: of a stranger in a signed cookie, of a user in the database.

A user's cookie holds a random token and nothing else. The database keeps its hash, so that a copy of the database signs
nobody in, and a session that is ended there is ended wherever its cookie is.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Flask, Request, Response, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy import Select, bindparam, delete, func, select, update

from caseflow.accounts.models import User, UserSession
from caseflow.core import clock
from caseflow.extensions import db

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=10)
SECOND_STEP = timedelta(minutes=10)
# A session that is long over is forgotten.
KEPT = timedelta(days=30)
# The signed cookie of a stranger has dots in it.
TOKEN = re.compile(r"[\w-]{43}")


@dataclass(frozen=True)
class Live:
    """A user's session as the request found it; it may be over."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    confirmed_at: datetime
    pending: bool
    two_factors: bool
    data: str
    user: User

    @property
    def was_ended(self) -> bool:
        """Whether somebody ended it, here or on another page."""
        return self.ended_at is not None or not self.user.is_active

    @property
    def left(self) -> timedelta:
        """How long until it ends by itself."""
        return min(self.seen_at + IDLE, self.created_at + LONGEST) - clock.now()

    @property
    def has_been_idle(self) -> bool:
        return clock.now() - self.seen_at >= IDLE

    @property
    def is_open(self) -> bool:
        """Whether the user is signed in."""
        return not self.pending and not self.was_ended and self.left > timedelta()

    @property
    def awaits_second_step(self) -> bool:
        return self.pending and not self.was_ended and clock.now() - self.created_at < SECOND_STEP


class Session(SessionMixin):
    """Flask's `session`. A token is looked up once, when something is first asked of the session."""

    def __init__(self, values: dict[str, Any], token: str | None = None) -> None:
        self._values = values
        self._live: Live | None = None
        self.token = token
        self._is_sought = token is None
        self.modified = False

    @property
    def live(self) -> Live | None:
        """The session in the database, None for a stranger."""
        if not self._is_sought:
            # Before the question: a database that does not answer is not asked again by the page that says so.
            self._is_sought = True
            self._live = find(str(self.token))
            self._values = serializer.loads(self._live.data) if self._live else {}
        return self._live

    @property
    def confirmed_at(self) -> datetime | None:
        """When the user last proved who they are; `security.guard` asks."""
        return self.live.confirmed_at if self.live else None

    def adopt(self, token: str) -> None:
        """Go on with another session: nothing of this one comes along."""
        self.token, self._is_sought, self.modified = token, False, True

    def clear(self) -> None:
        """Be a stranger."""
        self.token, self._is_sought, self._live, self._values, self.modified = None, True, None, {}, True

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._read()[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._read()[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, Any]:
        # Looks it up.
        _ = self.live
        return self._values


class SessionInterface(SecureCookieSessionInterface):
    """Where Flask gets its sessions and puts them back."""

    def open_session(self, app: Flask, request: Request) -> Session:  # type: ignore[override]
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if request.path.startswith(f"{app.static_url_path}/"):
            return Session({})
        if TOKEN.fullmatch(cookie):
            return Session({}, cookie)
        return Session(dict(super().open_session(app, request) or {}))

    def save_session(self, app: Flask, session: Session, response: Response) -> None:  # type: ignore[override]
        if not session.modified:
            return
        if session.live is None:
            super().save_session(app, session, response)
            return
        _write(session.live.id, data=serializer.dumps(dict(session)))
        response.set_cookie(
            self.get_cookie_name(app),
            str(session.token),
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )


serializer = SessionInterface.serializer


def current() -> Session:
    """The session of this request."""
    return cast(Session, session)


def begin(user: User, device: str = "", *, pending: bool = False, two_factors: bool = False) -> str:
    """A new session of the user; its token is in the answer and nowhere else. Commit it."""
    token, session_id, at = secrets.token_urlsafe(32), uuid4(), clock.now()
    # Flask-Login asks for the first, Flask-WTF for the second: no page has to write them.
    data = serializer.dumps({"_user_id": str(session_id), "csrf_token": secrets.token_hex(20)})
    times = {"created_at": at, "seen_at": at, "confirmed_at": at}
    db.session.add(
        UserSession(
            id=session_id,
            token_hash=_hash(token),
            user_id=user.id,
            device=device,
            data=data,
            pending=pending,
            two_factors=two_factors,
            **times,
        )
    )
    db.session.flush()
    return token


def find(token: str) -> Live | None:
    """The session with the token, open or not."""
    row = db.session.execute(_with_token(), {"token_hash": _hash(token)}).one_or_none()
    return Live(*row) if row else None


@cache
def _with_token() -> Select[Any]:
    """Asked at every request, so made once."""
    columns = [getattr(UserSession, part.name) for part in fields(Live) if part.name != "user"]
    query = select(*columns, User).join(User, User.id == UserSession.user_id)
    return query.where(UserSession.token_hash == bindparam("token_hash"))


def note_presence(live: Live) -> None:
    """The user did something: the idle time begins anew."""
    _write(live.id, seen_at=clock.now())


def confirm(live: Live, *, two_factors: bool = False) -> str:
    """The user has proved anew who they are. The session's new token: the old one is worthless."""
    token, both = secrets.token_urlsafe(32), live.two_factors or two_factors
    _write(live.id, confirmed_at=clock.now(), token_hash=_hash(token), two_factors=both)
    return token


def end(user: User, session_id: UUID) -> bool:
    """End one session of the user. False when it is not the user's."""
    return _end(user, UserSession.id == session_id)


def end_all(user: User) -> None:
    """End every session that the user has, in every browser."""
    _end(user)


def list_open(user: User) -> list[UserSession]:
    """Where the user is signed in, the latest used first."""
    now = clock.now()
    query = select(UserSession).where(
        UserSession.user_id == user.id,
        UserSession.ended_at.is_(None),
        UserSession.pending.is_(False),
        UserSession.seen_at > now - IDLE,
        UserSession.created_at > now - LONGEST,
    )
    return list(db.session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id)))


def forget_old() -> None:
    """Drop the sessions that have been over for long."""
    db.session.execute(delete(UserSession).where(UserSession.created_at < clock.now() - KEPT))


def device_of(user_agent: str) -> str:
    """The browser and the system, as a user tells them apart: "Firefox, Windows"."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


# In this order: most browsers also say that they are some other one.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def _end(user: User, *which: Any) -> bool:
    ended_at = func.coalesce(UserSession.ended_at, clock.now())
    ended = update(UserSession).where(UserSession.user_id == user.id, *which).values(ended_at=ended_at)
    return bool(db.session.scalars(ended.returning(UserSession.id)).all())


def _write(session_id: UUID, **values: Any) -> None:
    # In a transaction of its own, whatever becomes of the page's.
    with db.engine.begin() as connection:
        connection.execute(update(UserSession).where(UserSession.id == session_id).values(**values))


def _hash(token: str) -> bytes:
    # The token is random through and through: nothing to guess, so no slow hash.
    return hashlib.sha256(token.encode()).digest()

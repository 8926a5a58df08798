"""A client that is signed in, without the cost of a password."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from caseflow.accounts import sessions
from caseflow.accounts.models import User, UserSession
from caseflow.extensions import db


def token_for(user: User) -> str:
    """What the cookie of the user's new session holds."""
    token = sessions.begin(user)
    db.session.commit()
    return token


def sign_in(client: FlaskClient, user: User) -> User:
    """Let the client's next requests be the user's."""
    client.set_cookie("session", token_for(user))
    return user


def let_pass(seconds: int) -> None:
    """Every session there is was used, begun and confirmed that much earlier."""
    shift = timedelta(seconds=seconds)
    columns = (UserSession.seen_at, UserSession.created_at, UserSession.confirmed_at)
    db.session.execute(update(UserSession).values({column: column - shift for column in columns}))
    db.session.commit()

"""A client that is signed in, without the cost of a password."""

from __future__ import annotations

from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.core import clock


def sign_in(client: FlaskClient, user: User) -> User:
    """Let the client's next requests be the user's."""
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = user.get_id()
        session["seen_at"] = int(clock.now().timestamp())
    return user

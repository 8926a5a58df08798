"""Flask-Login's hooks."""

from __future__ import annotations

from caseflow.accounts.models import User
from caseflow.extensions import db, login

login.login_view = "accounts.sign_in"
login.login_message = "Logga in för att fortsätta."
login.login_message_category = "info"
login.session_protection = "basic"


@login.user_loader  # type: ignore[untyped-decorator]
def load_user(session_id: str) -> User | None:
    """The user of a session; None once the account is closed or the password has changed."""
    user_id, _, stamp = session_id.partition(".")
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    return user if user is not None and user.is_active and user.session_stamp == stamp else None

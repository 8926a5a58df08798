"""What users do with their own account. The administration of users is in `organisation/staff.py`: it needs units."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.accounts import passwords, sessions
from caseflow.accounts.models import User
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import Language, _
from caseflow.extensions import db


def authenticate(username: str, password: str) -> User | None:
    """The open account with this name and password. Takes as long whether or not there is such an account."""
    user = db.session.scalar(select(User).where(User.username == normal_username(username)))
    open_account = user if user is not None and user.is_active else None
    if not passwords.matches(open_account.password_hash if open_account else None, password):
        return None
    if open_account and passwords.is_outdated(open_account.password_hash):
        open_account.password_hash = passwords.hash_password(password)
    return open_account


def change_password(user: User, present: str, new: str) -> None:
    """Give the user a password of their own choice. Every other session of the user ends."""
    if not passwords.matches(user.password_hash, present):
        raise RuleBroken(_("Skriv det lösenord du har nu. Det du skrev stämmer inte."), field="present_password")
    passwords.check_new(new, user.username)
    if new == present:
        raise RuleBroken(_("Välj ett annat lösenord än det du har nu."), field="new_password")
    set_password(user, new)
    user.must_change_password = False
    db.session.flush()


def set_shortcuts(user: User, on: bool) -> None:
    """Turn single-key shortcuts on or off."""
    user.single_key_shortcuts = on
    db.session.flush()


def set_language(user: User, language: Language) -> None:
    """What language the pages are in."""
    user.language = language
    db.session.flush()


def end_first_visit(user: User) -> None:
    """Put the guide of the first visit away. It stays among the pages of help."""
    user.guided_at = user.guided_at or clock.now()
    db.session.flush()


def set_password(user: User, password: str) -> None:
    """Store the password and end every open session of the user."""
    user.password_hash = passwords.hash_password(password)
    sessions.end_all(user)


def normal_username(text: str) -> str:
    """User names are written in small letters, and read as if they were."""
    return text.strip().lower()

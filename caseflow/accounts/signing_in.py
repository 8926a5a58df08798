"""Sessions: how they begin, how long they last and how they end. Flask-Login's hooks."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from caseflow.accounts import drafts
from caseflow.accounts.models import User
from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.database import unit_of_work
from caseflow.extensions import db, login
from caseflow.security.guard import PUBLIC

IDLE = timedelta(minutes=60)
# The cookie is written anew this often at most.
RENEW_SECONDS = 60
# Pages ask for these by themselves, which is not the user being there.
POLLED = frozenset(
    {
        "accounts.session_left",
        "cases.case_changes",
        "imports.run_progress",
        "jobs.job_list_fragment",
        "jobs.job_progress",
    }
)
OPEN_BEFORE_OWN_PASSWORD = frozenset({"accounts.my_page", "accounts.change_password", "accounts.sign_out"})

SAVE_DRAFT = "accounts.save_draft"
PLEASE_SIGN_IN = _l("Logga in för att fortsätta.")
IDLE_TOO_LONG = _l("Du loggades ut efter 60 minuter utan aktivitet. Logga in igen.")
TEXT_IS_KEPT = _l("Det du skrev är inte skickat, men finns kvar när du har loggat in.")
ENDED = _l("Din inloggning har upphört. Logga in igen.")
OWN_PASSWORD_FIRST = _l("Välj ett eget lösenord innan du går vidare.")

login.session_protection = "basic"


def begin_session(user: User) -> None:
    """Sign the user in, in a session that holds nothing from before."""
    session.clear()
    login_user(user)
    session["seen_at"] = int(clock.now().timestamp())


def idle_seconds() -> int:
    """How long ago the user last did something."""
    return int(clock.now().timestamp()) - int(session.get("seen_at", 0))


def seconds_left() -> int:
    """How long until the session ends by itself."""
    return max(0, int(IDLE.total_seconds()) - idle_seconds())


@login.user_loader  # type: ignore[untyped-decorator]
def load_user(session_id: str) -> User | None:
    """The user of a session; None once it has been idle too long, the account is closed or the password changed."""
    user_id, _dot, stamp = session_id.partition(".")
    if not user_id.isdigit() or idle_seconds() > IDLE.total_seconds():
        return None
    return _account(user_id, stamp)


def _account(user_id: str, stamp: str) -> User | None:
    user = db.session.get(User, int(user_id))
    return user if user is not None and user.is_active and user.session_stamp == stamp else None


@login.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and afterwards back here."""
    kept = _keep_what_was_written()
    if request.headers.get("HX-Request"):
        if request.endpoint == SAVE_DRAFT:
            session.clear()
            return "", 204 if kept else 401
        # A block of a page cannot hold the sign-in page: have the browser load the page anew.
        return "", 204, {"HX-Refresh": "true"}
    ended = None
    if "_user_id" in session:
        ended = IDLE_TOO_LONG if idle_seconds() > IDLE.total_seconds() else ENDED
    session.clear()
    wanted = request.path if kept else _page_asked_for()
    if ended or wanted:
        flash(str(ended or PLEASE_SIGN_IN))
    if kept:
        flash(str(TEXT_IS_KEPT))
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def _keep_what_was_written() -> bool:
    """A form that comes when the session has been idle too long: its text is there again after signing in."""
    user_id, _dot, stamp = str(session.get("_user_id", "")).partition(".")
    saving = request.endpoint == SAVE_DRAFT
    path = f"/{(request.view_args or {})['address']}" if saving else request.path
    if request.method != "POST" or not user_id.isdigit() or drafts.find_form(path) is None:
        return False
    if _account(user_id, stamp) is None:
        return False
    with unit_of_work():
        return drafts.save(int(user_id), path, request.form)


def keep_session() -> ResponseReturnValue | None:
    """Before each request of a signed-in user: note that they are there, and ask for a password of their own."""
    if request.endpoint is None or request.endpoint in PUBLIC or not current_user.is_authenticated:
        return None
    if request.endpoint not in POLLED and abs(idle_seconds()) >= RENEW_SECONDS:
        session["seen_at"] = int(clock.now().timestamp())
    if current_user.must_change_password and request.endpoint not in OPEN_BEFORE_OWN_PASSWORD:
        flash(str(OWN_PASSWORD_FIRST))
        return redirect(url_for("accounts.my_page"), 303)
    return None


def own_path(target: str | None) -> str | None:
    """The target when it is a path on this site, else None: nobody is sent elsewhere after signing in."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return None
    if any(ord(character) < 33 or character == "\\" for character in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _page_asked_for() -> str | None:
    """The page to come back to: the one asked for, or the one whose form was sent. None for the start page."""
    if request.method == "GET":
        wanted = request.full_path.rstrip("?")
    else:
        sent_from = urlsplit(request.referrer or "")
        wanted = sent_from.path if sent_from.netloc == request.host else "/"
    return own_path(wanted) if wanted != "/" else None

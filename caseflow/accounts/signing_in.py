"""Signing in: who the request is from, what is asked of them first, and what they are told when a session is over."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_login import current_user

from caseflow.accounts import drafts, sessions
from caseflow.accounts.models import User
from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.database import unit_of_work
from caseflow.extensions import login
from caseflow.security.audit import acting
from caseflow.security.guard import PUBLIC

# That the user is there is written down this often at most.
RENEWED = timedelta(minutes=1)
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
OPEN_BEFORE_TWO = OPEN_BEFORE_OWN_PASSWORD | {
    "accounts.factors_page",
    "accounts.add_app",
    "accounts.add_passkey",
    "accounts.confirm",
    "organisation.confirm_at_municipality",
    "accounts.session_left",
    "accounts.stay_signed_in",
}

# Where a session keeps that the municipality's own sign-in began it.
BY_MUNICIPALITY = "by_municipality"
SAVE_DRAFT = "accounts.save_draft"
PLEASE_SIGN_IN = _l("Logga in för att fortsätta.")
IDLE_TOO_LONG = _l("Du loggades ut efter 60 minuter utan aktivitet. Logga in igen.")
LASTED_TOO_LONG = _l("Du loggades ut efter 10 timmar. Logga in igen.")
TEXT_IS_KEPT = _l("Det du skrev är inte skickat, men finns kvar när du har loggat in.")
ENDED = _l("Din inloggning har upphört. Logga in igen.")
SECOND_FACTOR_FIRST = _l("Lägg till en kod-app eller en nyckel innan du går vidare.")
OWN_PASSWORD_FIRST = _l("Välj ett eget lösenord innan du går vidare.")

# What it protects against, a copied cookie, is seen in the user's own list of sessions instead.
login.session_protection = None


def begin_session(user: User, *, pending: bool = False, two_factors: bool = False) -> None:
    """Sign the user in, in a session that holds nothing from before, save that it was begun at the municipality's.
    `pending`: only as far as to the second step."""
    by_municipality = BY_MUNICIPALITY in session
    before, device = sessions.current().live, sessions.device_of(request.user_agent.string)
    with acting(user.actor, request.endpoint or ""), unit_of_work():
        if before:
            sessions.end(before.user, before.id)
        token = sessions.begin(user, device, pending=pending, two_factors=two_factors)
    sessions.current().adopt(token)
    if by_municipality:
        session[BY_MUNICIPALITY] = True


def confirm_session(*, two_factors: bool = False) -> None:
    """The user has proved anew who they are: the session goes on with another token."""
    live = sessions.current().live
    if live:
        sessions.current().adopt(sessions.confirm(live, two_factors=two_factors))


def seconds_left() -> int:
    """How long until the session ends by itself."""
    live = sessions.current().live
    return max(0, int(live.left.total_seconds())) if live else 0


@login.user_loader  # type: ignore[untyped-decorator]
def load_user(_user_id: str) -> User | None:
    """The user of this request's session; None once it is over."""
    live = sessions.current().live
    return live.user if live and live.is_open else None


@login.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and afterwards back here."""
    kept = _keep_what_was_written()
    if request.headers.get("HX-Request"):
        if request.endpoint == SAVE_DRAFT:
            sessions.current().clear()
            return "", 204 if kept else 401
        if request.endpoint in POLLED:
            # The page asked by itself, and may have a half-written form: let it stay.
            return "", 204
        # A block of a page cannot hold the sign-in page: have the browser load the page anew.
        return "", 204, {"HX-Refresh": "true"}
    ended = _why_ended()
    sessions.current().clear()
    wanted = request.path if kept else _page_asked_for()
    if ended or wanted:
        flash(str(ended or PLEASE_SIGN_IN))
    if kept:
        flash(str(TEXT_IS_KEPT))
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def _why_ended() -> LazyString | None:
    """What to say to somebody who was signed in."""
    live = sessions.current().live
    if live is None or live.pending:
        return None
    if live.was_ended:
        return ENDED
    return IDLE_TOO_LONG if live.has_been_idle else LASTED_TOO_LONG


def _keep_what_was_written() -> bool:
    """A form that comes when the session is over by itself: its text is there again after signing in."""
    live = sessions.current().live
    saving = request.endpoint == SAVE_DRAFT
    path = f"/{(request.view_args or {})['address']}" if saving else request.path
    if request.method != "POST" or live is None or live.pending or live.was_ended or drafts.find_form(path) is None:
        return False
    with unit_of_work():
        return drafts.save(live.user.id, path, request.form)


def keep_session() -> ResponseReturnValue | None:
    """Before each request of a signed-in user: note that they are there, and ask for a password of their own."""
    if request.endpoint is None or request.endpoint in PUBLIC or not current_user.is_authenticated:
        return None
    live = sessions.current().live
    if live and request.endpoint not in POLLED and clock.now() - live.seen_at >= RENEWED:
        sessions.note_presence(live)
    if current_user.must_change_password and request.endpoint not in OPEN_BEFORE_OWN_PASSWORD:
        flash(str(OWN_PASSWORD_FIRST))
        return redirect(url_for("accounts.my_page"), 303)
    if live and not live.two_factors and must_have_two(current_user) and request.endpoint not in OPEN_BEFORE_TWO:
        flash(str(SECOND_FACTOR_FIRST))
        return redirect(url_for("accounts.factors_page"), 303)
    return None


def must_have_two(user: User) -> bool:
    """Whether the user's role is one that signs in with a second factor too."""
    return user.role in current_app.config["SECOND_FACTOR_ROLES"]


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

"""The own sessions: where one is signed in, how long it lasts, and ending it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import sessions, signing_in
from caseflow.accounts.views import bp
from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.security.guard import recently_confirmed, requires
from caseflow.security.permissions import Permission


@bp.post("/min-sida/inloggningar/<uuid:session_id>/avsluta")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of the own sessions."""
    with unit_of_work():
        is_own = sessions.end(current_user, session_id)
    if not is_own:
        raise NotFound(_("Inloggningen finns inte."))
    flash(_("Inloggningen är avslutad"))
    return redirect(url_for("accounts.my_page"), 303)


@bp.post("/logga-ut/overallt")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session, in every browser."""
    with unit_of_work():
        sessions.end_all(current_user)
    sessions.current().clear()
    flash(_("Du är utloggad överallt."))
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/inloggning/kvar")
@requires(Permission.USE_OWN_ACCOUNT)
def session_left() -> ResponseReturnValue:
    """How long the session lasts if nothing more is done. To ask is not to do something."""
    return {"seconds": signing_in.seconds_left()}


@bp.post("/inloggning/fortsatt")
@requires(Permission.USE_OWN_ACCOUNT)
def stay_signed_in() -> ResponseReturnValue:
    """The user is still there: `keep_session` has noted it."""
    return "", 204


@bp.app_context_processor
def session_end() -> dict[str, object]:
    """For the page's own warning before the session ends."""
    return {"session_seconds": signing_in.seconds_left()}

"""The second step of signing in, and signing in with a passkey alone."""

from __future__ import annotations

import logging

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import factors, limits, passkeys, sessions
from caseflow.accounts.forms import CodeForm
from caseflow.accounts.models import User
from caseflow.accounts.views import bp, signed_in
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.extensions import limiter

log = logging.getLogger(__name__)


@bp.route("/logga-in/kod", methods=["GET", "POST"])
@limiter.limit(limits.CODES, key_func=limits.user_in_second_step, methods=["POST"])
def second_step() -> ResponseReturnValue:
    """The code of the app, or one from paper."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.home"), 303)
    user = _user()
    form = CodeForm()
    if form.validate_on_submit():
        code = form.code.data or ""
        with unit_of_work():
            is_right = factors.take_code(user, code) or factors.take_recovery_code(user, code)
        if is_right:
            return signed_in(user, wanted=request.args.get("next"), two_factors=True)
        log.warning("failed second step of user %s", user.id)
        form.code.errors = [_("Koden stämmer inte, eller är redan använd. Vänta på nästa kod och skriv den.")]
    has_keys = passkeys.are_offered() and bool(factors.list_passkeys(user))
    page = render_template(
        "accounts/second_step.html",
        form=form,
        app=factors.find_app(user),
        options=passkeys.options_to_sign_in(user) if has_keys else None,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/logga-in/nyckel")
@limiter.limit(limits.OF_ADDRESS, key_func=limits.address)
def sign_in_with_passkey() -> ResponseReturnValue:
    """A key that asked for PIN or fingerprint is both factors at once."""
    try:
        with unit_of_work():
            user = passkeys.take(request.form.get("credential", ""))
    except RuleBroken as error:
        return _not_with_key(error.message)
    if user is None:
        log.warning("failed sign-in with a passkey")
        return _not_with_key(_("Nyckeln stämmer inte. Försök igen, eller logga in med lösenordet."))
    return signed_in(user, wanted=request.args.get("next"), two_factors=True)


def _not_with_key(told: str) -> ResponseReturnValue:
    return render_template("accounts/refused.html", told=told, next=request.args.get("next")), 422


def _user() -> User:
    """Whose password was right. Raises NotAllowed."""
    live = sessions.current().live
    if live is None or not live.awaits_second_step:
        raise NotAllowed(_("Logga in med användarnamn och lösenord först, och skriv sedan koden inom tio minuter."))
    return live.user

"""The pages on the way to the municipality's own sign-in and back."""

from __future__ import annotations

import logging

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import limits, oidc, signing_in
from caseflow.accounts.oidc import Account, Asked, Errand
from caseflow.accounts.views import next_step, signed_in
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.extensions import limiter
from caseflow.organisation import municipal
from caseflow.organisation.views import bp
from caseflow.security.guard import recently_confirmed, requires
from caseflow.security.permissions import Permission

log = logging.getLogger(__name__)


@bp.get("/logga-in/kommunen")
@limiter.limit(limits.OF_ADDRESS, key_func=limits.address)
def sign_in_at_municipality() -> ResponseReturnValue:
    """To the municipality's own sign-in."""
    return _go(Errand.SIGN_IN)


@bp.get("/bekrafta/kommunen")
@requires(Permission.USE_OWN_ACCOUNT)
def confirm_at_municipality() -> ResponseReturnValue:
    """To prove there that it is still the user who is here."""
    return _go(Errand.CONFIRM)


@bp.get("/min-sida/kommunen")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def link_municipal_account() -> ResponseReturnValue:
    """To show there which account is the user's."""
    return _go(Errand.LINK)


@bp.get("/logga-in/kommunen/svar")
@limiter.limit(limits.OF_ADDRESS, key_func=limits.address)
def municipal_answer() -> ResponseReturnValue:
    """Back from there."""
    if not oidc.is_offered():
        return redirect(url_for("accounts.home"), 303)
    try:
        asked, account = oidc.answer()
        if asked.errand is Errand.SIGN_IN:
            return _sign_in(asked, account)
        return _confirm_or_link(asked, account)
    except RuleBroken as error:
        log.warning("refused an answer of the municipality's sign-in")
        return _refused(error.message)


def _go(errand: Errand) -> ResponseReturnValue:
    if not oidc.is_offered():
        return redirect(url_for("accounts.home"), 303)
    try:
        return redirect(oidc.way_there(errand, signing_in.own_path(request.args.get("next"))), 303)
    except RuleBroken as error:
        return _refused(error.message)


def _sign_in(asked: Asked, account: Account) -> ResponseReturnValue:
    with unit_of_work():
        user = municipal.user_of(account, asked.asked_at)
    session[signing_in.BY_MUNICIPALITY] = True
    if account.two_factors:
        return signed_in(user, wanted=asked.wanted, two_factors=True)
    return next_step(user, wanted=asked.wanted)


def _confirm_or_link(asked: Asked, account: Account) -> ResponseReturnValue:
    """For the user who is signed in. Raises RuleBroken."""
    if not current_user.is_authenticated:
        raise RuleBroken(_("Din inloggning har upphört. Logga in igen."))
    with unit_of_work():
        if asked.errand is Errand.LINK:
            municipal.link(current_user, account)
        elif municipal.confirmed_user(account, asked.asked_at) != current_user:
            raise RuleBroken(_("Du loggade in som någon annan hos kommunen. Logga ut där och försök igen."))
    signing_in.confirm_session(two_factors=account.two_factors)
    flash(_("Kommunens konto är kopplat") if asked.errand is Errand.LINK else _("Du har bekräftat att det är du"))
    return redirect(asked.wanted or url_for("accounts.my_page"), 303)


def _refused(told: str) -> ResponseReturnValue:
    if current_user.is_authenticated:
        flash(told, "error")
        return redirect(url_for("accounts.my_page"), 303)
    return render_template("accounts/refused.html", told=told, next=None), 422

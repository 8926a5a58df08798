"""The pages where a user adds and removes second factors."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import factors, passkeys, signing_in
from caseflow.accounts.forms import AppForm, PasskeyForm
from caseflow.accounts.views import bp
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.security.guard import recently_confirmed, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule

# Where the session keeps the key that an app is about to be given.
NEW_SECRET = "new_secret"  # noqa: S105  the name of it


@bp.get("/min-sida/tvasteg")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def factors_page() -> ResponseReturnValue:
    """What the user signs in with beside the password."""
    return _page(PasskeyForm(formdata=None))


@bp.route("/min-sida/tvasteg/app", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def add_app() -> ResponseReturnValue:
    """A new authenticator app: it reads the key from the picture and shows a code."""
    form = AppForm()
    if NEW_SECRET not in session:
        session[NEW_SECRET] = factors.new_secret()
    secret = session[NEW_SECRET]
    if form.validate_on_submit():
        try:
            with unit_of_work():
                codes = _codes_with_first(lambda: factors.add_app(current_user, secret, form.code.data or ""))
        except RuleBroken as error:
            show_rule(form, error)
        else:
            del session[NEW_SECRET]
            return _added(_("Kod-appen är tillagd"), codes)
    page = render_template(
        "accounts/add_app.html", form=form, secret=secret, picture=factors.qr_code(secret, current_user)
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/min-sida/tvasteg/app/ta-bort")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def remove_app() -> ResponseReturnValue:
    """Do without the app."""
    return _removed(_("Kod-appen är borttagen"), lambda: factors.remove_app(current_user))


@bp.post("/min-sida/tvasteg/nyckel")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def add_passkey() -> ResponseReturnValue:
    """A key that the browser has just made."""
    form = PasskeyForm()
    if form.validate_on_submit():
        name, answer = form.name.data or "", form.credential.data or ""
        try:
            with unit_of_work():
                codes = _codes_with_first(lambda: passkeys.add(current_user, name, answer))
            return _added(_("Nyckeln är tillagd"), codes)
        except RuleBroken as error:
            show_rule(form, error)
    return _page(form), 422


@bp.post("/min-sida/tvasteg/nyckel/<uuid:passkey_id>/ta-bort")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Do without one of the keys."""
    for passkey in factors.list_passkeys(current_user):
        if passkey.id == passkey_id:
            return _removed(_("Nyckeln är borttagen"), lambda: factors.remove_passkey(current_user, passkey))  # noqa: B023
    raise NotFound(_("Nyckeln finns inte."))


@bp.post("/min-sida/tvasteg/koder")
@requires(Permission.USE_OWN_ACCOUNT)
@recently_confirmed
def new_recovery_codes() -> ResponseReturnValue:
    """New codes on paper."""
    with unit_of_work():
        codes = factors.new_recovery_codes(current_user)
    return _codes_page(_("Nya reservkoder"), codes)


def _page(form: PasskeyForm) -> str:
    return render_template(
        "accounts/factors.html",
        app=factors.find_app(current_user),
        passkeys=factors.list_passkeys(current_user),
        codes_left=factors.recovery_codes_left(current_user),
        form=form,
        options=passkeys.options_to_add(current_user) if passkeys.are_offered() else None,
    )


def _codes_with_first(add: Callable[[], object]) -> list[str]:
    """Add a factor. With the first one come the codes on paper."""
    is_first = not factors.has_any(current_user)
    add()
    return factors.new_recovery_codes(current_user) if is_first else []


def _added(told: str, codes: list[str]) -> ResponseReturnValue:
    signing_in.confirm_session(two_factors=True)
    if codes:
        return _codes_page(told, codes)
    flash(told)
    return redirect(url_for("accounts.factors_page"), 303)


def _codes_page(title: str, codes: list[str]) -> str:
    # Not in a flash: that would lie in the database.
    return render_template("accounts/recovery_codes.html", title=title, codes=codes)


def _removed(told: str, remove: Callable[[], None]) -> ResponseReturnValue:
    try:
        with unit_of_work():
            remove()
        flash(told)
    except RuleBroken as error:
        flash(error.message, "error")
    return redirect(url_for("accounts.factors_page"), 303)

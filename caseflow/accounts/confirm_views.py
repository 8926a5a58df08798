"""Asking a signed-in user to prove again that it is them, and then going on with what they were doing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field

from caseflow.accounts import factors, oidc, passkeys, passwords, signing_in
from caseflow.accounts.forms import ConfirmForm
from caseflow.accounts.views import bp
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.extensions import limiter
from caseflow.security.guard import ConfirmFirst, is_recently_confirmed, requires
from caseflow.security.permissions import Permission

# A form that was sent is sent again, unchanged, by the answer to the confirmation.
SEND_AGAIN = 307
OF_THE_CONFIRMATION = frozenset({"csrf_token", "confirm_password", "confirm_code", "confirm_key", "confirm_send"})


@bp.app_errorhandler(ConfirmFirst)
def ask_to_confirm(error: ConfirmFirst) -> ResponseReturnValue:
    """The page that asks. What was sent in a form comes along in it."""
    if request.method == "POST":
        return _page(ConfirmForm(formdata=None), request.full_path.rstrip("?"), send_again=True), 403
    wanted = request.full_path.rstrip("?")
    if error.is_file:
        flash(_("Bekräfta först att det är du. Hämta sedan filen igen."))
        sent_from = urlsplit(request.referrer or "")
        wanted = sent_from.path if sent_from.netloc == request.host else "/"
    return redirect(url_for("accounts.confirm", next=wanted), 303)


@bp.route("/bekrafta", methods=["GET", "POST"])
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("10/minute;40/hour", key_func=lambda: f"confirm {current_user.id}", methods=["POST"])
def confirm() -> ResponseReturnValue:
    """Prove with password, code or key that it is still the user who is there."""
    form = ConfirmForm()
    wanted = signing_in.own_path(request.args.get("next")) or url_for("accounts.home")
    send_again = "confirm_send" in request.form
    if form.validate_on_submit() and _is_proved(form):
        return redirect(wanted, SEND_AGAIN if send_again else 303)
    return _page(form, wanted, send_again=send_again), 422 if form.is_submitted() else 200


def _is_proved(form: ConfirmForm) -> bool:
    """Whether what was given is right, or was proved just now in another tab. Else the form says what was wrong."""
    password, code, key = form.confirm_password.data, form.confirm_code.data, form.confirm_key.data
    if key:
        return _is_proved_by(form.confirm_key, lambda: passkeys.take(key) == current_user)
    if code:
        return _is_proved_by(form.confirm_code, lambda: factors.take_code(current_user, code))
    if password and passwords.matches(current_user.password_hash, password):
        signing_in.confirm_session()
        return True
    form.confirm_password.errors = [
        _("Lösenordet stämmer inte. Skriv det igen.") if password else _("Skriv ditt lösenord.")
    ]
    return not password and is_recently_confirmed()


def _is_proved_by(field: Field, take: Callable[[], bool]) -> bool:
    try:
        with unit_of_work():
            is_right = take()
    except RuleBroken as error:
        field.errors = [error.message]
        return False
    if is_right:
        signing_in.confirm_session(two_factors=True)
    else:
        field.errors = [
            _("Nyckeln stämmer inte. Försök igen, eller bekräfta på ett annat sätt.")
            if field.type == "HiddenField"
            else _("Koden stämmer inte, eller är redan använd. Vänta på nästa kod och skriv den.")
        ]
    return is_right


def _page(form: ConfirmForm, wanted: str, *, send_again: bool) -> str:
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in OF_THE_CONFIRMATION]
    has_keys = passkeys.are_offered() and bool(factors.list_passkeys(current_user))
    return render_template(
        "accounts/confirm.html",
        form=form,
        wanted=wanted,
        sent=sent if send_again else None,
        has_app=factors.find_app(current_user) is not None,
        options=passkeys.options_to_sign_in(current_user) if has_keys else None,
        is_linked=oidc.is_offered() and oidc.is_linked(current_user),
    )

"""Asking a signed-in user to prove again that it is them, and then going on with what they were doing."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import oidc, passwords, signing_in
from caseflow.accounts.forms import ConfirmForm
from caseflow.accounts.views import bp
from caseflow.core.language import _
from caseflow.extensions import limiter
from caseflow.security.guard import ConfirmFirst, requires
from caseflow.security.permissions import Permission

# A form that was sent is sent again, unchanged, by the answer to the confirmation.
SEND_AGAIN = 307
OF_THE_CONFIRMATION = frozenset({"csrf_token", "confirm_password", "confirm_send"})


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
@limiter.limit("10/minute", key_func=lambda: f"confirm {current_user.id}", methods=["POST"])
def confirm() -> ResponseReturnValue:
    """Prove with the password that it is still the user who is there."""
    form = ConfirmForm()
    wanted = signing_in.own_path(request.args.get("next")) or url_for("accounts.home")
    send_again = "confirm_send" in request.form
    if form.validate_on_submit():
        if passwords.matches(current_user.password_hash, form.confirm_password.data or ""):
            signing_in.confirm_session()
            return redirect(wanted, SEND_AGAIN if send_again else 303)
        form.confirm_password.errors = [_("Lösenordet stämmer inte. Skriv det igen.")]
    return _page(form, wanted, send_again=send_again), 422 if form.is_submitted() else 200


def _page(form: ConfirmForm, wanted: str, *, send_again: bool) -> str:
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in OF_THE_CONFIRMATION]
    return render_template(
        "accounts/confirm.html",
        form=form,
        wanted=wanted,
        sent=sent if send_again else None,
        is_linked=oidc.is_offered() and oidc.is_linked(current_user),
    )

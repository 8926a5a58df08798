"""Signing in and out, and the own page."""

from __future__ import annotations

import logging

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import demo, factors, limits, oidc, passkeys, queries, services, sessions, signing_in
from caseflow.accounts.forms import LanguageForm, PasswordForm, ShortcutForm, SignInForm
from caseflow.accounts.models import User
from caseflow.core.errors import RuleBroken
from caseflow.core.language import Language, _, _l, ask_anew
from caseflow.database import unit_of_work
from caseflow.extensions import limiter
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule
from caseflow.web.navigation import home_endpoint

log = logging.getLogger(__name__)
bp = Blueprint("accounts", __name__)
bp.before_app_request(signing_in.keep_session)

WRONG = _l("Användarnamnet eller lösenordet stämmer inte. Kontrollera båda och försök igen.")


@bp.route("/logga-in", methods=["GET", "POST"])
@limiter.limit(limits.OF_ADDRESS, key_func=limits.address, methods=["POST"], exempt_when=limits.is_known_device)
@limiter.limit(
    limits.OF_PAIR, key_func=limits.address_and_username, methods=["POST"], exempt_when=limits.is_known_device
)
@limiter.limit(limits.OF_USERNAME, key_func=limits.username, methods=["POST"], exempt_when=limits.is_known_device)
@limiter.limit(limits.OF_DEVICE, key_func=limits.device, methods=["POST"], exempt_when=limits.is_unknown_device)
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(url_for("accounts.home"), 303)
    form = SignInForm()
    if form.validate_on_submit():
        with unit_of_work():
            user = services.authenticate(form.username.data or "", form.password.data or "")
        if user is not None:
            return next_step(user, wanted=request.args.get("next"))
        log.warning("failed sign-in")
        form.form_errors.append(str(WRONG))
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        sign_ins=demo.USERS if current_app.config["CASEFLOW_DEMO"] else (),
        demo_password=demo.PASSWORD,
        options=passkeys.options_to_sign_in() if passkeys.are_offered() else None,
        has_municipal=oidc.is_offered(),
        leave_municipal=oidc.address_to_leave() if "utloggad" in request.args else None,
    )
    return page, 422 if form.is_submitted() else 200


def next_step(user: User, *, wanted: str | None) -> ResponseReturnValue:
    """After the first factor: in, or on to the second step."""
    if not factors.has_any(user):
        return signed_in(user, wanted=wanted)
    signing_in.begin_session(user, pending=True)
    return redirect(url_for("accounts.second_step", next=wanted), 303)


def signed_in(user: User, *, wanted: str | None, two_factors: bool = False) -> ResponseReturnValue:
    """Begin the session and go to the page asked for."""
    signing_in.begin_session(user, two_factors=two_factors)
    log.info("user %s signed in", user.id)
    answer = redirect(signing_in.own_path(wanted) or url_for("accounts.home"), 303)
    limits.remember_device(answer, user.username)
    return answer


@bp.post("/logga-ut")
@requires(Permission.USE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session, and every copy of its cookie."""
    live = sessions.current().live
    # The municipality's own session goes on: the sign-in page offers to end that one too.
    leaving = signing_in.BY_MUNICIPALITY in session
    with unit_of_work():
        if live:
            sessions.end(current_user, live.id)
    sessions.current().clear()
    flash(_("Du är utloggad."))
    return redirect(url_for("accounts.sign_in", utloggad=1 if leaving else None), 303)


@bp.get("/")
@requires(Permission.USE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """Where the role begins the day."""
    return redirect(url_for(home_endpoint(current_user.role)), 303)


@bp.get("/min-sida")
@requires(Permission.USE_OWN_ACCOUNT)
def my_page() -> ResponseReturnValue:
    """The own account."""
    return _my_page(PasswordForm(formdata=None))


@bp.post("/min-sida/losenord")
@requires(Permission.USE_OWN_ACCOUNT)
@limiter.limit("10/minute", key_func=lambda: f"password {current_user.id}")
def change_password() -> ResponseReturnValue:
    """A new password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _my_page(form), 422
    try:
        with unit_of_work():
            services.change_password(current_user, form.present_password.data or "", form.new_password.data or "")
    except RuleBroken as error:
        show_rule(form, error)
        return _my_page(form), 422
    # The old session ended with the old password.
    live = sessions.current().live
    signing_in.begin_session(current_user._get_current_object(), two_factors=bool(live and live.two_factors))
    flash(_("Lösenordet är bytt"))
    return redirect(url_for("accounts.my_page"), 303)


@bp.post("/min-sida/kortkommandon")
@requires(Permission.USE_OWN_ACCOUNT)
def set_shortcuts() -> ResponseReturnValue:
    """Single keys on or off."""
    form = ShortcutForm()
    with unit_of_work():
        services.set_shortcuts(current_user, bool(form.on.data))
    flash(_("Kortkommandon är på") if current_user.single_key_shortcuts else _("Kortkommandon är av"))
    return redirect(url_for("accounts.my_page"), 303)


@bp.post("/min-sida/sprak")
@requires(Permission.USE_OWN_ACCOUNT)
def set_language() -> ResponseReturnValue:
    """The language of the pages."""
    form = LanguageForm()
    if not form.validate_on_submit():
        return _my_page(PasswordForm(formdata=None)), 422
    with unit_of_work():
        services.set_language(current_user, Language(form.language.data))
    ask_anew()
    flash(_("Språket är bytt"))
    return redirect(url_for("accounts.my_page"), 303)


def _my_page(form: PasswordForm) -> str:
    shortcuts = ShortcutForm(formdata=None, on=current_user.single_key_shortcuts)
    accesses = [] if current_user.must_change_password else queries.list_own_access(current_actor())
    return render_template(
        "accounts/my_page.html",
        form=form,
        shortcuts=shortcuts,
        languages=LanguageForm(formdata=None, language=current_user.language.value),
        accesses=accesses,
        has_municipal=oidc.is_offered(),
        is_linked=oidc.is_offered() and oidc.is_linked(current_user),
        sessions=sessions.list_open(current_user),
        this_session=sessions.current().live,
    )


from caseflow.accounts import confirm_views, draft_views, factor_views, second_step_views, session_views  # noqa: E402,F401

"""Keeping what is written in a form: as it is typed, and when the form comes too late to be accepted."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from caseflow.accounts import drafts
from caseflow.accounts.views import bp
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.security.guard import current_actor, permission_of, requires
from caseflow.security.permissions import Permission
from caseflow.security.policy import allows
from caseflow.web.errors import OLD_FORM
from caseflow.web.errors import page as error_page


@bp.post("/utkast/spara/<path:address>")
@requires(Permission.VIEW_CASES)
def save_draft(address: str) -> ResponseReturnValue:
    """Keep what the form at the address holds now."""
    path = _form_path(address)
    with unit_of_work():
        kept = drafts.save(current_user.id, path, request.form)
    if not kept:
        raise RuleBroken(_("Texten är för lång för att sparas som utkast. Korta den."))
    return "", 204


@bp.post("/utkast/ta-bort/<path:address>")
@requires(Permission.VIEW_CASES)
def remove_draft(address: str) -> ResponseReturnValue:
    """Forget the draft and open the form afresh."""
    path = _form_path(address)
    with unit_of_work():
        drafts.remove(current_user.id, path)
    flash(_("Utkastet är borttaget"))
    return redirect(path, 303)


@bp.app_errorhandler(CSRFError)
def old_form(error: CSRFError) -> ResponseReturnValue:
    """The form was opened in an earlier session: what was written is kept, and filled in in a new form."""
    sent_from = urlsplit(request.referrer or "")
    if current_user.is_authenticated and sent_from.netloc == request.host and is_form(request.path):
        with unit_of_work():
            kept = drafts.save(current_user.id, request.path, request.form)
        if not kept:
            # The browser still has it: going back brings it again.
            return error_page(400, str(OLD_FORM), heading=_("Sidan har legat öppen för länge"))
        flash(_("Sidan hade legat öppen för länge. Det du skrev finns kvar: läs igenom det och skicka igen."), "error")
        return redirect(request.path, 303)
    return error_page(400, str(OLD_FORM), heading=_("Sidan har legat öppen för länge"))


def _form_path(address: str) -> str:
    """The path of a form that the user may send. Raises NotFound."""
    path = f"/{address}"
    if not is_form(path):
        raise NotFound(_("Sidan finns inte."))
    return path


def is_form(path: str) -> bool:
    """Whether the path is a page whose form offers its draft again, for the signed-in user's role."""
    endpoint = drafts.find_form(path)
    permission = permission_of(current_app, endpoint) if endpoint else None
    return permission is not None and allows(current_actor(), permission)

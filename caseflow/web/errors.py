"""Every error becomes a page with the user's sentence and a way out."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request, url_for
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from caseflow.core.errors import CaseflowError, NotAllowed, NotFound, StaleEdit, place_of
from caseflow.core.language import _, _l
from caseflow.extensions import db
from caseflow.security.refused import log_refused

log = logging.getLogger(__name__)

SENTENCES = {
    400: _l("Något i adressen eller formuläret gick inte att läsa. Gå tillbaka och försök igen."),
    403: _l("Du har inte behörighet till sidan."),
    404: _l("Sidan finns inte, eller hör till ett ärende som du inte kan se."),
    405: _l("Sidan kan inte öppnas på det sättet. Gå tillbaka och använd knappen."),
    413: _l(
        "Det som skickades är för stort. En fil får vara högst 50 MB: dela upp den och läs in delarna var för sig."
    ),
    429: _l("För många försök på kort tid. Vänta en stund och försök igen."),
}
OLD_FORM = _l("Sidan hade legat öppen för länge. Ladda om den och gör om ditt steg.")
BUSY = _l("Någon annan ändrar samma ärende just nu. Vänta några sekunder och försök igen.")
PAGES = frozenset({403, 404, 409, 413, 429, 500})


def install(app: Flask) -> None:
    """Map our errors, and those of the framework, to pages."""

    @app.errorhandler(CaseflowError)
    def ours(error: CaseflowError) -> tuple[str, int]:
        db.session.rollback()
        if isinstance(error, NotFound | NotAllowed):
            log_refused(page=isinstance(error, NotAllowed))
        versions = []
        if isinstance(error, StaleEdit):
            versions = [(_("Version"), str(error.opened_version), str(error.current_version))]
        case_id = (request.view_args or {}).get("case_id")
        back_url = url_for("cases.case_page", case_id=case_id) if case_id and error.status == 409 else None
        return page(error.status, error.message, versions=versions, back_url=back_url)

    @app.errorhandler(HTTPException)
    def framework(error: HTTPException) -> Response | tuple[str, int]:
        if error.code is None or error.code < 400:
            return error.get_response()
        if isinstance(error, SecurityError):
            # Asked for under a name that is not the site's: no address can be built, so no page either.
            return Response(_("Webbplatsen har ett annat namn."), error.code, content_type="text/plain; charset=utf-8")
        return page(error.code, str(SENTENCES.get(error.code, SENTENCES[400])))

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> tuple[str, int]:
        db.session.rollback()
        log.error("database: %s at %s", type(error.orig).__name__, request.endpoint)
        return (
            page(409, str(BUSY)) if isinstance(error.orig, LockNotAvailable | DeadlockDetected) else unforeseen(error)
        )

    @app.errorhandler(DataError)
    def unreadable(error: DataError) -> tuple[str, int]:
        # What the database cannot hold was typed by hand: a NUL character, a number beyond all numbers.
        db.session.rollback()
        return page(400, str(SENTENCES[400]))

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> tuple[str, int]:
        db.session.rollback()
        # The endpoint, never the address or the form: they may name a person.
        log.error("%s at %s, %s", type(error).__name__, request.endpoint, place_of(error))
        # Without the context processors: they ask the database for the user, and it may be the database that failed.
        return app.jinja_env.get_template("errors/500.html").render(message=""), 500


def page(status: int, message: str, **context: object) -> tuple[str, int]:
    """The error page of the status. `heading`: of one that has no page of its own."""
    template = status if status in PAGES else (500 if status >= 500 else "other")
    return render_template(f"errors/{template}.html", message=message, status=status, **context), status

"""The search that every page has at its top."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.cases import search_queries
from caseflow.cases.list_steps import steps_of
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Permission

LIVE_RESULTS = 8
SEARCH_RESULTS = 50


@bp.post("/sok")
@requires(Permission.VIEW_CASES)
def search() -> ResponseReturnValue:
    """Cases by name, personnummer or number. A POST: what is searched for must not stand in an address."""
    actor, today = current_actor(), clock.today()
    text = request.form.get("q", "").strip()[:100]
    live = "HX-Request" in request.headers
    hidden = search_queries.find_hidden(actor, text)
    found = search_queries.search(actor, text, today, LIVE_RESULTS if live else SEARCH_RESULTS)
    if len(text) >= search_queries.MIN_LETTERS:
        log_search(actor, found, hidden)
    template = "cases/search_results.html" if live else "cases/search.html"
    too_short = len(text) < search_queries.MIN_LETTERS
    return render_template(
        template,
        text=text,
        found=found,
        hidden=hidden,
        too_short=too_short,
        # The live search offers them before anything is typed.
        recent=search_queries.list_recent(actor) if live and too_short else [],
        **steps_of(actor, [] if live else found.rows, today),
    )


def log_search(actor: Actor, found: search_queries.Found, hidden: search_queries.Hidden | None = None) -> None:
    """Keep that somebody searched, never for what; a person found by personnummer is named by id."""
    if hidden is not None:
        log_access(actor, AccessKind.LOOKED_UP_PERSON, case_id=hidden.id, participant_id=hidden.participant_id)
    if found.by_identity and found.rows:
        participant_id = search_queries.find_participant_id(actor, found.rows[0].number)
        log_access(actor, AccessKind.LOOKED_UP_PERSON, participant_id=participant_id)
    elif hidden is None:
        log_access(actor, AccessKind.SEARCHED)

"""While a form about a case is open: what others do meanwhile, and that the session is about to end."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.accounts import signing_in
from caseflow.cases import queries, timeline
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission

WARNED = timedelta(minutes=10)


@bp.get("/arenden/<number>/andringar")
@requires(Permission.VIEW_CASES)
def case_changes(number: str) -> ResponseReturnValue:
    """What has been done to the case since the form was opened; nothing when it is as it was. Asked again and again."""
    changed = queries.get_version(current_actor(), number) != request.args.get("version", type=int)
    ends_at = clock.now() + signing_in.IDLE - timedelta(seconds=signing_in.idle_seconds())
    ending = ends_at - clock.now() < WARNED
    if not changed and not ending:
        return "", 204
    changes = timeline.changes(queries.get_case(current_actor(), number), _opened_at()) if changed else []
    return render_template(
        "cases/step_watch.html",
        number=number,
        version=request.args.get("version"),
        opened_at=request.args.get("opened_at"),
        changes=changes,
        ends_at=ends_at if ending else None,
    )


def _opened_at() -> datetime | None:
    try:
        return datetime.fromisoformat(request.args.get("opened_at", ""))
    except ValueError:
        return None

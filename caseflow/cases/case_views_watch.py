"""While a form about a case is open: what others do to the case meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.cases import queries, timeline
from caseflow.cases.sharing import Shared
from caseflow.cases.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission


@bp.get("/arenden/<uuid:case_id>/andringar")
@requires(Permission.VIEW_CASES)
def case_changes(case_id: UUID) -> ResponseReturnValue:
    """What has been done to the case since the form was opened; nothing when it is as it was. Asked again and again."""
    actor = current_actor()
    if queries.get_version(actor, case_id) == request.args.get("version", type=int):
        return "", 204
    changes = timeline.changes(Shared(actor, queries.get_case(actor, case_id)), _opened_at())
    return render_template("cases/step_watch.html", changes=changes, case_id=case_id)


def _opened_at() -> datetime | None:
    try:
        at = datetime.fromisoformat(request.args.get("opened_at", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None

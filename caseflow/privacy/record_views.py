"""The record of processing activities as a page to read and print."""

from __future__ import annotations

from flask import render_template

from caseflow.privacy.record import parts, responsible
from caseflow.privacy.views import bp
from caseflow.security.guard import requires
from caseflow.security.permissions import Permission


@bp.get("/dataskydd/registerforteckning")
@requires(Permission.VIEW_PROCESSING)
def record() -> str:
    """What personal data is kept, why, and for how long."""
    return render_template("privacy/record.html", responsible=responsible(), parts=parts())

"""The same reports and the same rows as JSON, for the same readers: signed in, and only to read."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import CaseflowError
from caseflow.extensions import db
from caseflow.measures.registry import MEASURES
from caseflow.reports.as_json import as_json, json_value
from caseflow.reports.document import Trace
from caseflow.reports.kinds import REPORTS, get_report
from caseflow.reports.lineage import Lineage, open_lineage
from caseflow.reports.reading import QuestionForm
from caseflow.security.guard import current_actor, recently_confirmed, requires
from caseflow.security.permissions import Permission

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.errorhandler(CaseflowError)
def ours(error: CaseflowError) -> ResponseReturnValue:
    """The sentence that a page would say."""
    db.session.rollback()
    return answer({"error": error.message}, error.status)


@bp.get("/rapporter")
@requires(Permission.VIEW_MEASURES)
def report_list() -> ResponseReturnValue:
    """Every report, and what it can be asked."""
    return answer(
        {
            "reports": [
                {
                    "report": kind.key,
                    "title": str(kind.title),
                    "purpose": str(kind.purpose),
                    "asks": list(kind.asks),
                    "address": url_for("api.report", key=kind.key),
                }
                for kind in REPORTS.values()
            ]
        }
    )


@bp.get("/rapporter/<key>")
@requires(Permission.VIEW_MEASURES)
def report(key: str) -> ResponseReturnValue:
    """One report; 422 with a sentence for each word of the address that cannot be read."""
    kind = get_report(key)
    form = QuestionForm(request.args, kind)
    question = form.read()
    if question is None:
        return answer({"errors": form.sentences}, 422)
    return answer(as_json(kind.build(question), address_of_rows))


@bp.get("/underlag")
@requires(Permission.VIEW_MEASURES)
@recently_confirmed
def rows_behind() -> ResponseReturnValue:
    """The rows that a figure counts, a page at a time. Without a measure: those there are."""
    if "matt" not in request.args:
        return answer({"measures": [_measure(key) for key in MEASURES]})
    form, found = open_lineage(request.args, current_actor())
    return answer({"errors": form.sentences}, 422) if found is None else answer(_rows(found))


def address_of_rows(trace: Trace) -> str:
    """Where the API lists what a figure counts."""
    values: dict[str, Any] = {**trace.address()}
    return url_for("api.rows_behind", **values)


def answer(content: dict[str, Any], status: int = 200) -> Response:
    """The content as JSON: decimals as numbers, days as ISO text."""
    text = json.dumps(content, ensure_ascii=False, default=json_value)
    return Response(text + "\n", status, mimetype="application/json")


def _measure(key: str) -> dict[str, Any]:
    measure = MEASURES[key]
    return {
        "measure": key,
        "label": str(measure.label),
        "unit": str(measure.unit),
        "definition": str(measure.definition),
        "source": str(measure.source),
        "parts": {key: str(label) for key, label in dict(measure.parts).items()},
    }


def _rows(found: Lineage) -> dict[str, Any]:
    page = found.page
    return _measure(found.measure.key) | {
        "selection": found.selection.address(),
        "total": found.total,
        "outside": found.outside,
        "protected": found.protected,
        "page": page.number,
        "pages": page.pages,
        "rows": [
            {
                "subject": row.subject,
                "case": row.number,
                "unit": row.unit,
                "day": row.day,
                "value": row.value,
                "why": row.why,
            }
            for row in page.rows
        ],
    }

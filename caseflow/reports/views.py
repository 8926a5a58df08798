"""Pages of reports: the list, one report, the rows behind a figure, and files to fetch."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from caseflow.measures.registry import MEASURES, get_measure
from caseflow.reports.kinds import REPORTS, get_report
from caseflow.reports.lineage import open_lineage
from caseflow.reports.reading import QuestionForm
from caseflow.reports.wording import cell_words
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission

bp = Blueprint("reports", __name__)


@bp.get("/rapporter")
@requires(Permission.VIEW_MEASURES)
def report_list() -> ResponseReturnValue:
    """Every report, with what it is for."""
    return render_template("reports/report_list.html", reports=REPORTS.values())


@bp.get("/rapporter/<key>")
@requires(Permission.VIEW_MEASURES)
def report(key: str) -> ResponseReturnValue:
    """One report. A question that cannot be read comes back with its sentences and without figures."""
    kind = get_report(key)
    form = QuestionForm(request.args, kind)
    question = form.read()
    document = kind.build(question) if question else None
    page = render_template("reports/report.html", kind=kind, form=form, document=document, written=cell_words)
    return page, 200 if document else 422


@bp.get("/underlag")
@requires(Permission.VIEW_MEASURES)
def rows_behind() -> ResponseReturnValue:
    """The rows that a figure counts. Without a measure: those there are."""
    key = request.args.get("matt")
    if key is None:
        return render_template("reports/measure_list.html", measures=MEASURES.values())
    form, shown = open_lineage(request.args, current_actor())
    if shown is None:
        return render_template("reports/rows_unread.html", measure=get_measure(key), form=form), 422
    return render_template("reports/rows_behind.html", shown=shown)

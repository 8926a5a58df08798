"""Pages of reports: the list, one report, the rows behind a figure, and files to fetch."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.language import in_swedish
from caseflow.measures.registry import MEASURES, get_measure
from caseflow.reports import web_charts
from caseflow.reports.document import Document, Trace
from caseflow.reports.files import WRITERS, as_file
from caseflow.reports.goal_lines import count_goals, list_goals
from caseflow.reports.kinds import REPORTS, ReportKind, get_report
from caseflow.reports.lineage import open_lineage
from caseflow.reports.presets import list_presets
from caseflow.reports.queries import list_latest_frozen
from caseflow.reports.reading import QuestionForm, address_of
from caseflow.reports.suppression import for_outside
from caseflow.reports.views import bp
from caseflow.reports.wording import cell_words
from caseflow.security.guard import current_actor, recently_confirmed_for_file, requires
from caseflow.security.permissions import Permission


@bp.get("/rapporter")
@requires(Permission.VIEW_MEASURES)
def report_list() -> ResponseReturnValue:
    """Every report, with what it is for, and those frozen last."""
    return render_template("reports/report_list.html", reports=REPORTS.values(), frozen=list_latest_frozen())


@bp.get("/rapporter/<key>")
@requires(Permission.VIEW_MEASURES)
def report(key: str) -> ResponseReturnValue:
    """One report. A question that cannot be read comes back with its sentences and without figures."""
    kind = get_report(key)
    form = QuestionForm(request.args, kind)
    question = form.read()
    if question is None:
        return unread(kind, form)
    document = kind.build(question)
    return render_template(
        "reports/report.html",
        kind=kind,
        form=form,
        address=address_of(question, kind),
        presets=list_presets(question, kind),
        **shown_of(document),
    )


@bp.get("/rapporter/<key>/hamta")
@requires(Permission.VIEW_MEASURES)
@recently_confirmed_for_file
def report_file(key: str) -> ResponseReturnValue:
    """The report as a file."""
    kind = get_report(key)
    form = QuestionForm(request.args, kind)
    question = form.read()
    if question is None:
        return unread(kind, form)
    if request.args.get("extern"):
        # What is given out is in Swedish: the rules for what sentences may tell know no other language.
        with in_swedish():
            return send(for_outside(kind.build(question)))
    return send(kind.build(question))


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


def shown_of(document: Document) -> dict[str, Any]:
    """What the templates show of a document, new or frozen."""
    lines = list_goals(document)
    return {
        "document": document,
        "lines": lines,
        "counts": count_goals(lines),
        "formats": WRITERS,
        "written": cell_words,
        "drawn": web_charts,
    }


def unread(kind: ReportKind, form: QuestionForm) -> ResponseReturnValue:
    """The report's page with the sentences at the fields, and no figure."""
    return render_template("reports/report.html", kind=kind, form=form, document=None), 422


def send(document: Document) -> Response:
    """The document as the file in the `format` that the address asks for."""
    file = as_file(document, request.args.get("format", "json"), _whole_address)
    answer = Response(file.content, mimetype=file.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _whole_address(trace: Trace) -> str:
    """Where a figure is opened, from wherever the file is read."""
    values: dict[str, Any] = {**trace.address()}
    return url_for("reports.rows_behind", _external=True, **values)

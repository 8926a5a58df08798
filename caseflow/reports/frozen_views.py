"""Pages of frozen reports: freeze one, read it as it was, hold it against today's figures, withdraw it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, in_swedish
from caseflow.database import unit_of_work
from caseflow.reports import services
from caseflow.reports.comparison import compare_with_today
from caseflow.reports.files import WRITERS
from caseflow.reports.forms import FreezeForm, WithdrawForm
from caseflow.reports.kinds import get_report
from caseflow.reports.naming import sees_pseudonyms
from caseflow.reports.queries import get_frozen, list_frozen
from caseflow.reports.reading import QuestionForm, address_of
from caseflow.reports.report_views import send, shown_of, unread
from caseflow.reports.suppression import for_outside
from caseflow.reports.views import bp
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, recently_confirmed_for_file, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule
from caseflow.web.pagination import paginate


@bp.route("/rapporter/<key>/frys", methods=["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def freeze(key: str) -> ResponseReturnValue:
    """Keep the report that the address asks for."""
    kind, form = get_report(key), FreezeForm()
    asked = QuestionForm(request.args, kind)
    question = asked.read()
    if question is None:
        return unread(kind, asked)
    if form.validate_on_submit():
        with unit_of_work():
            frozen = services.freeze(current_actor(), kind, question, form.comment.data or "", form.request.data or "")
        flash(_("Rapporten är fryst"))
        return redirect(url_for("reports.frozen_report", frozen_id=frozen.public_id), 303)
    page = render_template("reports/freeze.html", kind=kind, form=form, address=address_of(question, kind))
    return page, 422 if form.is_submitted() else 200


@bp.get("/rapporter/frysta")
@requires(Permission.VIEW_MEASURES)
def frozen_list() -> ResponseReturnValue:
    """Every frozen report."""
    page = paginate(list_frozen(), request.args.get("page", 1, type=int))
    return render_template("reports/frozen_list.html", page=page)


@bp.get("/rapporter/frysta/<uuid:frozen_id>")
@requires(Permission.VIEW_MEASURES)
def frozen_report(frozen_id: UUID) -> ResponseReturnValue:
    """The figures as they were, and whether they are untouched."""
    shown = get_frozen(frozen_id)
    with in_swedish():
        figures = render_template("reports/_frozen_figures.html", **shown_of(shown.document))
    return render_template("reports/frozen_report.html", shown=shown, figures=figures, formats=WRITERS)


@bp.get("/rapporter/frysta/<uuid:frozen_id>/hamta")
@requires(Permission.VIEW_MEASURES)
@recently_confirmed_for_file
def frozen_file(frozen_id: UUID) -> ResponseReturnValue:
    """The frozen figures as a file, in Swedish as they were frozen."""
    document = get_frozen(frozen_id).document
    with in_swedish():
        return send(for_outside(document) if request.args.get("extern") else document)


@bp.get("/rapporter/frysta/<uuid:frozen_id>/skillnad")
@requires(Permission.VIEW_MEASURES)
def frozen_difference(frozen_id: UUID) -> ResponseReturnValue:
    """What differs from today's figures, and what was noted since."""
    shown, actor = get_frozen(frozen_id), current_actor()
    compared = compare_with_today(shown, actor, request.args.get("page", 1, type=int))
    if not sees_pseudonyms(actor):
        log_access(actor, AccessKind.OPENED_ROWS, detail=f"Skillnader mot fryst rapport {shown.row.id}")
    return render_template("reports/frozen_difference.html", shown=shown, compared=compared)


@bp.route("/rapporter/frysta/<uuid:frozen_id>/aterkalla", methods=["GET", "POST"])
@requires(Permission.FREEZE_REPORT)
def withdraw(frozen_id: UUID) -> ResponseReturnValue:
    """Say that the frozen report no longer holds."""
    shown, form = get_frozen(frozen_id), WithdrawForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.withdraw(current_actor(), shown.row, form.reason.data or "")
        except RuleBroken as error:
            show_rule(form, error)
        else:
            flash(_("Rapporten är återkallad"))
            return redirect(url_for("reports.frozen_report", frozen_id=frozen_id), 303)
    page = render_template("reports/withdraw.html", shown=shown, form=form)
    return page, 422 if form.is_submitted() else 200

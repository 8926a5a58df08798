"""Pages: upload files, follow the run, read its report, fetch the refused rows."""

from __future__ import annotations

import io
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.imports import queries, runs
from caseflow.imports.forms import UploadForm
from caseflow.imports.hostile import MAX_FILE_BYTES
from caseflow.imports.kinds import COLUMNS
from caseflow.imports.reading import SourceFile
from caseflow.imports.refused_file import refused_file
from caseflow.jobs.models import JobStatus
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, recently_confirmed_for_file, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule
from caseflow.web.pagination import paginate

bp = Blueprint("imports", __name__)
SHOWN_REFUSALS = 200


@bp.url_value_preprocessor
def let_files_through(endpoint: str | None, _values: object) -> None:
    """Files may be larger than any other form, once it is known who sends them. Before anything reads the form."""
    if endpoint == "imports.upload_post" and current_user.is_authenticated:
        request.max_content_length = MAX_FILE_BYTES


@bp.get("/inlasning")
@requires(Permission.IMPORT_FILES)
def upload() -> ResponseReturnValue:
    """Choose files, and see earlier uploads."""
    return _upload_page(UploadForm())


@bp.post("/inlasning")
@requires(Permission.IMPORT_FILES)
def upload_post() -> ResponseReturnValue:
    """Have the files checked or read in."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form), 422
    files = [SourceFile(file.filename or "fil", file.read()) for file in form.files.data]
    try:
        with unit_of_work():
            dry_run = request.form.get("way") != "read"
            run = runs.request_run(
                current_actor(), files, dry_run=dry_run, strict=form.strict.data, request=form.request.data or None
            )
    except RuleBroken as error:
        show_rule(form, error)
        return _upload_page(form), 422
    return redirect(url_for("imports.import_run", run_id=run.public_id), 303)


@bp.get("/inlasning/<uuid:run_id>")
@requires(Permission.IMPORT_FILES)
def import_run(run_id: UUID) -> ResponseReturnValue:
    """How the run goes, and then its report."""
    run = queries.get_run(run_id)
    report = queries.report_of(run)
    may_read = run.dry_run and report is not None and report.changes_something and bool(run.files)
    return render_template("imports/import_run.html", run=run, report=report, may_read=may_read, shown=SHOWN_REFUSALS)


@bp.get("/inlasning/<uuid:run_id>/framsteg")
@requires(Permission.IMPORT_FILES)
def run_progress(run_id: UUID) -> ResponseReturnValue:
    """The progress alone; when the run is finished the page is asked to load itself again."""
    run = queries.get_run(run_id)
    finished = run.finished_at is not None or run.job is None or run.job.status == JobStatus.DEAD
    return render_template("imports/_progress.html", run=run), {"HX-Refresh": "true"} if finished else {}


@bp.post("/inlasning/<uuid:run_id>/las-in")
@requires(Permission.IMPORT_FILES)
def read_in(run_id: UUID) -> ResponseReturnValue:
    """Read in the files that have been checked."""
    try:
        with unit_of_work():
            run = runs.read_in_checked(current_actor(), queries.get_run(run_id))
    except RuleBroken as error:
        flash(error.message, "error")
        return redirect(url_for("imports.upload"), 303)
    return redirect(url_for("imports.import_run", run_id=run.public_id), 303)


@bp.get("/inlasning/<uuid:run_id>/avvisade")
@requires(Permission.IMPORT_FILES)
@recently_confirmed_for_file
def refused_rows(run_id: UUID) -> ResponseReturnValue:
    """The refused rows as a file to mend and send in again. The look is logged: it names persons."""
    run = queries.get_run(run_id)
    report = queries.report_of(run)
    if report is None or not report.refused:
        raise NotFound(_("Det finns inga avvisade rader att hämta. De sparas i 30 dagar."))
    log_access(current_actor(), AccessKind.DOWNLOADED, detail=f"Avvisade rader, inläsning {run.id}")
    file = refused_file(report)
    return send_file(io.BytesIO(file.content), as_attachment=True, download_name=file.name, max_age=0)


def _upload_page(form: UploadForm) -> str:
    earlier = paginate(queries.list_runs(), request.args.get("page", 1, type=int))
    return render_template("imports/upload.html", form=form, earlier=earlier, columns=COLUMNS)

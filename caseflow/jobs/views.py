"""The page of background jobs."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.jobs import queries, services
from caseflow.jobs.models import JobStatus
from caseflow.jobs.runner import MAX_ATTEMPTS
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.pagination import paginate

bp = Blueprint("jobs", __name__)
bp.add_app_template_filter(queries.label_of, "task_label")
bp.add_app_template_filter(queries.trouble_of, "job_trouble")
bp.add_app_template_filter(services.retry_permission, "retry_permission")


@bp.get("/jobb")
@requires(Permission.VIEW_JOBS)
def job_list() -> ResponseReturnValue:
    """What has been done, is being done and failed."""
    return render_template("jobs/job_list.html", **_jobs())


@bp.get("/jobb/lista")
@requires(Permission.VIEW_JOBS)
def job_list_fragment() -> ResponseReturnValue:
    """The table alone, which asks for itself again while something runs."""
    return render_template("jobs/_table.html", **_jobs())


@bp.get("/jobb/<uuid:job_id>/framsteg")
@requires(Permission.VIEW_JOBS)
def job_progress(job_id: UUID) -> ResponseReturnValue:
    """How far one job has come, as a block."""
    return render_template("jobs/_progress.html", job=queries.get_job(job_id))


@bp.post("/jobb/<uuid:job_id>/igen")
@requires(Permission.COMPUTE_MEASURES)
def job_retry(job_id: UUID) -> ResponseReturnValue:
    """Let a failed job begin again."""
    try:
        with unit_of_work():
            services.retry(current_actor(), job_id)
        flash(_("Arbetet är startat igen"))
    except RuleBroken as error:
        flash(error.message, "error")
    return redirect(url_for("jobs.job_list"), 303)


def _jobs() -> dict[str, object]:
    wanted = request.args.get("status", "")
    status = JobStatus(wanted) if wanted in set(JobStatus) else None
    at = queries.server_now()
    jobs = paginate(queries.list_jobs(status), request.args.get("page", 1, type=int))
    return {
        "jobs": jobs,
        "status": status,
        "statuses": list(JobStatus),
        "refresh": queries.some_unfinished(),
        "at": at,
        "most": MAX_ATTEMPTS,
    }

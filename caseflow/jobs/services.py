"""What a user can do with a job."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.extensions import db
from caseflow.jobs import dispatch
from caseflow.jobs.models import Job, JobStatus
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def retry_permission(task: str) -> Permission:
    """What it takes to start a dead job of the task again: what it took to ask for it."""
    if task.startswith("privacy."):
        return Permission.THIN_OUT
    return Permission.IMPORT_FILES if task.startswith("imports.") else Permission.COMPUTE_MEASURES


def retry(actor: Actor, public_id: UUID) -> None:
    """Let a dead job begin again, with three new attempts. Raises RuleBroken when it is not dead, or waits already."""
    permit(actor, Permission.COMPUTE_MEASURES)
    job = find_row(Job, public_id, lock=True)
    if job is None:
        raise NotFound(_("Arbetet finns inte."))
    permit(actor, retry_permission(job.task))
    if job.status != JobStatus.DEAD:
        raise RuleBroken(_("Arbetet har inte misslyckats. Ladda om sidan för att se hur det går."))
    if db.session.scalar(select(Job.id).where(Job.key == job.key, Job.status == JobStatus.QUEUED).limit(1)):
        raise RuleBroken(_("Samma arbete väntar redan på sin tur."))
    job.status, job.attempts, job.error = JobStatus.QUEUED, 0, None
    job.done_n, job.total_n, job.progress_text = 0, None, ""
    job.started_at = job.finished_at = None
    db.session.flush()
    dispatch.send_after_commit(job.id)

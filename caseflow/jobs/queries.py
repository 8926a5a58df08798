"""Reads of the job table."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload

from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus

# What each task does, in the user's words. The names are those the features register.
TASK_LABELS = {
    "measures.rebuild": _l("Räkna om alla mått"),
    "measures.renew_case": _l("Räkna om ett ärendes ledtider"),
    "measures.reports": _l("Räkna om rapporterna"),
    "imports.run": _l("Läs in filer"),
    "imports.forget": _l("Rensa gamla uppladdade filer"),
}


def label_of(task: str) -> str:
    """What the task does; its name where nobody has said."""
    return str(TASK_LABELS.get(task, task))


def list_jobs(status: JobStatus | None = None) -> Select[tuple[Job]]:
    """Jobs as a query to page through, newest first."""
    query = select(Job).options(selectinload(Job.requested_by)).order_by(Job.created_at.desc(), Job.id.desc())
    return query if status is None else query.where(Job.status == status)


def get_job(job_id: int) -> Job:
    """The job. Raises NotFound."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFound(_("Arbetet finns inte. Gamla arbeten tas bort efter 90 dagar."))
    return job


def some_unfinished() -> bool:
    """Whether anything waits or runs."""
    unfinished = exists().where(Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
    return bool(db.session.scalar(select(unfinished)))

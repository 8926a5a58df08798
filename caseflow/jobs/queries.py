"""Reads of the job table."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import selectinload

from caseflow.core import clock
from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.database import find_row
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.jobs.runner import MAX_ATTEMPTS

# What each task does, in the user's words. The names are those the features register.
TASK_LABELS = {
    "measures.rebuild": _l("Räkna om alla mått"),
    "measures.renew_case": _l("Räkna om ett ärendes ledtider"),
    "measures.reports": _l("Räkna om rapporterna"),
    "privacy.thin": _l("Gallra"),
    "imports.run": _l("Läs in filer"),
    "imports.forget": _l("Rensa gamla uppladdade filer"),
    "accounts.forget": _l("Rensa gamla inloggningar och utkast"),
}


def label_of(task: str) -> str:
    """What the task does; its name where nobody has said."""
    return str(TASK_LABELS.get(task, task))


# A job that has waited so long while the worker was free says that there is no worker.
LONG_WAIT = timedelta(minutes=5)


def server_now() -> datetime:
    """The instant by which leases run out: the database's own."""
    found: datetime = db.session.scalars(select(func.clock_timestamp())).one()
    return found


def trouble_of(job: Job, at: datetime) -> str:
    """What is wrong with the job and what to do, in plain words; "" when nothing is. `at`: `server_now`."""
    # One that was refused says itself what to do; it is not tried three times.
    if job.status == JobStatus.DEAD and job.attempts >= MAX_ATTEMPTS:
        return str(_("Ingenting av arbetet är sparat."))
    if job.status == JobStatus.RUNNING and job.lease_until is not None and job.lease_until < at:
        return str(_("Arbetet har stannat. Det börjar om av sig självt inom en minut."))
    if job.status == JobStatus.QUEUED and job.attempts:
        return str(_("Försöket misslyckades. Ett nytt börjar av sig självt inom en minut."))
    if job.status == JobStatus.QUEUED and clock.now() - job.created_at > LONG_WAIT:
        return _(
            "Arbetet har väntat länge. Pågår inget annat arbete är tjänsten som utför dem troligen stoppad: meddela "
            "systemförvaltaren."
        )
    return ""


def list_jobs(status: JobStatus | None = None) -> Select[tuple[Job]]:
    """Jobs as a query to page through, newest first."""
    query = select(Job).options(selectinload(Job.requested_by)).order_by(Job.created_at.desc(), Job.id.desc())
    return query if status is None else query.where(Job.status == status)


def get_job(public_id: UUID) -> Job:
    """The job. Raises NotFound."""
    job = find_row(Job, public_id)
    if job is None:
        raise NotFound(_("Arbetet finns inte. Gamla arbeten tas bort efter 90 dagar."))
    return job


def some_unfinished() -> bool:
    """Whether anything waits or runs."""
    unfinished = exists().where(Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
    return bool(db.session.scalar(select(unfinished)))

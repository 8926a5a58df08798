"""What is done every night. The database remembers that it was done, not Celery."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select

from caseflow.core import clock
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.jobs.models import Job

NIGHT_BEGINS = time(2, 0)
NIGHTLY_TASKS = ("measures.rebuild", "imports.forget", "accounts.forget")


def plan_nightly_jobs(now: datetime) -> None:
    """Enqueue each nightly job once per local day, from 02.00 on; also when the night itself was missed."""
    local = clock.local(now)
    if local.time() < NIGHT_BEGINS:
        return
    for task in NIGHTLY_TASKS:
        key = f"{task}:night:{local.date()}"
        if db.session.scalar(select(Job.id).where(Job.key == key).limit(1)) is None:
            enqueue(task, {}, key=key)

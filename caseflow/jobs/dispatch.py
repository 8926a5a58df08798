"""Put work in the job table; tell the worker after the commit.

The row is the promise. The message through Redis only makes it quick: a message that is lost, or cannot be sent because
Redis is down, is made good by the sweep within a minute of Redis being back.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from caseflow.core import clock
from caseflow.extensions import celery, db
from caseflow.jobs.models import Job, JobStatus
from caseflow.security.permissions import SYSTEM, Actor

log = logging.getLogger(__name__)

# After a failed send, so many seconds pass before the next try: a stopped Redis must not slow every page down.
REST_SECONDS = 30.0
_resting_until = 0.0


def enqueue(task: str, args: dict[str, Any], *, key: str, actor: Actor = SYSTEM) -> int:
    """Add a job in the present transaction and return its id.

    `args`: ids and ISO dates only. A job with the same key that still waits serves both; its row is locked until the
    commit, so that no worker starts it before it can see what caused this call.
    """
    values = {"task": task, "args": args, "key": key, "requested_by_id": actor.id, "created_at": clock.now()}
    statement = insert(Job).values(status=JobStatus.QUEUED, attempts=0, done_n=0, progress_text="", **values)
    # Written out: as a parameter of a prepared statement the condition would not be known for the index's own.
    statement = statement.on_conflict_do_update(
        index_elements=[Job.key], index_where=text("status = 'queued'"), set_={"key": key}
    )
    job_id: int = db.session.scalars(statement.returning(Job.id)).one()
    send_after_commit(job_id)
    return job_id


def send_after_commit(job_id: int) -> None:
    """Tell the worker of the job once the present transaction has committed."""
    db.session.info.setdefault("jobs_to_send", set()).add(job_id)


def is_queued(key: str) -> bool:
    """Whether a job with the key waits or runs."""
    unfinished = Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
    return db.session.scalar(select(Job.id).where(Job.key == key, unfinished).limit(1)) is not None


def send(job_id: int) -> bool:
    """Tell the worker of the job. False when Redis cannot be reached: the sweep sends it later."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return False
    try:
        celery.send_task("caseflow.run_job", args=[job_id], retry=False, ignore_result=True)
    except Exception as error:  # kombu raises whatever its transport raises
        _resting_until = time.monotonic() + REST_SECONDS
        log.warning("job %s waits for the sweep: %s", job_id, type(error).__name__)
        return False
    return True


def listen(session: scoped_session[Any]) -> None:
    """Send what a transaction enqueued once it has committed; forget it when it is rolled back."""

    @event.listens_for(session, "after_commit")
    def send_all(committed: Session) -> None:
        for job_id in committed.info.pop("jobs_to_send", ()):
            send(job_id)

    @event.listens_for(session, "after_rollback")
    def forget(rolled_back: Session) -> None:
        rolled_back.info.pop("jobs_to_send", None)

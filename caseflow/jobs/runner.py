"""Run one job: claim it, do it, and write down how it went.

A claim carries a token and a lease that a heartbeat renews. When a worker dies the lease runs out and the sweep sends
the job again; a worker that was only slow finds its token gone and leaves no trace.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, or_, select, update

from caseflow.core import clock
from caseflow.core.errors import CaseflowError, place_of
from caseflow.core.language import in_swedish
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.security.audit import acting
from caseflow.security.permissions import SYSTEM, Actor

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=60)
HEARTBEAT_SECONDS = 15.0
KEEP_DAYS = 90


class Progress:
    """Tells the page how far a job has come, in a transaction of its own so that it shows at once."""

    def __init__(self, engine: Engine, job_id: int, token: str) -> None:
        self._engine, self._job_id, self._token = engine, job_id, token

    def report(self, done: int, total: int | None, text: str = "") -> None:
        """`done` of `total` steps, and what is being done, in Swedish and without any person's data."""
        self._update(done_n=done, total_n=total, progress_text=text[:200])

    def beat(self) -> None:
        """Renew the lease."""
        self._update()

    def _update(self, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                update(Job)
                .where(Job.id == self._job_id, Job.attempt_token == self._token)
                .values(lease_until=func.clock_timestamp() + LEASE, **values)
            )


Task = Callable[[dict[str, Any], Progress], None]
TASKS: dict[str, Task] = {}


def task(name: str) -> Callable[[Task], Task]:
    """Register a function as the one that does jobs of this name. It must leave the same after a second run."""

    def register(function: Task) -> Task:
        TASKS[name] = function
        return function

    return register


def run_job(job_id: int) -> JobStatus | None:
    """Claim and run the job. None when there is nothing to claim (done, claimed by another, waiting for its lease)."""
    claimed = _claim(job_id)
    if claimed is None:
        return None
    name, args, token, attempts, requester = claimed
    progress = Progress(db.engine, job_id, token)
    try:
        # What a job leaves behind is kept and read by everybody.
        with in_swedish(), acting(requester, f"job {name}"), _heartbeat(progress):
            TASKS[name](args, progress)
            return _finish(job_id, token)
    except BaseException as error:
        db.session.rollback()
        _fail(job_id, token, attempts, error)
        if not isinstance(error, Exception):
            raise
        return None


def unfinished_jobs() -> list[int]:
    """Jobs that ought to be running and are not: waiting, or with a lease that has run out."""
    forgotten = (Job.status == JobStatus.RUNNING) & (Job.lease_until < func.clock_timestamp())
    query = (
        select(Job.id).where(or_(Job.status == JobStatus.QUEUED, forgotten)).order_by(Job.created_at, Job.id).limit(500)
    )
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def forget_old_jobs() -> None:
    """Drop finished jobs that nobody looks for any more."""
    before = clock.now() - timedelta(days=KEEP_DAYS)
    db.session.execute(delete(Job).where(Job.status == JobStatus.DONE, Job.created_at < before))


def _claim(job_id: int) -> tuple[str, dict[str, Any], str, int, Actor] | None:
    token = uuid.uuid4().hex
    free = or_(Job.status == JobStatus.QUEUED, Job.lease_until < func.clock_timestamp())
    unfinished = Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
    found = db.session.execute(
        select(Job.attempts).where(Job.id == job_id, unfinished, free).with_for_update(skip_locked=True)
    ).one_or_none()
    if found is None:
        db.session.rollback()
        return None
    if found.attempts >= MAX_ATTEMPTS:
        _bury(job_id, "Arbetet avbröts tre gånger utan felmeddelande. Kontakta systemförvaltaren.")
        return None
    row = db.session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(
            status=JobStatus.RUNNING,
            attempts=Job.attempts + 1,
            attempt_token=token,
            lease_until=func.clock_timestamp() + LEASE,
            started_at=clock.now(),
        )
        .returning(Job.task, Job.args, Job.attempts)
    ).one()
    # Whose changes they are, in the log.
    user = db.session.get_one(Job, job_id).requested_by
    requester = user.actor if user else SYSTEM
    db.session.commit()
    return row.task, row.args, token, row.attempts, requester


def _finish(job_id: int, token: str) -> JobStatus | None:
    """Mark the job done in the same transaction as its effects; drop both when the claim has been lost."""
    done = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.attempt_token == token)
        .values(status=JobStatus.DONE, finished_at=clock.now(), attempt_token=None, error=None)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        db.session.rollback()
        return None
    db.session.commit()
    return JobStatus.DONE


def _fail(job_id: int, token: str, attempts: int, error: BaseException) -> None:
    # The text of an unforeseen error may quote data; its kind and place are in the worker's own log.
    told = error.message if isinstance(error, CaseflowError) else f"Oväntat fel ({type(error).__name__})."
    final = attempts >= MAX_ATTEMPTS or isinstance(error, CaseflowError)
    log.error("job %s failed, attempt %s: %s at %s", job_id, attempts, type(error).__name__, place_of(error))
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.attempt_token == token)
        .values(
            status=JobStatus.DEAD if final else JobStatus.QUEUED,
            finished_at=clock.now() if final else None,
            attempt_token=None,
            error=told,
        )
    )
    db.session.commit()


def _bury(job_id: int, told: str) -> None:
    values = {"status": JobStatus.DEAD, "error": func.coalesce(Job.error, told), "finished_at": clock.now()}
    db.session.execute(update(Job).where(Job.id == job_id).values(attempt_token=None, **values))
    db.session.commit()


@contextmanager
def _heartbeat(progress: Progress) -> Iterator[None]:
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(HEARTBEAT_SECONDS):
            try:
                progress.beat()
            except Exception as error:  # the next beat may reach the database again
                log.warning("heartbeat missed: %s", type(error).__name__)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()

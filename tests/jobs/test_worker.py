"""A real worker on real Redis: killed in the middle, and with its messages lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, text

from caseflow.database import unit_of_work
from caseflow.extensions import celery, db
from caseflow.jobs import runner
from caseflow.jobs.dispatch import enqueue
from caseflow.jobs.models import Job, JobStatus
from caseflow.organisation.models import Employer
from tests.conftest import QUEUE

pytestmark = pytest.mark.slow
REPO = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


@contextlib.contextmanager
def worker(app: Flask, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process with its children in a group of their own; killed at the end if it still runs."""
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.jobs.worker_app:celery", "worker", "--concurrency", "1"],
            cwd=REPO,
            env={**os.environ, "DATABASE_URL": address, "CASEFLOW_TEST_QUEUE": QUEUE},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        db.session.rollback()
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def order(name: str, go_on: Path) -> int:
    with unit_of_work():
        return enqueue("tests.add_employer", {"name": name, "go_on": str(go_on)}, key=f"tests.add_employer:{name}")


def job(job_id: int) -> Job:
    return db.session.get_one(Job, job_id, populate_existing=True)


def employers() -> int:
    return db.session.scalar(select(func.count()).select_from(Employer)) or 0


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once_by_the_next(app: Flask, tmp_path: Path) -> None:
    log, go_on = tmp_path / "worker.log", tmp_path / "go_on"
    with worker(app, log) as first:
        job_id = order("Kakboden", go_on)
        wait_for(lambda: job(job_id).done_n == 1, log)
        kill(first)
    assert (job(job_id).status, job(job_id).attempts) == (JobStatus.RUNNING, 1)
    assert employers() == 0
    # Nobody touches it while the dead worker's lease lasts; it runs out a minute after the last heartbeat.
    assert runner.unfinished_jobs() == []
    db.session.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
    db.session.commit()
    go_on.touch()
    with worker(app, log):
        celery.send_task("caseflow.sweep")
        wait_for(lambda: job(job_id).status == JobStatus.DONE, log)
    assert job(job_id).attempts == 2
    assert employers() == 1


def test_a_job_whose_message_is_lost_is_sent_again_by_the_sweep(app: Flask, tmp_path: Path) -> None:
    log, go_on = tmp_path / "worker.log", tmp_path / "go_on"
    go_on.touch()
    job_id = order("Kakboden", go_on)
    assert redis.from_url(os.environ["REDIS_URL"]).delete(QUEUE) == 1
    with worker(app, log):
        celery.send_task("caseflow.sweep")
        wait_for(lambda: job(job_id).status == JobStatus.DONE, log)
    assert (job(job_id).attempts, employers()) == (1, 1)


def test_the_clock_sends_the_sweep_every_minute() -> None:
    entry = celery.conf.beat_schedule["sweep"]
    assert (entry["task"], entry["schedule"]) == ("caseflow.sweep", 60.0)

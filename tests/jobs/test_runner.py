"""Jobs: promised by a row, claimed once, tried three times."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, text, update

from caseflow.core.errors import RuleBroken
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.jobs import runner
from caseflow.jobs.dispatch import enqueue, is_queued
from caseflow.jobs.models import Job, JobStatus
from caseflow.jobs.schedule import NIGHTLY_TASKS, plan_nightly_jobs
from caseflow.organisation.models import Employer
from caseflow.organisation.rules import Sector
from caseflow.security.audit import AuditRow
from caseflow.security.permissions import Role
from tests import factories
from tests.conftest import QUEUE

Body = Callable[[dict[str, Any], runner.Progress], None]


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch) -> Callable[[Body], None]:
    """Let the task `tests.task` do what the function does."""
    return lambda body: monkeypatch.setitem(runner.TASKS, "tests.task", body)


def order(key: str = "tests.task") -> int:
    with unit_of_work():
        return enqueue("tests.task", {"id": 1}, key=key)


def job(job_id: int) -> Job:
    return db.session.get_one(Job, job_id, populate_existing=True)


def add_employer(args: dict[str, Any], progress: runner.Progress) -> None:
    number = db.session.scalar(select(func.count()).select_from(Employer))
    db.session.add(Employer(name=f"Kakboden {number}", sector=Sector.PRIVATE))


def employers() -> int:
    return db.session.scalar(select(func.count()).select_from(Employer)) or 0


def messages() -> int:
    return redis.from_url(os.environ["REDIS_URL"]).llen(QUEUE)  # type: ignore[return-value]


def test_a_message_goes_out_after_the_commit_and_none_after_a_rollback(app: Flask) -> None:
    before = messages()
    enqueue("tests.task", {}, key="rolled back")
    assert messages() == before
    db.session.rollback()
    db.session.commit()
    assert messages() == before
    order()
    assert messages() == before + 1
    assert db.session.scalars(select(Job.key)).all() == ["tests.task"]


def test_a_waiting_job_serves_everybody_who_asks_for_the_same(app: Flask) -> None:
    # More than ten times on one connection: by then PostgreSQL works with a prepared statement and a generic plan.
    assert len({order() for _ in range(15)}) == 1
    assert is_queued("tests.task")
    assert not is_queued("tests.other")


def test_a_job_asked_for_while_its_like_runs_is_done_afterwards(app: Flask, define: Callable[[Body], None]) -> None:
    later: list[int] = []

    def ask_again(args: dict[str, Any], progress: runner.Progress) -> None:
        later.append(enqueue("tests.task", {}, key="tests.task"))

    define(ask_again)
    first = order()
    runner.run_job(first)
    assert later != [first]
    assert job(later[0]).status == JobStatus.QUEUED


def test_a_doubled_message_does_the_job_once(app: Flask, define: Callable[[Body], None]) -> None:
    define(add_employer)
    job_id = order()
    assert runner.run_job(job_id) == JobStatus.DONE
    assert runner.run_job(job_id) is None
    assert (employers(), job(job_id).attempts) == (1, 1)


def test_two_workers_with_the_same_message_do_the_job_once(app: Flask, define: Callable[[Body], None]) -> None:
    started = threading.Event()
    finish = threading.Event()

    def slow(args: dict[str, Any], progress: runner.Progress) -> None:
        started.set()
        assert finish.wait(30)
        add_employer(args, progress)

    define(slow)
    job_id = order()

    def run() -> None:
        with app.app_context():
            runner.run_job(job_id)
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(30)
    assert runner.run_job(job_id) is None
    finish.set()
    thread.join()
    assert (employers(), job(job_id).status, job(job_id).attempts) == (1, JobStatus.DONE, 1)


def test_a_worker_that_has_lost_its_claim_leaves_no_trace(app: Flask, define: Callable[[Body], None]) -> None:
    def overtaken(args: dict[str, Any], progress: runner.Progress) -> None:
        add_employer(args, progress)
        with db.engine.begin() as connection:
            connection.execute(update(Job).values(attempt_token="another worker"))

    define(overtaken)
    job_id = order()
    assert runner.run_job(job_id) is None
    assert (employers(), job(job_id).status) == (0, JobStatus.RUNNING)


def test_what_a_job_changes_is_kept_as_changed_by_who_asked_for_it(app: Flask, define: Callable[[Body], None]) -> None:
    define(add_employer)
    manager = factories.make_user(Role.MANAGER, "AMC")
    with unit_of_work():
        asked = enqueue("tests.task", {"id": 1}, key="asked", actor=manager.actor)
        own = enqueue("tests.task", {"id": 2}, key="own")
    for job_id in (asked, own):
        runner.run_job(job_id)
    rows = db.session.scalars(select(AuditRow).where(AuditRow.detail.like("employer%")).order_by(AuditRow.id))
    assert [(row.user_id, row.unit_id, row.endpoint) for row in rows] == [
        (manager.id, manager.unit_id, "job tests.task"),
        (None, None, "job tests.task"),
    ]


def test_a_job_that_fails_is_tried_three_times_and_keeps_its_error(app: Flask, define: Callable[[Body], None]) -> None:
    def fail(args: dict[str, Any], progress: runner.Progress) -> None:
        add_employer(args, progress)
        raise ValueError("19900101-2384 is in the text of the error")

    define(fail)
    job_id = order()
    seen = []
    for _ in range(4):
        runner.run_job(job_id)
        seen.append((job(job_id).status, job(job_id).attempts))
    assert seen == [(JobStatus.QUEUED, 1), (JobStatus.QUEUED, 2), (JobStatus.DEAD, 3), (JobStatus.DEAD, 3)]
    assert job(job_id).error == "Oväntat fel (ValueError)."
    assert job(job_id).finished_at is not None
    assert employers() == 0


def test_a_broken_rule_ends_a_job_at_once_with_its_sentence(app: Flask, define: Callable[[Body], None]) -> None:
    def refuse(args: dict[str, Any], progress: runner.Progress) -> None:
        raise RuleBroken("Filen saknar kolumnen personnummer.")

    define(refuse)
    job_id = order()
    runner.run_job(job_id)
    assert (job(job_id).status, job(job_id).attempts) == (JobStatus.DEAD, 1)
    assert job(job_id).error == "Filen saknar kolumnen personnummer."


def test_a_task_that_nobody_knows_dies_like_any_other(app: Flask) -> None:
    with unit_of_work():
        job_id = enqueue("tests.unknown", {}, key="unknown")
    for _ in range(3):
        runner.run_job(job_id)
    assert job(job_id).status == JobStatus.DEAD


def test_a_job_that_has_killed_three_workers_is_not_given_a_fourth(app: Flask, define: Callable[[Body], None]) -> None:
    define(add_employer)
    job_id = order()
    running = {"status": JobStatus.RUNNING, "attempts": 3, "attempt_token": "gone"}
    db.session.execute(update(Job).values(**running, lease_until=datetime(2020, 1, 1, tzinfo=UTC)))
    db.session.commit()
    assert runner.unfinished_jobs() == [job_id]
    runner.run_job(job_id)
    assert (job(job_id).status, employers()) == (JobStatus.DEAD, 0)
    assert "avbröts tre gånger" in (job(job_id).error or "")


def test_progress_shows_before_the_job_is_done(app: Flask, define: Callable[[Body], None]) -> None:
    seen: list[tuple[int, int | None, str]] = []

    def report(args: dict[str, Any], progress: runner.Progress) -> None:
        progress.report(3, 10, "Läser placeringar")
        with db.engine.connect() as connection:
            row = connection.execute(select(Job.done_n, Job.total_n, Job.progress_text)).one()
        seen.append((row.done_n, row.total_n, row.progress_text))

    define(report)
    runner.run_job(order())
    assert seen == [(3, 10, "Läser placeringar")]


def test_a_long_job_keeps_its_lease_without_reporting(
    app: Flask, define: Callable[[Body], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.05)
    leases: list[datetime] = []

    def silent(args: dict[str, Any], progress: runner.Progress) -> None:
        for _ in range(2):
            with db.engine.connect() as connection:
                leases.append(connection.scalars(text("SELECT lease_until FROM job")).one())
            time.sleep(0.5)

    define(silent)
    runner.run_job(order())
    assert leases[1] > leases[0]


@pytest.mark.parametrize(
    ("moments", "planned"),
    [
        ([datetime(2020, 11, 30, 0, 59, tzinfo=UTC)], 0),
        ([datetime(2020, 11, 30, 1, 0, tzinfo=UTC)], 1),
        ([datetime(2020, 11, 30, 1, 0, tzinfo=UTC), datetime(2020, 11, 30, 22, 59, tzinfo=UTC)], 1),
        ([datetime(2020, 11, 30, 14, 0, tzinfo=UTC), datetime(2020, 12, 1, 1, 0, tzinfo=UTC)], 2),
    ],
)
def test_nightly_jobs_are_planned_once_per_local_day_from_two_o_clock(
    app: Flask, moments: list[datetime], planned: int
) -> None:
    for moment in moments:
        with unit_of_work():
            plan_nightly_jobs(moment)
        # Done or not, the night's job is not planned again.
        db.session.execute(update(Job).values(status=JobStatus.DONE))
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Job)) == planned * len(NIGHTLY_TASKS)


def test_finished_jobs_are_forgotten_after_ninety_days_and_dead_ones_are_not(app: Flask) -> None:
    for status, month in ((JobStatus.DONE, 8), (JobStatus.DONE, 11), (JobStatus.DEAD, 8)):
        created_at = datetime(2020, month, 1, tzinfo=UTC)
        db.session.add(Job(task="tests.task", key=f"{status}{month}", status=status, created_at=created_at))
    db.session.commit()
    runner.forget_old_jobs()
    assert set(db.session.scalars(select(Job.key))) == {"done11", "dead8"}

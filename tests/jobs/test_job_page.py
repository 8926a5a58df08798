"""The page of background jobs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.jobs.queries import TASK_LABELS
from caseflow.jobs.runner import TASKS
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in
from tests.statements import statements_for


def make_job(status: JobStatus = JobStatus.QUEUED, **facts: object) -> Job:
    values: dict[str, object] = {"task": "measures.rebuild", "args": {}, "key": "measures.rebuild"}
    return factories.save(Job(status=status, created_at=datetime(2020, 11, 30, 8, tzinfo=UTC), **{**values, **facts}))


@pytest.fixture
def controller(client: FlaskClient) -> User:
    return sign_in(client, factories.make_user(Role.CONTROLLER, None, "Henrik Sandberg"))


def test_a_job_shows_what_it_does_who_asked_and_how_far_it_has_come(client: FlaskClient, controller: User) -> None:
    make_job(JobStatus.RUNNING, attempts=2, done_n=1200, total_n=2449, requested_by_id=controller.id)
    text = client.get("/jobb").text
    assert "Räkna om alla mått" in text
    assert "Henrik Sandberg" in text
    assert 'max="2449" value="1200"' in text
    assert "2020-11-30 kl.\N{NO-BREAK SPACE}09.00" in text


def test_the_table_asks_for_itself_only_while_something_is_unfinished(client: FlaskClient, controller: User) -> None:
    make_job(JobStatus.DONE)
    assert "hx-get" not in client.get("/jobb/lista").text
    make_job(JobStatus.QUEUED)
    assert "hx-get" in client.get("/jobb/lista").text


def test_the_progress_block_asks_for_itself_until_the_job_is_done(client: FlaskClient, controller: User) -> None:
    job = make_job(JobStatus.RUNNING, attempts=1)
    assert f'hx-get="/jobb/{job.public_id}/framsteg"' in client.get(f"/jobb/{job.public_id}/framsteg").text
    job.status = JobStatus.DONE
    db.session.commit()
    assert "hx-get" not in client.get(f"/jobb/{job.public_id}/framsteg").text


def test_a_dead_job_can_be_tried_again_and_loses_its_error(client: FlaskClient, controller: User) -> None:
    job = make_job(JobStatus.DEAD, attempts=3, error="Oväntat fel (KeyError).", done_n=5, total_n=9)
    assert "Försök igen" in client.get("/jobb").text
    assert client.post(f"/jobb/{job.public_id}/igen").status_code == 303
    db.session.refresh(job)
    assert (job.status, job.attempts, job.error, job.done_n) == (JobStatus.QUEUED, 0, None, 0)


def test_a_job_that_has_not_failed_cannot_be_tried_again(client: FlaskClient, controller: User) -> None:
    job = make_job(JobStatus.DONE, attempts=1)
    client.post(f"/jobb/{job.public_id}/igen")
    db.session.refresh(job)
    assert job.status == JobStatus.DONE
    assert "Arbetet har inte misslyckats" in client.get("/jobb").text


def test_a_dead_job_is_not_tried_again_while_another_of_its_key_waits(client: FlaskClient, controller: User) -> None:
    dead = make_job(JobStatus.DEAD, attempts=3)
    make_job(JobStatus.QUEUED)
    client.post(f"/jobb/{dead.public_id}/igen")
    assert db.session.scalars(select(Job.status).order_by(Job.id)).all() == [JobStatus.DEAD, JobStatus.QUEUED]


def test_an_administrator_sees_jobs_but_cannot_start_them_again(client: FlaskClient, app: Flask) -> None:
    sign_in(client, factories.make_user(Role.ADMINISTRATOR, None))
    job = make_job(JobStatus.DEAD, attempts=3)
    assert "Försök igen" not in client.get("/jobb").text
    assert client.post(f"/jobb/{job.public_id}/igen").status_code == 403


@pytest.mark.parametrize(("role", "unit"), [(Role.CONTROLLER, None), (Role.MANAGER, "AMC")])
def test_a_dead_import_is_not_tried_again_by_those_who_may_not_read_files_in(
    client: FlaskClient, app: Flask, role: Role, unit: str | None
) -> None:
    sign_in(client, factories.make_user(role, unit))
    job = make_job(JobStatus.DEAD, task="imports.run", key="imports.run:1", args={"run_id": 1}, attempts=3)
    assert "Försök igen" not in client.get("/jobb").text
    assert client.post(f"/jobb/{job.public_id}/igen").status_code == 403
    db.session.refresh(job)
    assert job.status == JobStatus.DEAD


def test_a_dead_import_is_tried_again_by_a_manager_who_may_read_files_in(client: FlaskClient, app: Flask) -> None:
    sign_in(client, factories.make_user(Role.MANAGER, None))
    job = make_job(JobStatus.DEAD, task="imports.run", key="imports.run:1", args={"run_id": 1}, attempts=3)
    assert "Försök igen" in client.get("/jobb").text
    assert client.post(f"/jobb/{job.public_id}/igen").status_code == 303
    db.session.refresh(job)
    assert job.status == JobStatus.QUEUED


def test_the_list_costs_as_many_statements_for_fifty_jobs_as_for_one(client: FlaskClient, controller: User) -> None:
    make_job(JobStatus.DONE, requested_by_id=controller.id)
    one = statements_for(client, "/jobb")
    for _ in range(49):
        make_job(JobStatus.DONE, requested_by_id=factories.make_user(Role.MANAGER, None).id)
    assert statements_for(client, "/jobb") == one


@pytest.mark.parametrize(
    ("status", "facts", "told"),
    [
        (JobStatus.DEAD, {"attempts": 3, "error": "Oväntat fel (KeyError)."}, "Ingenting av arbetet är sparat."),
        (JobStatus.QUEUED, {"attempts": 1, "error": "Oväntat fel (KeyError)."}, "Ett nytt börjar av sig självt"),
        (JobStatus.QUEUED, {}, "Arbetet har väntat länge."),
        (JobStatus.RUNNING, {"attempts": 1, "lease_until": datetime(2020, 11, 30, tzinfo=UTC)}, "Arbetet har stannat."),
    ],
)
def test_a_job_in_trouble_says_what_is_wrong_and_what_to_do(
    client: FlaskClient, controller: User, status: JobStatus, facts: dict[str, object], told: str
) -> None:
    make_job(status, **facts)
    assert told in client.get("/jobb").text


def test_a_job_that_goes_well_says_nothing_of_trouble(client: FlaskClient, controller: User) -> None:
    make_job(JobStatus.DONE, attempts=1)
    make_job(JobStatus.RUNNING, attempts=1, lease_until=datetime(2100, 1, 1, tzinfo=UTC))
    make_job(JobStatus.DEAD, attempts=1, error="Filerna finns inte kvar. Välj dem igen.")
    text = client.get("/jobb").text
    assert all(word not in text for word in ("av sig självt", "väntat länge", "Ingenting av arbetet"))


def test_every_task_has_a_name_that_users_understand(app: Flask) -> None:
    assert {name for name in TASKS if not name.startswith("tests.")} == set(TASK_LABELS)

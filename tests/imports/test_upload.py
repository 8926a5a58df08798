"""The upload page, with the job run as the worker runs it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from caseflow.accounts.models import User
from caseflow.cases.models import Case
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.imports.models import ImportFile, ImportRun
from caseflow.jobs import runner
from caseflow.jobs.models import Job, JobStatus
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.imports.files import csv_files, small_set
from tests.looks import looks
from tests.signing_in import sign_in


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    return signed_in(app, Role.MANAGER, None)


def signed_in(app: Flask, role: Role, unit: str | None) -> FlaskClient:
    user = factories.make_user(role, unit)
    client = app.test_client()
    sign_in(client, user)
    return client


def send(client: FlaskClient, way: str, files: list[tuple[str, bytes]], strict: bool = False) -> TestResponse:
    data: dict[str, object] = {"way": way, "files": [(io.BytesIO(content), name) for name, content in files]}
    if strict:
        data["strict"] = "y"
    return client.post("/inlasning", data=data, content_type="multipart/form-data")


def small_files() -> list[tuple[str, bytes]]:
    return [(file.name, file.content) for file in csv_files(small_set())]


def run_waiting_job() -> JobStatus | None:
    job_id = db.session.scalar(select(Job.id).where(Job.task == "imports.run", Job.status == JobStatus.QUEUED))
    assert job_id is not None
    return runner.run_job(job_id)


def count(model: type[Case] | type[ImportFile] | type[Job]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_files_are_checked_first_and_then_read_in_from_the_same_upload(manager: FlaskClient) -> None:
    answer = send(manager, "check", small_files())
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "Väntar på sin tur" in manager.get(address).text
    assert run_waiting_job() == JobStatus.DONE
    page = manager.get(address).text
    assert "Kontroll: ingenting är ändrat." in page
    assert "Läs in på riktigt" in page
    assert count(Case) == 0

    answer = manager.post(f"{address}/las-in")
    assert answer.status_code == 303
    assert run_waiting_job() == JobStatus.DONE
    assert "Alla rader är inlästa." in manager.get(answer.headers["Location"]).text
    assert count(Case) == 3
    assert count(ImportFile) == 0
    assert "Läs in på riktigt" not in manager.get(address).text


def test_the_progress_asks_the_page_to_load_again_when_the_run_is_finished(manager: FlaskClient) -> None:
    address = send(manager, "read", small_files()).headers["Location"]
    assert "HX-Refresh" not in manager.get(f"{address}/framsteg").headers
    run_waiting_job()
    assert manager.get(f"{address}/framsteg").headers["HX-Refresh"] == "true"


def test_refused_rows_are_shown_without_names_and_fetched_with_a_trace_in_the_audit(manager: FlaskClient) -> None:
    broken = small_set()
    broken["deltagare"][1]["personnummer"] = "19791102-2391"
    files = [(file.name, file.content) for file in csv_files(broken)]
    address = send(manager, "read", files).headers["Location"]
    run_waiting_job()
    page = manager.get(address).text
    assert "Personnumret stämmer inte" in page
    assert "19791102" not in page
    fetched = manager.get(f"{address}/avvisade")
    assert fetched.mimetype == "application/zip"
    [log] = looks(AccessKind.DOWNLOADED)
    assert "inläsning" in log.detail


def test_what_is_kept_of_an_upload_cannot_be_read_in_the_database(manager: FlaskClient) -> None:
    broken = small_set()
    broken["deltagare"][1]["skyddad"] = "kanske"
    send(manager, "check", [(file.name, file.content) for file in csv_files(broken)])
    run_waiting_job()
    run = db.session.scalars(select(ImportRun)).one()
    kept = [file.content_encrypted for file in run.files] + [run.refused_encrypted or b"", repr(run.report).encode()]
    assert all(b"Testsson" not in content for content in kept)


def test_an_upload_without_files_is_answered_with_what_to_do(manager: FlaskClient) -> None:
    answer = send(manager, "check", [])
    assert answer.status_code == 422
    assert "Välj minst en fil." in answer.text


def test_earlier_uploads_are_listed_with_their_counts(manager: FlaskClient) -> None:
    send(manager, "read", small_files())
    run_waiting_job()
    page = manager.get("/inlasning").text
    assert "Tidigare inläsningar" in page
    assert "lonekostnader.csv" in page


def test_a_run_that_is_done_again_changes_nothing(manager: FlaskClient) -> None:
    send(manager, "read", small_files())
    run_waiting_job()
    run = db.session.scalars(select(ImportRun)).one()
    jobs, finished_at = count(Job), run.finished_at
    runner.TASKS["imports.run"]({"run_id": run.id}, runner.Progress(db.engine, 0, ""))
    db.session.commit()
    assert (count(Job), run.finished_at) == (jobs, finished_at)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_only_managers_read_files_in(app: Flask, role: Role) -> None:
    unit = {Role.COUNSELLOR: "AMC", Role.SOCIAL_WORKER: "AFI"}.get(role)
    assert signed_in(app, role, unit).get("/inlasning").status_code == 403


def test_a_manager_of_one_unit_reads_nothing_in_and_sees_no_upload(app: Flask, manager: FlaskClient) -> None:
    address = send(manager, "check", small_files()).headers["Location"]
    of_unit = signed_in(app, Role.MANAGER, "AMC")
    for page in ("/inlasning", address, f"{address}/framsteg", f"{address}/avvisade"):
        assert of_unit.get(page).status_code == 403
    assert send(of_unit, "read", small_files()).status_code == 403
    assert of_unit.post(f"{address}/las-in").status_code == 403
    assert "som chef för en enhet" in of_unit.get("/inlasning").text
    assert 'href="/inlasning"' not in of_unit.get("/ledtider").text
    assert 'href="/inlasning"' in manager.get("/ledtider").text


@pytest.mark.parametrize(("days", "files", "refused"), [(6, True, True), (8, False, True), (31, False, False)])
def test_files_are_forgotten_after_seven_days_and_refused_rows_after_thirty(
    manager: FlaskClient, days: int, files: bool, refused: bool
) -> None:
    send(manager, "check", [("hushall.csv", b"hushallsnr;antal_barn\nN-1;tre\n")])
    run_waiting_job()
    run = db.session.scalars(select(ImportRun)).one()
    run.created_at = clock.now() - timedelta(days=days)
    db.session.commit()
    runner.TASKS["imports.forget"]({}, runner.Progress(db.engine, 0, ""))
    db.session.commit()
    assert (count(ImportFile) == 1, run.refused_encrypted is not None) == (files, refused)


def test_nothing_is_read_in_for_an_account_that_has_been_closed(manager: FlaskClient) -> None:
    send(manager, "read", small_files())
    db.session.scalars(select(User)).one().closed_at = clock.now()
    assert job_that_failed() == (
        "Kontot för den som ville läsa in filerna är stängt. Välj filerna igen och läs in dem själv."
    )


def test_nothing_is_read_in_for_somebody_who_may_no_longer_do_it(manager: FlaskClient) -> None:
    send(manager, "read", small_files())
    db.session.scalars(select(User)).one().role = Role.CONTROLLER
    assert "kan inte göras som controller" in job_that_failed()


def test_a_run_whose_files_have_been_forgotten_does_not_pass_for_read_in(manager: FlaskClient) -> None:
    send(manager, "read", small_files())
    db.session.execute(delete(ImportFile))
    assert job_that_failed() == "Filerna finns inte kvar. Välj dem igen och läs in dem."


def job_that_failed() -> str:
    """Run the waiting job, which is to fail at once and leave nothing; what it says."""
    db.session.commit()
    assert run_waiting_job() is None
    assert count(Case) == 0
    job = db.session.scalars(select(Job)).one()
    assert job.status == JobStatus.DEAD
    return job.error or ""

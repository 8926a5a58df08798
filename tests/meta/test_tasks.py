"""Background work may be done twice: a message can come again, a worker can die after the work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from caseflow.accounts import sessions
from caseflow.accounts.models import UserSession
from caseflow.extensions import db
from caseflow.imports import runs
from caseflow.imports.queries import get_run
from caseflow.imports.reading import SourceFile
from caseflow.jobs.dispatch import enqueue
from caseflow.jobs.models import JobStatus
from caseflow.jobs.runner import TASKS, run_job
from caseflow.privacy.models import Thinning
from caseflow.security.permissions import Role
from tests.meta.snapshot import snapshot
from tests.meta.world import World

# Known here, so that a new task gets its test. What each needs is made by `arguments`.
KNOWN = (
    "accounts.forget",
    "imports.forget",
    "imports.run",
    "measures.rebuild",
    "measures.renew_case",
    "measures.reports",
    "privacy.thin",
)
# When it was done, and under which number, may differ; what it says may not.
INCIDENTAL = ("id", "run_id", "known_at", "finished_at")


def test_every_task_is_run_twice_here(app: Flask) -> None:
    assert sorted(TASKS) == sorted(KNOWN)


@pytest.mark.parametrize("task", KNOWN)
def test_a_task_that_is_done_twice_leaves_the_same_as_once(world: World, task: str) -> None:
    args = arguments(task, world)
    before = content()
    run(task, args, "first")
    once = content()
    run(task, args, "second")
    assert content() == once
    assert once != before or task.startswith("measures.")


def arguments(task: str, world: World) -> dict[str, Any]:
    if task == "imports.run":
        file = SourceFile("hushall.csv", b"hushallsnr;antal_barn\nN-7;2\n")
        args = {"run_id": runs.request_run(world.users[Role.MANAGER].actor, [file], dry_run=False, strict=False).id}
    elif task == "privacy.thin":
        approved = db.session.get_one(Thinning, UUID(world.extracts["thinning"]))
        approved.approved_by, approved.approved_at = world.users[Role.MANAGER], datetime(2020, 12, 1, tzinfo=UTC)
        args = {"thinning_id": str(approved.id)}
    elif task == "imports.forget":
        get_run(world.ids["run_id"]).created_at = datetime(2020, 10, 1, tzinfo=UTC)
        args = {}
    elif task == "accounts.forget":
        sessions.begin(world.users[Role.MANAGER])
        db.session.execute(update(UserSession).values(created_at=datetime(2020, 10, 1, tzinfo=UTC)))
        args = {}
    else:
        args = {"case_id": world.cases["placed"].id} if task == "measures.renew_case" else {}
    db.session.commit()
    return args


def run(task: str, args: dict[str, Any], key: str) -> None:
    job_id = enqueue(task, args, key=key)
    db.session.commit()
    assert run_job(job_id) == JobStatus.DONE


def content() -> dict[str, list[str]]:
    return snapshot(without=("audit", "job"), columns_without=INCIDENTAL)

"""Celery: the settings, each explained, and the two messages it carries. `celery -A caseflow.worker:celery worker`.

Celery only carries a job's id; what is to be done, and whether it has been done, stands in the job table.
"""

from __future__ import annotations

from typing import Any

from celery.signals import worker_process_init
from flask import Flask

from caseflow import create_app
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import celery, db
from caseflow.jobs import dispatch, runner
from caseflow.jobs.schedule import plan_nightly_jobs
from caseflow.security import anchors
from caseflow.security.roles import refuse_owner

app: Flask = create_app()
refuse_owner(app)


@worker_process_init.connect
def forget_inherited_connections(**_: Any) -> None:
    """A forked worker process must not share its parent's database connections."""
    with app.app_context():
        db.engine.dispose(close=False)


@celery.task(name="caseflow.run_job", ignore_result=True)
def run_job(job_id: int) -> None:
    """Run one job of the table."""
    with app.app_context():
        runner.run_job(job_id)


@celery.task(name="caseflow.sweep", ignore_result=True)
def sweep() -> None:
    """Once a minute: send what was lost or left, plan what is due, forget what is old, anchor the audit."""
    with app.app_context():
        with unit_of_work():
            runner.forget_old_jobs()
            plan_nightly_jobs(clock.now())
            waiting = runner.unfinished_jobs()
        for job_id in waiting:
            dispatch.send(job_id)
        anchors.drop_anchor_if_due()

"""A real Celery worker that knows one more task: `celery -A tests.jobs.worker_app:celery worker`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from caseflow.extensions import db
from caseflow.jobs.runner import Progress, task
from caseflow.organisation.models import Employer
from caseflow.organisation.rules import Sector
from caseflow.worker import celery

celery.conf.task_default_queue = os.environ["CASEFLOW_TEST_QUEUE"]


@task("tests.add_employer")
def add_employer(args: dict[str, Any], progress: Progress) -> None:
    """Half of the work, then a wait for the file, then the other half."""
    progress.report(1, 2, "Halvvägs")
    db.session.add(Employer(name=args["name"], sector=Sector.PRIVATE))
    db.session.flush()
    while not Path(args["go_on"]).exists():
        time.sleep(0.05)

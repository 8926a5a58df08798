"""Jobs of data protection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from caseflow.database import unit_of_work
from caseflow.jobs.runner import Progress, task
from caseflow.privacy import thinning


@task("privacy.thin")
def thin(args: dict[str, Any], progress: Progress) -> None:
    """Carry out a thinning that two have agreed on, in one transaction."""
    with unit_of_work():
        thinning.carry_out(thinning.get_thinning(UUID(args["thinning_id"]), lock=True), progress.report)

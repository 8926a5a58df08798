"""Jobs of the measures. Each leaves the same after a second run."""

from __future__ import annotations

from typing import Any

from caseflow.jobs.runner import Progress, task
from caseflow.measures import services


@task("measures.rebuild")
def rebuild(args: dict[str, Any], progress: Progress) -> None:
    """Every measure: nightly, after an import, and on demand."""
    services.rebuild(progress.report)


@task("measures.renew_case")
def renew_case(args: dict[str, Any], progress: Progress) -> None:
    """One case, right after it has changed."""
    services.renew_case(args["case_id"])


@task("measures.reports")
def reports(args: dict[str, Any], progress: Progress) -> None:
    """F5 and the programmes' reports, after cases have changed: once, however many changed meanwhile."""
    services.renew_reports()

"""The jobs that read an upload, and forget old ones."""

from __future__ import annotations

from typing import Any

from caseflow.imports import runs
from caseflow.jobs.runner import Progress, task


@task("imports.run")
def run(args: dict[str, Any], progress: Progress) -> None:
    """Check or read in the files of one upload."""
    runs.carry_out(args["run_id"], progress.report)


@task("imports.forget")
def forget(args: dict[str, Any], progress: Progress) -> None:
    """Drop files and refused rows whose time is over."""
    runs.forget_old()

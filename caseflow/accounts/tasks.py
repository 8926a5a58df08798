"""The job that forgets what is long over."""

from __future__ import annotations

from typing import Any

from caseflow.accounts import drafts, sessions
from caseflow.jobs.runner import Progress, task


@task("accounts.forget")
def forget(args: dict[str, Any], progress: Progress) -> None:
    """Drop sessions that are over, and drafts that nobody has come back to."""
    sessions.forget_old()
    drafts.remove_old()

"""Reads of uploads."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.imports.models import ImportRun
from caseflow.imports.reading import Unreadable
from caseflow.imports.report import FileReport, ImportReport, RefusedRow
from caseflow.security import crypto


def list_runs() -> Select[tuple[ImportRun]]:
    """Uploads as a query to page through, newest first."""
    return (
        select(ImportRun)
        .options(selectinload(ImportRun.requested_by), selectinload(ImportRun.job))
        .order_by(ImportRun.created_at.desc(), ImportRun.id.desc())
    )


def get_run(public_id: UUID) -> ImportRun:
    """The upload. Raises NotFound."""
    run = find_row(ImportRun, public_id)
    if run is None:
        raise NotFound(_("Inläsningen finns inte."))
    return run


def report_of(run: ImportRun) -> ImportReport | None:
    """The report, None until the run is finished. Refused rows that have been forgotten are not in it."""
    if run.report is None:
        return None
    kept = json.loads(crypto.decrypt_bytes(run.refused_encrypted)) if run.refused_encrypted else []
    return ImportReport(
        dry_run=run.dry_run,
        strict=run.strict,
        applied=run.report["applied"],
        files=tuple(FileReport(**_tuples(file)) for file in run.report["files"]),
        refused=tuple(RefusedRow(**_tuples(row)) for row in kept),
        unreadable=tuple(Unreadable(**file) for file in run.report["unreadable"]),
    )


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}

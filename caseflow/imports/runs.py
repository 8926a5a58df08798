"""Uploads: keep the files, have a job read them, keep the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import PurePath

from sqlalchemy import delete, select, update

from caseflow.accounts.models import User
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.imports.models import ImportFile, ImportRun
from caseflow.imports.reading import read_files
from caseflow.imports.report import ImportReport
from caseflow.imports.services import SourceFile, import_files
from caseflow.jobs.dispatch import enqueue
from caseflow.security import crypto
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

# Checked files wait so long to be read in; refused rows to be fetched and mended.
KEEP_FILES = timedelta(days=7)
KEEP_REFUSED = timedelta(days=30)
NAME_LIMIT = 200
SHOWN_UNREADABLE = 5


def request_run(
    actor: Actor, files: Sequence[SourceFile], *, dry_run: bool, strict: bool, request: str | None = None
) -> ImportRun:
    """Keep the files and have them checked or read in. The same request of the same user is one run.

    Raises RuleBroken, and keeps nothing, when there are none or one of them is no file that can be read.
    """
    permit(actor, Permission.IMPORT_FILES)
    assert actor.id is not None
    if not files:
        raise RuleBroken(_("Välj minst en fil."), field="files")
    unreadable = read_files(files, heads_only=True)[1]
    if unreadable:
        told = " ".join(f"{_shown(file.file)}: {file.message}" for file in unreadable[:SHOWN_UNREADABLE])
        raise RuleBroken(told, field="files")
    names = [_shown(file.name) for file in files]
    run = ImportRun(requested_by_id=actor.id, dry_run=dry_run, strict=strict, file_names=names, request=request)
    if request is not None:
        # Two clicks at once: the second waits here for the first, and then finds its run.
        db.session.execute(select(User.id).where(User.id == actor.id).with_for_update())
        mine = select(ImportRun).where(ImportRun.request == request, ImportRun.requested_by_id == actor.id)
        if (earlier := db.session.scalar(mine)) is not None:
            return earlier
    run.files = [
        ImportFile(name=name, content_encrypted=crypto.encrypt_bytes(file.content))
        for name, file in zip(names, files, strict=True)
    ]
    return _start(run, actor)


def _shown(name: str) -> str:
    """The file's own name, without folders and without what cannot be seen."""
    return "".join(filter(str.isprintable, PurePath(name.replace("\\", "/")).name))[-NAME_LIMIT:] or "fil"


def read_in_checked(actor: Actor, checked: ImportRun) -> ImportRun:
    """Read in the files of a run that only checked them. Raises RuleBroken when they are no longer kept."""
    permit(actor, Permission.IMPORT_FILES)
    assert actor.id is not None
    locked = db.session.scalars(select(ImportRun).where(ImportRun.id == checked.id).with_for_update()).one()
    if not locked.dry_run or locked.finished_at is None or not locked.files:
        raise RuleBroken(_("Filerna finns inte kvar. Välj dem igen och läs in dem."))
    run = ImportRun(requested_by_id=actor.id, dry_run=False, strict=locked.strict, file_names=list(locked.file_names))
    db.session.add(run)
    db.session.flush()
    db.session.execute(update(ImportFile).where(ImportFile.run_id == locked.id).values(run_id=run.id))
    return _start(run, actor)


def carry_out(run_id: int, progress: Callable[[int, int | None, str], None]) -> None:
    """Do what the run asks for and keep the report. A run that is finished is left alone.

    Raises RuleBroken or NotAllowed when whoever asked may no longer read files in.
    """
    run = db.session.scalars(select(ImportRun).where(ImportRun.id == run_id).with_for_update()).one()
    if run.finished_at is not None:
        return
    if not run.requested_by.is_active:
        raise RuleBroken(
            _("Kontot för den som ville läsa in filerna är stängt. Välj filerna igen och läs in dem själv.")
        )
    permit(run.requested_by.actor, Permission.IMPORT_FILES)
    if not run.files:
        raise RuleBroken(_("Filerna finns inte kvar. Välj dem igen och läs in dem."))
    sources = [SourceFile(file.name, crypto.decrypt_bytes(file.content_encrypted)) for file in run.files]
    report = import_files(
        sources,
        actor=run.requested_by.actor,
        dry_run=run.dry_run,
        strict=run.strict,
        progress=lambda done, total, what: progress(done, total or None, what),
    )
    _keep(run, report)
    if report.applied:
        db.session.execute(delete(ImportFile).where(ImportFile.run_id == run.id))


def _start(run: ImportRun, actor: Actor) -> ImportRun:
    db.session.add(run)
    db.session.flush()
    run.job_id = enqueue("imports.run", {"run_id": run.id}, key=f"imports.run:{run.id}", actor=actor)
    db.session.flush()
    return run


def _keep(run: ImportRun, report: ImportReport) -> None:
    run.finished_at = clock.now()
    run.report = {
        "applied": report.applied,
        "files": [asdict(file) for file in report.files],
        "unreadable": [asdict(file) for file in report.unreadable],
    }
    if report.refused:
        told = json.dumps([asdict(row) for row in report.refused])
        run.refused_encrypted = crypto.encrypt_bytes(told.encode())
    db.session.flush()


def forget_old() -> None:
    """Drop the files that nobody read in, and the refused rows that nobody fetched, when their time is over."""
    now = clock.now()
    old = select(ImportRun.id).where(ImportRun.created_at < now - KEEP_FILES)
    db.session.execute(delete(ImportFile).where(ImportFile.run_id.in_(old)))
    db.session.execute(
        update(ImportRun).where(ImportRun.created_at < now - KEEP_REFUSED).values(refused_encrypted=None)
    )

"""Read files in: plan, apply, report. A dry run is the same work, undone at the end."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from caseflow.cases import grants
from caseflow.extensions import db
from caseflow.imports import flow, people, placing
from caseflow.imports.known import lock_imports, read_known
from caseflow.imports.reading import SourceFile, read_files
from caseflow.imports.report import ImportReport, make_report
from caseflow.imports.rows import Rows, read_rows
from caseflow.jobs.dispatch import enqueue
from caseflow.security.permissions import Actor

__all__ = ["ImportReport", "SourceFile", "import_files"]

Progress = Callable[[int, int, str], None]


def import_files(
    files: Sequence[SourceFile],
    *,
    actor: Actor,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Take in every good row of the files, in whatever order they come, and say what became of each.

    Everything happens within a savepoint of the present transaction. A dry run, and a strict run with anything refused,
    roll the savepoint back; else the changes are flushed and the caller commits. An exception leaves the
    transaction for the caller to roll back. `progress` is told (done, total, what).
    """
    tell = progress or _silently
    tell(0, 0, "Läser filerna")
    sheets, unreadable = read_files(files)
    rows = read_rows(sheets)
    lock_imports()
    savepoint = db.session.begin_nested()
    with db.session.no_autoflush, _without_collector():
        _take_in(rows, actor, tell)
    report = make_report(sheets, rows, unreadable, dry_run=dry_run, strict=strict, applied=False)
    if dry_run or (strict and not report.is_clean):
        savepoint.rollback()
        return report
    savepoint.commit()
    if report.changes_something:
        grants.let_referrers_in()
        enqueue("measures.rebuild", {}, key="measures.rebuild", actor=actor)
    return make_report(sheets, rows, unreadable, dry_run=dry_run, strict=strict, applied=True)


def _take_in(rows: Rows, actor: Actor, tell: Progress) -> None:
    """Households, participants, payments, then cases with all that happened in them, then wage costs."""
    tell(0, 0, "Jämför med det som redan finns")
    known = read_known(rows)
    tell(0, 0, "Läser hushåll, deltagare och utbetalningar")
    people.read_households(rows, known)
    people.read_participants(rows, known)
    people.read_payments(rows, known)
    flow.read_cases(rows, known, actor, tell)
    tell(0, 0, "Läser lönekostnader")
    placing.read_wage_costs(rows, known, actor)
    db.session.flush()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Everything made here lives until the end: looking for garbage in it over and over takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _silently(done: int, total: int, what: str) -> None:
    """Nobody waits to be told."""

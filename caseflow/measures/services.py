"""Compute and keep. Every function here leaves the same after a second run; none of them commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from caseflow.cases.models import CaseProgramme
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.measures.milestones import wait_rows
from caseflow.measures.models import CaseWait, MeasureResult, MeasureRun, RunKind
from caseflow.measures.placements import F5, placements_begun
from caseflow.measures.programme import measure_of, programme_report, report_day
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import list_programmes

Report = Callable[[int, int | None, str], None]
# One job computes at a time: what one reads, no other may be about to overwrite. Readers see the old rows meanwhile.
PATIENCE = text("SET LOCAL lock_timeout = '5min'")
MY_TURN = text("LOCK TABLE case_wait, measure_result IN SHARE ROW EXCLUSIVE MODE")


def rebuild(report: Report = lambda done, total, text: None) -> None:
    """Compute every measure anew: waits, F5, and the report of each programme."""
    programmes = list_programmes()
    steps = len(programmes) + 2
    report(0, steps, "Räknar väntetider")
    rebuild_waits()
    report(1, steps, "Räknar påbörjade placeringar")
    store_placements_begun()
    for done, programme in enumerate(programmes, start=2):
        report(done, steps, f"Räknar {programme.name}")
        store_programme(programme)
    report(steps, steps, "Alla mått är räknade")


def rebuild_waits() -> int:
    """Compute the waits of all cases anew, within the database."""
    known_at = _take_turn()
    db.session.execute(delete(CaseWait))
    count = _insert_waits(None)
    _note_run(RunKind.ALL, known_at, count)
    return count


def renew_case(case_id: int) -> None:
    """Compute the waits of one case anew, and the reports it is part of."""
    known_at = _take_turn()
    db.session.execute(delete(CaseWait).where(CaseWait.case_id == case_id))
    count = _insert_waits(case_id)
    store_placements_begun()
    for programme in _programmes_of(case_id):
        store_programme(programme)
    _note_run(RunKind.CASE, known_at, count)


def store_placements_begun() -> None:
    """Keep F5 as of today."""
    _take_turn()
    cut = Cut(clock.today())
    _store(F5, cut.as_of, placements_begun(cut).as_json())


def store_programme(programme: Programme) -> None:
    """Keep the programme's report as of the day its page opens with."""
    _take_turn()
    as_of = report_day(clock.today())
    _store(measure_of(programme), as_of, programme_report(programme, Cut(as_of)).as_json())


def _take_turn() -> datetime:
    """Wait until no other job computes. What is recorded before the instant returned is counted."""
    db.session.execute(PATIENCE)
    db.session.execute(MY_TURN)
    return clock.now()


def _insert_waits(case_id: int | None) -> int:
    rows = wait_rows(Cut(clock.today()), case_id).subquery()
    columns = [column.name for column in rows.columns]
    result = db.session.execute(insert(CaseWait).from_select(columns, select(rows)))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _programmes_of(case_id: int) -> list[Programme]:
    """Every programme the case is in or has been in."""
    of_case = select(literal(1)).where(CaseProgramme.case_id == case_id, CaseProgramme.programme_id == Programme.id)
    return list(db.session.scalars(select(Programme).where(of_case.exists()).order_by(Programme.id)))


def _note_run(kind: RunKind, known_at: datetime, waits_n: int) -> None:
    values = {"known_at": known_at, "waits_n": waits_n}
    statement = upsert(MeasureRun).values(kind=kind, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[MeasureRun.kind], set_=values))


def _store(measure: str, as_of: date, payload: dict[str, Any]) -> None:
    values = {"as_of_on": as_of, "known_at": clock.now(), "payload": payload}
    statement = upsert(MeasureResult).values(measure=measure, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[MeasureResult.measure], set_=values))

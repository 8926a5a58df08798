"""Compute and keep. Every function here leaves the same after a second run; none of them commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, column, delete, func, insert, select, table, text
from sqlalchemy.dialects.postgresql import insert as upsert

from caseflow.core import clock
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.measures import counts, renewal
from caseflow.measures.milestones import wait_rows
from caseflow.measures.models import CaseWait, MeasureResult, MeasureRun, RunKind
from caseflow.measures.placements import F5, placements_begun
from caseflow.measures.programme import measure_of, programme_report, report_day
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import list_programmes

Report = Callable[[int, int | None, str], None]
# What the measures are counted from.
LOOK_AT_TABLES = text(
    "ANALYZE (SKIP_LOCKED) participant, household, assistance_payment, cases, case_event, case_programme, placement, "
    "wage_cost, assessment_score, case_wait"
)
# One job computes at a time: what one reads, no other may be about to overwrite. Readers see the old rows meanwhile.
PATIENCE = text("SET LOCAL lock_timeout = '5min'")


def renew_statistics() -> None:
    """Let the database look at the tables anew. Right after a large import it knows nothing of them, and then searches
    for the follow-up of a programme a hundred times as long. At once, in a connection of its own: no lock is kept."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(LOOK_AT_TABLES)


def rebuild(report: Report = lambda done, total, text: None) -> None:
    """Compute every measure anew: waits, F5, and the report of each programme."""
    programmes = list_programmes()
    steps = len(programmes) + 2
    renew_statistics()
    report(0, steps, _("Räknar väntetider"))
    rebuild_waits()
    report(1, steps, _("Räknar påbörjade placeringar"))
    store_placements_begun()
    for done, programme in enumerate(programmes, start=2):
        report(done, steps, _("Räknar %(name)s", name=programme.name))
        store_programme(programme)
    report(steps, steps, _("Alla mått är räknade"))


def rebuild_waits() -> int:
    """Compute the waits of all cases anew, and their counts."""
    known_at = _take_turn(CaseWait)
    cut = Cut(clock.today())
    count = _rewrite_waits(cut)
    counts.store(counts.count_all(cut))
    _note_run(RunKind.ALL, known_at, count)
    return count


def renew_case(case_id: int) -> None:
    """Compute the waits of one case anew, let the counts follow, and have the reports computed after that."""
    known_at = _take_turn(CaseWait)
    fresh = list(db.session.execute(wait_rows(Cut(clock.today()), case_id)))
    kept = db.session.scalars(select(CaseWait.household_id).where(CaseWait.case_id == case_id))
    households = {*kept, *(row.household_id for row in fresh)} - {None}
    before = renewal.rows_with(case_id, households)
    renewal.move(before, [*(row for row in before if row.case_id != case_id), *fresh])
    db.session.execute(delete(CaseWait).where(CaseWait.case_id == case_id))
    if fresh:
        db.session.execute(insert(CaseWait), [dict(row._mapping) for row in fresh])
    _note_run(RunKind.CASE, known_at, len(fresh))
    enqueue("measures.reports", {}, key="measures.reports")


def renew_reports() -> None:
    """Compute F5 and the report of each programme anew."""
    store_placements_begun()
    for programme in list_programmes():
        store_programme(programme)


def store_placements_begun() -> None:
    """Keep F5 as of today."""
    _take_turn(MeasureResult)
    cut = Cut(clock.today())
    _store(F5, cut.as_of, placements_begun(cut).as_json())


def store_programme(programme: Programme) -> None:
    """Keep the programme's report as of the day its page opens with."""
    _take_turn(MeasureResult)
    as_of = report_day(clock.today())
    _store(measure_of(programme), as_of, programme_report(programme, Cut(as_of)).as_json())


def _take_turn(model: type[CaseWait] | type[MeasureResult]) -> datetime:
    """Wait until no other job computes the same. What is recorded before the instant returned is counted."""
    db.session.execute(PATIENCE)
    db.session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    return clock.now()


def _rewrite_waits(cut: Cut) -> int:
    """Write the rows that differ from what the log gives: to write them all would take several times as long."""
    session = db.session
    # Where the table was empty when it was last looked at, the database would search all of it for every row.
    session.execute(text("SET LOCAL enable_nestloop = off"))
    session.execute(text("DROP TABLE IF EXISTS fresh_wait"))
    session.execute(text("CREATE TEMPORARY TABLE fresh_wait (LIKE case_wait) ON COMMIT DROP"))
    columns = CaseWait.__table__.c
    fresh = table("fresh_wait", *(column(each.name, each.type) for each in columns))
    rows = wait_rows(cut).subquery()
    session.execute(insert(fresh).from_select([each.name for each in rows.c], select(rows)))
    session.execute(text("ANALYZE fresh_wait"))
    same = and_(fresh.c.case_id == columns.case_id, fresh.c.wait == columns.wait)
    equal = and_(same, *(fresh.c[each.name].is_not_distinct_from(each) for each in columns))
    session.execute(delete(CaseWait).where(~select(fresh.c.case_id).where(equal).exists()))
    missing = select(fresh).where(~select(columns.case_id).where(same).exists())
    session.execute(insert(CaseWait).from_select([each.name for each in fresh.c], missing))
    session.execute(text("SET LOCAL enable_nestloop TO DEFAULT"))
    return session.scalar(select(func.count()).select_from(fresh)) or 0


def _note_run(kind: RunKind, known_at: datetime, waits_n: int) -> None:
    values = {"known_at": known_at, "waits_n": waits_n}
    statement = upsert(MeasureRun).values(kind=kind, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[MeasureRun.kind], set_=values))


def _store(measure: str, as_of: date, payload: dict[str, Any]) -> None:
    values = {"as_of_on": as_of, "known_at": clock.now(), "payload": payload}
    statement = upsert(MeasureResult).values(measure=measure, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[MeasureResult.measure], set_=values))

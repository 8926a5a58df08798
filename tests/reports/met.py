"""A measure and a report of the tests' own, small enough to know every figure of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, literal, null, select

from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.measure import Measure
from caseflow.measures.milestones import milestones
from caseflow.measures.selection import Selection
from caseflow.organisation.rules import UnitKind
from caseflow.reports.asked import units_then
from caseflow.reports.document import Cell, Column, Definition, Document, Kind, Row, Table, Trace
from caseflow.reports.kinds import Question, ReportKind

WHY = "Första mötet hölls i perioden."


def met_rows(selection: Selection) -> Select[Any]:
    """The cases whose first meeting was in the period; value is the days since the referral."""
    facts = Facts(selection.cut)
    m = milestones(selection.cut).c
    return (
        select(
            facts.case.id.label("case_id"),
            cast(null(), BigInteger).label("household_id"),
            facts.participant.sex.label("sex"),
            facts.case.to_unit_id.label("unit_id"),
            m.met_on.label("day"),
            (m.met_on - m.referred_on).label("value"),
            literal(WHY).label("why"),
        )
        .join(facts.case, facts.case.id == m.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(m.met_on.between(selection.period.from_on, selection.last_on), chosen_cases(facts, selection))
    )


MET = Measure(
    key="met",
    label="Första möten",
    unit="dagar",
    definition="Första möten i perioden.",
    source="DOMAIN.md",
    rows=met_rows,
)


def build(question: Question) -> Document:
    """First meetings per unit and sex, their share of all, and the mean of their waits."""
    selection = Selection(question.period, question.cut, question.chosen)
    units = [unit for _, unit in sorted(units_then(selection.cut).items()) if unit.kind == UnitKind.RECEIVES]
    rows = [_row(unit.code, selection.only(unit=unit)) for unit in units]
    every = _row("total", selection)
    table = Table(
        "meetings",
        "Första möten",
        (
            Column("unit", "Enhet"),
            Column("n", "Antal", Kind.COUNT),
            Column("women", "Kvinnor", Kind.COUNT),
            Column("men", "Män", Kind.COUNT),
            Column("mean_days", "Medel, dagar", Kind.NUMBER, 1),
            Column("share", "Andel", Kind.PERCENT),
        ),
        tuple(_with_share(row, every) for row in [*rows, every]),
    )
    return Document(
        "moten",
        "Första möten",
        question.cut.as_of,
        question.cut.known_at,
        (("Brytdag", question.cut.as_of.isoformat()),),
        (table,),
        (Definition(MET.label, MET.definition, MET.source),),
    )


def _row(key: str, selection: Selection) -> Row:
    cells = [Cell("Alla" if key == "total" else key)]
    for one in (selection, selection.only(sex=Sex.WOMAN), selection.only(sex=Sex.MAN)):
        n = db.session.scalar(select(func.count()).select_from(met_rows(one).subquery())) or 0
        cells.append(Cell(n, n, Trace(MET.key, one)))
    rows = met_rows(selection).subquery()
    mean = db.session.scalar(select(func.avg(rows.c.value)))
    return Row(key, (*cells, Cell(mean, cells[1].n, Trace(MET.key, selection))))


def _with_share(row: Row, every: Row) -> Row:
    n, total = row.cells[1].value, every.cells[1].value
    assert isinstance(n, int)
    assert isinstance(total, int)
    return Row(row.key, (*row.cells, Cell(Decimal(100 * n) / total if total else None, n)))


REPORT = ReportKind(
    "moten", "Första möten", "Hur många som har haft sitt första möte.", build, ("unit", "programme", "sex", "ages")
)

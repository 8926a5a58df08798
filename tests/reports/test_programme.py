"""The report of a programme: every figure opens to what it counts, parts add up, and the method stands beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import func, select

from caseflow.cases import services as case_services
from caseflow.cases.terms import ExitOutcome, HouseholdEffect
from caseflow.core.periods import add_months
from caseflow.extensions import db
from caseflow.measures.measure import Sum
from caseflow.measures.programme_method import METHOD, NO_COMPARISON
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation import services as organisation
from caseflow.organisation.queries import get_programme
from caseflow.reports.document import Document, Table, Trace
from caseflow.reports.kinds import REPORTS, Question
from caseflow.security.permissions import SYSTEM
from tests import factories
from tests.measures import histories
from tests.measures.test_oracle import days, fill, randoms, some
from tests.measures.test_oracle import world as world
from tests.measures.test_reports import employed_case, pay
from tests.reports.tracing import traced_cells

SPAN = Period(date(2019, 1, 1), date(2020, 12, 31))
CODE = "500-uppdraget"


def report(period: Period = SPAN, as_of: date = date(2020, 11, 30)) -> Document:
    return REPORTS["program"].build(Question(period, Cut(as_of), Filter(programme=get_programme(CODE))))


def summed(trace: Trace) -> Decimal:
    """What the rows behind a figure come to."""
    measure = get_measure(trace.measure)
    rows = measure.rows(trace.selection).subquery()
    how = {
        Sum.COUNT: func.count(),
        Sum.TOTAL: func.coalesce(func.sum(rows.c.value), 0),
        Sum.MEAN: func.avg(rows.c.value),
    }
    return Decimal(db.session.scalar(select(how[measure.sum]).select_from(rows)) or 0)


@settings(some, max_examples=3)
@given(rng=randoms, as_of=days)
def test_every_figure_is_the_sum_of_the_rows_behind_it(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world, households=9)
    cells = list(traced_cells(report(Period(date(2019, 3, 15), date(2020, 9, 30)), as_of)))
    for where, cell, trace in rng.sample(cells, 60):
        # A share opens to what it is a share of, longest and shortest to all, the households of kronor to those kronor;
        # a total is of the parts as printed.
        if not where.endswith(("share", "share_so_far", "max months", "min months", " households")):
            assert Decimal(cell.value or 0) == pytest.approx(summed(trace), abs=Decimal("0.03")), where  # type: ignore[arg-type]


@settings(some, max_examples=4)
@given(rng=randoms, as_of=days)
def test_parts_add_up_to_their_totals(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world, households=9)
    for table in report(as_of=as_of).tables:
        # Accumulated kronor are rounded once, not month by month.
        within = Decimal("0.02") if table.key in ("accumulated", "budget") else 0
        for one in table.additions:
            total, parts = value(table, *one.total), [value(table, *part) for part in one.parts]
            assert abs(total - sum(parts)) <= within, (table.key, one)
        if table.key == "accumulated":
            assert len(table.additions) == len(table.rows)


def value(table: Table, row: str, column: str) -> Decimal:
    return Decimal(str(table.cell(row, column).value))


@settings(some, max_examples=3)
@given(rng=randoms)
def test_what_was_known_is_the_same_after_later_corrections(world: histories.World, rng: Random) -> None:
    cases = fill(rng, world, households=9)
    known_at = histories.noon(date(2020, 6, 30))
    question = Question(SPAN, Cut(date(2020, 5, 31), known_at), Filter(programme=get_programme(CODE)))
    before = REPORTS["program"].build(question)
    for case in cases:
        for event in case.events:
            if event.voided_at is None and rng.random() < 0.3:
                event.voided_at, event.void_reason = histories.noon(date(2020, 11, 1)), "fel"
    db.session.commit()
    after = REPORTS["program"].build(question)
    assert [figures(table) for table in after.tables] == [figures(table) for table in before.tables]
    assert after.older_json == before.older_json


def figures(table: Table) -> list[list[object]]:
    return [[cell.value for cell in row.cells] for row in table.rows]


def test_the_method_and_what_the_figures_cannot_say_stand_in_the_report(app: Flask) -> None:
    document = report()
    assert document.warnings[0] == NO_COMPARISON
    assert {term for term, _ in METHOD} <= {one.term for one in document.definitions}
    with pytest.raises(Exception, match="Välj vilket"):
        REPORTS["program"].build(Question(SPAN, Cut(date(2020, 11, 30))))


def test_a_place_counts_for_the_goal_of_its_year_and_of_its_workplaces_board(app: Flask) -> None:
    workplace = factories.make_workplace("Förskolan Linden", "Utbildningsförvaltningen")
    workplace.employer.department = "Bildningsnämnden"
    for code, year, board, places in ((CODE, 2020, "", 4), (CODE, 2020, "Bildningsnämnden", 2), (CODE, 2019, "", 3)):
        organisation.set_goal(SYSTEM, code, year, board, places)
    db.session.commit()
    for at in (workplace, None):
        case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10), programmes=[CODE])
        factories.start_placement(case, date(2020, 3, 2), workplace=at)
    goals = report().table("goals")
    found = {row.key: (value(goals, row.key, "goal"), goals.cell(row.key, "begun").value) for row in goals.rows}
    assert found == {
        "whole:": (500, 2),
        "2019:": (3, 0),
        "2020:": (4, 2),
        "2020:Bildningsnämnden": (2, 1),
        "2021:": (484, None),
    }
    assert goals.cell("2020:", "share").value == 50
    trace = goals.cell("2020:Bildningsnämnden", "begun").trace
    assert trace
    assert summed(trace) == 1
    assert get_measure("programme.places").part_label(trace.selection.part) == "Bildningsnämnden"


def test_the_lowered_budget_is_met_year_by_year_and_in_all(app: Flask) -> None:
    case = employed_case()
    for back in range(1, 13):
        pay(case.participant.household, add_months(date(2020, 8, 1), -back), 9_000 if back > 6 else 6_000)
    assert case.counsellor
    case_services.close(case.counsellor.actor, case, date(2020, 8, 14), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    pay(case.participant.household, date(2020, 10, 1), 8_000)
    document = report(as_of=date(2020, 12, 31))
    budget = document.table("budget")
    assert [value(budget, str(year), "lowered") for year in range(2019, 2023)] == [9e6, 12e6, 15e6, 18e6]
    assert budget.cell("2020", "avoided").value == 7_500
    assert budget.cell("2020", "share").value == pytest.approx(100 * 7_500 / 12e6)
    assert budget.cell("2020", "share_so_far").value == pytest.approx(100 * 7_500 / 21e6)
    assert budget.cell("2021", "avoided").value is None
    assert value(budget, "2022", "lowered_so_far") == 54_000_000
    ways = document.table("sensitivity")
    # Twelve months: 7 500 in September, and then 8 000 is paid. Six months: 6 000 in each month but October.
    assert figures(ways) == [["Tolv månader före", 7_500, 22_500], ["Sex månader före", 6_000, 18_000]]

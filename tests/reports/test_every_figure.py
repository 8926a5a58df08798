"""Every figure can be opened to exactly what it counts: each measure and part, each traced cell of each report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.core.errors import NotFound
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.figures import figure
from caseflow.measures.measure import COLUMNS, Measure, Sum
from caseflow.measures.registry import MEASURES
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.reports.document import Cell, Column, Document, Kind, Trace
from caseflow.reports.frozen import canonical, kept, restored
from caseflow.reports.kinds import REPORTS, Question
from caseflow.reports.lineage import lineage
from caseflow.reports.reading import QuestionForm
from caseflow.security.permissions import SYSTEM
from tests.conftest import start_over
from tests.measures import histories
from tests.reports.worlds import random_world

KEYS = [*REPORTS, "moten"]
CUT = Cut(date(2020, 11, 30))
KNOWN = Cut(date(2020, 10, 31), datetime(2020, 9, 15, 12, tzinfo=UTC))


@pytest.fixture(scope="module", autouse=True)
def full(migrated_app: Flask) -> Iterator[None]:
    """One random history for all: nothing here writes."""
    with migrated_app.app_context():
        start_over()
        histories.write(Random(7), random_world(), 25)
        yield
        db.session.remove()


def selections(key: str) -> list[Selection]:
    """What is asked: everything, women of a programme as known earlier, and what began at a unit. A measure of a
    programme is always asked of one."""
    whole, span = Period(date(2018, 6, 1), date(2020, 11, 30)), Period(date(2019, 7, 1), date(2020, 9, 30))
    programme = get_programme("500-uppdraget")
    always = programme if key.startswith("programme.") else None
    return [
        Selection(whole, CUT, Filter(programme=always)),
        Selection(span, KNOWN, Filter(programme=programme, sex=Sex.WOMAN)),
        Selection(span, CUT, Filter(unit=get_unit("AMC"), programme=always, begun=True)),
    ]


@pytest.mark.parametrize("key", MEASURES)
def test_the_rows_of_a_measure_are_what_its_figure_counts(key: str) -> None:
    measure, counted = MEASURES[key], 0
    first, *others = selections(key)
    for part in dict(measure.parts):
        counted += assert_is_counted(measure, first.only(part=part))
    # A few measures are only counted in parts.
    with suppress(NotFound):
        for selection in (first, *others):
            counted += assert_is_counted(measure, selection)
    # The random histories have no assessments.
    assert counted > 0 or key.startswith("F6"), "no history has anything that the measure counts"


def assert_is_counted(measure: Measure, selection: Selection) -> int:
    """The figure, the page and the rows themselves say the same; how many rows."""
    rows = list(db.session.execute(measure.rows(selection)))
    found = figure(measure, selection)
    where = f"{measure.key} {selection.part}"
    assert [tuple(row._fields) for row in rows[:1]] in ([], [COLUMNS]), where
    assert (found.rows, found.n) == (len(rows), len({row.case_id or -row.household_id for row in rows})), where
    if measure.per is None and measure.sum is not Sum.PER_MONTH:
        assert as_float(found.value) == pytest.approx(plainly(measure.sum, [row.value for row in rows])), where
    shown = lineage(measure, selection, SYSTEM, sort="-value")
    assert (shown.total, shown.outside) == (len(rows), 0), where
    assert all(row.why.endswith(".") and not row.why[0].islower() for row in rows), where
    assert all(row.day is None or row.day <= selection.cut.as_of for row in rows), where
    return len(rows)


def as_float(value: Any) -> float | None:
    return None if value is None else float(value)


def plainly(how: Sum, values: list[Any]) -> float | None:
    if how is Sum.COUNT:
        return len(values)
    total = float(sum(values))
    if how is Sum.TOTAL:
        return total
    return None if not values else total / len(values) * (100 if how is Sum.SHARE else 1)


@pytest.mark.parametrize("key", KEYS)
def test_every_traced_cell_counts_the_rows_behind_it(key: str) -> None:
    checked = 0
    for question in questions(key):
        document = REPORTS[key].build(question)
        counts: dict[Trace, tuple[int, int]] = {}
        for where, column, cell in cells_of(document):
            if cell.trace is not None:
                counted = counts.setdefault(cell.trace, count(cell.trace))
                assert_cell(f"{where} {cell.trace.address()}", column, cell, counted)
                checked += 1
    assert checked > 0


def questions(key: str) -> list[Question]:
    """As the page opens, and as known in September."""
    kind = REPORTS[key]
    asked = QuestionForm({}, kind).read()
    assert asked is not None
    return [asked, replace(asked, cut=KNOWN)]


def cells_of(document: Document) -> Iterator[tuple[str, Column, Cell]]:
    for table in document.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                yield f"{document.key}/{table.key}/{row.key}/{column.key}", column, cell


def count(trace: Trace) -> tuple[int, int]:
    """How many rows stand behind it, and of how many cases or households."""
    rows = MEASURES[trace.measure].rows(trace.selection).subquery().c
    subjects = func.count(func.coalesce(rows.case_id, -rows.household_id).distinct())
    return db.session.execute(select(func.count(), subjects).select_from(rows.why.table)).tuples().one()


def assert_cell(where: str, column: Column, cell: Cell, counted: tuple[int, int]) -> None:
    if column.kind is Kind.COUNT and cell.value is not None:
        assert cell.value in counted, where
    if cell.n is not None:
        # A running sum of kronor may know no more than how many it rests on at least, which hides rather too much.
        at_least = MEASURES[cell.trace.measure].sum is Sum.TOTAL and 0 < cell.n <= counted[1] if cell.trace else False
        assert cell.n in counted or at_least, where


@pytest.mark.parametrize("key", KEYS)
def test_a_report_can_be_kept_and_read_back_whole(key: str) -> None:
    for question in questions(key):
        document = REPORTS[key].build(question)
        again = restored(kept(document))
        assert canonical(kept(again)) == canonical(kept(document))
        assert addresses(again) == addresses(document)


def addresses(document: Document) -> list[dict[str, str]]:
    return [cell.trace.address() for *_, cell in cells_of(document) if cell.trace]

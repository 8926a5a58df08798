"""Facts that are recorded or corrected later do not change what was known: a rerun of an old report is identical."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from caseflow.core import clock
from caseflow.core.errors import NotFound
from caseflow.extensions import db
from caseflow.measures.measure import Measure
from caseflow.measures.programme import programme_report
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import MEASURES
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.models import UnitCost
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.reports.as_json import json_text
from caseflow.reports.kinds import REPORTS
from caseflow.reports.question import Question, ReportKind
from tests.measures import histories, later_changes
from tests.reports.worlds import random_world

AS_OF = date(2020, 10, 31)
CHANGES = 3000


pytestmark = pytest.mark.slow


def write(rng: Random, households: int) -> None:
    """Random histories. Some facts of them have been recorded after the instant that is asked about anyway."""
    world = random_world()
    histories.write(rng, world, households)
    recorded_at = histories.noon(date(2020, 3, 1))
    db.session.add_all(
        UnitCost(unit=unit, year=year, net_cost_kr=Decimal(4_000_000), recorded_at=recorded_at)
        for unit in world.receiving
        for year in (2018, 2019, 2020)
    )
    db.session.commit()
    # Without knowing how small the tables are, PostgreSQL plans the large statements as for millions of rows.
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def test_a_rerun_of_an_old_report_is_identical_after_thousands_of_later_changes(app: Flask) -> None:
    write(Random(1), households=15)
    then = Cut(AS_OF, histories.noon(date(2020, 9, 15)))
    before = everything_said(then)
    later_changes.change(Random(2), CHANGES)
    assert changed(before, everything_said(then)) == []
    # The changes are such as figures heed: most rows are other rows by now.
    counted = {name: rows for name, rows in before.items() if name.startswith("measure") and rows}
    now = everything_said(Cut(AS_OF))
    assert len(changed(counted, {name: now[name] for name in counted})) > 0.8 * len(counted)


def test_what_is_known_at_this_moment_is_what_is_known(app: Flask) -> None:
    write(Random(3), households=8)
    later_changes.change(Random(4), CHANGES // 10)
    at_last, now = everything_said(Cut(AS_OF, clock.now()), with_cut=False), everything_said(Cut(AS_OF), with_cut=False)
    assert changed(at_last, now) == []


def everything_said(cut: Cut, *, with_cut: bool = True) -> dict[str, str]:
    """Every report, and the rows of every measure, by name and as text. `with_cut`: also the cut that they state."""
    db.session.expire_all()
    said = {f"report {kind.key} {word}": _said(kind, question, with_cut) for kind, word, question in _questions(cut)}
    period, filters = Period(date(2019, 1, 1), date(2020, 12, 31)), list(_filters())
    for measure in MEASURES.values():
        # A measure of so many parts has them from the same statement: each part is asked for with one of the filters.
        for (part, _), (word, chosen) in zip((("", ""), *measure.parts), cycle(filters), strict=False):
            said[f"measure {measure.key} {part} {word}"] = _rows(measure, Selection(period, cut, chosen, part))
    for wait in Wait:
        said[f"wait {wait}"] = _plain(wait_report(wait, period, cut), "cut")
    report = programme_report(get_programme("500-uppdraget"), cut)
    said["programme"] = json.dumps(report.as_json() | ({} if with_cut else {"known_at": None}), default=str)
    return said


def _questions(cut: Cut) -> Iterator[tuple[ReportKind, str, Question]]:
    for kind in REPORTS.values():
        plain = Question(Period.year(2020), cut)
        if kind.needs_programme:
            plain = replace(plain, chosen=Filter(programme=get_programme("500-uppdraget")))
        yield kind, "", plain
        if "unit" in kind.asks:
            yield kind, "AMC", replace(plain, chosen=replace(plain.chosen, unit=get_unit("AMC")))
        if "programme" in kind.asks and not kind.needs_programme:
            yield kind, "VISA", replace(plain, chosen=Filter(programme=get_programme("visa")))


def _said(kind: ReportKind, question: Question, with_cut: bool) -> str:
    document = kind.build(question)
    if with_cut:
        return json_text(document, lambda trace: str(sorted(trace.address().items())))
    return json_text(replace(document, known_at=None, facts=(), older_json={}))


def _filters() -> Iterator[tuple[str, Filter]]:
    yield "", Filter()
    yield "500-uppdraget", Filter(programme=get_programme("500-uppdraget"))
    yield "AMC", Filter(unit=get_unit("AMC"))


def _rows(measure: Measure, selection: Selection) -> str:
    try:
        query = measure.rows(selection)
    except NotFound:
        return "this measure has rows only by part"
    return "\n".join(sorted(str(tuple(row)) for row in db.session.execute(query)))


def _plain(report: Any, *left_out: str) -> str:
    return str([(name, value) for name, value in vars(report).items() if name not in left_out])


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    assert before.keys() == after.keys()
    return [name for name in before if before[name] != after[name]]

"""The report of equal treatment: every count opens, sums hold, and nothing is dropped silently."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings

from caseflow.core.personnummer import Sex
from caseflow.measures.equality import Subject, compare
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme
from caseflow.reports.document import Document
from caseflow.reports.kinds import REPORTS, Question
from tests.measures import histories
from tests.measures.test_oracle import days, fill, randoms, some
from tests.measures.test_oracle import world as world
from tests.reports.tracing import assert_every_figure_opens

PERIOD = Period(date(2018, 7, 1), date(2020, 9, 30))


def report(as_of: date = date(2020, 12, 1), chosen: Filter | None = None) -> Document:
    return REPORTS["jamstalldhet"].build(Question(PERIOD, Cut(as_of), chosen or Filter()))


@settings(some, max_examples=2)
@given(rng=randoms, as_of=days)
def test_every_count_opens_to_the_cases_it_counts(world: histories.World, rng: Random, as_of: date) -> None:
    cases = fill(rng, world, households=10)
    filters = [Filter(), Filter(sex=Sex.MAN), Filter(unit=cases[0].to_unit), Filter(programme=get_programme("VISA"))]
    assert_every_figure_opens(report(as_of, rng.choice(filters)), sample=40, seed=as_of.toordinal())


def test_parts_add_up_and_the_figures_are_those_of_the_comparison(world: histories.World) -> None:
    fill(Random(4), world, households=30)
    document = report()
    found = compare(Selection(PERIOD, Cut(date(2020, 12, 1))))
    checked = 0
    for table in document.tables:
        for one in table.additions:
            assert table.cell(*one.total).value == sum(int(str(table.cell(*part).value)) for part in one.parts)
            checked += 1
    assert checked > 6
    waits = document.table("waits")
    w3 = found.of(Wait.W3)
    assert [waits.cell("W3", key).value for key in ("women_n", "men_n", "p", "p_adjusted")] == [
        w3.women.n, w3.men.n, w3.p, w3.p_adjusted,
    ]  # fmt: skip
    good = found.of(Subject.WORK_OR_STUDIES)
    exits = document.table("exits")
    assert exits.cell("exits.work_or_studies", "women").value == good.women.hits
    assert exits.cell("exits.work_or_studies", "men_neither").value == good.men.n - (good.men.hits or 0)
    assert good.effect is not None
    assert exits.cell("exits.work_or_studies", "difference").value == pytest.approx(100 * good.effect.value)


def test_those_too_few_to_test_stand_in_the_tables_with_the_reason(world: histories.World) -> None:
    fill(Random(2), world, households=3)
    document = report()
    assert [row.key for row in document.table("waits").rows] == [wait.value for wait in Wait]
    assert str(document.table("waits").cell("W7", "sentence").value).startswith("För få för att pröva:")
    assert document.table("waits").cell("W7", "p").value is None
    assert document.table("summary").cell("too_few", "n").value == len(
        compare(Selection(PERIOD, Cut(date(2020, 12, 1)))).too_few
    )


def test_what_rests_on_a_small_number_says_so_for_what_leaves_the_organisation(world: histories.World) -> None:
    """A share, its difference and its p would give the count away, so they rest on the smallest count behind them."""
    fill(Random(4), world, households=30)
    for table in (report().table("exits"), report().table("placements")):
        for row in table.rows:
            counts = [table.cell(row.key, key).value for key in ("women", "men")]
            totals = [table.cell(row.key, key).value for key in ("women_of", "men_of")]
            if table.cell(row.key, "difference").value is None:
                continue
            smallest = min(*counts, *(of - n for of, n in zip(totals, counts, strict=True)))  # type: ignore[operator]
            for key in ("p", "p_adjusted", "difference", "odds", "sentence", "effect"):
                assert table.cell(row.key, key).n == smallest


def test_the_curves_of_the_chosen_wait_fall_from_all_to_those_who_still_wait(world: histories.World) -> None:
    fill(Random(4), world, households=15)
    table = report().table("curve_W6")
    assert table.chart is not None
    assert [(series.name, series.dashed) for series in table.chart.series] == [("Kvinnor", False), ("Män", True)]
    for series in table.chart.series:
        shares = [share for _, share in series.points if share is not None]
        assert shares[0] == 100
        assert shares == sorted(shares, reverse=True)
        days = [day for day, _ in series.points]
        assert days == sorted(days, key=float)
    women = [table.cell(row.key, "woman_at_risk").value for row in table.rows]
    assert women == sorted(women, key=lambda n: -int(str(n)))


def test_an_empty_register_gives_a_report_that_says_nothing_can_be_compared(app: Flask) -> None:
    document = report()
    assert document.warnings == ("Ingen jämförelse mellan kvinnor och män kan göras: för få i alla grupper.",)
    assert ("Nämndens mål", "inga signifikanta skillnader: kan ej bedömas") in document.facts
    assert document.table("waits").cell("W3", "women_n").value == 0
    assert document.table("waits").cell("W3", "women_median").value is None

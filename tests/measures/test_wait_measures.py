"""W1 to W7 as measures list exactly the waits that the report counts, with the rule that took each in."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy import select

from caseflow.core.errors import NotFound
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import rules
from caseflow.measures.measure import COLUMNS
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period, Selection
from caseflow.measures.wait_figures import WaitFigures
from caseflow.measures.wait_measures import age_parts, waited_parts
from caseflow.organisation.queries import get_programme, get_unit
from tests import factories
from tests.measures import histories
from tests.measures.test_oracle import days, fill, instant, randoms, some
from tests.measures.test_oracle import world as world

YEAR = Period.year(2020)
PERIOD = Period(date(2019, 7, 1), date(2020, 9, 30))
TODAY = Cut(date(2020, 12, 1))
FILTERS = (
    Filter(),
    Filter(begun=True),
    Filter(sex=Sex.WOMAN),
    Filter(ages=Ages(25, 38)),
)


def rows_of(wait: Wait, selection: Selection) -> list[Any]:
    return list(db.session.execute(get_measure(wait).rows(selection)))


def values(wait: Wait, selection: Selection, part: str = "") -> list[int]:
    return sorted(row.value for row in rows_of(wait, selection.only(part=part)))


def spread(counts: rules.Counts) -> list[int]:
    return sorted(length for length, n in counts.items() for _ in range(n))


def assert_lists_what_is_counted(wait: Wait, selection: Selection, figures: WaitFigures) -> None:
    assert values(wait, selection) == spread(figures.counts)
    assert values(wait, selection, "open") == spread(figures.open_ages)
    assert len(values(wait, selection, "begun")) == figures.begun_n
    assert values(wait, selection, "unknown") == [0] * figures.unknown_n


def assert_parts_add_up(wait: Wait, selection: Selection, figures: WaitFigures) -> None:
    for part, low, high in age_parts(wait):
        ages = [age for age in spread(figures.open_ages) if age >= low and (high is None or age <= high)]
        assert values(wait, selection, part) == ages
    for part, length in waited_parts(wait):
        assert len(values(wait, selection, part)) == figures.survival.at_risk_on(length)


@settings(some, max_examples=2)
@given(rng=randoms, as_of=days, known_on=days)
def test_the_rows_are_the_waits_that_the_report_counts(
    world: histories.World, rng: Random, as_of: date, known_on: date
) -> None:
    fill(rng, world, households=8)
    chosen = rng.choice([*FILTERS, Filter(programme=get_programme("VISA")), Filter(unit=get_unit("AMC"))])
    selection = Selection(PERIOD, Cut(as_of, instant(rng.choice([None, known_on]))), chosen)
    for wait in {Wait.W7, *rng.sample(list(Wait), 3)}:
        report = wait_report(wait, PERIOD, selection.cut, chosen)
        assert_lists_what_is_counted(wait, selection, report.all_units.total)
        assert_parts_add_up(wait, selection, report.all_units.total)
        if chosen.sex is None:
            assert_lists_what_is_counted(wait, selection.only(sex=Sex.MAN), report.all_units.men)
        if chosen.unit is None:
            for code, group in report.units.items():
                assert_lists_what_is_counted(wait, selection.only(unit=get_unit(code)), group.total)


def test_the_rows_have_the_columns_of_every_measure(app: Flask) -> None:
    for wait in Wait:
        measure = get_measure(wait)
        for part in ("", *(name for name, _ in measure.parts)):
            assert tuple(measure.rows(Selection(YEAR, TODAY, part=part)).selected_columns.keys()) == COLUMNS


def test_each_row_says_which_rule_took_it_in(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    factories.make_case(date(2020, 9, 2), decision_on=date(2020, 9, 1))
    found = {
        (wait, part): [row.why for row in rows_of(wait, Selection(YEAR, TODAY, part=part))]
        for wait, part in ((Wait.W3, ""), (Wait.W3, "open"), (Wait.W3, "begun"), (Wait.W1, "unknown"))
    }
    ended = "Första mötet hölls i perioden; väntan räknas från anvisningen."
    assert found[Wait.W3, ""] == [ended]
    assert found[Wait.W3, "open"] == ["Väntan på första mötet pågår på brytdagen; den räknas från anvisningen."]
    assert sorted(found[Wait.W3, "begun"]) == [
        "Anvisningen gjordes i perioden; väntan på första mötet pågår och räknas till brytdagen.",
        "Anvisningen gjordes i perioden; väntan räknas till första mötet.",
    ]
    assert found[Wait.W1, "unknown"] == [
        "Beslutet fattades i perioden, men dagen för första kontakten saknas. Längden är okänd och satt till 0."
    ]


def test_the_age_is_that_of_the_last_day_counted(app: Flask) -> None:
    person = factories.make_participant(date(1995, 6, 30))
    factories.make_case(date(2020, 3, 2), participant=person)
    young = Filter(ages=Ages(None, 24))
    for to_on, n in ((date(2020, 6, 29), 1), (date(2020, 6, 30), 0)):
        report = wait_report(Wait.W3, Period(date(2020, 1, 1), to_on), TODAY, young)
        assert report.all_units.total.open_n == n
        assert len(rows_of(Wait.W3, Selection(report.period, TODAY, young, "open"))) == n


def test_a_part_that_does_not_exist_is_said_so(app: Flask) -> None:
    with pytest.raises(NotFound, match="ingen del som heter stängda"):
        rows_of(Wait.W3, Selection(YEAR, TODAY, part="stängda"))


def test_the_measures_are_read_from_the_log_alone(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    assert "case_wait" not in str(select(get_measure("W3").rows(Selection(YEAR, TODAY)).subquery()))

"""Control charts count the waits that ended in each week or month, as a walk through the log counts them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.core.personnummer import Sex
from caseflow.measures.control_charts import Step, control_charts, drawn, sentence
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period, Selection
from tests import factories
from tests.measures import histories, oracle
from tests.measures.test_oracle import days, fill, instant, randoms, some
from tests.measures.test_oracle import world as world

few = settings(some, max_examples=3)
PERIOD = Period(date(2018, 12, 12), date(2020, 12, 31))


def label(step: Step, day: date) -> str:
    """The week or month of the day, told in another way than the program does it."""
    return day.strftime("%G-v%V") if step is Step.WEEK else day.strftime("%Y-%m")


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days, step=st.sampled_from(Step))
def test_every_point_is_the_mean_of_the_waits_that_ended_then(
    world: histories.World, rng: Random, as_of: date, known_on: date | None, step: Step
) -> None:
    cases = fill(rng, world, households=10)
    for wait in (Wait.W1, Wait.W3, Wait.W7):
        waits = [one for case in cases if (one := oracle.waits_of(case, as_of, instant(known_on)).get(wait))]
        if wait is Wait.W7:
            waits = oracle.once_per_household(waits)
        lengths: dict[tuple[str | None, str], list[int]] = defaultdict(list)
        for one in waits:
            if one.began_on and one.ended_on and PERIOD.from_on <= one.ended_on <= PERIOD.to_on:
                unit = one.case.from_unit if wait.of_referrer else one.case.to_unit
                for code in (None, unit.code):
                    length = oracle.length(wait, one.began_on, one.ended_on)
                    lengths[code, label(step, one.ended_on)].append(length)
        charts = control_charts(wait, Selection(PERIOD, Cut(as_of, instant(known_on))), step)
        assert [chart.unit.code if chart.unit else None for chart in charts] == [
            None,
            *sorted({code for code, _ in lengths if code}),
        ]
        for chart in charts:
            code = chart.unit.code if chart.unit else None
            for name, mean in zip(chart.labels, chart.means, strict=True):
                found = lengths.pop((code, name), [])
                assert (mean.n, mean.total) == (len(found), sum(found))
                assert mean.mean == (pytest.approx(sum(found) / len(found)) if found else None)
        assert not lengths


def meetings(*rows: tuple[date, int]) -> None:
    for met_on, length in rows:
        factories.make_met_case(met_on - timedelta(length), met_on)


def test_weeks_across_the_turn_of_the_year_are_whole(app: Flask) -> None:
    # 2015 has 53 ISO weeks, the last from Monday 28 December to Sunday 3 January.
    meetings((date(2015, 12, 28), 10), (date(2015, 12, 31), 20), (date(2016, 1, 3), 30), (date(2016, 1, 4), 7))
    found = control_charts(
        Wait.W3, Selection(Period(date(2015, 12, 21), date(2016, 1, 10)), Cut(date(2020, 12, 1))), Step.WEEK
    )[0]
    assert found.labels == ["2015-v52", "2015-v53", "2016-v01"]
    assert [mean.mean for mean in found.means] == [None, 20, 7]


def test_a_week_that_the_period_cuts_counts_only_the_days_within(app: Flask) -> None:
    meetings((date(2015, 12, 31), 20), (date(2016, 1, 2), 30))
    year = Selection(Period.year(2016), Cut(date(2016, 1, 12)))
    found = control_charts(Wait.W3, year, Step.WEEK)[0]
    assert [mean.period for mean in found.means] == [
        Period(date(2016, 1, 1), date(2016, 1, 3)),
        Period(date(2016, 1, 4), date(2016, 1, 10)),
        Period(date(2016, 1, 11), date(2016, 1, 12)),
    ]
    assert [(name, mean.n) for name, mean in zip(found.labels, found.means, strict=True)] == [
        ("2015-v53", 1), ("2016-v01", 0), ("2016-v02", 0),
    ]  # fmt: skip


def test_months_that_vary_as_they_do_show_no_sign_of_change(app: Flask) -> None:
    meetings(*((date(2019, month, 15), 20 + month % 3) for month in range(1, 13)))
    found = control_charts(Wait.W3, Selection(Period.year(2019), Cut(date(2019, 12, 31))), Step.MONTH)[0]
    assert sentence(found, "dagar") == (
        "Inget tecken på förändring: månaderna varierar som de brukar, mellan 17,4 och 24,6 dagar. "
        "Gränserna är preliminära, eftersom de bygger på få punkter."
    )


def test_a_chart_by_the_month_says_months_and_not_weeks(app: Flask) -> None:
    meetings(*((date(2019, month, 15), 20 + month % 3) for month in range(1, 13)))
    selection = Selection(Period.year(2019), Cut(date(2019, 12, 31)))
    by_month, by_week = (drawn(control_charts(Wait.W3, selection, step)[0], "dagar") for step in Step)
    assert by_month
    assert by_week
    words = ("x_name", "step", "mark", "change", "unit")
    assert [by_month[word] for word in words] == [
        "Månad då väntan tog slut", "Månad", "", "Ändring mot månaden före", "dagar",
    ]  # fmt: skip
    assert [by_week[word] for word in words] == [
        "Vecka då väntan tog slut", "Vecka", "v.", "Ändring mot veckan före", "dagar",
    ]  # fmt: skip


def test_a_month_far_outside_is_named(app: Flask) -> None:
    meetings(*((date(2019, month, 15), 90 if month == 6 else 20 + month % 2) for month in range(1, 13)))
    found = control_charts(Wait.W3, Selection(Period.year(2019), Cut(date(2019, 12, 31))), Step.MONTH)[0]
    assert "utanför gränserna: 2019-06" in sentence(found, "dagar")
    assert "ovanligt stort steg från punkten före: 2019-06–2019-07" in sentence(found, "dagar")


def test_months_in_a_row_are_named_by_the_first_and_last_and_say_that_the_level_has_moved(app: Flask) -> None:
    lengths = [30, 32, 31, None, 33, 30, 31, 32, 30, 10, 12, 11, 12, 10, 11, 10, 12]
    months = [date(2018 + place // 12, place % 12 + 1, 15) for place in range(len(lengths))]
    meetings(*((day, length) for day, length in zip(months, lengths, strict=True) if length))
    period = Selection(Period(date(2018, 1, 1), date(2019, 5, 31)), Cut(date(2020, 12, 1)))
    told = sentence(control_charts(Wait.W3, period, Step.MONTH)[0], "dagar")
    assert "minst 8 i rad på samma sida om medelvärdet: 2018-01–2019-05" in told
    assert "Nivån kan ha flyttats: se på en kortare period för vad som är vanligt nu." in told


def test_few_months_are_not_judged(app: Flask) -> None:
    meetings(*((date(2019, month, 15), 20) for month in range(1, 5)))
    found = control_charts(Wait.W3, Selection(Period.year(2019), Cut(date(2019, 12, 31))), Step.MONTH)[0]
    assert sentence(found, "dagar").startswith(
        "För lite för att säga vad som är vanligt: 4 punkter, och minst 8 behövs"
    )


def test_the_filter_on_sex_takes_only_theirs(app: Flask) -> None:
    factories.make_met_case(date(2020, 5, 1), date(2020, 5, 11), participant=factories.make_participant(sex=Sex.MAN))
    factories.make_met_case(date(2020, 5, 1), date(2020, 5, 31), participant=factories.make_participant())
    selection = Selection(Period.year(2020), Cut(date(2020, 12, 1)), Filter(sex=Sex.MAN))
    found = control_charts(Wait.W3, selection, Step.MONTH)[0]
    assert [mean.mean for mean in found.means if mean.n] == [10]

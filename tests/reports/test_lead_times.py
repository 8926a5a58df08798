"""The report of one wait says what was counted, and whom the mean leaves out."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings

from caseflow.cases import services as case_services
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.answers import wait_json
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import Goal, Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.reports.document import Document
from caseflow.reports.kinds import REPORTS, Question
from tests import factories
from tests.measures import histories
from tests.measures.test_oracle import days, fill, randoms, some
from tests.measures.test_oracle import world as world
from tests.reports.tracing import assert_every_figure_opens

YEAR = Period.year(2020)
TODAY = Cut(date(2020, 12, 1))


def report(wait: Wait = Wait.W3, period: Period = YEAR, cut: Cut = TODAY, chosen: Filter | None = None) -> Document:
    return REPORTS["ledtider"].build(Question(period, cut, chosen or Filter(), wait))


def met(referred_on: date, length: int, sex: Sex = Sex.WOMAN, to_unit: str = "AMC") -> None:
    person = factories.make_participant(sex=sex)
    factories.make_met_case(referred_on, referred_on + timedelta(length), participant=person, to_unit=to_unit)


@settings(some, max_examples=2)
@given(rng=randoms, as_of=days)
def test_every_figure_opens_to_the_waits_it_counts(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world, households=8)
    filters = [
        Filter(),
        Filter(begun=True, ages=Ages(25, 39)),
        Filter(unit=get_unit("AMC")),
        Filter(sex=Sex.MAN, programme=get_programme("VISA")),
    ]
    for wait in {Wait.W7, rng.choice(list(Wait))}:
        document = report(wait, Period(date(2019, 7, 15), date(2020, 9, 30)), Cut(as_of), rng.choice(filters))
        assert_every_figure_opens(document, sample=25, seed=as_of.toordinal())


@settings(some, max_examples=2)
@given(rng=randoms)
def test_months_and_units_and_sexes_add_up_to_the_period(world: histories.World, rng: Random) -> None:
    fill(rng, world, households=8)
    for wait in (Wait.W3, Wait.W7):
        document = report(wait)
        months, finished = document.table("months"), document.table("finished")
        n = finished.cell("all", "n").value
        assert n == sum(int(str(months.cell(row.key, "n").value)) for row in months.rows)
        for table in document.tables:
            for one in table.additions:
                parts = [table.cell(*part).value for part in one.parts]
                assert table.cell(*one.total).value == sum(int(str(part)) for part in parts), (table.key, one)


def test_the_mean_never_stands_without_those_who_still_wait(app: Flask) -> None:
    met(date(2020, 6, 1), 10)
    factories.make_case(date(2020, 9, 2))
    factories.make_case(date(2020, 11, 21))
    document = report()
    assert document.table("finished").cell("all", "mean").value == 10
    waiting = document.table("open")
    assert [waiting.cell("all", key).value for key in ("open_n", "median_age", "longest")] == [2, 50, 90]
    assert [waiting.cell("all", f"open_from_{low}").value for low in (0, 8, 15, 22, 31, 61)] == [0, 1, 0, 0, 0, 1]
    sentences = " ".join(document.warnings)
    assert "2 väntar fortfarande; medelvärdet räknar inte dem. Den som väntat längst har väntat 90 dagar." in sentences
    assert "bygger på bara 1 väntetider" not in sentences
    assert "Medelvärdet bygger på en enda väntetid." in sentences
    assert "Perioden är inte slut: siffrorna gäller till och med 2020-12-01." in sentences


def test_an_unknown_beginning_is_said_and_counted(app: Flask) -> None:
    factories.make_case(date(2020, 6, 1), decision_on=date(2020, 5, 20))
    document = report(Wait.W1)
    assert document.table("finished").cell("all", "unknown_n").value == 1
    assert document.table("finished").cell("all", "mean").value is None
    assert "1 väntetid slutade i perioden utan känd början. Medelvärdet räknar inte med den." in document.warnings


def test_several_targets_are_held_against_the_same_waits(app: Flask) -> None:
    for length in (3, 12, 14, 40):
        met(date(2020, 3, 2), length)
    within = report().table("within")
    assert [within.cell("all", f"within_{length}").value for length in (7, 14, 30, 60)] == [25, 75, 75, 100]
    of_decision = report(Wait.W1).table("within")
    labels = {column.key: column.label for column in of_decision.columns}
    assert (labels["within_5"], labels["within_15"]) == (
        "Högst 5 dagar (mål från 2020)",
        "Högst 15 dagar (mål från 2019)",
    )


def test_women_and_men_and_units_stand_apart(app: Flask) -> None:
    met(date(2020, 3, 2), 4, Sex.WOMAN, "AMC")
    met(date(2020, 3, 2), 8, Sex.MAN, "AMS")
    finished = report().table("finished")
    means = {row.key: finished.cell(row.key, "mean").value for row in finished.rows}
    assert means["all"] == 6
    assert (means["all.woman"], means["all.man"], means["AMC"], means["AMS.man"]) == (4, 8, 4, 8)
    assert (means["AMS.woman"], means["OSA"]) == (None, None)


def test_of_a_chosen_unit_only_its_own_waits_are_shown(app: Flask) -> None:
    met(date(2020, 3, 2), 4, to_unit="AMC")
    met(date(2020, 3, 2), 8, to_unit="AMS")
    document = report(chosen=Filter(unit=get_unit("AMS"), sex=Sex.WOMAN))
    assert [(row.key, row.cells[2].value) for row in document.table("finished").rows] == [("all", 1)]
    assert ("Enhet", "AMS (anvisar eller tar emot)") in document.facts


def test_three_years_are_cut_off_on_the_same_day_of_the_year(app: Flask) -> None:
    met(date(2019, 3, 4), 20)
    met(date(2019, 10, 7), 30)
    met(date(2020, 3, 2), 10)
    years = report(cut=Cut(date(2020, 8, 31))).table("years")
    found = [[years.cell(row.key, key).value for key in ("period", "as_of", "n", "mean", "goal")] for row in years.rows]
    assert found == [
        ["2020-01-01–2020-12-31", date(2020, 8, 31), 1, 10, Goal.MET],
        ["2019-01-01–2019-12-31", date(2019, 8, 31), 1, 20, Goal.UNKNOWN],
        ["2018-01-01–2018-12-31", date(2018, 8, 31), 0, None, Goal.UNKNOWN],
    ]


def test_the_last_of_february_is_compared_with_the_last_of_february(app: Flask) -> None:
    years = report(period=Period(date(2020, 1, 1), date(2020, 2, 29)), cut=TODAY).table("years")
    assert years.rows[1].cells[0].value == "2019-01-01–2019-02-28"


def test_the_curve_counts_those_cut_off_as_waiting(app: Flask) -> None:
    for length in (5, 10, 20):
        met(date(2020, 3, 2), length)
    factories.make_case(date(2020, 11, 16))
    returned = factories.make_case(date(2020, 3, 2))
    case_services.return_referral(factories.make_user().actor, returned, date(2020, 3, 9), "Fel målgrupp.")
    db.session.commit()
    document = report()
    curve, survival = document.table("curve"), document.table("survival")
    assert [curve.cell(str(length), "at_risk").value for length in (0, 7, 14, 30)] == [5, 4, 2, 0]
    assert curve.cell("7", "share").value == pytest.approx(80)
    assert curve.cell("14", "share").value == pytest.approx(80 * 2 / 3)
    counts = [survival.cell("all", key).value for key in ("begun_n", "finished_n", "unfinished_n", "km_median")]
    assert counts == [5, 3, 2, 20]
    assert curve.chart is not None
    assert curve.chart.series[0].points[:2] == ((0, 100.0), (5, pytest.approx(80)))


def test_the_older_keys_of_the_json_are_kept(app: Flask) -> None:
    met(date(2020, 3, 2), 4)
    assert report().older_json == wait_json(wait_report(Wait.W3, YEAR, TODAY))


def test_a_wait_that_nobody_began_is_a_report_without_figures(app: Flask) -> None:
    document = report(Wait.W7)
    assert document.warnings[0] == "Ingen väntan slutade i perioden, så det finns inget medelvärde."
    assert document.table("finished").cell("all", "n").value == 0
    assert document.table("curve").cell("6", "share").value is None
    assert_every_figure_opens(document, sample=20)

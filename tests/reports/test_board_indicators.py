"""The board's report and the KKiK report say what the measures say, and what nobody knows is not called zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.cases import services
from caseflow.cases.terms import ExitOutcome
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import goal_services
from caseflow.measures.figures import figures
from caseflow.measures.goal_services import GoalChoice
from caseflow.measures.kkik import Reason
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Goal, Wait
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.reports.document import Document
from caseflow.reports.kinds import REPORTS, Question
from caseflow.security.permissions import Role
from caseflow.web.formatting import tal
from tests import factories
from tests.measures import histories
from tests.measures.doors import behind, doors_in
from tests.reports.tracing import assert_every_figure_opens, rows_behind
from tests.reports.worlds import random_world
from tests.signing_in import sign_in

CUT = Cut(date(2020, 11, 30))
YEAR = Period.year(2020)


@pytest.fixture
def full(app: Flask) -> Iterator[None]:
    histories.write(Random(77), random_world(), 25)
    yield
    histories.empty()


def ask(key: str = "namndindikatorer", period: Period = YEAR, cut: Cut = CUT, chosen: Filter | None = None) -> Document:
    return REPORTS[key].build(Question(period, cut, chosen or Filter()))


@pytest.mark.parametrize("key", ["namndindikatorer", "kkik"])
def test_every_figure_opens_to_what_it_counts(full: None, key: str) -> None:
    assert_every_figure_opens(ask(key), sample=80)


def test_the_report_says_what_the_measures_say(full: None) -> None:
    document = ask()
    table, units = document.table("participants"), document.table("units")
    for key, column in (("F2", "to_work_or_studies"), ("F3", "to_neither"), ("F5", "placements")):
        measure = get_measure(key)
        found = figures(measure, Selection(YEAR, CUT))
        shown = [table.cell(key, name).value for name in ("value", "women", "men", "year_1")]
        before = figures(measure, Selection(Period.year(2019), CUT))
        values = [found.total.value, *(found.of(sex=sex).value for sex in Sex), before.total.value]
        assert shown == values
        osa = found.of(factories.unit("OSA").id, Sex.MAN).value
        assert units.cell("OSA.man", column).value == osa
        assert found.total.value


def test_women_and_men_make_the_total_and_units_make_all(full: None) -> None:
    added = 0
    for key in ("namndindikatorer", "kkik"):
        for table in ask(key).tables:
            for sum_ in table.additions:
                values = [table.cell(*part).value for part in sum_.parts]
                total = table.cell(*sum_.total).value
                if total is not None:
                    assert sum(values) == pytest.approx(total), (table.key, sum_)  # type: ignore[arg-type]
                    added += 1
    assert added > 50


def test_the_waits_are_those_of_the_report_of_waits(full: None) -> None:
    document = ask()
    table, means = document.table("waits_in_full"), document.table("waits")
    for wait in Wait:
        f = wait_report(wait, YEAR, CUT).all_units.women
        shown = [table.cell(f"{wait}.woman", name).value for name in ("n", "mean", "open_n", "unknown_n", "km_median")]
        assert shown == [f.n, f.mean_days, f.open_n, f.unknown_n, f.km_median_days]
        assert means.cell(wait.value, "women").value == pytest.approx(f.mean_days)


def test_a_year_before_the_record_is_unknown_and_a_year_without_exits_is_zero(app: Flask) -> None:
    factories.make_met_case(date(2019, 3, 4), date(2019, 3, 11))
    document = ask()
    table = document.table("participants")
    assert [table.cell("F2", column).value for column in ("value", "year_1", "year_2")] == [0, 0, None]
    assert table.cell("F2", "computed").value == Goal.NOT_MET
    assert document.table("households").cell("H1", "value").value is None
    assert document.table("assistance").cell("H4", "value").value is None
    assert "Registrets första anvisning är från 2019-03-04" in " ".join(document.warnings)


def test_of_the_sex_that_the_filter_leaves_out_nothing_is_said(full: None) -> None:
    table = ask(chosen=Filter(sex=Sex.WOMAN)).table("participants")
    assert table.cell("F2", "men").value is None
    assert table.cell("F2", "women").value == table.cell("F2", "value").value


def test_a_chosen_unit_has_no_table_of_units(full: None) -> None:
    keys = {table.key for table in ask(chosen=Filter(unit=factories.unit("AMC"))).tables}
    assert not keys & {"units", "efficiency_units"}


def test_both_colours_and_the_comment_stand_in_the_report(app: Flask) -> None:
    factories.make_met_case(date(2019, 3, 4), date(2019, 3, 11))
    actor = factories.make_user(Role.CONTROLLER, None).actor
    choice = GoalChoice(Goal.PARTLY, "Hösten har börjat bra.")
    goal_services.choose_goal(actor, "F5", Selection(YEAR, CUT), choice)
    db.session.commit()
    table = ask().table("participants")
    shown = [table.cell("F5", name).value for name in ("computed", "colour", "comment", "target")]
    assert shown[:2] == [Goal.NOT_MET, Goal.PARTLY]
    assert str(shown[2]).endswith(": Hösten har börjat bra.")
    assert str(shown[3]).startswith("777 placeringar (711 för perioden)")
    assert ask(cut=Cut(date(2020, 10, 31))).table("participants").cell("F5", "comment").value == ""


def test_every_exit_has_one_reason_in_the_kkik_report(full: None) -> None:
    document = ask("kkik")
    reasons, shares = document.table("reasons"), document.table("shares")
    counted = [reasons.cell(reason.value, "total").value for reason in Reason if reason.counts]
    exits = reasons.cell("all", "total").value
    assert exits
    assert shares.cell("U40455", "total").value == pytest.approx(100 * sum(counted) / exits)  # type: ignore[arg-type, operator]
    parts = [shares.cell(key, "total").value for key in ("U40406", "U40409")]
    assert sum(parts) == pytest.approx(shares.cell("U40455", "total").value)  # type: ignore[arg-type]
    for key in ("U40406", "U40409"):
        trace = shares.cell(key, "total").trace
        assert trace
        assert rows_behind(trace)[0] == exits, "each of the exits that it is a share of"


def test_how_a_goal_stood_the_year_before_opens_the_rows_of_then(full: None, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.MANAGER, None))
    page = client.get("/rapporter/namndindikatorer?ar=2020&brytdag=2020-11-30").text
    goals = doors_in(page.partition('id="mal"')[2].partition("</table>")[0])
    before = [(text.split()[-1], address) for text, address in goals if text.startswith(("ökat", "minskat", "oför"))]
    assert len(before) >= 5
    for text, address in before:
        value = behind(client, address).value
        assert "till=2019-11-30" in address
        assert value is not None
        assert text == tal(value, len(text.partition(",")[2])), address


def test_the_kkik_report_warns_of_work_that_is_too_young_to_count(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 9, 1), date(2020, 9, 8))
    assert case.counsellor is not None
    services.close(case.counsellor.actor, case, date(2020, 11, 16), ExitOutcome.WORK, None)
    db.session.commit()
    document = ask("kkik")
    assert document.table("reasons").cell("too_early", "women").value == 1
    assert document.warnings[0].startswith("1 avslut till arbete räknas inte än")

"""What stands beside a report's tables on its page: charts, goals at a glance, and periods one step away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from caseflow.cases.terms import Stage
from caseflow.core import clock
from caseflow.measures.rules import Goal
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation.models import Programme
from caseflow.reports.document import Cell, Chart, ChartKind, Column, Document, Kind, Row, Series, Table
from caseflow.reports.goal_lines import count_goals, list_goals
from caseflow.reports.kinds import REPORTS
from caseflow.reports.presets import list_presets
from caseflow.reports.question import Question
from caseflow.reports.web_charts import leads_onward, more_of

CUT = Cut(date(2020, 12, 1))


def table(chart: Chart, *rows: Row, columns: tuple[Column, ...] = ()) -> Table:
    return Table("t", "T", columns, rows, chart=chart)


def sankey(*links: tuple[str, str, int]) -> Chart:
    return Chart(ChartKind.SANKEY, "Flödet.", links=links)


def test_a_stage_has_its_colour_and_what_is_left_is_open(app: Flask) -> None:
    assessment, work = Stage.ASSESSMENT.label, Stage.EXIT_WORK.label
    chart = sankey(("AFI", assessment, 9), (assessment, work, 4), (assessment, "Kvar vid periodens slut", 5))
    colours = {one["name"]: one["stage"] for one in more_of(table(chart))["nodes"]}
    assert colours == {
        "AFI": "ink-3",
        assessment: "stage-assessment",
        work: "stage-exit-work",
        "Kvar vid periodens slut": "open",
    }


def test_a_frozen_diagram_keeps_its_colours_for_who_reads_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert Stage.ASSESSMENT.label != "Kartläggning"
        [first, _last] = more_of(table(sankey(("Kartläggning", "Avslut arbete", 1))))["nodes"]
    assert first["stage"] == "stage-assessment"


def test_a_diagram_with_a_way_back_is_left_to_the_script_that_tells_it_in_words() -> None:
    assert leads_onward(sankey(("a", "b", 1), ("b", "c", 1)))
    assert not leads_onward(sankey(("a", "b", 1), ("b", "a", 1)))
    assert more_of(table(sankey(("a", "b", 1), ("b", "a", 1)))) == {}


def test_lines_of_stages_have_the_stages_colours_and_others_none(app: Flask) -> None:
    points = (("2020-01", 1.0),)
    stages = tuple(Series(stage.label, points) for stage in (Stage.REFERRED, Stage.PLACEMENT))
    assert more_of(table(Chart(ChartKind.LINE, "", stages))) == {"inks": ["stage-referred", "stage-placement"]}
    assert more_of(table(Chart(ChartKind.LINE, "", (Series("Medel", points),)))) == {}


def test_a_control_chart_says_which_points_are_signals() -> None:
    columns = (Column("period", "Månad"), Column("signals", "Tecken"))
    rows = (
        Row("2020-01", (Cell("2020-01"), Cell(""))),
        Row("2020-02", (Cell("2020-02"), Cell("utanför gränserna"))),
        Row("2020-03", (Cell("2020-03"), Cell("dolt", suppressed=True))),
    )
    chart = Chart(ChartKind.CONTROL, "", (Series("Medel", (("2020-01", 1.0),)), Series("Övre gräns", ())))
    made = more_of(table(chart, *rows, columns=columns))
    assert made == {"signals": {"2020-02": "utanför gränserna"}, "inks": ["ink", "ink-3"]}


GOAL_COLUMNS = (
    Column("indicator", "Indikator"),
    Column("value", "Värde", Kind.NUMBER, 1),
    Column("last_year", "Samma period 2019", Kind.NUMBER, 1),
    Column("target", "Målvärde"),
    Column("colour", "Gällande färg", Kind.GOAL),
    Column("comment", "Kommentar"),
)


def goals(*lines: tuple[Any, ...]) -> Document:
    rows = tuple(Row(str(place), tuple(map(Cell, line))) for place, line in enumerate(lines))
    return Document("r", "R", CUT.as_of, None, (), (Table("waits", "Väntetider", GOAL_COLUMNS, rows),))


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (16.3, 20.1, "minskat från 20,1"),
        (20.1, 16.3, "ökat från 16,3"),
        (8, 8.0, "oförändrat, 8,0"),
        (8, None, "uppgift saknas"),
        (None, 8, "uppgift saknas"),
    ],
)
def test_a_goal_is_told_with_how_it_stood_the_year_before(app: Flask, now: Any, before: Any, words: str) -> None:
    [line] = list_goals(goals(("W3", now, before, "14 dagar", Goal.PARTLY, "")))
    assert (line.section, line.trend.value, line.target, line.goal) == ("waits", words, "14 dagar", Goal.PARTLY)


def test_what_has_no_target_or_cannot_be_judged_is_no_goal_at_a_glance(app: Flask) -> None:
    lines = list_goals(
        goals(
            ("F1", 607, 425, "inget målvärde", Goal.UNKNOWN, ""),
            ("F2:work", 73, 193, "", Goal.UNKNOWN, ""),
            ("F2", 137, 296, "ska öka", Goal.NOT_MET, ""),
            ("F3", 289, 406, "ska minska", Goal.MET, ""),
            ("F5", 1, 2, "777 placeringar", Goal.UNKNOWN, "Färgen vald av controller"),
        )
    )
    assert [line.label for line in lines] == ["F2", "F3", "F5"]
    assert count_goals(lines) == [(Goal.MET, 1), (Goal.NOT_MET, 1), (Goal.UNKNOWN, 1)]


def periods(key: str, today: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, str]]:
    monkeypatch.setattr(clock, "today", lambda: today)
    question = Question(Period.year(2020), CUT, Filter())
    presets = list_presets(question, REPORTS[key])
    return {one.label: (one.address["fran"], one.address["till"]) for one in presets}


def test_periods_that_are_asked_for_again_are_one_step_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert periods("ledtider", date(2020, 6, 15), monkeypatch) == {
        "I år": ("2020-01-01", "2020-12-31"),
        "Förra året": ("2019-01-01", "2019-12-31"),
        "Senaste 12 månaderna": ("2019-06-01", "2020-05-31"),
        "Tertial 1": ("2020-01-01", "2020-04-30"),
        "Tertial 2": ("2020-05-01", "2020-08-31"),
    }


def test_a_report_of_whole_years_offers_only_years(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(periods("kkik", date(2020, 6, 15), monkeypatch)) == ["I år", "Förra året"]


def test_a_period_keeps_the_other_filters_but_not_the_cut_off(app: Flask) -> None:
    question = Question(Period.year(2019), Cut(date(2019, 6, 30)), Filter())
    this_year, last_year, *_rest = list_presets(question, REPORTS["ledtider"])
    assert "brytdag" not in this_year.address
    assert last_year.address["matt"] == "W3"


def test_a_programme_is_first_of_all_followed_from_its_beginning(app: Flask) -> None:
    programme = Programme(code="500", name="500-uppdraget", starts_on=date(2019, 1, 1), ends_on=date(2020, 12, 31))
    question = Question(Period(date(2019, 1, 1), date(2020, 12, 31)), CUT, Filter(programme=programme))
    [whole, *others] = list_presets(question, REPORTS["program"])
    assert (whole.label, whole.current, any(one.current for one in others)) == ("Hela programmet", True, False)

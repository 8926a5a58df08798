"""An address is read into what it says, or into a sentence; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.core import clock
from caseflow.core.personnummer import Sex
from caseflow.measures.rules import Wait
from caseflow.measures.selection import AGE_GROUPS, Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.reports.kinds import Question, ReportKind
from caseflow.reports.reading import QuestionForm, Registers, address_of, read_selection, selection_of, wall_clock
from tests.reports import met

EVERYTHING = ReportKind("allt", "Allt", "", met.build, ("unit", "programme", "sex", "ages", "begun", "wait", "step"))
BOARD = ReportKind("ar", "År", "", met.build, (), whole_years=True)
PROGRAMME = ReportKind("program", "Program", "", met.build, ("programme",), needs_programme=True)


def read(kind: ReportKind = EVERYTHING, **args: str) -> Question:
    question = QuestionForm(args, kind).read()
    assert question is not None
    return question


def sentences(kind: ReportKind = EVERYTHING, **args: str) -> dict[str, str]:
    form = QuestionForm(args, kind)
    assert form.read() is None
    return form.sentences


def test_an_empty_address_asks_about_this_year_so_far(app: Flask) -> None:
    assert read() == Question(Period.year(2020), Cut(date(2020, 12, 1)))
    assert read(fran="", till=" ", enhet="", kant="") == read()


def test_a_past_year_is_cut_off_at_its_end(app: Flask) -> None:
    assert read(BOARD, ar="2019") == Question(Period.year(2019), Cut(date(2019, 12, 31)))
    assert read(fran="2019-03-01").period == Period(date(2019, 3, 1), date(2019, 12, 31))


def test_a_programme_is_asked_about_as_a_whole_up_to_the_last_whole_month(app: Flask) -> None:
    question = read(PROGRAMME)
    assert question.chosen.programme == get_programme("500-uppdraget")
    assert question.cut.as_of == date(2020, 11, 30)
    assert question.period.from_on == date(2019, 1, 1)


def test_a_time_is_stockholm_time_unless_it_says_otherwise(app: Flask) -> None:
    assert read(kant="2020-09-01 12:00").cut.known_at == datetime(2020, 9, 1, 10, tzinfo=UTC)
    assert read(kant="2020-11-15T12:00").cut.known_at == datetime(2020, 11, 15, 11, tzinfo=UTC)
    assert read(kant="2020-09-01T12:00+00:00").cut.known_at == datetime(2020, 9, 1, 12, tzinfo=UTC)
    assert read(kant="2020-09-01T12:00 00:00").cut.known_at == datetime(2020, 9, 1, 12, tzinfo=UTC)
    end_of_day = read(kant="2020-09-01").cut.known_at
    assert end_of_day is not None
    assert clock.local(end_of_day).strftime("%d %H:%M") == "01 23:59"


def test_the_hour_that_comes_twice_in_autumn_is_told_apart(app: Flask) -> None:
    for hour in (0, 1):
        instant = datetime(2020, 10, 25, hour, 30, tzinfo=UTC)
        assert read(kant=wall_clock(instant)).cut.known_at == instant


@pytest.mark.parametrize(
    ("args", "field", "words"),
    [
        ({"brytdag": "strunt"}, "brytdag", "Skriv datumet som ÅÅÅÅ-MM-DD."),
        ({"brytdag": "2020-12-02"}, "brytdag", "framåt i tiden"),
        ({"brytdag": "0001-01-01"}, "brytdag", "mellan 1990 och 2100"),
        ({"kant": "igår"}, "kant", "ÅÅÅÅ-MM-DD TT:MM"),
        ({"kant": "2020-12-02 00:01"}, "kant", "framåt i tiden"),
        ({"kant": "9999-12-31 23:59"}, "kant", "ÅÅÅÅ-MM-DD TT:MM"),
        ({"fran": "2020-31-12"}, "fran", "ÅÅÅÅ-MM-DD"),
        ({"fran": "2020-05-01", "till": "2020-04-30"}, "till", "ligger före den första"),
        ({"enhet": "XYZ"}, "enhet", "XYZ finns inte"),
        ({"program": "xyz"}, "program", "xyz finns inte"),
        ({"kon": "annat"}, "kon", "annat finns inte"),
        ({"alder": "gammal"}, "alder", "25-59"),
        ({"alder": "59-25"}, "alder", "25-59"),
        ({"rakna": "mitten"}, "rakna", "mitten finns inte"),
        ({"matt": "W8"}, "matt", "W8 finns inte"),
        ({"steg": "dag"}, "steg", "dag finns inte"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(app: Flask, args: dict[str, str], field: str, words: str) -> None:
    found = sentences(**args)
    assert list(found) == [field]
    assert words in found[field]


def test_a_year_that_is_none_and_a_filter_that_the_report_lacks_are_told(app: Flask) -> None:
    assert list(sentences(BOARD, ar="tjugo")) == ["ar"]
    assert list(sentences(BOARD, fran="2019-02-01", till="2020-01-31")) == ["ar"]
    assert sentences(BOARD, enhet="AMC") == {"enhet": "Rapporten kan inte visas efter enhet."}


def test_what_was_written_stays_in_the_field(app: Flask) -> None:
    form = QuestionForm({"brytdag": "strunt", "alder": "30-35", "fran": "2019-01-01"}, EVERYTHING)
    assert form.read() is None
    assert 'value="strunt"' in str(form.brytdag())
    assert '<option selected value="30-35">' in str(form.alder())
    assert 'value="2019-01-01"' in str(form.fran())


instants = st.timedeltas(timedelta(0), timedelta(2000)).map(datetime(2015, 1, 1, tzinfo=UTC).__add__)
days = st.dates(date(2015, 1, 1), date(2020, 12, 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ends=st.tuples(days, days),
    as_of=days,
    known_at=st.none() | instants,
    unit=st.sampled_from([None, "AMC", "AFI"]),
    programme=st.sampled_from([None, "500-uppdraget", "visa"]),
    sex=st.none() | st.sampled_from(Sex),
    ages=st.none() | st.sampled_from(AGE_GROUPS),
    begun=st.booleans(),
    part=st.sampled_from(["", "open"]),
    within=st.booleans(),
)
def test_an_address_leads_back_to_its_selection_and_its_question(
    app: Flask,
    ends: tuple[date, date],
    as_of: date,
    known_at: datetime | None,
    unit: str | None,
    programme: str | None,
    sex: Sex | None,
    ages: object,
    begun: bool,
    part: str,
    within: bool,
) -> None:
    chosen = Filter(
        get_unit(unit) if unit else None,
        get_programme(programme) if programme else None,
        sex,
        ages,  # type: ignore[arg-type]
        begun,
    )
    month = Period(max(ends), max(ends)) if within else None
    selection = Selection(Period(min(ends), max(ends)), Cut(as_of, known_at), chosen, part, month)
    form, found = read_selection(selection.address() | {"matt": "W3"})
    assert (found, form.errors) == (selection, {})
    assert selection_of(selection.address(), Registers()) == selection
    question = Question(selection.period, selection.cut, chosen, Wait.W5, "week")
    assert QuestionForm(address_of(question, EVERYTHING), EVERYTHING).read() == question


def test_days_within_the_period_that_cannot_be_read_are_told(app: Flask) -> None:
    form, found = read_selection({"matt": "W3", "inom": "mars"})
    assert found is None
    assert "2020-01-01..2020-01-31" in form.sentences["fran"]

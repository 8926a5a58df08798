"""What leaves the organisation tells no small number, neither by itself nor together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.core.personnummer import Sex
from caseflow.measures.selection import Filter, Selection
from caseflow.reports.as_csv import csv_text
from caseflow.reports.as_json import json_text
from caseflow.reports.document import (
    Addition,
    Cell,
    Chart,
    ChartKind,
    Column,
    Document,
    Kind,
    Row,
    Series,
    Table,
    Trace,
)
from caseflow.reports.outside_words import WITHHELD, Figures, may_leave
from caseflow.reports.suppression import NO_CHART, SENTENCE, for_outside
from tests.reports.sample import AS_OF, CUT, KNOWN_AT, SAMPLE, YEAR, address_of

SEXES = {"women": Sex.WOMAN, "men": Sex.MAN, "total": None}
COLUMNS = (
    Column("name", "Utfall"),
    *(Column(key, key, Kind.COUNT) for key in SEXES),
    Column("share_women", "Andel kvinnor", Kind.PERCENT),
    Column("mean_women", "Medel", Kind.NUMBER, 1),
)


def trace(measure: str, sex: Sex | None = None) -> Trace:
    return Trace(measure, Selection(YEAR.period, CUT, Filter(sex=sex)))


def counted(measure: str, women: int, men: int) -> Row:
    """A row of a table by sex, with a share and a mean that rest on the women."""
    both = {"women": women, "men": men, "total": women + men}
    share = Cell(100 * women / (women + men), women + men, trace(measure)) if women + men else Cell(None, 0)
    mean = Cell(8.3, women, trace(measure, Sex.WOMAN))
    cells = (Cell(n, n, trace(measure, SEXES[key])) for key, n in both.items())
    return Row(measure, (Cell(measure), *cells, share, mean))


def table(key: str, **rows: tuple[int, int]) -> Table:
    additions = tuple(Addition((row, "total"), ((row, "women"), (row, "men"))) for row in rows)
    return Table(key, key, COLUMNS, tuple(counted(row, *sexes) for row, sexes in rows.items()), additions=additions)


def document(*tables: Table, **more: Any) -> Document:
    return Document("prov", "Prov", AS_OF, KNOWN_AT, (), tables, **more)


def shown(report: Document, at: str, row: str) -> list[Any]:
    """The values of a row; None where hidden."""
    found = next(one for one in report.table(at).rows if one.key == row)
    return [None if cell.suppressed else cell.value for cell in found.cells[1:]]


def test_the_small_one_the_other_sex_the_share_and_the_mean_are_hidden() -> None:
    report = for_outside(document(table("exits", work=(3, 40), studies=(10, 30))))
    assert shown(report, "exits", "work") == [None, None, 43, None, None]
    assert shown(report, "exits", "studies") == [10, 30, 40, 25, 8.3]


def test_a_zero_is_shown() -> None:
    assert shown(for_outside(document(table("exits", work=(0, 40)))), "exits", "work")[:3] == [0, 40, 40]


def test_the_same_figure_is_hidden_in_every_table() -> None:
    same = Table("again", "again", COLUMNS[:2], (Row("men", (Cell("män"), Cell(40, 40, trace("work", Sex.MAN)))),))
    report = for_outside(document(table("exits", work=(3, 40)), same))
    assert shown(report, "again", "men") == [None]


def test_sums_that_nobody_said_are_seen_by_what_the_figures_count() -> None:
    silent = replace(table("exits", work=(3, 40)), additions=())
    assert shown(for_outside(document(silent)), "exits", "work") == [None, None, 43, None, None]


def test_a_share_that_tells_a_small_number_is_hidden_without_it() -> None:
    share = Column("share", "Andel", Kind.PERCENT, 1)
    rows = tuple(
        Row(key, (Cell(key), Cell(value, n)))
        for key, value, n in (
            ("one", 2.5, 40),
            ("rest", 97.5, 40),
            ("none", 0, 40),
            ("many", 50, 40),
            ("half", 5, None),
        )
    )
    report = for_outside(document(Table("shares", "shares", (COLUMNS[0], share), rows)))
    assert [shown(report, "shares", row.key) for row in rows] == [[None], [None], [0], [50], [5]]


def test_nothing_opens_and_nothing_says_how_many() -> None:
    report = for_outside(document(table("exits", work=(3, 40)), older_json={"women": 3}))
    assert report.external
    assert report.warnings[0] == SENTENCE
    for text in (json_text(report, address_of), csv_text(report, address_of)):
        assert "caseflow.example" not in text
    written = json.loads(json_text(report, address_of))
    assert "women" not in written
    assert "n" not in written["tables"]["exits"]["rows"]["work"]["men"]


def test_a_chart_beside_hidden_figures_is_left_out_with_a_sentence() -> None:
    chart = Chart(ChartKind.BARS, "Fler män.", (Series("kvinnor", (("work", 3.0),)),))
    with_small = for_outside(document(replace(table("exits", work=(3, 40)), chart=chart))).table("exits")
    assert (with_small.chart, with_small.notes) == (None, (NO_CHART,))
    assert for_outside(document(replace(table("exits", work=(30, 40)), chart=chart))).table("exits").chart == chart
    flow = Chart(ChartKind.SANKEY, "", links=(("a", "b", 4),))
    assert for_outside(document(replace(table("exits", work=(30, 40)), chart=flow))).table("exits").chart is None


def test_sentences_that_tell_a_number_are_withheld() -> None:
    one = replace(table("exits", work=(3, 40)), caption="3 kvinnor och 40 män.", notes=("Män: 40.", "Hela dagar."))
    report = for_outside(
        document(one, warnings=("7 väntar fortfarande.", "43 slutade.", "Medelvärdet räknar inte dem som väntar."))
    )
    assert report.warnings[1:] == (WITHHELD, "43 slutade.", "Medelvärdet räknar inte dem som väntar.")
    assert (report.table("exits").caption, report.table("exits").notes) == (WITHHELD, (WITHHELD, "Hela dagar."))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("Räknat till och med 2020-11-30, W3 enligt målet 15 dagar för år 2020.", True),
        ("Mer än två år, 95 % intervall 1,2–2,7 och 1 875 726 kr.", True),
        ("500-uppdraget 2019–2020", True),
        ("62 väntar fortfarande, av 1\u00a0234 som började.", True),
        ("41 väntar fortfarande.", False),
        ("62 väntar fortfarande, 3 av dem länge.", False),
        ("33 % av kvinnorna", False),
        ("Medel 8,3 dagar", False),
        ("Ärende 2020-0001", False),
        ("Hushåll H0042 har lämnat", False),
    ],
)
def test_which_sentences_may_leave(text: str, may: bool) -> None:
    assert may_leave(text, Figures(frozenset({"8,3"}), frozenset({"62", "3", "1\u00a0234"}))) is may


def test_a_sentence_about_a_row_goes_with_its_figures() -> None:
    columns = (*COLUMNS, Column("means", "Vad det betyder"), Column("target", "Mål"))
    sentence = "Av kvinnornas avslut var 25 % till studier, lika många som av männens."
    rows = tuple(
        replace(row, cells=(*row.cells, Cell(sentence), Cell(target)))
        for row, target in zip((counted("a", 3, 40), counted("b", 20, 30)), ("777", "40 eller fler"), strict=True)
    )
    report = for_outside(document(Table("exits", "exits", columns, rows)))
    assert shown(report, "exits", "a")[-2:] == [None, "777"]
    assert shown(report, "exits", "b")[-2:] == [sentence, None]


def test_rows_of_single_cases_lose_their_numbers() -> None:
    cases = Table("cases", "cases", COLUMNS[:2], (Row("2020-0001", (Cell("Ärende 2020-0001"), Cell(1, 1))),))
    text = json_text(for_outside(document(cases)))
    assert "2020-0001" not in text


def test_a_report_of_large_numbers_keeps_them_all() -> None:
    report = for_outside(SAMPLE)
    for before, after in zip(SAMPLE.tables, report.tables, strict=True):
        if before.key in ("placements", "stock", "steps"):
            assert [[cell.value for cell in row.cells] for row in before.rows] == [
                [cell.value for cell in row.cells] for row in after.rows
            ]


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1))
def test_who_subtracts_what_is_shown_never_finds_what_is_not(rows: dict[str, tuple[int, int]]) -> None:
    report = for_outside(document(table("exits", **rows)))
    for name, (women, men) in rows.items():
        values = dict(zip(SEXES, shown(report, "exits", name)[:3], strict=True))
        actual = {"women": women, "men": men, "total": women + men}
        assert all(value in (None, actual[key]) for key, value in values.items())
        assert not any(value is not None and 0 < value < 5 for value in values.values())
        fits = [
            (w, m)
            for w in range(1 if values["women"] is None else women, 40 if values["women"] is None else women + 1)
            for m in range(1 if values["men"] is None else men, 40 if values["men"] is None else men + 1)
            if values["total"] in (None, w + m)
        ]
        for place, key in enumerate(("women", "men")):
            assert values[key] is not None or len({one[place] for one in fits}) > 1
        assert values["total"] is not None or len({sum(one) for one in fits}) > 1

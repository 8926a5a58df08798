"""The demo, read by the importer, gives every published figure of 500-uppdraget, and the board's own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from caseflow.cases import areas
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.imports.services import SourceFile, import_files
from caseflow.measures import checks, services
from caseflow.measures.figures import figures
from caseflow.measures.placements import placements_begun
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation import base_data
from caseflow.organisation.queries import get_programme
from caseflow.security.permissions import SYSTEM, Role
from tests import factories
from tests.conftest import empty
from tests.signing_in import sign_in

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "demo"
END = Cut(date(2020, 11, 30))


@pytest.fixture(scope="module")
def demo(migrated_app: Flask) -> Iterator[Flask]:
    """The demo in the database, read once for all the tests here."""
    with migrated_app.app_context():
        empty()
        base_data.add_missing()
        areas.add_missing()
        files = [SourceFile(path.name, path.read_bytes()) for path in sorted(DEMO.glob("*.csv"))]
        assert not import_files(files, actor=SYSTEM).refused
        # The rebuild has the tables looked at by a connection of its own.
        db.session.commit()
        services.rebuild()
        db.session.execute(text("UPDATE job SET status = 'done'"))
        db.session.commit()
        yield migrated_app
        db.session.remove()


@pytest.fixture(scope="module")
def report(demo: Flask) -> dict[str, Any]:
    arguments = ["report", "500-uppdraget", "--as-of", "2020-11-30", "--format", "json"]
    answer: dict[str, Any] = json.loads(demo.test_cli_runner().invoke(args=arguments).stdout)
    return answer


def counts(women: int, men: int) -> dict[str, int]:
    return {"women": women, "men": men, "total": women + men}


def test_the_placement_table(report: dict[str, Any]) -> None:
    assert report["placements"] == {
        "employment_or_internship": {"2019": counts(93, 65), "2020": counts(167, 142), "total": counts(260, 207)},
        "development_place": {"2019": counts(10, 42), "2020": counts(30, 69), "total": counts(40, 111)},
        "of_which": {"2019": counts(0, 8), "2020": counts(1, 16), "total": counts(1, 24)},
        "total": {"2019": counts(103, 107), "2020": counts(197, 211), "total": counts(300, 318)},
    }


def test_households_and_studies(report: dict[str, Any]) -> None:
    assert report["households_left"] == {
        "total": 44,
        "by_year": {"2019": 11, "2020": 18},
        "topped_up": 7,
        "unknown": 8,
        "months_mean": 36,
        "months_max": 171,
        "months_min": 3,
    }
    assert report["to_studies"] == 72
    assert [(one["code"], one["count"]) for one in report["warnings"]] == [("payments_unknown", 8)]


def test_the_kronor_to_the_krona(report: dict[str, Any]) -> None:
    assert report["avoided_kr"] == {"2019": 502_267, "2020": 1_875_726}
    assert (report["topup_month_kr"], report["topup_year_kr"]) == (57_765, 693_180)
    assert report["avoided_total_kr"] == 3_071_173
    assert report["employment_cost"] == {
        "2019": {"wage": 29_797_887, "programme": -10_265_521, "af": -19_132_058, "net": 400_308},
        "2020": {"wage": 30_209_114, "programme": -7_025_600, "af": -18_632_932, "net": 4_550_582},
    }
    assert report["net_effect_kr"] == -1_879_717


def test_the_cohort_is_everybody_and_the_plain_way_of_counting_gives_the_published_sum(report: dict[str, Any]) -> None:
    for months in ("12", "18"):
        assert report["cohort"][months]["total"] == counts(300, 318)
        standings = [row for standing, row in report["cohort"][months].items() if standing != "total"]
        assert sum(row["total"] for row in standings) == 618
    ways = {(one["baseline_months"], one["stops_at_return"]): one["total_kr"] for one in report["sensitivity"]}
    assert ways == {(12, True): 3_071_173, (12, False): 3_071_173, (6, True): 3_066_982.17, (6, False): 3_066_982.17}


@pytest.mark.parametrize(
    ("wait", "year", "mean"), [(Wait.W1, 2018, 19), (Wait.W1, 2019, 20.3), (Wait.W1, 2020, 18), (Wait.W2, 2020, 8.3)]
)
def test_waits_for_a_decision_are_near_the_published_means(demo: Flask, wait: Wait, year: int, mean: float) -> None:
    period = Period(date(year, 1, 1), date(year, 12, 31))
    assert wait_report(wait, period, END).all_units.total.mean_days == pytest.approx(mean, abs=0.2)


def test_months_on_assistance_are_the_published(demo: Flask) -> None:
    chosen = Filter(programme=get_programme("500-uppdraget"))
    figures = wait_report(Wait.W7, Period(date(2019, 1, 1), END.as_of), END, chosen).all_units.total
    assert (figures.n, figures.mean_days, max(figures.counts), min(figures.counts)) == (44, 36, 171, 3)


def test_placements_begun_are_the_published(demo: Flask) -> None:
    by_year = placements_begun(END).as_json()
    assert (by_year["2018"]["total"], by_year["2019"]["total"]) == (477, 748)


@pytest.mark.parametrize(
    ("measure", "part", "period", "total", "women", "men"),
    [
        ("F2", "", Period.year(2018), 182, 81, 101),
        ("F2", "", Period.year(2019), 310, 127, 183),
        ("F2", "", Period(date(2020, 1, 1), date(2020, 8, 31)), 97, 56, 41),
        ("F3", "", Period.year(2018), 299, 159, 140),
        ("F3", "", Period.year(2019), 429, 240, 189),
        ("F3", "", Period(date(2020, 1, 1), date(2020, 8, 31)), 211, 112, 99),
        ("F4", "work", Period.year(2018), 4, 1, 3),
        ("F4", "studies", Period.year(2018), 2, 1, 1),
        ("F4", "work", Period.year(2019), 32, 6, 26),
        ("F4", "studies", Period.year(2019), 2, 1, 1),
        ("F4", "", Period(date(2020, 1, 1), date(2020, 8, 31)), 5, 1, 4),
        ("F5", "", Period.year(2018), 477, 246, 231),
        ("F5", "", Period.year(2019), 748, 374, 374),
        ("F5", "", Period(date(2020, 1, 1), date(2020, 8, 31)), 496, 258, 238),
    ],
)
def test_the_counts_of_the_board_are_the_published(
    demo: Flask, measure: str, part: str, period: Period, total: int, women: int, men: int
) -> None:
    found = figures(get_measure(measure), Selection(period, END, part=part))
    assert (found.total.value, found.of(sex=Sex.WOMAN).value, found.of(sex=Sex.MAN).value) == (total, women, men)


def test_every_invariant_holds(demo: Flask) -> None:
    assert [sentence for _, sentences in checks.all_checks() for sentence in sentences] == []


def test_the_page_shows_the_published_figures_with_the_footnote_on_the_krona(demo: Flask) -> None:
    client = demo.test_client()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    page = client.get("/program?program=500-uppdraget").text.replace("\N{NO-BREAK SPACE}", " ")
    assert 'Brytdag <b class="num">2020-11-30' in page
    for figure in (
        "3 071 173",
        "4 950 890",
        "−1 879 717",
        "1 875 726 kr",
        "502 267 kr",
        "12 × 57 765 kr",
        "22 242 011",
    ):
        assert figure in page
    assert "Slutrapporten anger summan 3 071 172 kr. Vi skriver den rätta summan, skillnaden är 1 kr." in page
    assert "−19 170 838 kr" in page
    for words in (
        "ingen jämförelsegrupp",
        "Bruttosumman räknad på fyra sätt",
        "3 066 982",
        "11,3 %",
        "Kvar i programmet",
    ):
        assert words in page
    months = client.get("/program/hushall?program=500-uppdraget").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 377 993 kr" in months

"""The style page in a browser: every chart draws, and hands out what it shows."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from playwright.sync_api import Download, Locator, Page, TimeoutError, expect

from caseflow.security.permissions import Role
from tests.browser.conftest import Visitors
from tests.meta.world import World, make_world


@pytest.fixture
def page(app: Flask, visitors: Visitors) -> Page:
    world: World = make_world(app)
    opened = visitors.open(world.users[Role.ADMINISTRATOR])
    opened.goto("/stil")
    return opened


def saved(page: Page, chart: str, kind: str) -> bytes:
    download = pressed(page.locator("figure", has=page.locator(f"[data-chart={chart}]")), kind)
    assert download.suggested_filename == f"stil-{chart}.{kind}"
    return Path(download.path()).read_bytes()


def pressed(figure: Locator, kind: str) -> Download:
    """The file that the button gives. A busy Chromium may leave out one of many downloads in a row: then the button is
    pressed once more, as a person would."""
    button = figure.locator(f"[data-chart-file={kind}]")
    try:
        with figure.page.expect_download(timeout=30_000) as download:
            button.click()
    except TimeoutError:
        with figure.page.expect_download() as download:
            button.click()
    return download.value


def test_every_chart_is_drawn_and_can_be_had_as_picture_drawing_and_figures(page: Page) -> None:
    kinds = page.locator("[data-chart]").evaluate_all("all => all.map(one => one.dataset.chart)")
    expect(page.locator("[data-chart] canvas")).to_have_count(len(kinds))
    for kind in kinds:
        assert saved(page, kind, "png").startswith(b"\x89PNG")
        assert ElementTree.fromstring(saved(page, kind, "svg")).tag.endswith("svg")
        assert saved(page, kind, "csv").count(b"\r\n") > 2


def test_the_figures_are_written_as_a_swedish_spreadsheet_reads_them(page: Page) -> None:
    lines = saved(page, "km", "csv").decode("utf-8-sig").splitlines()
    assert lines[:3] == [
        '"Dag";"Andel som fortfarande väntar";"95 %-intervall, lägst";"95 %-intervall, högst"',
        "0;1;1;1",
        "7;0,8;0,74;0,86",
    ]


def test_pointing_at_a_chart_breaks_no_content_policy(page: Page) -> None:
    """The visitors' fixture fails on any complaint in the console."""
    for chart in page.locator("[data-chart]").all():
        chart.hover()


def test_what_a_chart_counts_in_months_and_by_the_month_is_said_and_saved_so(page: Page) -> None:
    months = {"unit": "månader", "point": "Månad", "in_months": True}
    by_month = {"step": "Månad", "mark": "", "change": "Ändring mot månaden före", "y_name": "Medelväntan, månader"}
    assert "median 14 månader" in drawn_with(page, "km", months)
    assert "Mål 14 månader" in drawn_with(page, "hist", months)
    assert '"20: 31,0"' in drawn_with(page, "xmr", {**by_month, "x": [31, *[15] * 11]})
    assert saved(page, "km", "csv").decode("utf-8-sig").startswith('"Månad";')
    heads = saved(page, "xmr", "csv").decode("utf-8-sig").splitlines()[0]
    assert heads.startswith('"Månad";"Medelväntan, månader";"Ändring mot månaden före";')


def drawn_with(page: Page, chart: str, data: dict[str, object]) -> str:
    """What the chart holds, as text, once some of its data is other."""
    option: str = page.evaluate(
        """([chart, data]) => {
          const script = document.getElementById(`d-stil-${chart}`);
          script.textContent = JSON.stringify({ ...JSON.parse(script.textContent), ...data });
          dispatchEvent(new Event('themechange'));
          return JSON.stringify(echarts.getInstanceByDom(document.querySelector(`[data-chart=${chart}]`)).getOption());
        }""",
        [chart, data],
    )
    return option

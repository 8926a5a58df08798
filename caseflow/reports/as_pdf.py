"""A report as a PDF in the board's layout, set by typst from `templates/reports/report.typ`.

Accessible (PDF/UA-1: tagged, with language, title and texts for the charts) and the same bytes whenever and wherever it
is made: the only time in it is the report's own, the only typeface the one kept in `static/vendor`. What is said in the
report reaches the template as data, never as its source.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from caseflow.core.language import _, current
from caseflow.measures.rules import Goal
from caseflow.reports.as_json import AddressOf
from caseflow.reports.document import Cell, Chart, ChartKind, Column, Document, Kind, Table
from caseflow.reports.drawing import chart_svg
from caseflow.reports.glyphs import FONTS, drawable
from caseflow.reports.paper import Layout, lay_out
from caseflow.reports.wording import NUMBERS, cell_words

TEMPLATE = Path(__file__).parents[2] / "templates" / "reports" / "report.typ"
# As wide as the mark before an assessment; it does not stand on a line of its own.
MARK = "\u00a0\u00a0\u00a0\u00a0"
# A text of more characters than this is a sentence; a table of more columns than this is too wide for sentences.
SENTENCE, FEW_COLUMNS = 60, 4
# A table lower than this, in points, is not broken over two pages.
TOGETHER = 300
MANY = 3


def pdf_bytes(document: Document, address_of: AddressOf | None = None) -> bytes:
    """The whole file. A figure is a link to what it counts where `address_of` gives a whole address."""
    made_at = document.known_at or datetime.combine(document.as_of, time(12), UTC)
    written = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_document(document, address_of), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        # A file says when it was made in whole seconds.
        timestamp=made_at.replace(microsecond=0),
    )
    assert isinstance(written, bytes)
    return written


def _document(document: Document, address_of: AddressOf | None) -> dict[str, Any]:
    sheets = _sheets(document, address_of)
    return {
        "lying": bool(sheets) and all(sheet["landscape"] for sheet in sheets),
        "language": current().value,
        "title": _plain(document.title),
        "as_of": document.as_of.isoformat(),
        "facts": [[_plain(label), _plain(words)] for label, words in document.facts],
        "warnings": [_plain(warning) for warning in document.warnings],
        "sheets": sheets,
        "words": _words(document),
        "definitions": [[_plain(one.term), _plain(one.text), _plain(one.source)] for one in document.definitions],
    }


def _words(document: Document) -> dict[str, str]:
    """What the template itself says."""
    return {
        "foot": _plain(_("%(title)s, brytdag %(day)s", title=document.title, day=document.as_of.isoformat())),
        "method": _("Så räknas siffrorna"),
        "source": _("Källa"),
    }


def _sheets(document: Document, address_of: AddressOf | None) -> list[dict[str, Any]]:
    """The tables with those that lie down beside each other taken together, so that they share a page.

    Where many lie down, all do: else the pages would be turned to and fro.
    """
    tables = [_table(table, address_of) for table in document.tables]
    if sum(table["landscape"] for table in tables) >= MANY:
        tables = [_table(table, address_of, lying=True) for table in document.tables]
    return [
        {"landscape": landscape, "tables": list(group)}
        for landscape, group in groupby(tables, key=lambda table: bool(table["landscape"]))
    ]


def _plain(text: str) -> str:
    """The text as the typeface can draw it."""
    return drawable(unicodedata.normalize("NFC", text))


def _table(table: Table, address_of: AddressOf | None, lying: bool = False) -> dict[str, Any]:
    notes: list[str] = []
    cells = [
        [_cell(cell, column, address_of, notes) for column, cell in zip(table.columns, row.cells, strict=True)]
        for row in table.rows
    ]
    beside, below = _beside_and_below(table)
    texts = [[MARK * bool(row[place]["goal"]) + row[place]["text"] for place in beside] for row in cells]
    columns = [table.columns[place] for place in beside]
    layout = lay_out([one.label for one in columns], texts, [one.kind is Kind.TEXT for one in columns], lying)
    return {
        "title": _plain(table.title),
        "caption": _plain(table.caption),
        "landscape": layout.landscape,
        "size": layout.size,
        "together": layout.height < TOGETHER,
        "parts": [_part(table, [beside[place] for place in part], layout, part, cells) for part in layout.parts],
        "sentences": [_sentences(row, below) for row in cells if any(row[place]["text"] for place in below)],
        "notes": [_plain(note) for note in notes],
        "remarks": [_plain(note) for note in table.notes],
        "chart": _chart(table.chart) if table.chart else None,
    }


def _beside_and_below(table: Table) -> tuple[list[int], list[int]]:
    """Which columns are printed as columns, and which as sentences below: those of a wide table that hold sentences."""
    below = [
        place
        for place, column in enumerate(table.columns)
        if place and column.kind is Kind.TEXT and len(table.columns) > FEW_COLUMNS
        if any(len(cell_words(row.cells[place], column)) > SENTENCE for row in table.rows)
    ]
    return [place for place in range(len(table.columns)) if place not in below], below


def _sentences(row: list[dict[str, Any]], below: list[int]) -> list[str]:
    """What the row is about, and its sentences."""
    return [row[0]["text"], " ".join(row[place]["text"] for place in below if row[place]["text"])]


def _part(
    table: Table, columns: list[int], layout: Layout, places: tuple[int, ...], cells: list[list[dict[str, Any]]]
) -> dict[str, Any]:
    """The columns of the table that stand beside each other on the paper; `places`: where the layout has them."""
    return {
        "widths": [layout.widths[place] for place in places],
        "hyphenate": [table.columns[place].kind is Kind.TEXT for place in columns],
        "right": [table.columns[place].kind in NUMBERS for place in columns],
        "heads": [_plain(table.columns[place].label) for place in columns],
        "rows": [
            {"total": row.key == "total", "cells": [written[place] for place in columns]}
            for row, written in zip(table.rows, cells, strict=True)
        ],
    }


def _cell(cell: Cell, column: Column, address_of: AddressOf | None, notes: list[str]) -> dict[str, Any]:
    """The cell's words; its note is added to the notes below the table, and named by its number there."""
    if cell.note and cell.note not in notes:
        notes.append(cell.note)
    address = address_of(cell.trace) if cell.trace and address_of else ""
    return {
        "text": _plain(cell_words(cell, column)),
        "note": notes.index(cell.note) + 1 if cell.note else None,
        "link": address if address.startswith(("https://", "http://")) else None,
        "goal": cell.value.value if isinstance(cell.value, Goal) and not cell.suppressed else None,
        "quiet": cell.suppressed or cell.value is None,
    }


def _chart(chart: Chart) -> dict[str, Any] | None:
    picture = chart_svg(chart)
    return {"svg": picture, "caption": _plain(chart.caption), "alt": _plain(_alt(chart))} if picture else None


def _axes(chart: Chart) -> str:
    if chart.y_label and chart.x_label:
        return _("%(figure)s efter %(along)s", figure=chart.y_label, along=chart.x_label)
    return chart.y_label or chart.x_label


def _alt(chart: Chart) -> str:
    """What the chart shows, for who does not see it; the figures stand in the table."""
    kinds = {
        ChartKind.LINE: _("Linjediagram"),
        ChartKind.STEP: _("Trappstegskurva"),
        ChartKind.BARS: _("Stapeldiagram"),
        ChartKind.CONTROL: _("Styrdiagram"),
        ChartKind.SANKEY: _("Flödesdiagram"),
    }
    names = ", ".join(series.name for series in chart.series)
    parts = [kinds[chart.kind], _axes(chart), names]
    what = ": ".join(part for part in parts if part)
    return " ".join((f"{what}.", chart.caption, _("Siffrorna står i tabellen.")))

"""The report as a PDF: it says what the document says, to everybody, and is the same file whenever it is made."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PageObject, PdfReader, mult

from caseflow.reports.as_pdf import pdf_bytes
from caseflow.reports.document import Cell, Column, Document, Kind, Row, Table
from caseflow.reports.glyphs import MISSING, drawable
from caseflow.reports.paper import LYING, STANDING, lay_out
from caseflow.reports.wording import cell_words
from tests.meta.sources import ROOT
from tests.reports.sample import FORMULA, SAMPLE, TYPST, address_of

ANOTHER_PROCESS = (
    "import hashlib; from caseflow.reports.as_pdf import pdf_bytes;"
    "from tests.reports.sample import SAMPLE, address_of;"
    "print(hashlib.sha256(pdf_bytes(SAMPLE, address_of)).hexdigest())"
)


@cache
def sample() -> bytes:
    return pdf_bytes(SAMPLE, address_of)


def reader() -> PdfReader:
    return PdfReader(io.BytesIO(sample()))


def squeezed(text: str) -> str:
    """Without spaces, line ends and hyphens at them: where lines break is the paper's business."""
    return "".join(text.replace("\u00ad", "").replace("-\n", "").split())


def said(document: Document | None = None) -> str:
    pages = PdfReader(io.BytesIO(pdf_bytes(document))).pages if document else reader().pages
    return squeezed("\n".join(page.extract_text() for page in pages))


def test_every_value_stands_in_the_text_as_it_is_written_in_swedish() -> None:
    text = said()
    missing = [
        (table.key, row.key, column.key)
        for table in SAMPLE.tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if squeezed(drawable(cell_words(cell, column))) not in text
    ]
    assert missing == []
    for words in ("1 875 726 kr", "−1 234,56 kr", "8,3", "55,7 %", "2020-08-31", "uppfylls delvis", "uppgift saknas"):
        assert squeezed(words) in text


def test_facts_warnings_captions_notes_and_definitions_are_there() -> None:
    text = said()
    words = [
        SAMPLE.title,
        *(part for fact in SAMPLE.facts for part in fact),
        *SAMPLE.warnings,
        *(one for table in SAMPLE.tables for one in (table.title, table.caption, *table.notes)),
        *(table.chart.caption for table in SAMPLE.tables if table.chart),
        *(cell.note for table in SAMPLE.tables for row in table.rows for cell in row.cells),
        *(part for one in SAMPLE.definitions for part in (one.term, one.text, one.source)),
    ]
    assert [one for one in words if squeezed(one) not in text] == []


def test_it_is_tagged_and_says_its_language_title_and_page_of_pages() -> None:
    root = reader().root_object
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader().metadata.title == SAMPLE.title
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert squeezed(reader().pages[0].extract_text()).endswith(f"1({len(reader().pages)})")


def test_every_chart_says_in_words_what_it_shows() -> None:
    alts = [found["/Alt"] for found in structure(reader().root_object["/StructTreeRoot"]) if "/Alt" in found]
    charts = [table.chart for table in SAMPLE.tables if table.chart]
    assert len(alts) == len(charts) == 5
    assert all(chart.caption in alt for chart, alt in zip(charts, alts, strict=True))


def structure(node: object) -> list[dict[str, object]]:
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        return [one for part in found for one in structure(part)]
    if not isinstance(found, dict):
        return []
    return [found, *structure(found.get("/K", []))]


def test_a_figure_opens_what_it_counts() -> None:
    addresses = {
        note.get_object()["/A"]["/URI"]
        for page in reader().pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    }
    assert any("matt=employment" in one and "kon=kvinnor" in one for one in addresses)
    assert all("/Annots" not in page for page in PdfReader(io.BytesIO(pdf_bytes(SAMPLE))).pages)


def test_the_file_is_the_same_in_another_process_and_on_another_day() -> None:
    environment = os.environ | {"CASEFLOW_TODAY": "2031-02-03", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(sample()).hexdigest()
    assert pdf_bytes(replace(SAMPLE), address_of) == sample()


@pytest.mark.parametrize(
    "hostile", [TYPST, FORMULA, '"}]}', '#read("/etc/passwd")', "<!-- & \\u{41} -->", "$", "@", "="]
)
def test_nothing_said_in_a_report_is_read_as_the_templates_language(hostile: str) -> None:
    table = SAMPLE.tables[0]
    row = replace(table.rows[0], cells=(Cell(hostile, note=hostile), *table.rows[0].cells[1:]))
    chart = replace(table.chart, caption=hostile, y_label=hostile) if table.chart else None
    document = replace(
        SAMPLE,
        title=f"Titel {hostile}",
        facts=((hostile, hostile),),
        warnings=(hostile,),
        tables=(replace(table, title=hostile, caption=hostile, notes=(hostile,), rows=(row,), chart=chart),),
    )
    assert said(document).count(squeezed(hostile)) >= 8


def test_a_character_without_a_shape_is_a_square_and_hides_nothing_else() -> None:
    document = replace(SAMPLE, title="Rapport 😀 漢 e\u0301", tables=(), warnings=("rad\nbrytning\toch\x00",))
    assert f"Rapport{MISSING}{MISSING}é" in said(document)
    assert f"radbrytningoch{MISSING}" in said(document)


def wide(columns: int, rows: int = 3) -> Table:
    heads = tuple(Column(f"c{place}", f"2020-{place:02} kvinnor", Kind.KRONOR) for place in range(columns))
    cells = tuple(Cell(1_000_000_000 + place) for place in range(columns))
    return Table(
        "wide",
        "Bred tabell",
        (Column("name", "Benämning"), *heads),
        tuple(Row(str(number), (Cell(f"Rad {number} arbetsmarknadsanställningar"), *cells)) for number in range(rows)),
    )


@pytest.mark.parametrize("columns", [1, 6, 9, 12, 40])
def test_a_wide_table_is_never_cut_off(columns: int) -> None:
    table = wide(columns)
    read = PdfReader(io.BytesIO(pdf_bytes(replace(SAMPLE, tables=(table,)))))
    text = squeezed("\n".join(page.extract_text() for page in read.pages))
    for place in range(columns):
        assert squeezed(cell_words(table.rows[0].cells[place + 1], table.columns[place + 1])) in text
    texts = [[cell_words(*pair) for pair in zip(row.cells, table.columns, strict=True)] for row in table.rows]
    layout = lay_out([column.label for column in table.columns], texts, [True] + [False] * columns)
    room = LYING if layout.landscape else STANDING
    assert all(sum(layout.widths[place] for place in part) <= room + 1 for part in layout.parts)
    assert outside(read.pages) == []
    assert sorted({place for part in layout.parts for place in part}) == list(range(columns + 1))
    assert all(part[0] == 0 for part in layout.parts)


def test_sentences_of_a_wide_table_stand_below_it_and_none_is_cut_off() -> None:
    table = wide(9, rows=8)
    sentence = "Kvinnor väntar i median lika länge som män. Skillnaden kan bero på slumpen, rad nummer {}."
    columns = (*table.columns, Column("means", "Vad det betyder"), Column("could", "Hur stor den kan vara"))
    rows = tuple(
        replace(row, cells=(*row.cells, Cell(sentence.format(place)), Cell(3 * sentence.format(place))))
        for place, row in enumerate(table.rows)
    )
    text = said(replace(SAMPLE, tables=(replace(table, columns=columns, rows=rows),)))
    for place in range(8):
        words = f"Rad {place} arbetsmarknadsanställningar. {' '.join([sentence.format(place)] * 4)}"
        assert squeezed(words) in text


def test_a_table_that_is_taller_than_a_page_is_broken() -> None:
    long = Row("long", (Cell("Rad"), Cell("En mening om allt. " * 60)))
    table = Table("long", "Lång", (Column("a", "A"), Column("b", "B")), (long,) * 6)
    document = replace(SAMPLE, tables=(replace(table, rows=tuple(replace(long, key=str(n)) for n in range(6))),))
    pages = PdfReader(io.BytesIO(pdf_bytes(document))).pages
    assert squeezed("".join(page.extract_text() for page in pages)).count("omallt.") == 360
    assert len(pages) > 1
    assert outside(pages) == []


def outside(pages: Iterable[PageObject]) -> list[tuple[str, float, float]]:
    """The words that begin outside the margins of their page, and where."""
    found: list[tuple[str, float, float]] = []
    for page in pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)

        def look(text: str, cm: list[float], tm: list[float], *_: object) -> None:
            x, y = mult(tm, cm)[4:6]
            if text.strip() and not (40 <= x <= width - 40 and 30 <= y <= height - 30):  # noqa: B023
                found.append((text, x, y))

        page.extract_text(visitor_text=look)
    return found


def test_a_long_table_goes_on_with_its_heading_on_every_page() -> None:
    read = PdfReader(io.BytesIO(pdf_bytes(replace(SAMPLE, tables=(wide(2, rows=200),)))))
    with_table = [page.extract_text() for page in read.pages if "Rad" in page.extract_text()]
    assert len(with_table) > 2
    assert all("Benämning" in text for text in with_table)


def test_a_report_without_anything_is_still_a_file() -> None:
    empty = replace(SAMPLE, facts=(), tables=(replace(SAMPLE.tables[0], rows=()),), warnings=(), definitions=())
    assert "Påbörjade placeringar" in "\n".join(
        page.extract_text() for page in PdfReader(io.BytesIO(pdf_bytes(empty))).pages
    )

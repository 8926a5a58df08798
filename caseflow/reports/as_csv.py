"""A report as one long CSV file: one line per cell, the same columns whatever the report.

For Excel in Swedish (UTF-8 with byte order mark, semicolon, decimal comma, CRLF) and for programs (one value per line,
named by keys that do not change). Facts, warnings, notes and definitions are lines too, so that the file says by itself
what it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from caseflow.core.language import _
from caseflow.core.spreadsheets import harmless
from caseflow.measures.rules import Goal
from caseflow.reports.as_json import AddressOf
from caseflow.reports.document import Cell, Column, Document, Kind, Row, Table, Value
from caseflow.reports.wording import goal_words, hidden_words

HEADER = (
    "rapport", "brytdag", "kant", "tabell", "tabellrubrik", "rad", "radrubrik", "kolumn", "kolumnrubrik", "slag",
    "varde", "visas", "n", "anmarkning", "underlag",
)  # fmt: skip
BYTE_ORDER_MARK = "\ufeff"


def csv_text(document: Document, address_of: AddressOf | None = None) -> str:
    """The whole file, with byte order mark."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(out, HEADER, delimiter=";", lineterminator="\r\n", restval="")
    writer.writeheader()
    report = {
        "rapport": harmless(document.key),
        "brytdag": document.as_of.isoformat(),
        "kant": document.known_at.isoformat() if document.known_at else "",
    }
    for line in _lines(document, address_of):
        writer.writerow(report | line)
    return out.getvalue()


def _lines(document: Document, address_of: AddressOf | None) -> Iterator[dict[str, str]]:
    yield _text("rapport", _("Rapport"), "title", _("Titel"), document.title)
    for place, (label, words) in enumerate(document.facts, start=1):
        yield _text("facts", _("Uppgifter"), str(place), label, words)
    for place, warning in enumerate(document.warnings, start=1):
        yield _text("warnings", _("Att veta"), str(place), "", warning)
    for table in document.tables:
        yield from _table_lines(table, address_of)
    for place, one in enumerate(document.definitions, start=1):
        yield _text("definitions", _("Definitioner"), str(place), one.term, one.text) | {
            "anmarkning": harmless(one.source)
        }


def _text(table: str, table_label: str, row: str, row_label: str, words: str) -> dict[str, str]:
    return {
        "tabell": table,
        "tabellrubrik": table_label,
        "rad": row,
        "radrubrik": harmless(row_label),
        "slag": Kind.TEXT.value,
        "varde": harmless(words),
        "visas": "ja",
    }


def _table_lines(table: Table, address_of: AddressOf | None) -> Iterator[dict[str, str]]:
    of_table = {"tabell": harmless(table.key), "tabellrubrik": harmless(table.title)}
    for row in table.rows:
        of_row = of_table | {"rad": harmless(row.key), "radrubrik": harmless(_row_label(row, table.columns))}
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield of_row | _cell(cell, column, address_of)
    for place, note in enumerate((table.caption, *table.notes)):
        if note:
            yield _text(table.key, table.title, f"note_{place}", _("Anmärkning"), note) | of_table


def _row_label(row: Row, columns: tuple[Column, ...]) -> str:
    texts = (cell for cell, column in zip(row.cells, columns, strict=True) if column.kind is Kind.TEXT)
    first = next(texts, None)
    return str(first.value) if first and first.value is not None and not first.suppressed else ""


def _cell(cell: Cell, column: Column, address_of: AddressOf | None) -> dict[str, str]:
    return {
        "kolumn": harmless(column.key),
        "kolumnrubrik": harmless(column.label),
        "slag": column.kind.value,
        "varde": hidden_words() if cell.suppressed else csv_value(cell.value),
        "visas": "nej" if cell.suppressed else "ja",
        "n": "" if cell.n is None else str(cell.n),
        "anmarkning": harmless(cell.note),
        "underlag": address_of(cell.trace) if cell.trace and address_of else "",
    }


def csv_value(value: Value) -> str:
    """A number with all its decimals and a decimal comma, no thousands separator; nothing where it is unknown."""
    if value is None:
        return ""
    if isinstance(value, Goal):
        return goal_words(value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else plain_number(value).replace(".", ",")


def plain_number(value: int | float | Decimal) -> str:
    """The number in full, without exponent: 1875726, -1.4, 0.0000001."""
    exact: Any = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

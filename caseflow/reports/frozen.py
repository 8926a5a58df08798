"""A report as text that can be kept for ever and read back whole: canonical JSON, its checksum, and the way back."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from caseflow.measures.rules import Goal
from caseflow.reports.as_json import json_value
from caseflow.reports.document import (
    Addition,
    Cell,
    Chart,
    ChartKind,
    Column,
    Definition,
    Document,
    Kind,
    Row,
    Series,
    Table,
    Trace,
    Value,
)
from caseflow.reports.reading import Registers, selection_of


def canonical(content: Any) -> str:
    """The one way to write it: sorted keys, no spaces. The same content is the same text, byte for byte."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=json_value)


def checksum(text: str) -> str:
    """The SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def kept(document: Document) -> dict[str, Any]:
    """The document as plain content: everything that `restored` needs, in an order of its own."""
    return {
        "key": document.key,
        "title": document.title,
        "as_of": document.as_of.isoformat(),
        "known_at": document.known_at.isoformat() if document.known_at else None,
        "facts": [list(fact) for fact in document.facts],
        "tables": [_table(table) for table in document.tables],
        "definitions": [[one.term, one.text, one.source] for one in document.definitions],
        "warnings": list(document.warnings),
        "external": document.external,
        "older_json": dict(document.older_json),
    }


def restored(content: dict[str, Any]) -> Document:
    """The document again. A figure whose unit or programme has another code today is no longer a way to its rows."""
    registers = Registers()
    return Document(
        content["key"],
        content["title"],
        date.fromisoformat(content["as_of"]),
        datetime.fromisoformat(content["known_at"]) if content["known_at"] else None,
        tuple((label, words) for label, words in content["facts"]),
        tuple(_table_again(table, registers) for table in content["tables"]),
        tuple(Definition(*one) for one in content["definitions"]),
        tuple(content["warnings"]),
        content["external"],
        content["older_json"],
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": [[column.key, column.label, column.kind.value, column.decimals] for column in table.columns],
        "rows": [[row.key, [_cell(cell) for cell in row.cells]] for row in table.rows],
        "caption": table.caption,
        "notes": list(table.notes),
        "additions": [[list(one.total), [list(part) for part in one.parts]] for one in table.additions],
        "chart": _chart(table.chart) if table.chart else None,
    }


def _table_again(content: dict[str, Any], registers: Registers) -> Table:
    return Table(
        content["key"],
        content["title"],
        tuple(Column(key, label, Kind(kind), decimals) for key, label, kind, decimals in content["columns"]),
        tuple(Row(key, tuple(_cell_again(cell, registers) for cell in cells)) for key, cells in content["rows"]),
        content["caption"],
        tuple(content["notes"]),
        tuple(Addition(_pair(total), tuple(map(_pair, parts))) for total, parts in content["additions"]),
        _chart_again(content["chart"]) if content["chart"] else None,
    )


def _cell(cell: Cell) -> dict[str, Any]:
    """Only what says something; the kind of a value that JSON does not know stands with it."""
    trace = cell.trace.address() if cell.trace else None
    more = {"n": cell.n, "trace": trace, "note": cell.note or None, "suppressed": cell.suppressed or None}
    return {"value": _value(cell.value)} | {key: word for key, word in more.items() if word is not None}


def _cell_again(content: dict[str, Any], registers: Registers) -> Cell:
    address = content.get("trace")
    selection = selection_of(address, registers) if address else None
    trace = Trace(address["matt"], selection) if address and selection else None
    value, note = _value_again(content["value"]), content.get("note", "")
    return Cell(value, content.get("n"), trace, note, content.get("suppressed", False))


def _value(value: Value) -> Any:
    if isinstance(value, Goal):
        return {"goal": value.value}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _value_again(value: Any) -> Value:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    [(kind, word)] = value.items()
    makers: dict[str, Any] = {"goal": Goal, "decimal": Decimal, "day": date.fromisoformat}
    return makers[kind](word)  # type: ignore[no-any-return]


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "kind": chart.kind.value,
        "caption": chart.caption,
        "series": [[one.name, [list(point) for point in one.points], one.dashed] for one in chart.series],
        "links": [list(link) for link in chart.links],
        "x_label": chart.x_label,
        "y_label": chart.y_label,
    }


def _chart_again(content: dict[str, Any]) -> Chart:
    return Chart(
        ChartKind(content["kind"]),
        content["caption"],
        tuple(Series(name, tuple((x, y) for x, y in points), dashed) for name, points, dashed in content["series"]),
        tuple((start, end, n) for start, end, n in content["links"]),
        content["x_label"],
        content["y_label"],
    )


def _pair(words: list[str]) -> tuple[str, str]:
    row, column = words
    return row, column

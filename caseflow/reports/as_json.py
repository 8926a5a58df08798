"""A report as JSON: keys in English, numbers as numbers, dates ISO, and for each figure the address of its lineage."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from caseflow.reports.document import Cell, Chart, Column, Document, Row, Table, Trace, Value

# Where a figure is opened to what it counts. The caller knows: a page, a file and the API have different addresses.
AddressOf = Callable[[Trace], str]


def as_json(document: Document, address_of: AddressOf | None = None) -> dict[str, Any]:
    """The report. `older_json` wins: whoever read those keys before there were tables finds them unchanged.

    A cell has always `value`; `n`, `note`, `suppressed` and `lineage` only where they say something.
    """
    return {
        "report": document.key,
        "title": document.title,
        "as_of": document.as_of.isoformat(),
        "known_at": document.known_at.isoformat() if document.known_at else None,
        "external": document.external,
        "facts": [{"label": label, "text": text} for label, text in document.facts],
        "warnings": list(document.warnings),
        "tables": {table.key: _table(table, address_of) for table in document.tables},
        "definitions": [{"term": one.term, "text": one.text, "source": one.source} for one in document.definitions],
        **document.older_json,
    }


def json_text(document: Document, address_of: AddressOf | None = None) -> str:
    """The report as the text of a file, ending in a newline."""
    return json.dumps(as_json(document, address_of), ensure_ascii=False, indent=2, default=json_value) + "\n"


def json_value(value: Any) -> Any:
    """A value as JSON has it: whole decimals as integers, days and instants as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _table(table: Table, address_of: AddressOf | None) -> dict[str, Any]:
    written: dict[str, Any] = {
        "title": table.title,
        "caption": table.caption,
        "notes": list(table.notes),
        "columns": [_column(column) for column in table.columns],
        "rows": {row.key: _row(row, table.columns, address_of) for row in table.rows},
    }
    return written | ({"chart": _chart(table.chart)} if table.chart else {})


def _column(column: Column) -> dict[str, Any]:
    return {"key": column.key, "label": column.label, "kind": column.kind.value, "decimals": column.decimals}


def _row(row: Row, columns: tuple[Column, ...], address_of: AddressOf | None) -> dict[str, Any]:
    return {column.key: _cell(cell, address_of) for column, cell in zip(columns, row.cells, strict=True)}


def _cell(cell: Cell, address_of: AddressOf | None) -> dict[str, Any]:
    value: Value = None if cell.suppressed else cell.value
    more = {
        "n": cell.n,
        "note": cell.note or None,
        "suppressed": cell.suppressed or None,
        "lineage": address_of(cell.trace) if cell.trace and address_of else None,
    }
    return {"value": json_value(value)} | {key: word for key, word in more.items() if word is not None}


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "kind": chart.kind.value,
        "caption": chart.caption,
        "x_label": chart.x_label,
        "y_label": chart.y_label,
        "series": [
            {"name": series.name, "dashed": series.dashed, "points": [list(point) for point in series.points]}
            for series in chart.series
        ],
        "links": [{"from": start, "to": end, "n": n} for start, end, n in chart.links],
    }

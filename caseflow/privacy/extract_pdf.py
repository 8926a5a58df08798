"""An extract as a PDF, set like the reports."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from caseflow.core import clock
from caseflow.core.language import in_swedish
from caseflow.reports.as_pdf import pdf_bytes
from caseflow.reports.document import Cell, Column, Definition, Document, Row, Table


def extract_pdf(content: dict[str, Any]) -> bytes:
    """The whole file; in Swedish, as the extract itself."""
    made_at = datetime.fromisoformat(content["made_at"])
    with in_swedish():
        return pdf_bytes(
            Document(
                "registerutdrag",
                "Registerutdrag enligt artikel 15 dataskyddsförordningen",
                clock.local(made_at).date(),
                made_at,
                (
                    ("Namn", content["person"]["name"]),
                    ("Personnummer", content["person"]["number"]),
                    *content["responsible"].items(),
                ),
                (*(_table(one) for one in content["tables"] if one["rows"]), _readers(content["readers"])),
                tuple(_definition(one) for one in content["processing"]),
            )
        )


def _table(told: dict[str, Any]) -> Table:
    """Each row of the database as lines of name and value: a table of twenty columns cannot be read on paper."""
    rows = tuple(
        Row(f"{number}.{name}", (Cell(number), Cell(name), Cell(_words(value))))
        for number, row in enumerate(told["rows"], start=1)
        for name, value in row.items()
        if value not in (None, "")
    )
    columns = (Column("row", "Rad"), Column("name", "Uppgift"), Column("value", "Värde"))
    return Table(told["table"], told["table"], columns, rows, caption=told["purpose"])


def _readers(readers: list[dict[str, Any]]) -> Table:
    """Who has read, once per person, unit and kind of reading."""
    ordered = sorted(readers, key=lambda one: (one["who"], one["unit"], one["what"], one["at"]))
    rows = []
    for key, group in groupby(ordered, key=lambda one: (one["who"], one["unit"], one["what"])):
        days = [one["at"][:10] for one in group]
        rows.append(Row(":".join(key), tuple(Cell(word) for word in (*key, str(len(days)), days[0], days[-1]))))
    labels = ("Vem", "Enhet", "Vad", "Gånger", "Först", "Sist")
    columns = tuple(Column(f"c{place}", label) for place, label in enumerate(labels))
    return Table("readers", "Vem som har läst eller ändrat", columns, tuple(rows))


def _definition(told: dict[str, str]) -> Definition:
    return Definition(told["name"], f"{told['purpose']} {told['recipients']} {told['retention']}", told["ground"])


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return ", ".join(f"{name}: {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)

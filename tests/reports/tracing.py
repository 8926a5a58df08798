"""Every figure that can be opened, and how many rows stand behind it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sqlalchemy import func, select

from caseflow.extensions import db
from caseflow.measures.registry import get_measure
from caseflow.reports.document import Cell, Document, Trace


def traced_cells(document: Document) -> Iterator[tuple[str, Cell, Trace]]:
    """Where it stands, the cell, and what opens it."""
    for table in document.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell.trace is not None:
                    yield f"{table.key} {row.key} {column.key}", cell, cell.trace


def rows_behind(trace: Trace) -> tuple[int, int]:
    """How many rows there are, and how many cases or households they are of: the same one every month, say."""
    rows = get_measure(trace.measure).rows(trace.selection).subquery()
    whose = func.coalesce(rows.c.case_id, -rows.c.household_id)
    found = db.session.execute(select(func.count(), func.count(whose.distinct())).select_from(rows)).one()
    return found[0], found[1]


def assert_every_figure_opens(document: Document, sample: int | None = None, seed: int = 0) -> None:
    """Each traced cell rests on exactly the rows behind it, or on exactly those whose rows they are. `sample`: try only
    so many, chosen at random."""
    by_trace: dict[Trace, list[tuple[str, int | None]]] = {}
    for where, cell, trace in traced_cells(document):
        by_trace.setdefault(trace, []).append((where, cell.n))
    assert by_trace
    tried = list(by_trace) if sample is None else Random(seed).sample(list(by_trace), min(sample, len(by_trace)))
    for trace in tried:
        behind = rows_behind(trace)
        assert [found for found in by_trace[trace] if found[1] not in behind] == [], behind

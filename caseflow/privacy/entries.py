"""The data catalogue, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caseflow.privacy.activities import Activity, Category
from caseflow.privacy.catalogue import TABLES


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of one column."""

    table: str
    column: str
    category: Category
    purpose: str
    activity: Activity


def entries() -> Iterator[Entry]:
    """Every column that is told of, in the order of the catalogue."""
    for table, activity, rows in TABLES:
        for category, purpose, columns in rows:
            for column in columns.split():
                yield Entry(table, column, category, purpose, activity)

"""The content of the whole database, to be compared with itself."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from caseflow.extensions import db


def snapshot(*, without: Collection[str] = (), columns_without: Collection[str] = ()) -> dict[str, list[str]]:
    """Every table but those named: its rows as text, without the columns named, in an order of their own."""
    with db.engine.connect() as connection:
        return {
            table.name: sorted(
                str([value for name, value in row.items() if name not in columns_without])
                for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()
            )
            for table in db.metadata.sorted_tables
            if table.name not in without
        }

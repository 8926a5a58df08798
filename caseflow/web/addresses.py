"""What an address can hold."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1


class RowId(IntegerConverter):
    """An id of a row. A number that no row can have is not found, instead of an error in the database."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def install(app: Flask) -> None:
    """Let `<int:…>` be an id. Before any route is added."""
    app.url_map.converters["int"] = RowId

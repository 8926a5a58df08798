"""What an address can hold, and the addresses of a list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, g, url_for
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1
NO_CASE = str(UUID(int=0))


class RowId(IntegerConverter):
    """An id of a row. A number that no row can have is not found, instead of an error in the database."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def case_url(endpoint: str, case_id: UUID) -> str:
    """`url_for` of a page of a case. A list has a hundred of them: each kind of page is looked up once a request."""
    found: dict[str, str] = g.setdefault("case_urls", {})
    if endpoint not in found:
        found[endpoint] = url_for(endpoint, case_id=NO_CASE)
    return found[endpoint].replace(NO_CASE, str(case_id))


def install(app: Flask) -> None:
    """Let `<int:…>` be an id. Before any route is added."""
    app.url_map.converters["int"] = RowId
    app.jinja_env.globals["case_url"] = case_url

"""What the meta tests share: a populated installation, users who are signed in, and a recorder of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from caseflow.extensions import db
from tests.meta.world import World, make_world

Recorder = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def world(app: Flask) -> World:
    """Somebody of every role, cases in every stage, and a row of everything that an address can name."""
    return make_world(app)


@pytest.fixture
def count_queries(app: Flask) -> Recorder:
    """`with count_queries() as statements:` fills the list with every SQL statement sent meanwhile."""

    @contextmanager
    def recording() -> Iterator[list[str]]:
        statements: list[str] = []

        def record(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", record)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", record)

    return recording

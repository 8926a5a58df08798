"""The SQL statements that something costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from caseflow.extensions import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """`with counted() as statements:` fills the list with every statement sent meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def statements_for(client: FlaskClient, address: str) -> int:
    """The number of statements behind the page, with nothing remembered from before."""
    db.session.expire_all()
    with counted() as statements:
        assert client.get(address).status_code == 200
    return len(statements)

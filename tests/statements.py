"""How many statements a page costs."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import event

from caseflow.extensions import db


def statements_for(client: FlaskClient, address: str) -> int:
    """The number of statements behind the page, with nothing remembered from before."""
    counted: list[str] = []

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2]))

    db.session.expire_all()
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)

"""A database of its own for each number of cases: made, migrated and filled, dropped when it has been measured."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from bench.generate import LAST_ON, fill
from caseflow import create_app
from caseflow.extensions import db
from caseflow.organisation import base_data


@contextmanager
def filled(cases: int, *, keep: bool = False) -> Iterator[str]:
    """The address of a database with so many cases; the application's context is pushed meanwhile. `keep`: use the one
    that an earlier run left, and leave it."""
    server = owners_server()
    url = server.set(database=f"caseflow_bench_{cases}")
    before = dict(os.environ)
    os.environ |= {
        "CASEFLOW_OWNER_URL": "",
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "CASEFLOW_TODAY": LAST_ON.isoformat(),
    }
    plain, name = server.render_as_string(hide_password=False), str(url.database)
    try:
        if not keep:
            _drop(plain, name)
        is_new = _create(plain, name)
        with create_app().app_context():
            if is_new:
                upgrade(directory="migrations")
                base_data.add_missing()
                db.session.commit()
                fill(os.environ["DATABASE_URL"], cases)
            yield os.environ["DATABASE_URL"]
            db.session.remove()
            db.engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)
        if not keep:
            _drop(plain, name)


def settle(url: str) -> None:
    """Let the database finish with what has been written, so that it does nothing else while it is measured."""
    with psycopg.connect(url, autocommit=True) as connection:
        # What a connection has written is counted, for autovacuum, within a second.
        time.sleep(2)
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
        while connection.execute("SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'").fetchone():
            time.sleep(1)


def owners_server() -> URL:
    """Where databases may be made: the application's own role may not."""
    return make_url(os.environ.get("CASEFLOW_OWNER_URL") or os.environ["DATABASE_URL"]).set(drivername="postgresql")


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(server: str, name: str) -> bool:
    """Whether the database was made now."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True

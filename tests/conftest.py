"""Real PostgreSQL and real Redis/Valkey for every test, at DATABASE_URL and REDIS_URL.

`python3 run.py test` sets both. Each worker of a parallel run migrates a database of its own.
Every test starts from the base data alone.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection, Iterator
from datetime import date
from secrets import token_hex
from typing import Any

import psycopg
import pytest
import redis
from cryptography.fernet import Fernet
from flask import Flask, g
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from tests.owner import owners_connection
from tests.security_figures import SecurityFigure, keep
from tests.security_report import SecurityReport

TODAY = date(2020, 12, 1)
os.environ["CASEFLOW_TODAY"] = TODAY.isoformat()
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("CASEFLOW_PNR_KEY", Fernet.generate_key().decode())
os.environ.setdefault("CASEFLOW_PNR_HASH_KEY", "only-for-tests")
# Of a role that may make databases; the application itself is run as one that may not.
SERVER_URL = os.environ.get(
    "CASEFLOW_OWNER_URL", os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5499/postgres")
)
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6399/0")
QUEUE = f"caseflow-test-{os.getpid()}"


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "security" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SecurityReport())


def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def administer(statement: sql.Composable) -> None:
    with psycopg.connect(SERVER_URL.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Of the application's role. CASEFLOW_OWNER_URL names the owner meanwhile."""
    name, password = f"caseflow_test_{os.getpid()}_{worker_name()}", token_hex()
    role = sql.Identifier(name)
    administer(sql.SQL("CREATE DATABASE {}").format(role))
    administer(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
    owner = make_url(SERVER_URL).set(database=name, drivername="postgresql+psycopg")
    os.environ["CASEFLOW_OWNER_URL"] = owner.render_as_string(hide_password=False)
    yield owner.set(username=name, password=password).render_as_string(hide_password=False)
    administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(role))
    administer(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="session")
def migrated_app(database_url: str) -> Iterator[Flask]:
    os.environ["DATABASE_URL"] = database_url
    from flask_migrate import upgrade

    from caseflow import create_app
    from caseflow.extensions import celery, db, limiter

    app = create_app()
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = Browser
    limiter.enabled = False
    # A queue of this process: nobody else's worker takes its jobs, and no job of a test reaches a real worker.
    celery.conf.task_default_queue = QUEUE
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    redis.from_url(os.environ["REDIS_URL"]).delete(QUEUE, f"_kombu.binding.{QUEUE}")


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application on an empty database with units, programmes, targets and areas. Its context is pushed."""
    from caseflow.extensions import db

    with migrated_app.app_context():
        start_over()
        yield migrated_app
        db.session.remove()


def start_over() -> None:
    """Empty every table and add the base data."""
    from caseflow.cases import areas
    from caseflow.extensions import db
    from caseflow.organisation import base_data

    empty()
    # Units, programmes and targets were there long before anything that a test tells of.
    os.environ["CASEFLOW_TODAY"] = "2010-01-01"
    base_data.add_missing()
    areas.add_missing()
    db.session.commit()
    os.environ["CASEFLOW_TODAY"] = TODAY.isoformat()


def empty(*, keep: Collection[str] = ()) -> None:
    """Empty the tables, as their owner."""
    from caseflow.extensions import db

    db.session.rollback()
    with owners_connection() as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = ", ".join(f'"{name}"' for (name,) in found if name not in {"alembic_version", *keep})
        # All locks at once, in vain while a page or a job that a browser test left behind still reads: then again.
        for tries_left in reversed(range(20)):
            try:
                with connection.transaction():
                    connection.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE NOWAIT")
                    connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
                return
            except psycopg.errors.LockNotAvailable:
                if not tries_left:
                    raise
                time.sleep(0.5)


class Browser(FlaskClient):
    """A client whose requests share nothing in `g`: the application context of the test would keep it."""

    def open(self, *args: Any, **values: Any) -> TestResponse:
        for name in list(g):
            g.pop(name)
        return super().open(*args, **values)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches out of the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def security_figure(request: pytest.FixtureRequest) -> SecurityFigure:
    """`security_figure("cases shown to strangers", measured=len(shown), ideal=0)`: kept first, then asserted."""

    def figure(name: str, *, measured: object, ideal: object) -> None:
        keep(name, measured, ideal, request.node.nodeid)
        assert measured == ideal, name

    return figure

"""The migrations make the tables of the models, and can be taken back."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from caseflow.extensions import db, migrate
from tests.conftest import SERVER_URL, administer

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
"""


@pytest.fixture
def scratch() -> Iterator[Flask]:
    """An application of nothing but an empty database and our migrations."""
    name = f"caseflow_scratch_{os.getpid()}"
    administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    app = Flask("scratch")
    app.config["SQLALCHEMY_DATABASE_URI"] = make_url(SERVER_URL).set(database=name, drivername="postgresql+psycopg")
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", compare_type=True)
    with app.app_context():
        yield app
        db.engine.dispose()
    administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_the_models_are_what_the_migrations_make(migrated_app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_have_one_head(migrated_app: Flask) -> None:
    assert len(ScriptDirectory("migrations").get_heads()) == 1


def test_the_migrations_go_up_and_down_to_nothing_and_up_again(scratch: Flask) -> None:
    upgrade()
    first = schema()
    downgrade(revision="base")
    assert {row[0] for row in schema()[0]} == {"alembic_version"}
    upgrade()
    assert schema() == first


def schema() -> list[list[tuple[object, ...]]]:
    """Columns, indexes and constraints of the database, as rows."""
    with db.engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(text(query))] for query in (COLUMNS, INDEXES, CONSTRAINTS)]

"""The application's role adds to the audit, and can do nothing else to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from caseflow.extensions import db
from caseflow.security.roles import owners_url, refuse_owner
from config import SettingsRefused
from tests.owner import as_owner


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = ''",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "ALTER TABLE audit ADD COLUMN more text",
        "DROP TABLE audit",
        "CREATE RULE silent AS ON INSERT TO audit DO INSTEAD NOTHING",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_application_cannot_rewrite_the_audit_or_the_tables(app: Flask, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        db.session.execute(text(statement))


def test_the_application_adds_to_the_audit_and_reads_it(app: Flask) -> None:
    assert (db.session.scalar(text("SELECT count(*) FROM audit")) or 0) > 0


@pytest.fixture
def production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    yield app
    db.session.rollback()


def test_production_starts_as_a_role_that_cannot_rewrite_the_audit(production: Flask) -> None:
    refuse_owner(production)


def test_production_does_not_start_as_a_role_that_can(production: Flask) -> None:
    role = db.engine.url.username
    as_owner(f'GRANT DELETE ON audit TO "{role}"')
    try:
        with pytest.raises(SettingsRefused, match="skriva om loggen"):
            refuse_owner(production)
        told = production.test_cli_runner().invoke(args=["audit", "verify"])
        assert "kan skriva om loggen" in told.output
    finally:
        db.session.rollback()
        as_owner(f'REVOKE DELETE ON audit FROM "{role}"')


def test_migrations_are_run_on_the_applications_own_database() -> None:
    ours = "postgresql+psycopg://app:x@db/caseflow"
    assert owners_url("postgresql://owner:y@db:5432/caseflow", ours).username == "owner"
    with pytest.raises(ValueError, match="another database"):
        owners_url("postgresql://owner:y@db/other", ours)

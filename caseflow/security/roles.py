"""Two roles of the database: the owner, who makes the tables, and the application's, which only adds to the audit."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url

from caseflow.extensions import db
from config import SettingsRefused

OWNS_THE_AUDIT = (
    "Databasrollen i DATABASE_URL kan skriva om loggen över läsningar och ändringar. "
    "Se Roles of the database i docs/running-in-production.md."
)
# {role}: quoted. From PostgreSQL 17 on a role may be let look at tables anew (ANALYZE) without owning them.
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
LOOKING_ANEW = "GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {role}"
KEPT_BACK = (
    "REVOKE ALL ON audit FROM {role}",
    "GRANT SELECT, INSERT ON audit TO {role}",
    "REVOKE ALL ON alembic_version FROM {role}",
    "GRANT SELECT ON alembic_version TO {role}",
)
MAY_REWRITE = """
SELECT pg_has_role(relowner, 'MEMBER') OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
FROM pg_class WHERE oid = to_regclass('public.audit')
"""


def owners_url(owner: str, application: str) -> URL:
    """Where migrations are run. Raises ValueError where that is not the application's own database."""
    ours, its = make_url(application), make_url(owner).set(drivername="postgresql+psycopg")
    if (its.host, its.port or 5432, its.database) != (ours.host, ours.port or 5432, ours.database):
        raise ValueError("CASEFLOW_OWNER_URL names another database than DATABASE_URL")
    return its


def grant(connection: Connection, role: str) -> None:
    """Let the application's role do what it needs, and no more. For the owner, after every migration."""
    if role == connection.scalar(text("SELECT current_user")):
        return
    looking = (LOOKING_ANEW,) if (connection.dialect.server_version_info or (0,))[0] >= 17 else ()
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (*GRANTS, *looking, *KEPT_BACK):
        connection.execute(text(statement.format(role=quoted)))


def may_rewrite_audit(connection: Connection) -> bool:
    """Whether the present role could change or remove rows of the audit, or give itself leave to."""
    return bool(connection.scalar(text(MAY_REWRITE)))


def refuse_owner(app: Flask) -> None:
    """Raise SettingsRefused where production is about to run as a role that could rewrite the audit."""
    if app.config["SESSION_COOKIE_SECURE"]:
        with app.app_context(), db.engine.connect() as connection:
            if may_rewrite_audit(connection):
                raise SettingsRefused(f"Caseflow startar inte: {OWNS_THE_AUDIT}")

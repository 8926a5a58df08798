"""Alembic: migrate the application's own database."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine

from caseflow.database import Choice
from caseflow.security import roles

db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, _: Any) -> str | bool:
    """A Choice is plain text to the database: a migration must not depend on our code of another day."""
    return f"sa.String(length={item.impl.length})" if kind == "type" and isinstance(item, Choice) else False


def drop_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration when nothing has changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


owner = current_app.config.get("CASEFLOW_OWNER_URL")
engine = create_engine(roles.owners_url(owner, db.engine.url.render_as_string(False))) if owner else db.engine
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        process_revision_directives=drop_empty,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    roles.grant(connection, str(db.engine.url.username))
    connection.commit()

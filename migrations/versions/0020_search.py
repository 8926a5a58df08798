"""Search by part of a name: an index of three letters at a time."""

from alembic import op

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Comes with PostgreSQL and is trusted: whoever owns the database may add it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(
        "CREATE INDEX ix_participant_name_trgm ON participant"
        " USING gin (lower(first_name || ' ' || last_name) gin_trgm_ops)"
    )


def downgrade() -> None:
    op.drop_index("ix_participant_name_trgm", "participant")
    op.execute("DROP EXTENSION pg_trgm")

"""Thinning out: proposals and certificates, holds, and when somebody was thinned out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEX = "ix_cases_stage_stage_since_on_to_unit_id"
COLUMNS = ["stage", "stage_since_on", "to_unit_id"]


def by(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{table}_{column}_user_account"))


def upgrade() -> None:
    for table in ("cases", "participant"):
        op.add_column(table, sa.Column("thinned_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(INDEX, table_name="cases")
    op.create_index(INDEX, "cases", COLUMNS, postgresql_include=["thinned_at"])
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_retention_hold_lifted")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_retention_hold_participant_id_participant")
        ),
        by("retention_hold", "placed_by_id"),
        by("retention_hold", "lifted_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    op.create_index(op.f("ix_retention_hold_participant_id"), "retention_hold", ["participant_id"])
    op.create_table(
        "thinning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("participant_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protocol", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("approved_by_id <> proposed_by_id", name=op.f("ck_thinning_two_persons")),
        sa.CheckConstraint("finished_at IS NULL OR approved_at IS NOT NULL", name=op.f("ck_thinning_approved_first")),
        sa.CheckConstraint(
            "finished_at IS NULL OR cardinality(participant_ids) = 0", name=op.f("ck_thinning_nobody_left")
        ),
        by("thinning", "proposed_by_id"),
        by("thinning", "approved_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thinning")),
    )
    # The planner knows nothing of a new column, and takes it for seldom empty.
    op.execute("ANALYZE cases")


def downgrade() -> None:
    op.drop_table("thinning")
    op.drop_table("retention_hold")
    op.drop_index(INDEX, table_name="cases")
    op.create_index(INDEX, "cases", COLUMNS)
    for table in ("cases", "participant"):
        op.drop_column(table, "thinned_at")

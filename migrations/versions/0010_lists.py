"""What lists are sorted and counted by, and each user's saved views."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0013"
branch_labels = None
depends_on = None

TITLE_KEY = "CASE WHEN protected THEN '|rende' ELSE translate(lower(first_name || ' ' || last_name), 'åäö', '{|}') END"


def upgrade() -> None:
    key = sa.Column("title_key", sa.String(collation="C"), sa.Computed(TITLE_KEY, persisted=True), nullable=False)
    op.add_column("participant", key)
    op.create_index("ix_participant_title_key", "participant", ["title_key"])
    op.create_index("ix_cases_stage_stage_since_on_to_unit_id", "cases", ["stage", "stage_since_on", "to_unit_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_index("ix_cases_stage_stage_since_on_to_unit_id", "cases")
    op.drop_index("ix_participant_title_key", "participant")
    op.drop_column("participant", "title_key")

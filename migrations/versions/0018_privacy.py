"""Extracts that participants have asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject_extract",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("content_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_out_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(handed_out_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_subject_extract_handed_out")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_subject_extract_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_subject_extract_made_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["handed_out_by_id"], ["user_account.id"], name=op.f("fk_subject_extract_handed_out_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_extract")),
    )
    op.create_index(op.f("ix_subject_extract_participant_id"), "subject_extract", ["participant_id"])


def downgrade() -> None:
    op.drop_table("subject_extract")

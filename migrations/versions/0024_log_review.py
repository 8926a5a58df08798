"""Reviews of the log, and the questions that they ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "log_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("of_managers", sa.Boolean(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("protocol", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("(signed_at IS NULL) = (protocol IS NULL)", name=op.f("ck_log_review_signed")),
        to("log_review", "unit_id", "unit"),
        to("log_review", "drawn_by_id", "user_account"),
        to("log_review", "signed_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_review")),
    )
    op.create_table(
        "log_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_by_id", sa.BigInteger(), nullable=True),
        to("log_question", "review_id", "log_review"),
        to("log_question", "reader_id", "user_account"),
        to("log_question", "marked_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_question")),
    )
    for column in ("review_id", "reader_id"):
        op.create_index(op.f(f"ix_log_question_{column}"), "log_question", [column])


def downgrade() -> None:
    op.drop_table("log_question")
    op.drop_table("log_review")

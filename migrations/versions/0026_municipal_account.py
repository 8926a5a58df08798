"""The users' accounts at the municipality's own sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "municipal_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_municipal_account_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipal_account")),
        sa.UniqueConstraint("user_id", name=op.f("uq_municipal_account_user_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_municipal_account_issuer_subject")),
    )


def downgrade() -> None:
    op.drop_table("municipal_account")

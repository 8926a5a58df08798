"""The language that a user reads."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("language", sa.String(length=40), server_default="sv", nullable=False))


def downgrade() -> None:
    op.drop_column("user_account", "language")

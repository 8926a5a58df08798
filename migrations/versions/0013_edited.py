"""Who last changed a row of the administration, so that nobody writes over what they have not seen."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EDITED = (
    "employer",
    "programme",
    "programme_budget",
    "programme_goal",
    "target",
    "unit",
    "user_account",
    "workplace",
)


def upgrade() -> None:
    for table in EDITED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("edited_by", sa.String(length=120), server_default="", nullable=False))


def downgrade() -> None:
    for table in EDITED:
        for column in ("edited_by", "edited_at", "version"):
            op.drop_column(table, column)

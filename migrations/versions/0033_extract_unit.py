"""Which unit's manager made an extract. Those there are hold what every unit has: they stay for who sees all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subject_extract", sa.Column("unit_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_subject_extract_unit_id_unit"), "subject_extract", "unit", ["unit_id"], ["id"])


def downgrade() -> None:
    op.drop_column("subject_extract", "unit_id")

"""Find whose household has children in indexes alone: lists count those."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_household_id_children", "household", ["id", "children"])
    op.create_index("ix_participant_id_household_id", "participant", ["id", "household_id"])


def downgrade() -> None:
    op.drop_index("ix_participant_id_household_id", "participant")
    op.drop_index("ix_household_id_children", "household")

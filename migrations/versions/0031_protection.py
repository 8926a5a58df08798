"""Which kind of protection somebody has."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "participant", sa.Column("protected_registration", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_check_constraint("protection", "participant", "protected OR NOT protected_registration")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_participant_protection"), "participant", type_="check")
    op.drop_column("participant", "protected_registration")

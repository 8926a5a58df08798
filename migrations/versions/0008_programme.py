"""Place goals of a programme per year and board."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_goal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("board", sa.String(length=160), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("known_since_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("places >= 0", name=op.f("ck_programme_goal_places")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_goal_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_goal")),
        sa.UniqueConstraint(
            "programme_id", "year", "board", name=op.f("uq_programme_goal_programme_id_year_board")
        ),
    )
    op.execute(
        "CREATE TRIGGER keep_version BEFORE UPDATE ON programme_goal FOR EACH ROW EXECUTE FUNCTION keep_version('places')"
    )
    op.execute(
        "CREATE TRIGGER forget_versions AFTER DELETE ON programme_goal FOR EACH ROW EXECUTE FUNCTION forget_versions()"
    )


def downgrade() -> None:
    # The triggers go with the table.
    op.drop_table("programme_goal")

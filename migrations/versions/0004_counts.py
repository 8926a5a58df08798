"""counts"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNTS = ("ended", "begun_ended", "begun_stopped", "open")


def upgrade() -> None:
    op.create_table(
        "wait_count",
        sa.Column("wait", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("sex", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_wait_count_unit_id_unit")),
        sa.PrimaryKeyConstraint("wait", "unit_id", "sex", "year", name=op.f("pk_wait_count")),
    )
    # They are rewritten at every change: not worth pressing together.
    for name in COUNTS:
        op.execute(f"ALTER TABLE wait_count ALTER COLUMN {name} SET STORAGE EXTERNAL")
    op.create_index(
        "ix_case_wait_household_id",
        "case_wait",
        ["household_id"],
        postgresql_where=sa.text("household_id IS NOT NULL"),
    )
    # The counts follow the rows from now on, so both begin empty, and a job makes them for the cases there are.
    op.execute("DELETE FROM case_wait")
    op.execute("DELETE FROM measure_run")
    op.execute(
        "INSERT INTO job (task, args, key, status, attempts, done_n, progress_text, created_at) "
        "SELECT 'measures.rebuild', '{}', 'measures.rebuild', 'queued', 0, 0, '', now() "
        "WHERE EXISTS (SELECT FROM cases) ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_index("ix_case_wait_household_id", table_name="case_wait")
    op.drop_table("wait_count")

"""Keep the counts of waits as they are: packing and unpacking them takes longer than to read twice as much."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COUNTS = ("ended", "begun_ended", "begun_stopped", "open")


def upgrade() -> None:
    _keep("EXTERNAL")


def downgrade() -> None:
    _keep("EXTENDED")


def _keep(how: str) -> None:
    for column in COUNTS:
        op.execute(f"ALTER TABLE wait_count ALTER COLUMN {column} SET STORAGE {how}")

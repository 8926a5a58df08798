"""An upload that is sent twice is one upload."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("request", sa.String(40), nullable=True))
    op.create_unique_constraint(op.f("uq_import_run_request"), "import_run", ["request"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_import_run_request"), "import_run", type_="unique")
    op.drop_column("import_run", "request")

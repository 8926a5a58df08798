"""Lists are counted and put in order out of indexes alone."""

from alembic import op

revision = "0027"
down_revision = "0014"
branch_labels = None
depends_on = None

ALONG = ["id", "number", "participant_id", "thinned_at", "closed_on"]
BEFORE = (
    ("ix_cases_to_unit_id_stage", ["to_unit_id", "stage"], []),
    ("ix_cases_from_unit_id_stage", ["from_unit_id", "stage"], []),
    ("ix_cases_stage_stage_since_on_to_unit_id", ["stage", "stage_since_on", "to_unit_id"], ["thinned_at"]),
)
AFTER = (
    ("ix_cases_stage_stage_since_on_to_unit_id", ["stage", "stage_since_on", "to_unit_id"], ALONG),
    ("ix_cases_to_unit_id_stage_stage_since_on", ["to_unit_id", "stage", "stage_since_on"], ALONG),
    ("ix_cases_from_unit_id_stage_stage_since_on", ["from_unit_id", "stage", "stage_since_on"], ALONG),
)


def replace(old, new):
    for name, _columns, _along in old:
        op.drop_index(name, table_name="cases")
    for name, columns, along in new:
        op.create_index(name, "cases", columns, postgresql_include=along)


def upgrade() -> None:
    replace(BEFORE, AFTER)


def downgrade() -> None:
    replace(AFTER, BEFORE)

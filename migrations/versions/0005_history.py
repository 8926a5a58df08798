"""history"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The columns of each register that are remembered.
HISTORY = {
    "cases": ("participant_id", "from_unit_id", "to_unit_id"),
    "employer": ("name", "sector", "department"),
    "household": ("number", "children", "assistance_since_on"),
    "participant": ("birth_on", "sex", "household_id"),
    "programme": ("name", "starts_on", "ends_on", "place_goal", "of_which_workplace"),
    "programme_budget": ("granted_kr", "assistance_reduction_kr"),
    "target": ("measure", "unit_id", "value", "wording", "valid_from", "valid_to"),
    "unit": ("name", "kind", "closed_at"),
    "workplace": ("employer_id", "name"),
}

# The application gives every UPDATE its instant. One that nobody gave is the server's; one that lies before the row's own,
# because a clock was moved back, becomes the one just after it.
KEEP_VERSION = """
CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb;
    becomes jsonb;
BEGIN
    SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name), jsonb_object_agg(name, to_jsonb(NEW) -> name)
    INTO was, becomes FROM unnest(TG_ARGV) AS name;
    IF was = becomes THEN
        NEW.known_since_at := OLD.known_since_at;
        RETURN NEW;
    END IF;
    IF NEW.known_since_at = OLD.known_since_at THEN
        NEW.known_since_at := clock_timestamp();
    END IF;
    NEW.known_since_at := greatest(NEW.known_since_at, OLD.known_since_at + interval '1 microsecond');
    INSERT INTO register_version (register, row_id, recorded_at, replaced_at, facts)
    VALUES (TG_TABLE_NAME, OLD.id, OLD.known_since_at, NEW.known_since_at, was);
    RETURN NEW;
END $$
"""

# A row that is deleted is deleted from history too.
FORGET_VERSIONS = """
CREATE FUNCTION forget_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM register_version WHERE register = TG_TABLE_NAME AND row_id = OLD.id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "register_version",
        sa.Column("register", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("recorded_at < replaced_at", name=op.f("ck_register_version_span")),
        sa.PrimaryKeyConstraint("register", "row_id", "replaced_at", name=op.f("pk_register_version")),
    )
    op.execute(KEEP_VERSION)
    op.execute(FORGET_VERSIONS)
    for table, columns in HISTORY.items():
        # What is there already counts as known since always: nobody knows better.
        always = sa.text("'1900-01-01 00:00:00+00'")
        op.add_column(table, sa.Column("known_since_at", sa.DateTime(timezone=True), nullable=False, server_default=always))
        op.alter_column(table, "known_since_at", server_default=sa.text("now()"))
        arguments = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER keep_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_version({arguments})"
        )
        op.execute(
            f"CREATE TRIGGER forget_versions AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION forget_versions()"
        )
    op.create_index("ix_assistance_payment_household_id_month_on", "assistance_payment", ["household_id", "month_on"])


def downgrade() -> None:
    op.drop_index("ix_assistance_payment_household_id_month_on", table_name="assistance_payment")
    for table in HISTORY:
        op.execute(f"DROP TRIGGER keep_version ON {table}")
        op.execute(f"DROP TRIGGER forget_versions ON {table}")
        op.drop_column(table, "known_since_at")
    op.execute("DROP FUNCTION keep_version")
    op.execute("DROP FUNCTION forget_versions")
    op.drop_table("register_version")

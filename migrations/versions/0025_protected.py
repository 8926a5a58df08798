"""Who may see the case of a protected person; whether a case is one, in its own row."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0026"
branch_labels = None
depends_on = None

ALONG = ["id", "number", "participant_id", "thinned_at", "closed_on"]
LISTS = (
    ("stage", "stage_since_on", "to_unit_id"),
    ("to_unit_id", "stage", "stage_since_on"),
    ("from_unit_id", "stage", "stage_since_on"),
)
# A case is protected as its person is. FOR SHARE: not as they were before somebody else's change a moment ago.
PROTECT_CASE = """
CREATE FUNCTION protect_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.protected := coalesce((SELECT p.protected FROM participant p WHERE p.id = NEW.participant_id FOR SHARE), false);
    RETURN NEW;
END $$
"""
PROTECT_CASES = """
CREATE FUNCTION protect_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases SET protected = NEW.protected WHERE participant_id = NEW.id;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER protect_case BEFORE INSERT OR UPDATE OF participant_id, protected ON cases"
    " FOR EACH ROW EXECUTE FUNCTION protect_case()",
    "CREATE TRIGGER protect_cases AFTER UPDATE OF protected ON participant"
    " FOR EACH ROW WHEN (OLD.protected <> NEW.protected) EXECUTE FUNCTION protect_cases()",
)
# Who has referred somebody protected goes on seeing the case. Everybody else is for the manager to name.
REFERRERS = """
INSERT INTO case_grant (case_id, user_id, kind, reason, from_at)
SELECT id, social_worker_id, 'referrer', '', now() - interval '20 years'
FROM cases WHERE protected AND social_worker_id IS NOT NULL AND thinned_at IS NULL
"""


def to(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_case_grant_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "case_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_case_grant_span")),
        sa.CheckConstraint("kind <> 'break_glass' OR until_at IS NOT NULL", name=op.f("ck_case_grant_break_glass_ends")),
        sa.CheckConstraint(
            "granted_by_id IS DISTINCT FROM user_id OR kind <> 'manager'", name=op.f("ck_case_grant_two_persons")
        ),
        to("case_id", "cases"),
        *(to(column, "user_account") for column in ("user_id", "granted_by_id", "revoked_by_id", "seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_grant")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_grant_public_id")),
    )
    op.create_index(op.f("ix_case_grant_case_id"), "case_grant", ["case_id"])
    op.create_index("ix_case_grant_user_id_case_id", "case_grant", ["user_id", "case_id"])
    unseen = sa.text("kind = 'break_glass' AND seen_at IS NULL")
    op.create_index("ix_case_grant_unseen", "case_grant", ["case_id"], postgresql_where=unseen)
    op.add_column("cases", sa.Column("protected", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE cases SET protected = true FROM participant p WHERE p.id = cases.participant_id AND p.protected")
    for statement in (PROTECT_CASE, PROTECT_CASES, *TRIGGERS, REFERRERS):
        op.execute(statement)
    op.create_index(
        "ix_cases_protected", "cases", ["to_unit_id", "from_unit_id"], postgresql_where=sa.text("protected")
    )
    make_lists([*ALONG, "protected"])


def downgrade() -> None:
    make_lists(ALONG)
    op.drop_index("ix_cases_protected", "cases")
    op.execute("DROP TRIGGER protect_cases ON participant")
    op.execute("DROP TRIGGER protect_case ON cases")
    op.execute("DROP FUNCTION protect_cases()")
    op.execute("DROP FUNCTION protect_case()")
    op.drop_column("cases", "protected")
    op.drop_table("case_grant")


def make_lists(along: list[str]) -> None:
    """Lists are counted and put in order out of these alone: they hold what says who sees the case."""
    for columns in LISTS:
        name = f"ix_cases_{'_'.join(columns)}"
        op.drop_index(name, "cases")
        op.create_index(name, "cases", columns, postgresql_include=along)

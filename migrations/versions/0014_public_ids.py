"""What an address names a row by: a random UUID, instead of a case number, a serial number or a code."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0024"
branch_labels = None
depends_on = None

ADDRESSED = (
    "assessment_area",
    "case_event",
    "cases",
    "employer",
    "frozen_report",
    "import_run",
    "job",
    "placement",
    "programme",
    "saved_view",
    "target",
    "unit",
    "user_account",
    "workplace",
)


# What a draft's address named a row by: "/arenden/2020-0388/handelse/17/ratta".
DRAFTS = """
UPDATE draft SET address = '/arenden/' || {new} || substr(address, length('/arenden/' || {old}) + 1)
FROM cases WHERE split_part(address, '/', 2) = 'arenden' AND split_part(address, '/', 3) = {old}
"""
DRAFTS_OF_ROWS = """
UPDATE draft SET address = replace(address, '/{word}/' || {old} || '/', '/{word}/' || {new} || '/')
FROM {table} WHERE split_part(address, '/', 4) = '{word}' AND split_part(address, '/', 5) = {old} AND {which}
"""
OF_THE_CASE = "{table}.case_id = (SELECT id FROM cases WHERE cases.public_id::text = split_part(address, '/', 3))"
VIEWS = """
UPDATE saved_view SET query = regexp_replace(query, '(^|&)konsulent=' || {old} || '(&|$)', '\\1konsulent=' || {new} || '\\2')
FROM user_account WHERE query ~ ('(^|&)konsulent=' || {old} || '(&|$)')
"""


def upgrade() -> None:
    for table in ADDRESSED:
        default = sa.text("gen_random_uuid()")
        op.add_column(table, sa.Column("public_id", sa.Uuid(), server_default=default, nullable=False))
        op.create_unique_constraint(op.f(f"uq_{table}_public_id"), table, ["public_id"])
    op.execute(DRAFTS.format(old="cases.number", new="cases.public_id::text"))
    rename_rows(lambda key, public: {"old": key, "new": public})
    op.execute(VIEWS.format(old="user_account.id::text", new="user_account.public_id::text"))


def downgrade() -> None:
    op.execute(VIEWS.format(old="user_account.public_id::text", new="user_account.id::text"))
    rename_rows(lambda key, public: {"old": public, "new": key})
    op.execute(DRAFTS.format(old="cases.public_id::text", new="cases.number"))
    for table in ADDRESSED:
        op.drop_constraint(op.f(f"uq_{table}_public_id"), table)
        op.drop_column(table, "public_id")


def rename_rows(turned) -> None:
    """Events, placements and programmes in addresses whose case is named by its UUID already, or still."""
    for word, table in (("handelse", "case_event"), ("placering", "placement")):
        names = turned(f"{table}.id::text", f"{table}.public_id::text")
        op.execute(DRAFTS_OF_ROWS.format(word=word, table=table, which=OF_THE_CASE.format(table=table), **names))
    names = turned("programme.code", "programme.public_id::text")
    op.execute(DRAFTS_OF_ROWS.format(word="program", table="programme", which="true", **names))

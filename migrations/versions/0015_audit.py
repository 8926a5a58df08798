"""The audit: a chain of sealed rows in place of the access log."""

import hmac
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None

# As in caseflow/security/chain.py on the day the chain began.
SAYS = ("id", "at", "user_id", "unit_id", "kind", "participant_id", "case_id", "detail", "endpoint")
LOOKS = """
SELECT access_log.at, user_id, user_account.unit_id, kind, participant_id, case_id, detail
FROM access_log LEFT JOIN user_account ON user_account.id = user_id ORDER BY access_log.id
"""
INSERT = f"INSERT INTO audit ({', '.join(SAYS)}, seal) VALUES ({', '.join(f':{name}' for name in SAYS)}, :seal)"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_participant_id_id", "audit", ["participant_id", "id"])
    op.create_index("ix_audit_user_id_kind_id", "audit", ["user_id", "kind", "id"])
    op.create_index("ix_audit_at", "audit", ["at"], postgresql_using="brin")
    chain_old_looks()
    op.drop_table("access_log")


def chain_old_looks() -> None:
    """The looks that were logged before there was a chain, in the order in which they were."""
    connection = op.get_bind()
    before, rows = bytes(32), []
    for number, look in enumerate(connection.execute(sa.text(LOOKS)).mappings(), start=1):
        row = {**look, "id": number, "endpoint": ""}
        told = [row["at"].astimezone(UTC).isoformat() if name == "at" else row[name] for name in SAYS]
        before = hmac.digest(sealing_key(), before + json.dumps(told, ensure_ascii=False).encode(), "sha256")
        rows.append({**row, "seal": before})
    if rows:
        connection.execute(sa.text(INSERT), rows)


def sealing_key() -> bytes:
    return hmac.digest(str(current_app.config["CASEFLOW_PNR_HASH_KEY"]).encode(), b"caseflow audit", "sha256")


def downgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("user_account.id", name="fk_access_log_user_id_user_account")),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id", name="fk_access_log_case_id_cases")),
        sa.Column(
            "participant_id",
            sa.BigInteger(),
            sa.ForeignKey("participant.id", name="fk_access_log_participant_id_participant"),
        ),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
    )
    for column in ("at", "user_id", "case_id", "participant_id"):
        op.create_index(f"ix_access_log_{column}", "access_log", [column])
    op.execute(
        "INSERT INTO access_log (at, user_id, kind, case_id, participant_id, detail) "
        "SELECT at, user_id, kind, case_id, participant_id, detail FROM audit WHERE kind IN ('opened_case', "
        "'revealed_identity', 'looked_up_person', 'searched', 'downloaded', 'opened_rows') ORDER BY id"
    )
    op.drop_table("audit")

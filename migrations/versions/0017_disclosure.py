"""On which grounds units hand over to each other what referrals say, and on which each referral did."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("from_unit_id", sa.BigInteger(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("to_unit_id", sa.BigInteger(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("grounds", sa.ARRAY(sa.String(40)), nullable=False),
        sa.Column("default_ground", sa.String(40)),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("edited_by", sa.String(120), server_default="", nullable=False),
        sa.UniqueConstraint("from_unit_id", "to_unit_id"),
        sa.CheckConstraint("default_ground = ANY (grounds) OR grounds = '{}'", name="default_ground"),
    )
    op.create_index("ix_disclosure_rule_to_unit_id", "disclosure_rule", ["to_unit_id"])
    op.create_table(
        "referral_disclosure",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), sa.ForeignKey("case_event.id"), nullable=False, unique=True),
        sa.Column("to_unit_id", sa.BigInteger(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("consent_on", sa.Date()),
        sa.Column("fields", sa.ARRAY(sa.String(40)), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), sa.ForeignKey("user_account.id"), nullable=False),
        sa.CheckConstraint("consent_on IS NOT NULL OR ground <> 'consent'", name="consent_on"),
    )
    op.create_index("ix_referral_disclosure_case_id", "referral_disclosure", ["case_id"])


def downgrade() -> None:
    op.drop_table("referral_disclosure")
    op.drop_table("disclosure_rule")

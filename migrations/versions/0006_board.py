"""The yearly cost of units, and the colours that controllers choose

Revision ID: 0006
Revises: 0005
"""
from alembic import op
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unit_cost',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('net_cost_kr', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_unit_cost_recorded_by_id_user_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_cost_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_cost'))
    )
    op.create_index('uq_unit_cost_current', 'unit_cost', ['unit_id', 'year'], unique=True, postgresql_where=sa.text('voided_at IS NULL'))
    op.create_table('goal_override',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('measure', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('computed', sa.String(length=40), nullable=False),
    sa.Column('chosen', sa.String(length=40), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_by_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_goal_override_recorded_by_id_user_account')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_goal_override_unit_id_unit')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['user_account.id'], name=op.f('fk_goal_override_voided_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_override'))
    )
    op.create_index('uq_goal_override_current', 'goal_override', ['measure', sa.text('coalesce(unit_id, 0)'), 'from_on', 'to_on'], unique=True, postgresql_where=sa.text('voided_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_goal_override_current', table_name='goal_override')
    op.drop_table('goal_override')
    op.drop_index('uq_unit_cost_current', table_name='unit_cost')
    op.drop_table('unit_cost')

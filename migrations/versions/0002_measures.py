"""measures

Revision ID: 0002
Revises: 0001
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('case_wait',
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('wait', sa.String(length=40), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('stopped_on', sa.Date(), nullable=True),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('sex', sa.String(length=40), nullable=False),
    sa.Column('household_id', sa.BigInteger(), nullable=True),
    sa.Column('left_wholly', sa.Boolean(), nullable=True),
    sa.CheckConstraint('ended_on IS NULL OR stopped_on IS NULL', name=op.f('ck_case_wait_one_end')),
    sa.CheckConstraint('began_on IS NOT NULL OR ended_on IS NOT NULL', name=op.f('ck_case_wait_some_day')),
    sa.CheckConstraint('ended_on >= began_on', name=op.f('ck_case_wait_order')),
    sa.CheckConstraint('stopped_on >= began_on', name=op.f('ck_case_wait_stop_order')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_wait_case_id_cases')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_case_wait_household_id_household')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_case_wait_unit_id_unit')),
    sa.PrimaryKeyConstraint('case_id', 'wait', name=op.f('pk_case_wait'))
    )
    op.create_index('ix_case_wait_wait_ended_on', 'case_wait', ['wait', 'ended_on'])
    op.create_index('ix_case_wait_wait_began_on', 'case_wait', ['wait', 'began_on'])
    op.create_table('measure_run',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waits_n', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_measure_run'))
    )
    op.create_table('measure_result',
    sa.Column('measure', sa.String(length=80), nullable=False),
    sa.Column('as_of_on', sa.Date(), nullable=False),
    sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('measure', name=op.f('pk_measure_result'))
    )


def downgrade():
    op.drop_table('measure_result')
    op.drop_table('measure_run')
    op.drop_index('ix_case_wait_wait_began_on', table_name='case_wait')
    op.drop_index('ix_case_wait_wait_ended_on', table_name='case_wait')
    op.drop_table('case_wait')

"""Made-up households that have left assistance, straight into a migrated database: INSERT … SELECT, alike each time.

Each has one case in a programme, which ends with the exit, and payments of 24 months: the 12 before the month of the
exit, that month and the 11 after it. The exits are spread over a year, so that 18 to 29 months follow them. Two of
three households left wholly: most get nothing or a little afterwards, some come back to what they had. The others are
topped up. What seems random is a hash of the household's number.
"""

from __future__ import annotations

from datetime import date

import psycopg

PROGRAMME = "bench"
FIRST_EXIT_ON, AS_OF = date(2018, 6, 1), date(2020, 11, 30)
PAID_BEFORE, PAID_MONTHS = 12, 24

# dice(row_no, die, sides) is a number from 0 to sides - 1.
DICE = """
CREATE FUNCTION dice(row_no bigint, die int, sides int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT mod(hashint8extended(row_no, die) & 2147483647, sides)::int $$
"""

REGISTERS = """
WITH of_programme AS (INSERT INTO programme (code, name, of_which_workplace) VALUES (%(programme)s, 'Bench', '')
    RETURNING id), of_unit AS (INSERT INTO unit (code, name, kind, purpose)
    VALUES ('bench', 'Bench', 'receives', '') RETURNING id)
SELECT of_programme.id, of_unit.id FROM of_programme, of_unit
"""

HOUSEHOLDS = """
INSERT INTO household (number, reason_code) SELECT 'H' || i, '' FROM generate_series(1, %(households)s) AS i ORDER BY i
"""

PARTICIPANTS = """
INSERT INTO participant (number_hash, number_encrypted, birth_on, sex, first_name, last_name, protected, household_id,
    created_at)
SELECT int8send(id), ''::bytea, date '1960-01-01' + dice(id, 1, 12000), (ARRAY['woman', 'man'])[1 + dice(id, 2, 2)],
    'Test', 'Testsson', false, id, %(first)s
FROM household ORDER BY id
"""

CASES = """
INSERT INTO cases (number, participant_id, from_unit_id, to_unit_id, created_at, version, stage, stage_since_on)
SELECT 'B-' || participant.id, participant.id, unit.id, unit.id, %(first)s, 1, 'closed', %(first)s
FROM participant, unit ORDER BY participant.id
"""

MEMBERSHIPS = """
INSERT INTO case_programme (case_id, programme_id, from_on, recorded_at)
SELECT cases.id, programme.id, %(first)s, %(first)s FROM cases, programme ORDER BY cases.id
"""

EXITS = """
INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note, outcome, household_effect)
SELECT id, 'exited', %(first)s::date + dice(id, 3, 365), 1, now(), '', 'work',
    (ARRAY['left', 'left', 'topped_up'])[1 + dice(id, 4, 3)]
FROM cases ORDER BY id
"""

# `level`: öre of most months before the exit. Afterwards half of it at most, or again so much from a month on.
PAYMENTS = """
INSERT INTO assistance_payment (household_id, month_on, paid_kr, recorded_at)
SELECT id, m.month_on, CASE WHEN back <= %(before)s OR (dice(id, 6, 10) = 0 AND back > 14 + dice(id, 7, 9))
        THEN level - dice(id * 24 + back, 8, 200000)
    ELSE greatest(dice(id * 24 + back, 9, level) - level / 2, 0) END / 100.0, now()
FROM (SELECT participant.household_id AS id, 300000 + dice(participant.household_id, 5, 1200000) AS level,
        date_trunc('month', occurred_on::timestamp) AS left_on
    FROM case_event JOIN cases ON cases.id = case_id JOIN participant ON participant.id = participant_id) AS made,
LATERAL generate_series(0, %(months)s - 1) AS back,
LATERAL (SELECT (left_on + make_interval(0, back - %(before)s))::date) AS m (month_on)
ORDER BY id, m.month_on
"""


def fill(url: str, households: int) -> None:
    """Write the households into the empty, migrated database."""
    values = {
        "programme": PROGRAMME,
        "households": households,
        "first": FIRST_EXIT_ON,
        "before": PAID_BEFORE,
        "months": PAID_MONTHS,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        # Foreign keys hold by construction; to check them row by row would take longer than everything measured.
        connection.execute("SET session_replication_role = replica")
        connection.execute(DICE)
        cursor = psycopg.ClientCursor(connection)
        for statement in (REGISTERS, HOUSEHOLDS, PARTICIPANTS, CASES, MEMBERSHIPS, EXITS, PAYMENTS):
            cursor.execute(statement, values)
        connection.execute("VACUUM (ANALYZE)")

"""N made-up cases straight into a migrated database: INSERT … SELECT, the same rows every time.

Five events a case, 40 units, ten years, a quarter of the cases open, three placements a case (those that have not begun
have no event), payments of 24 months for a third of the households. What seems random is a hash of the row's number, so
that two runs measure the same.
"""

from __future__ import annotations

from datetime import date

import psycopg

FIRST_ON, LAST_ON = date(2010, 12, 1), date(2020, 12, 1)
REFERRING, RECEIVING = 10, 30
PAID_MONTHS = 24

# dice(row_no, die, sides) is a number from 0 to sides - 1.
DICE = """
CREATE FUNCTION dice(row_no bigint, die int, sides int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT mod(hashint8extended(row_no, die) & 2147483647, sides)::int $$
"""

UNITS = """
INSERT INTO unit (code, name, kind, purpose)
SELECT kind || n, 'Enhet ' || kind || n, kind, ''
FROM (VALUES ('refers', %(referring)s::int), ('receives', %(receiving)s)) AS wanted (kind, most),
LATERAL generate_series(1, most - (SELECT count(*)::int FROM unit WHERE unit.kind = wanted.kind)) AS n
"""

WORKPLACE = """
WITH employer AS (INSERT INTO employer (name, department) VALUES ('Kommunen', '') RETURNING id)
INSERT INTO workplace (employer_id, name, supervisor, phone) SELECT id, 'Arbetsplats', '', '' FROM employer
"""

HOUSEHOLDS = """
INSERT INTO household (number, children, assistance_since_on, reason_code)
SELECT 'H' || i, dice(i, 1, 4), CASE WHEN dice(i, 2, 10) > 0 THEN %(first)s::date - dice(i, 3, 1800) END, ''
FROM generate_series(1, %(households)s) AS i
"""

PARTICIPANTS = """
INSERT INTO participant (number_hash, number_encrypted, birth_on, sex, first_name, last_name, protected, household_id,
    created_at)
SELECT int8send(i), ''::bytea, date '1955-01-01' + dice(i, 4, 16000), (ARRAY['woman', 'man'])[1 + dice(i, 5, 2)],
    'Test', 'Testsson', false, 1 + mod(i, %(households)s), %(first)s
FROM generate_series(1, %(cases)s) AS i
"""

# `path` says which five steps a case takes; the last two of eight leave it open. `gaps`: days between the steps.
MADE = """
CREATE UNLOGGED TABLE made AS
SELECT i, path, gaps, CASE WHEN path < 6 THEN %(first)s::date + dice(i, 7, 3650 - whole)
    ELSE %(last)s::date - whole - dice(i, 7, 900) END AS begun_on
FROM (SELECT i, dice(i, 6, 8) AS path, gaps, (SELECT sum(gap)::int FROM unnest(gaps) AS gap) AS whole
    FROM generate_series(1, %(cases)s) AS i,
    LATERAL (SELECT ARRAY[dice(i, 8, 10 + dice(i, 9, 90)), dice(i, 10, 10 + dice(i, 11, 90)),
        dice(i, 12, 20 + dice(i, 13, 400)), dice(i, 14, 20 + dice(i, 15, 500))]) AS drawn (gaps)) AS drawn
"""

CASES = """
INSERT INTO cases (number, participant_id, from_unit_id, to_unit_id, created_at, version, stage, stage_since_on)
SELECT 'B-' || i, i, refers[1 + dice(i, 16, cardinality(refers))], receives[1 + dice(i, 17, cardinality(receives))],
    begun_on, 5, 'referred', begun_on
FROM made, (SELECT array_agg(id ORDER BY id) FILTER (WHERE kind = 'refers') AS refers,
    array_agg(id ORDER BY id) FILTER (WHERE kind = 'receives') AS receives FROM unit) AS units
ORDER BY i
"""

PLACEMENTS = """
INSERT INTO placement (case_id, kind, form, workplace_id, percent, supervisor)
SELECT i, kinds.kind, kinds.form, workplace.id, 33, ''
FROM made, workplace, (VALUES (1, 'internship', NULL), (2, 'subsidised_employment', 'extra_service'),
    (3, 'development_place', NULL)) AS kinds (place, kind, form)
ORDER BY i, place
"""

EVENTS = """
INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note, placement_id, outcome,
    household_effect)
SELECT i, kinds[step], happened_on, step, happened_on + time '12:00', '',
    CASE WHEN kinds[step] IN ('placement_started', 'placement_ended')
        THEN 3 * i - CASE WHEN step = employed THEN 1 ELSE 2 END END,
    CASE WHEN kinds[step] = 'exited'
        THEN (ARRAY['work', 'studies', 'subsidised_work', 'moved', 'discontinued'])[1 + dice(i, 18, 5)] END,
    CASE WHEN kinds[step] = 'exited' THEN (ARRAY['left', 'topped_up', 'unchanged'])[1 + dice(i, 19, 3)] END
FROM made JOIN (VALUES
    (0, ARRAY['first_contact', 'decision', 'referred', 'first_meeting', 'exited'], 0),
    (1, ARRAY['application', 'decision', 'referred', 'first_meeting', 'exited'], 0),
    (2, ARRAY['referred', 'first_meeting', 'placement_started', 'placement_started', 'exited'], 4),
    (3, ARRAY['referred', 'first_meeting', 'placement_started', 'placement_started', 'exited'], 4),
    (4, ARRAY['referred', 'first_meeting', 'placement_started', 'placement_ended', 'exited'], 3),
    (5, ARRAY['first_contact', 'application', 'decision', 'referred', 'withdrawn'], 0),
    (6, ARRAY['first_contact', 'application', 'decision', 'referred', 'note'], 0),
    (7, ARRAY['referred', 'first_meeting', 'placement_started', 'placement_ended', 'placement_started'], 5)
) AS paths (path, kinds, employed) USING (path),
LATERAL generate_series(1, 5) AS step,
LATERAL (SELECT begun_on + coalesce(sum(gap), 0)::int FROM unnest(gaps[1:step - 1]) AS gap) AS days (happened_on)
ORDER BY i, step
"""

PAYMENTS = """
INSERT INTO assistance_payment (household_id, month_on, paid_kr, recorded_at)
SELECT id, month_on, (300000 + dice(id * 24 + back, 20, 1200000)) / 100.0, month_on
FROM (SELECT id, date_trunc('month', date '2012-01-01' + dice(id, 21, 2500)) AS first_on
    FROM household WHERE mod(id, 3) = 0) AS paid,
LATERAL generate_series(0, %(months)s - 1) AS back,
LATERAL (SELECT (first_on + back * interval '1 month')::date) AS m (month_on)
ORDER BY id, month_on
"""


def fill(url: str, cases: int) -> None:
    """Write `cases` cases into the empty, migrated database with its base data."""
    values = {
        "cases": cases,
        "households": max(cases * 9 // 10, 1),
        "first": FIRST_ON,
        "last": LAST_ON,
        "months": PAID_MONTHS,
        "referring": REFERRING,
        "receiving": RECEIVING,
    }
    with psycopg.connect(url, autocommit=True) as connection:
        # Foreign keys hold by construction; to check them row by row would take longer than everything measured.
        connection.execute("SET session_replication_role = replica")
        connection.execute(DICE)
        cursor = psycopg.ClientCursor(connection)
        for statement in (UNITS, WORKPLACE, HOUSEHOLDS, PARTICIPANTS, MADE, CASES, PLACEMENTS, EVENTS, PAYMENTS):
            cursor.execute(statement, values)
        connection.execute("DROP TABLE made")
        connection.execute("VACUUM (ANALYZE)")

"""What the pages need besides the events: people with names, users whose cases they are, and each case as its log has
left it. INSERT … SELECT as in `generate`, the same rows every time.
"""

from __future__ import annotations

import psycopg

CASES_OF_A_COUNSELLOR = 100

FIRST_NAMES = """
Anna Erik Maria Lars Karin Johan Fatuma Ali Zahra Tesfay Linda Peter Åsa Örjan Ärna Ikran Samira Dariusz Birgitta Jonas
Shirin Mikael Sofia Emre Amina Marija Nour Sara Tomas Ahmed
"""
LAST_NAMES = """
Andersson Johansson Nilsson Warsame Abdi Öberg Åkesson Ärlig Holmström Kovačević Zieliński Rahimi Karimi Osman Larsson
Gebremedhin Forsell Sandell Bergkvist Nyman Wallin Daoud Hosseini Yıldız Lindgren Hjelm Svensson Persson Olsson Ström
"""

NAMES = """
UPDATE participant SET first_name = (%(first)s::text[])[1 + dice(id, 31, cardinality(%(first)s::text[]))],
    last_name = (%(last)s::text[])[1 + dice(id, 32, cardinality(%(last)s::text[]))], protected = dice(id, 33, 100) = 0
"""

USERS = """
INSERT INTO user_account (username, name, role, unit_id, password_hash, must_change_password, created_at,
    single_key_shortcuts)
SELECT 'user' || n, 'Person ' || n, role, unit_id, '', false, now(), true
FROM (SELECT 0 AS n, 'manager' AS role, NULL::bigint AS unit_id
    UNION ALL SELECT n, 'counsellor', units.ids[1 + mod(n, cardinality(units.ids))]
    FROM generate_series(1, %(counsellors)s) AS n, (SELECT array_agg(id ORDER BY id) AS ids FROM unit
        WHERE kind = 'receives') AS units
    UNION ALL SELECT %(counsellors)s + n, 'social_worker', units.ids[1 + mod(n, cardinality(units.ids))]
    FROM generate_series(1, %(counsellors)s) AS n, (SELECT array_agg(id ORDER BY id) AS ids FROM unit
        WHERE kind = 'refers') AS units) AS wanted
"""

PLANNED_ENDS = """
UPDATE placement SET planned_end_on = event.occurred_on + 30 + dice(placement.id, 34, 700)
FROM case_event AS event WHERE event.placement_id = placement.id AND event.kind = 'placement_started'
"""

# Placements that went on when their case was closed ended with it.
ENDS = """
INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note, placement_id)
SELECT started.case_id, 'placement_ended', closing.occurred_on, 5, closing.recorded_at, '', started.placement_id
FROM case_event AS started
JOIN case_event AS closing ON closing.case_id = started.case_id AND closing.kind = 'exited'
WHERE started.kind = 'placement_started' AND NOT EXISTS (SELECT FROM case_event AS ended
    WHERE ended.placement_id = started.placement_id AND ended.kind = 'placement_ended')
"""

# Half of those that wait for a first meeting have been accepted.
ACCEPTED = """
INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note)
SELECT case_id, 'accepted', occurred_on, 6, recorded_at, '' FROM case_event
WHERE kind = 'note' AND mod(case_id, 2) = 0
"""

STAGES = """
UPDATE cases SET number = to_char(log.referred_on, 'YYYY') || '-' || lpad(log.case_id::text, 6, '0'), stage = log.stage,
    referred_on = log.referred_on, closed_on = log.closed_on, stage_since_on = log.since_on, version = 5,
    follow_up_due_on = CASE WHEN log.stage IN ('assessment', 'placement', 'employment')
        THEN date '2020-12-01' - 90 + dice(log.case_id, 35, 150) END,
    counsellor_id = CASE WHEN log.stage <> 'referred' THEN counsellors.ids[1 + dice(log.case_id, 36,
        cardinality(counsellors.ids))] END,
    social_worker_id = social_workers.ids[1 + dice(log.case_id, 37, cardinality(social_workers.ids))]
FROM (
    SELECT event.case_id,
        max(event.occurred_on) FILTER (WHERE event.kind = 'referred') AS referred_on,
        max(event.occurred_on) FILTER (WHERE event.kind IN ('exited', 'withdrawn')) AS closed_on,
        coalesce(max(event.occurred_on) FILTER (WHERE event.kind IN ('exited', 'withdrawn')),
            max(event.occurred_on) FILTER (WHERE event.kind <> 'note')) AS since_on,
        CASE
            WHEN bool_or(event.outcome IN ('work', 'subsidised_work')) THEN 'exit_work'
            WHEN bool_or(event.outcome = 'studies') THEN 'exit_studies'
            WHEN bool_or(event.kind = 'exited') THEN 'exit_other'
            WHEN bool_or(event.kind = 'withdrawn') THEN 'withdrawn'
            WHEN bool_or(event.kind = 'placement_started' AND placement.kind = 'subsidised_employment')
                THEN 'employment'
            WHEN bool_or(event.kind = 'placement_started') THEN 'placement'
            WHEN bool_or(event.kind = 'first_meeting') THEN 'assessment'
            WHEN bool_or(event.kind = 'accepted') THEN 'accepted'
            ELSE 'referred'
        END AS stage
    FROM case_event AS event LEFT JOIN placement ON placement.id = event.placement_id GROUP BY event.case_id
) AS log, (SELECT unit_id, array_agg(id) AS ids FROM user_account WHERE role = 'counsellor' GROUP BY 1) AS counsellors,
    (SELECT unit_id, array_agg(id) AS ids FROM user_account WHERE role = 'social_worker' GROUP BY 1) AS social_workers
WHERE log.case_id = cases.id AND counsellors.unit_id = cases.to_unit_id AND social_workers.unit_id = cases.from_unit_id
"""

# Every fifth case is in a programme, each in one of them.
PROGRAMMES = """
INSERT INTO case_programme (case_id, programme_id, from_on, recorded_at)
SELECT cases.id, programmes.ids[1 + dice(cases.id, 39, cardinality(programmes.ids))], cases.referred_on, now()
FROM cases, (SELECT array_agg(id ORDER BY id) AS ids FROM programme) AS programmes WHERE dice(cases.id, 38, 5) = 0
"""

# Each case was opened four times by its counsellor. Nobody verifies these seals.
LOOKS = """
INSERT INTO audit (id, at, user_id, unit_id, kind, case_id, participant_id, detail, endpoint, seal)
SELECT (SELECT coalesce(max(id), 0) FROM audit) + row_number() OVER (ORDER BY at, id), at, counsellor_id, to_unit_id,
    'opened_case', id, participant_id, '', '', sha256(int8send(id))
FROM (SELECT cases.*, referred_on + look * interval '30 days' AS at FROM cases, generate_series(1, 4) AS look
    WHERE counsellor_id IS NOT NULL) AS looks
"""


def complete(url: str, cases: int) -> None:
    """Make of the filled database one that people could work in."""
    values = {
        "first": FIRST_NAMES.split(),
        "last": LAST_NAMES.split(),
        "counsellors": max(cases // CASES_OF_A_COUNSELLOR, 30),
    }
    with psycopg.connect(url) as connection:
        # Nothing was known of these cases before: no earlier version of a row is kept.
        connection.execute("SET session_replication_role = replica")
        cursor = psycopg.ClientCursor(connection)
        for statement in (NAMES, USERS, PLANNED_ENDS, ENDS, ACCEPTED, STAGES, PROGRAMMES, LOOKS):
            cursor.execute(statement, values)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")

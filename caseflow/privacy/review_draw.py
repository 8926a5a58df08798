"""The sample of a month's readings: some by what makes them worth a question, some by chance.

Readings never change and the order follows from the seed alone, so the same seed draws the same sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import text

from caseflow.core import clock
from caseflow.core.periods import add_months
from caseflow.extensions import db
from caseflow.privacy.review_models import Reason
from caseflow.security.access_kinds import CHANGES, AccessKind

RISKY, BY_CHANCE = 20, 10
# What was refused was not read: to ask about it would tell the reader that it exists.
NO_READINGS = CHANGES | {AccessKind.REFUSED}
# One reading per reader, person and day: a list that somebody turns the pages of is one thing to ask about. Every
# break-glass is one of its own, and always drawn.
SAMPLE = """
WITH looks AS (
    SELECT DISTINCT ON (a.user_id, a.participant_id, (a.at AT TIME ZONE 'Europe/Stockholm')::date,
            CASE WHEN a.kind = 'broke_glass' THEN a.id END)
        a.id, a.at, a.user_id, u.name, a.participant_id, a.case_id, a.kind
    FROM audit a JOIN user_account u ON u.id = a.user_id
    WHERE a.at >= :begins AND a.at < :ends AND a.participant_id IS NOT NULL AND a.kind <> ALL(:no_readings)
        AND a.unit_id IS NOT DISTINCT FROM :unit_id AND (u.role = 'manager') = :of_managers
    ORDER BY a.user_id, a.participant_id, (a.at AT TIME ZONE 'Europe/Stockholm')::date,
        CASE WHEN a.kind = 'broke_glass' THEN a.id END, a.kind = 'listed', a.id
), judged AS (
    SELECT l.*,
        l.kind = 'broke_glass' AS broke_glass,
        lower(regexp_replace(l.name, '^.* ', '')) = lower(p.last_name) AS own_name,
        EXISTS (SELECT FROM user_account c
            WHERE lower(c.name) = lower(p.first_name || ' ' || p.last_name)) AS colleague,
        EXISTS (SELECT FROM participant h WHERE h.household_id = p.household_id
            AND lower(h.first_name || ' ' || h.last_name) = lower(l.name)) AS household,
        l.kind <> 'listed' AND NOT EXISTS (SELECT FROM cases c WHERE c.participant_id = p.id
            AND (l.user_id IN (c.counsellor_id, c.social_worker_id)
                OR EXISTS (SELECT FROM case_event e WHERE e.case_id = c.id AND e.recorded_by_id = l.user_id))
        ) AS no_relation,
        extract(hour FROM l.at AT TIME ZONE 'Europe/Stockholm') NOT BETWEEN 5 AND 21 AS night
    FROM looks l JOIN participant p ON p.id = l.participant_id
), placed AS (
    SELECT *, own_name OR colleague OR household OR no_relation OR night AS risky,
        row_number() OVER (PARTITION BY own_name OR colleague OR household OR no_relation OR night, broke_glass
            ORDER BY md5(:seed || id::text)) AS place
    FROM judged
)
SELECT * FROM placed WHERE broke_glass OR place <= CASE WHEN risky THEN :risky ELSE :by_chance END ORDER BY id
"""
RISKS = (Reason.BROKE_GLASS, Reason.OWN_NAME, Reason.COLLEAGUE, Reason.HOUSEHOLD, Reason.NO_RELATION, Reason.NIGHT)


@dataclass(frozen=True)
class Drawn:
    """A reading of the sample, and why it is in it."""

    audit_id: int
    read_at: datetime
    reader_id: int
    participant_id: int
    case_id: int | None
    kind: str
    reasons: list[str]


def draw(unit_id: int | None, of_managers: bool, month_on: date, seed: str) -> list[Drawn]:
    """The sample of the month's readings, in their order."""
    values = {
        "unit_id": unit_id,
        "of_managers": of_managers,
        "seed": seed,
        "no_readings": [kind.value for kind in NO_READINGS],
        "begins": _midnight(month_on),
        "ends": _midnight(add_months(month_on, 1)),
        "risky": RISKY,
        "by_chance": BY_CHANCE,
    }
    found = db.session.execute(text(SAMPLE), values).mappings()
    return [_drawn(row) for row in found]


def _drawn(row: Any) -> Drawn:
    reasons = [reason.value for reason in RISKS if row[reason.value]] or [Reason.RANDOM.value]
    return Drawn(row["id"], row["at"], row["user_id"], row["participant_id"], row["case_id"], row["kind"], reasons)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.STOCKHOLM)

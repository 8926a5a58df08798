"""Take the person out of the rows: what tells who it is goes, what is counted stays.

De-identified in place: no figure reads names, numbers, notes or days of birth within a month, so every figure of a past
period is the same afterwards. Which columns are emptied and which are kept stands in `EMPTIED` and `KEPT`, and a test
holds the two together to the data catalogue: a new column has to be decided on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from caseflow.extensions import Base, db

NEW_NUMBER = "'G-' || left(md5(gen_random_uuid()::text), 16)"
NEW_HASH = "sha256(convert_to(gen_random_uuid()::text, 'UTF8'))"
PEOPLE = "SELECT unnest(cast(:ids AS bigint[]))"
# Put together of names of ours alone.
CASES = f"SELECT id FROM cases WHERE participant_id IN ({PEOPLE})"  # noqa: S608
HOUSEHOLDS = f"SELECT household_id FROM participant WHERE id IN ({PEOPLE})"  # noqa: S608
PLACEMENTS = f"SELECT id FROM placement WHERE case_id IN ({CASES})"  # noqa: S608

# Table, which of its rows, and what each column becomes.
EMPTIED: dict[str, tuple[str, dict[str, str]]] = {
    "case_event": (
        f"case_id IN ({CASES})",
        {
            "note": "''",
            "void_reason": "CASE WHEN voided_at IS NULL THEN NULL ELSE '' END",
            "recorded_by_id": "NULL",
            "voided_by_id": "NULL",
        },
    ),
    "placement": (f"case_id IN ({CASES})", {"supervisor": "''", "external_id": "NULL"}),
    "wage_cost": (f"placement_id IN ({PLACEMENTS})", {"recorded_by_id": "NULL"}),
    "cases": (
        f"participant_id IN ({PEOPLE})",
        {
            "number": NEW_NUMBER,
            "external_id": "NULL",
            "social_worker_id": "NULL",
            "counsellor_id": "NULL",
            "thinned_at": ":at",
        },
    ),
    "log_question": (f"participant_id IN ({PEOPLE})", {"answer": "''", "comment": "''"}),
    "household": (f"id IN ({HOUSEHOLDS})", {"number": NEW_NUMBER, "reason_code": "''"}),
    "participant": (
        f"id IN ({PEOPLE})",
        {
            "number_hash": NEW_HASH,
            "number_encrypted": "''",
            "first_name": "''",
            "last_name": "''",
            "birth_on": "cast(date_trunc('month', birth_on) AS date)",
            "protected": "false",
            "protected_registration": "false",
            "af_registered": "NULL",
            "leaves_establishment": "NULL",
            "activity_hours": "NULL",
            "thinned_at": ":at",
        },
    ),
}
# Rows that go whole.
REMOVED = {
    "subject_extract": f"participant_id IN ({PEOPLE})",
    "retention_hold": f"participant_id IN ({PEOPLE})",
    "referral_disclosure": f"case_id IN ({CASES})",
    "case_grant": f"case_id IN ({CASES})",
}
# Emptied otherwise, or made of what is emptied.
OTHERWISE = {
    ("register_version", "facts"),
    ("participant", "title_key"),
    ("cases", "protected"),
    ("log_review", "protocol"),
    ("thinning", "participant_ids"),
}
# What figures read: days, units, kinds, sums, and the ids that hold the rows together and lead to nobody.
KEPT = {
    "participant": "sex household_id created_at known_since_at",
    "household": "children assistance_since_on known_since_at",
    "assistance_payment": "household_id month_on paid_kr recorded_at voided_at",
    "cases": "participant_id from_unit_id to_unit_id stage stage_since_on referred_on closed_on follow_up_due_on "
    "created_at known_since_at",
    "case_event": "case_id kind occurred_on unit_id outcome household_effect typed_baseline_kr recorded_at voided_at "
    "replaces_id placement_id assessment_id",
    "case_programme": "case_id programme_id from_on to_on recorded_at voided_at",
    "placement": "case_id kind form workplace_id percent planned_end_on",
    "wage_cost": "placement_id month_on wage_kr af_kr programme_kr recorded_at voided_at",
    "assessment": "case_id",
    "assessment_score": "assessment_id area_id value",
    "case_wait": "case_id wait began_on ended_on stopped_on unit_id sex household_id left_wholly",
}
# Encrypted texts of others that are gone within thirty days, long before anybody's time is over.
GONE_LONG_AGO = {"draft", "import_run", "import_file"}
# What the registers said before: the month of birth and the household's new number, in every version that says them.
MONTHS = f"""
UPDATE register_version
SET facts = jsonb_set(facts, '{{birth_on}}', to_jsonb(to_char(cast(facts ->> 'birth_on' AS date), 'YYYY-MM-01')))
WHERE register = 'participant' AND row_id IN ({PEOPLE})
"""  # noqa: S608
NUMBERS = f"""
UPDATE register_version SET facts = jsonb_set(facts, '{{number}}', to_jsonb(household.number))
FROM household WHERE household.id = row_id AND register = 'household' AND row_id IN ({HOUSEHOLDS})
"""  # noqa: S608
# Signed reviews of the log: what a row says of a reading stays, not of whom it was, nor what was written about it.
PROTOCOLS = f"""
UPDATE log_review SET protocol = jsonb_set(protocol, '{{rows}}', (
    SELECT jsonb_agg(
        CASE WHEN told ->> 'audit_id' IN (
            SELECT audit_id::text FROM log_question
            WHERE review_id = log_review.id AND participant_id IN ({PEOPLE})
        ) THEN told || '{{"case": "", "answer": "", "comment": ""}}' ELSE told END ORDER BY place
    )
    FROM jsonb_array_elements(protocol -> 'rows') WITH ORDINALITY AS line (told, place)
))
WHERE signed_at IS NOT NULL AND id IN (SELECT review_id FROM log_question WHERE participant_id IN ({PEOPLE}))
"""  # noqa: S608


def forget(participant_ids: Sequence[int], at: datetime) -> None:
    """Take these people out of every table. All of a household's members together: its number goes too."""
    values = {"ids": list(participant_ids), "at": at}
    for table, rows in REMOVED.items():
        db.session.execute(text(f"DELETE FROM {table} WHERE {rows}"), values)  # noqa: S608 (only names of ours)
    for table, (rows, columns) in EMPTIED.items():
        changes = {**columns, **_new_address(table)}
        new = ", ".join(f"{column} = {value}" for column, value in changes.items())
        db.session.execute(text(f"UPDATE {table} SET {new} WHERE {rows}"), values)  # noqa: S608
    for statement in (MONTHS, NUMBERS, PROTOCOLS):
        db.session.execute(text(statement), values)
    db.session.expire_all()


def _new_address(table: str) -> dict[str, str]:
    """Old links lead nowhere."""
    return {"public_id": "gen_random_uuid()"} if "public_id" in Base.metadata.tables[table].c else {}

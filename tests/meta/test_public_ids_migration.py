"""What was kept under case numbers and serial numbers is found under UUIDs after the migration, and before it again."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from caseflow.extensions import db
from tests.meta.test_migrations import scratch

__all__ = ["scratch"]

ROWS = """
INSERT INTO unit (code, name, kind, purpose) VALUES ('AMC', 'AMC', 'receives', ''), ('AFI', 'AFI', 'refers', '');
INSERT INTO user_account (username, name, role, password_hash, must_change_password, created_at,
    single_key_shortcuts)
VALUES ('karin', 'Karin', 'counsellor', '!', false, now(), false);
INSERT INTO participant (number_hash, number_encrypted, birth_on, sex, first_name, last_name, protected, created_at)
VALUES ('a', 'b', '1980-01-01', 'woman', 'Ada', 'Ask', false, now());
INSERT INTO cases (number, participant_id, from_unit_id, to_unit_id, created_at, version, stage)
SELECT number, 1, 2, 1, now(), 0, 'placement' FROM unnest(ARRAY['2020-0007', '2020-0070']) AS number;
INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note)
VALUES (1, 'note', '2020-11-02', 1, now(), ''), (2, 'note', '2020-11-02', 1, now(), '');
INSERT INTO programme (code, name, of_which_workplace) VALUES ('visa', 'VISA', '');
INSERT INTO saved_view (user_id, name, query, created_at)
VALUES (1, 'Karins', 'status=alla&konsulent=1&sort=namn', now()), (1, 'Mina', 'konsulent=mina&over=1', now());
"""
DRAFTS = [
    "/arenden/2020-0007/anteckning",
    "/arenden/2020-0070/handelse/2/ratta",
    "/arenden/2020-0070/program/visa/lamna",
    "/anvisningar/ny",
]


def kept() -> list[str]:
    with db.engine.connect() as connection:
        drafts = connection.scalars(text("SELECT address FROM draft ORDER BY id")).all()
        return [*drafts, *connection.scalars(text("SELECT query FROM saved_view ORDER BY id"))]


def public_ids(table: str) -> list[str]:
    with db.engine.connect() as connection:
        return [str(found) for found in connection.scalars(text(f"SELECT public_id FROM {table} ORDER BY id"))]


def test_drafts_and_saved_views_are_found_again(scratch: Flask) -> None:
    upgrade(revision="0024")
    with db.engine.begin() as connection:
        connection.execute(text(ROWS))
        for address in DRAFTS:
            values = {"address": address}
            connection.execute(
                text(
                    "INSERT INTO draft (user_id, address, fields_encrypted, saved_at) VALUES (1, :address, 'x', now())"
                ),
                values,
            )
    before = kept()
    upgrade(revision="0014")
    (first, second), events = public_ids("cases"), public_ids("case_event")
    assert kept() == [
        f"/arenden/{first}/anteckning",
        f"/arenden/{second}/handelse/{events[1]}/ratta",
        f"/arenden/{second}/program/{public_ids('programme')[0]}/lamna",
        "/anvisningar/ny",
        f"status=alla&konsulent={public_ids('user_account')[0]}&sort=namn",
        "konsulent=mina&over=1",
    ]
    downgrade(revision="0024")
    assert kept() == before

"""The chain of the audit: every row is sealed over what it says and over the row before it.

The seal is HMAC-SHA256 under a key that the database does not have: whoever owns the database can change rows, but not
seal them. Rows are numbered from 1 without gaps, in the order in which they were committed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection, text

from caseflow.extensions import db

# What a row says, in the order in which it is sealed. A column that is added later must not change the older seals.
SAYS = ("id", "at", "user_id", "unit_id", "kind", "participant_id", "case_id", "detail", "endpoint")
# What is written, and as what.
COLUMNS = {
    "id": "bigint",
    "at": "timestamptz",
    "user_id": "bigint",
    "unit_id": "bigint",
    "kind": "text",
    "participant_id": "bigint",
    "case_id": "bigint",
    "detail": "text",
    "endpoint": "text",
    "seal": "bytea",
}
BEFORE_THE_FIRST = bytes(32)
# What every page asks is made once.
LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
HEAD = text("SELECT id, seal FROM audit ORDER BY id DESC LIMIT 1")
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS.items())
INSERT = text(f"INSERT INTO audit ({', '.join(COLUMNS)}) SELECT * FROM unnest({_ARRAYS})")  # noqa: S608
# Held from the reading of the chain's end until the commit, so that nobody builds on a row that is not committed yet.
CHAIN_LOCK = 7_243_017
ROWS_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Head:
    """The last row of the chain: its number, which is the number of rows too, and its seal."""

    id: int = 0
    seal: bytes = BEFORE_THE_FIRST


@dataclass(frozen=True)
class Fault:
    """Something wrong with the chain, in Swedish. `id`: where."""

    id: int
    sentence: str


def sealing_key() -> bytes:
    """Follows from the one key that never changes."""
    return hmac.digest(str(current_app.config["CASEFLOW_PNR_HASH_KEY"]).encode(), b"caseflow audit", "sha256")


def seal(key: bytes, before: bytes, row: Mapping[Any, Any]) -> bytes:
    """The seal of a row, given that of the row before. The one definition: the database never computes it."""
    told = [row[name] for name in SAYS]
    told[1] = row["at"].astimezone(UTC).isoformat()
    return hmac.digest(key, before + json.dumps(told, ensure_ascii=False).encode(), hashlib.sha256)


def append(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows to the end of the chain. The last thing that a transaction does: others wait for its commit."""
    connection.execute(LOCK, {"lock": CHAIN_LOCK})
    head, key = read_head(connection), sealing_key()
    sealed, before = [], head.seal
    for number, row in enumerate(rows, start=head.id + 1):
        whole = {**row, "id": number}
        before = seal(key, before, whole)
        sealed.append({**whole, "seal": before})
    # One statement however many rows: a list names a page of persons.
    written = connection.execute(INSERT, {name: [row[name] for row in sealed] for name in COLUMNS})
    if written.rowcount != len(sealed):
        raise RuntimeError("the audit rows were not written")


def read_head(connection: Connection) -> Head:
    """The end of the chain as it is committed."""
    found = connection.execute(HEAD).one_or_none()
    return Head(found.id, bytes(found.seal)) if found else Head()


def read_seal(row_id: int) -> bytes | None:
    """The seal that the row has, None where there is no such row."""
    found: bytes | None = db.session.scalar(text("SELECT seal FROM audit WHERE id = :id"), {"id": row_id})
    return found


def read_beginning() -> datetime | None:
    """When the first row was written, None where there is none."""
    found: datetime | None = db.session.scalar(text("SELECT at FROM audit ORDER BY id LIMIT 1"))
    return found


def faults() -> Iterator[Fault]:
    """Everything in the chain that does not hold, from its first row on. Holds few rows in memory at a time."""
    key, head = sealing_key(), Head()
    rows = db.session.execute(
        text(f"SELECT {', '.join(SAYS)}, seal FROM audit ORDER BY id"),  # noqa: S608
        execution_options={"yield_per": ROWS_AT_A_TIME},
    )
    for row in rows.mappings():
        if row["id"] != head.id + 1:
            yield _gap(head.id, row["id"])
        elif not hmac.compare_digest(seal(key, head.seal, row), row["seal"]):
            yield Fault(row["id"], f"Rad {row['id']} ({_day(row['at'])}) är ändrad, utbytt eller inskjuten.")
        # On from the seal that stands there, so that one fault is told once.
        head = Head(row["id"], row["seal"])


def _gap(last: int, found: int) -> Fault:
    if found <= last + 1:
        return Fault(found, f"Rad {found} är inskjuten före kedjans början.")
    missing = f"Rad {last + 1} saknas" if found == last + 2 else f"Raderna {last + 1}–{found - 1} saknas"
    return Fault(last + 1, f"{missing}: borttagna eller omnumrerade.")


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

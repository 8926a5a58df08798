"""Pack each month and length of a count and its number into four bytes instead of eight: see `measures.counting`."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY, COUNTS = ("wait", "unit_id", "sex", "year"), ("ended", "begun_ended", "begun_stopped", "open")
BITS, MOST = 8, 255


def upgrade() -> None:
    _rewrite(_to_words)


def downgrade() -> None:
    _rewrite(_to_pairs)


def _rewrite(anew: Callable[[bytes], bytes]) -> None:
    connection = op.get_bind()
    columns = ", ".join((*KEY, *COUNTS))
    rows = connection.execute(sa.text(f"SELECT {columns} FROM wait_count")).mappings().all()
    values = [dict(row) | {name: anew(bytes(row[name])) for name in COUNTS} for row in rows]
    changes = ", ".join(f"{name} = :{name}" for name in COUNTS)
    same = " AND ".join(f"{name} = :{name}" for name in KEY)
    if values:
        connection.execute(sa.text(f"UPDATE wait_count SET {changes} WHERE {same}"), values)


def _to_words(content: bytes) -> bytes:
    pairs, words = array("i", content), array("I")
    for what, n in zip(pairs[::2], pairs[1::2], strict=True):
        while n > MOST:
            words.append(what << BITS | MOST)
            n -= MOST
        words.append(what << BITS | n)
    return words.tobytes()


def _to_pairs(content: bytes) -> bytes:
    numbers: dict[int, int] = {}
    for word in array("I", content):
        numbers[word >> BITS] = numbers.get(word >> BITS, 0) + (word & MOST)
    return array("i", [number for pair in numbers.items() for number in pair]).tobytes()

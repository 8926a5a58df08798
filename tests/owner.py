"""The test database's owner, who may do what the application's role may not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import psycopg


def owners_connection() -> psycopg.Connection[Any]:
    url = os.environ["CASEFLOW_OWNER_URL"]
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True, options="-c lock_timeout=5s")


def as_owner(statement: str, values: Sequence[object] = ()) -> None:
    """Do it, committed at once."""
    with owners_connection() as connection:
        connection.execute(statement, values)

"""The counts of waits (`wait_count`): made anew from the log, and kept right when a case changes."""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import select

from caseflow.core.personnummer import Sex
from caseflow.database import driver_connection
from caseflow.extensions import db
from caseflow.measures import counting
from caseflow.measures.counting import FIELDS, NEVER, Ints
from caseflow.measures.log_arrays import Cases, MapAll, all_cases
from caseflow.measures.models import WaitCount
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Unit

SEXES = list(Sex)

# By wait, unit, sex and year: what the columns of that row of `wait_count` hold.
Content = dict[tuple[Any, ...], dict[str, bytes]]
# The key of every wait (see `counting`), for each column that counts it.
Keys = dict[Wait, dict[str, Ints]]


def count_all(cut: Cut) -> Content:
    """What `wait_count` is to hold, from the log as it is known now."""
    unit_ids = _unit_ids()
    # Arrays are worked on without Python's lock, so that every core has its share.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        cases = all_cases(cut, unit_ids, pool.map)
        # W7 takes longest, and is begun first.
        waits = list(reversed(Wait))
        keys = dict(zip(waits, pool.map(partial(_keys_of, cases), waits), strict=True))
        return content(keys, unit_ids, pool.map)


def _keys_of(cases: Cases, wait: Wait) -> dict[str, Ints]:
    waits = cases.waits(wait)
    if wait is Wait.W7:
        there = np.flatnonzero((waits.began < NEVER) | (waits.ended < NEVER))
        household, left_wholly = cases.household[there], cases.days["left_on"][there] < NEVER
        waits = waits.at(there)
        waits = waits.at(counting.first_of_household(household, waits, left_wholly))
    return counting.keys_of(wait, waits)


def content(keys: Keys, unit_ids: Ints, map_all: MapAll = map) -> Content:
    """The counts of the keys. `unit_ids`: in the order in which the groups number them."""
    found: Content = defaultdict(lambda: dict.fromkeys(FIELDS, b""))
    columns = [(wait, field) for wait, of_wait in keys.items() for field in of_wait]
    parts = map_all(counting.packed, [keys[wait][field] for wait, field in columns])
    for (wait, field), part in zip(columns, parts, strict=True):
        for (group, year), packed in part.items():
            found[wait, int(unit_ids[group // 2]), SEXES[group % 2], year][field] = packed
    return dict(found)


def stored() -> Content:
    """What `wait_count` holds."""
    columns = [getattr(WaitCount, field) for field in FIELDS]
    rows = db.session.execute(select(WaitCount.wait, WaitCount.unit_id, WaitCount.sex, WaitCount.year, *columns))
    return {tuple(row[:4]): dict(zip(FIELDS, row[4:], strict=True)) for row in rows}


def store(content: Content) -> None:
    """Let `wait_count` hold this and nothing else."""
    cursor = driver_connection().cursor()
    cursor.execute("DELETE FROM wait_count")
    columns = ", ".join(("wait", "unit_id", "sex", "year", *FIELDS))
    with cursor.copy(f"COPY wait_count ({columns}) FROM STDIN (FORMAT binary)") as to:
        to.set_types(["varchar", "int8", "varchar", "int4", *["bytea"] * len(FIELDS)])
        for (wait, unit_id, sex, year), counts in content.items():
            to.write_row((wait.value, unit_id, sex.value, year, *(counts[field] for field in FIELDS)))


def _unit_ids() -> Ints:
    return np.array(sorted(db.session.scalars(select(Unit.id))), np.int64)

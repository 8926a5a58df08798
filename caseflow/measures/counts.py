"""The counts of waits (`wait_count`): made anew from the log, and kept right when a case changes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from caseflow.core.personnummer import Sex
from caseflow.database import driver_connection
from caseflow.extensions import db
from caseflow.measures import counting
from caseflow.measures.counting import FIELDS, NEVER, Ints, Waits
from caseflow.measures.log_arrays import all_cases
from caseflow.measures.models import WaitCount
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Unit

SEXES = list(Sex)

# By wait, unit, sex and year: what the columns of that row of `wait_count` hold.
Content = dict[tuple[Any, ...], dict[str, bytes]]
Keys = dict[Wait, dict[str, list[Ints]]]


def count_all(cut: Cut) -> Content:
    """What `wait_count` is to hold, from the log as it is known now."""
    unit_ids = _unit_ids()
    keys: Keys = {wait: defaultdict(list) for wait in Wait}
    households: list[tuple[Ints, Waits, NDArray[np.bool_]]] = []
    for cases in all_cases(cut):
        for wait, waits in cases.waits(unit_ids, counting.day_number(cut.as_of)):
            if wait is Wait.W7:
                there = (waits.began < NEVER) | (waits.ended < NEVER)
                households.append((cases.household[there], waits.only(there), cases.left_wholly[there]))
            else:
                _add(keys[wait], counting.keys_of(wait, waits))
    if households:
        _add(keys[Wait.W7], counting.keys_of(Wait.W7, _once_per_household(households)))
    return content(keys, unit_ids)


def _add(to: dict[str, list[Ints]], keys: dict[str, Ints]) -> None:
    for field, found in keys.items():
        to[field].append(found)


def _once_per_household(parts: list[tuple[Ints, Waits, NDArray[np.bool_]]]) -> Waits:
    household, left_wholly = (np.concatenate([part[place] for part in parts]) for place in (0, 2))
    waits = Waits(
        *(np.concatenate([getattr(part[1], name) for part in parts]) for name in ("group", "began", "ended", "stopped"))
    )
    return waits.at(counting.first_of_household(household, waits, left_wholly))


def content(keys: Keys, unit_ids: Ints) -> Content:
    """The counts of the keys, which are dropped meanwhile. `unit_ids`: in the order in which the groups number them."""
    found: Content = defaultdict(lambda: dict.fromkeys(FIELDS, b""))
    for wait, of_wait in keys.items():
        for field, parts in of_wait.items():
            for (group, year), packed in counting.packed(parts).items():
                found[wait, int(unit_ids[group // 2]), SEXES[group % 2], year][field] = packed
            parts.clear()
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

"""What a changed case takes out of the counts of waits and puts in. The number of cases does not change the cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row, delete, insert, or_, select, tuple_, update

from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import counting, counts
from caseflow.measures.counting import FIELDS, NEVER, Days, Waits
from caseflow.measures.counts import Content
from caseflow.measures.models import CaseWait, WaitCount
from caseflow.measures.rules import Wait

KEY = ("wait", "unit_id", "sex", "year")
ROW = tuple_(*(getattr(WaitCount, name) for name in KEY))


def rows_with(case_id: int, household_ids: Iterable[int]) -> list[Row[Any]]:
    """The kept waits of the case, and those of every case of the households, which W7 counts once."""
    of_households = CaseWait.household_id.in_(list(household_ids))
    query = select(*CaseWait.__table__.c).where(or_(CaseWait.case_id == case_id, of_households))
    return list(db.session.execute(query))


def move(before: Sequence[Row[Any]], after: Sequence[Row[Any]]) -> None:
    """Take the waits before out of the counts, and those after into them."""
    out, into = content_of(before), content_of(after)
    names = sorted(name for name in out.keys() | into.keys() if out.get(name) != into.get(name))
    columns = [getattr(WaitCount, name) for name in (*KEY, *FIELDS)]
    found = db.session.execute(select(*columns).where(ROW.in_(names)).with_for_update()).mappings()
    kept: Content = {tuple(row[name] for name in KEY): dict(row) for row in found}
    nothing = dict.fromkeys(FIELDS, b"")
    for name in names:
        old, gone, come = (side.get(name, nothing) for side in (kept, out, into))
        new = {field: counting.moved(old[field], gone[field], come[field]) for field in FIELDS}
        this_row = ROW.in_([name])
        if name not in kept:
            db.session.execute(insert(WaitCount).values(**dict(zip(KEY, name, strict=True)), **new))
        elif any(new.values()):
            # What has not changed is not written again: a column may be long.
            changed = {field: content for field, content in new.items() if content != old[field]}
            db.session.execute(update(WaitCount).where(this_row).values(changed))
        else:
            db.session.execute(delete(WaitCount).where(this_row))


def content_of(rows: Sequence[Row[Any]]) -> Content:
    """What these waits come to in `wait_count`."""
    ordered = sorted(rows, key=lambda row: row.case_id)
    unit_ids = np.unique([row.unit_id for row in rows])
    keys: counts.Keys = {}
    for wait in Wait:
        of_wait = [row for row in ordered if row.wait is wait]
        waits = _arrays(of_wait, unit_ids)
        if wait is Wait.W7:
            households = np.array([row.household_id or -row.case_id for row in of_wait], np.int64)
            wholly = np.array([bool(row.left_wholly) for row in of_wait], np.bool_)
            waits = waits.at(counting.first_of_household(households, waits, wholly))
        keys[wait] = counting.keys_of(wait, waits)
    return counts.content(keys, unit_ids)


def _arrays(rows: Sequence[Row[Any]], unit_ids: counting.Ints) -> Waits:
    group = [int(np.searchsorted(unit_ids, row.unit_id)) * 2 + (row.sex is Sex.MAN) for row in rows]
    return Waits(
        np.array(group, np.int64),
        _days(row.began_on for row in rows),
        _days(row.ended_on for row in rows),
        _days(row.stopped_on for row in rows),
    )


def _days(days: Iterable[date | None]) -> Days:
    return np.array([NEVER if day is None else counting.day_number(day) for day in days], np.int32)

"""The counts of waits (`wait_count`): made anew from the log, and kept right when a case changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Date, and_, case, cast, func, literal, select, text

from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.terms import EventKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import counting
from caseflow.measures.counting import DAY_BITS, EPOCH, FIELDS, NEVER, SHIFT, Ints, Waits
from caseflow.measures.milestones import CLOSING, EMPLOYMENT, MILESTONES, WAIT_DAYS, valid_events
from caseflow.measures.models import WaitCount
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Unit
from caseflow.people.models import Household, Participant

# So many cases are in memory at a time.
CASES_AT_A_TIME = 16384
# The database cannot know how few chunks there are: without this it would sort the events, in one process. It holds
# them packed in memory, and needs no machine code made for that.
SETTINGS = {
    "work_mem": "'256MB'",
    "enable_sort": "off",
    "jit": "off",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
}
SEXES = list(Sex)

# By wait, unit, sex and year: what the columns of that row of `wait_count` hold.
Content = dict[tuple[Any, ...], dict[str, bytes]]
Keys = dict[Wait, dict[str, list[Ints]]]


def count_all(cut: Cut) -> Content:
    """What `wait_count` is to hold, from the log as it is known now."""
    unit_ids = _unit_ids()
    keys: Keys = {wait: defaultdict(list) for wait in Wait}
    households: list[tuple[Ints, Waits, NDArray[np.bool_]]] = []
    for cases in _cases(cut):
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


def driver_connection() -> Any:
    """The driver's own connection, in the session's transaction: for what is to be sent or fetched in bulk."""
    return db.session.connection().connection.driver_connection


def _unit_ids() -> Ints:
    return np.array(sorted(db.session.scalars(select(Unit.id))), np.int64)


@dataclass(frozen=True)
class _Cases:
    """Some cases as arrays, one place each: the days of their milestones, and what the registers say of them."""

    days: dict[str, counting.Days]
    since: counting.Days
    from_unit: Ints
    to_unit: Ints
    man: Ints
    household: Ints

    @property
    def left_wholly(self) -> NDArray[np.bool_]:
        return self.days["left_on"] < NEVER

    def waits(self, unit_ids: Ints, as_of: int) -> Iterator[tuple[Wait, Waits]]:
        """Every wait; those that have not begun have neither a beginning nor an end."""
        days = self.days | counting.further_days(self.days, self.since, as_of)
        for wait, names in WAIT_DAYS.items():
            began, ended, stop = (days[name] for name in names)
            unit = np.searchsorted(unit_ids, self.from_unit if wait.of_referrer else self.to_unit)
            stopped = np.where(ended < NEVER, np.int32(NEVER), stop)
            yield wait, Waits(unit * 2 + self.man, began, ended, stopped)


def _cases(cut: Cut) -> Iterator[_Cases]:
    """All cases that have an event, in order, some at a time."""
    for name, value in SETTINGS.items():
        db.session.execute(text(f"SET LOCAL {name} = {value}"))
    statement = _packed_log(cut).compile(db.engine, compile_kwargs={"literal_binds": True})
    with driver_connection().cursor().copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["int8", "bytea", "bytea", "bytea"])
        for chunk, *columns in copy.rows():
            yield _unpacked(chunk * CASES_AT_A_TIME, *columns)
    for name in SETTINGS:
        db.session.execute(text(f"SET LOCAL {name} TO DEFAULT"))


def _packed_log(cut: Cut) -> Any:
    """Some thousand cases to a row: their events and registers as numbers, one after the other. So they cross over in
    few pieces, and several processes of the database can gather them."""
    day = CaseEvent.occurred_on - literal(EPOCH, Date) + SHIFT
    event = _packed((_within(CaseEvent.case_id), 0), (day, DAY_BITS), (_marks(), MARK_BITS))
    events = (
        select((CaseEvent.case_id // CASES_AT_A_TIME).label("chunk"), _joined(event).label("events"))
        # Of the placements only the employments have to be known, and they are the fewest.
        .join(Placement, and_(Placement.id == CaseEvent.placement_id, EMPLOYMENT), isouter=True)
        .where(valid_events(cut))
        .group_by("chunk")
        .subquery()
    )
    man = case((Participant.sex == Sex.MAN, 1), else_=0)
    since = func.coalesce(Household.assistance_since_on - literal(EPOCH, Date) + SHIFT, NO_DAY)
    units = (Case.from_unit_id, UNIT_BITS), (Case.to_unit_id, UNIT_BITS)
    registers = (
        select(
            (Case.id // CASES_AT_A_TIME).label("chunk"),
            _joined(_packed((_within(Case.id), 0), *units, (man, 1))).label("cases"),
            _joined(_packed((func.coalesce(Household.id, 0), 0), (since, DAY_BITS))).label("households"),
        )
        .join(Participant, Participant.id == Case.participant_id)
        .join(Household, Household.id == Participant.household_id, isouter=True)
        .group_by("chunk")
        .subquery()
    )
    return (
        select(events.c.chunk, events.c.events, registers.c.cases, registers.c.households)
        .join(registers, registers.c.chunk == events.c.chunk)
        .order_by(events.c.chunk)
    )


def _within(case_id: Any) -> ColumnElement[int]:
    return func.mod(case_id, CASES_AT_A_TIME)


def _packed(*parts: tuple[Any, int]) -> ColumnElement[int]:
    """One number of several, each with the bits it takes."""
    number: ColumnElement[int] = cast(parts[0][0], BigInteger)
    for part, bits in parts[1:]:
        number = number * (1 << bits) + part
    return number


def _joined(number: Any) -> ColumnElement[bytes]:
    return func.string_agg(func.int8send(number), literal(b""))


# What an event may mark, as bits: the milestones in their order, then these two.
CLOSES, REOPENS = 1 << len(MILESTONES), 2 << len(MILESTONES)
MARK_BITS = len(MILESTONES) + 2
UNIT_BITS = 24
NO_DAY = (1 << DAY_BITS) - 1


def _marks() -> ColumnElement[int]:
    """The milestones that the event may be the first of, and whether it closes or reopens the case."""
    marks: dict[EventKind, Any] = defaultdict(lambda: literal(0))
    for place, (kind, condition) in enumerate(MILESTONES.values()):
        marks[kind] += case((condition, 1 << place), else_=0)
    for kind in CLOSING:
        marks[kind] += CLOSES
    marks[EventKind.REOPENED] += REOPENS
    return case(*((CaseEvent.kind == kind, mark) for kind, mark in marks.items()), else_=0)


def _unpacked(first_id: int, *columns: bytes) -> _Cases:
    events, cases, households = (np.frombuffer(column, ">i8").astype(np.int64) for column in columns)
    cases, men = _split(cases, 1)
    cases, to_units = _split(cases, UNIT_BITS)
    places, from_units = _split(cases, UNIT_BITS)
    households, since = _split(households, DAY_BITS)
    order = np.argsort(places)
    firsts = _firsts(events)
    return _Cases(
        days={name: days[places[order]] for name, days in firsts.items()},
        since=np.where(since == NO_DAY, NEVER, since - SHIFT)[order].astype(np.int32),
        from_unit=from_units[order],
        to_unit=to_units[order],
        man=men[order],
        household=np.where(households == 0, -places - first_id, households)[order],
    )


def _split(numbers: Ints, bits: int) -> tuple[Ints, Ints]:
    """The last part of packed numbers taken off."""
    return numbers >> bits, numbers & ((1 << bits) - 1)


def _firsts(events: Ints) -> dict[str, counting.Days]:
    """The first day of each milestone by case, and the last closing unless the case has been reopened."""
    events, marks = _split(events, MARK_BITS)
    cases, shifted = _split(events, DAY_BITS)
    days = (shifted - SHIFT).astype(np.int32)
    found = {}
    for place, name in enumerate(MILESTONES):
        which = np.flatnonzero(marks & (1 << place))
        found[name] = np.full(CASES_AT_A_TIME, NEVER, np.int32)
        np.minimum.at(found[name], cases[which], days[which])
    closing, reopening = np.flatnonzero(marks & CLOSES), np.flatnonzero(marks & REOPENS)
    last = np.full(CASES_AT_A_TIME, -NEVER, np.int32)
    np.maximum.at(last, cases[closing], days[closing])
    times = np.bincount(cases[closing], minlength=CASES_AT_A_TIME)
    is_closed = times > np.bincount(cases[reopening], minlength=CASES_AT_A_TIME)
    found["closed_on"] = np.where(is_closed, last, np.int32(NEVER))
    return found

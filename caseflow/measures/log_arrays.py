"""The cases as arrays: the days of their milestones and what the registers say of them, read from the log in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
    union_all,
)

from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.terms import EventKind
from caseflow.core.personnummer import Sex
from caseflow.database import driver_connection
from caseflow.extensions import db
from caseflow.measures import counting
from caseflow.measures.counting import DAY_BITS, EPOCH, NEVER, SHIFT, Ints, Waits
from caseflow.measures.milestones import CLOSING, EMPLOYMENT, MILESTONES, WAIT_DAYS, valid_events
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut
from caseflow.people.models import Household, Participant

# Each part of the statement has a process of the database to itself: to share out the rows of a table, as it would
# rather, takes half as long again. They need no machine code made for that, nor other processes to read ahead for them:
# those would want the same cores.
SETTINGS = {
    "jit": "off",
    "effective_io_concurrency": "0",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "parallel_leader_participation": "off",
    "min_parallel_table_scan_size": "'1TB'",
}
# What an event may mark, as bits: the milestones in their order, then these two.
MARKS = {name: 1 << place for place, name in enumerate(MILESTONES)}
CLOSES, REOPENS = 1 << len(MILESTONES), 2 << len(MILESTONES)
MARK_BITS = len(MILESTONES) + 2
UNIT_BITS = 24
# A row's number, where it is packed with others: no table has as many rows.
ID_BITS = 31
# The database tries one kind after the other: those that nearly every case has come first.
COMMON = (EventKind.PLACEMENT_STARTED, EventKind.REFERRED, EventKind.FIRST_MEETING, EventKind.EXITED)
# What the database reads at a time, in bytes.
BLOCK = 8192
NO_DAY = (1 << DAY_BITS) - 1
# Events are gone through so many at a time: what is made of them then stays near the processor.
AT_A_TIME = 1 << 16
# Python's map, or a pool's.
MapAll = Callable[..., Iterable[Any]]


@dataclass(frozen=True)
class Cases:
    """All cases in order, one place each. `days`: by name, those of milestones and those that follow from several.
    The groups are numbered as in `counting.Waits`."""

    days: dict[str, counting.Days]
    from_group: Ints
    to_group: Ints
    household: Ints

    def waits(self, wait: Wait) -> Waits:
        """One wait of every case; where it has not begun it has neither a beginning nor an end."""
        began, ended, stop = (self.days[name] for name in WAIT_DAYS[wait])
        group = self.from_group if wait.of_referrer else self.to_group
        return Waits(group, began, ended, np.where(ended < NEVER, np.int32(NEVER), stop))


def all_cases(cut: Cut, unit_ids: Ints, map_all: MapAll) -> Cases:
    """All cases as they are known now. `map_all`: a pool's, since arrays are worked on without Python's lock."""
    for name, value in SETTINGS.items():
        db.session.execute(text(f"SET LOCAL {name} = {value}"))
    try:
        return _read(cut, unit_ids, map_all)
    finally:
        for name in SETTINGS:
            db.session.execute(text(f"SET LOCAL {name} TO DEFAULT"))


def _read(cut: Cut, unit_ids: Ints, map_all: MapAll) -> Cases:
    """Table by table, joined here: the database would take longer to."""
    marks = case(*((CaseEvent.kind == kind, mark) for kind, mark in _marks().items()))
    event = _packed((CaseEvent.case_id, 0), (_day(CaseEvent.occurred_on), DAY_BITS), (marks, MARK_BITS))
    started = CaseEvent.kind == EventKind.PLACEMENT_STARTED
    # What marks nothing is no number, and left out.
    of_event = (_joined(event), _joined(func.coalesce(CaseEvent.placement_id, 0)).filter(started))
    of_case = _packed((Case.id, 0), (Case.participant_id, ID_BITS))
    both_units = _packed((Case.from_unit_id, 0), (Case.to_unit_id, UNIT_BITS))
    man = case((Participant.sex == Sex.MAN, 1), else_=0)
    of_person = _packed((Participant.id, 0), (func.coalesce(Participant.household_id, 0), ID_BITS), (man, 1))
    since_day = func.coalesce(_day(Household.assistance_since_on), NO_DAY)
    of_household = _packed((Household.id, 0), (since_day, DAY_BITS))
    *events, (employments,), (cases, units), (people,), (households,) = _columns(
        *(select(*of_event).where(valid_events(cut), half) for half in _halves()),
        select(_joined(Placement.id)).where(EMPLOYMENT),
        select(_joined(of_case), _joined(both_units)),
        select(_joined(of_person)),
        select(_joined(of_household)),
    )
    order = np.argsort(cases)
    ids, participants = _split(cases[order], ID_BITS)
    household, men = _split(_by_id(*_split(people, ID_BITS + 1))[participants], 1)
    # Nobody's household has the number 0.
    since = _by_id(*_split(np.append(households, NO_DAY), DAY_BITS))[household]
    since_on = np.where(since == NO_DAY, NEVER, since - SHIFT).astype(np.int32)
    is_employment = np.zeros(max(part.max(initial=0) for _, part in events) + 1, np.bool_)
    is_employment[employments[employments < len(is_employment)]] = True
    firsts = _firsts(events, _by_id(ids, np.arange(len(ids))), len(ids), is_employment, map_all)
    from_units, to_units = _split(units[order], UNIT_BITS)
    place = _by_id(unit_ids, np.arange(len(unit_ids)))
    return Cases(
        days=firsts | counting.further_days(firsts, since_on, counting.day_number(cut.as_of)),
        from_group=place[from_units] * 2 + men,
        to_group=place[to_units] * 2 + men,
        household=np.where(household == 0, -ids, household),
    )


def _halves() -> list[ColumnElement[bool]]:
    """The events in two equal parts, as they lie in the database: the second with whatever is added meanwhile."""
    half = db.session.scalars(select(func.pg_relation_size(CaseEvent.__tablename__))).one() // BLOCK // 2
    return [literal_column(f"{CaseEvent.__tablename__}.ctid {side} '({half},0)'", Boolean) for side in ("<", ">=")]


def _columns(*parts: Select[Any]) -> list[list[Ints]]:
    """The columns of each part as numbers, in the same order; all as they are at one moment. Each crosses over in one
    piece, up to a gigabyte: 134 million rows."""
    width = max(len(part.selected_columns) for part in parts)
    nothing = cast(null(), LargeBinary)
    filled = [
        part.with_only_columns(
            literal(place), *part.selected_columns, *[nothing] * (width - len(part.selected_columns))
        )
        for place, part in enumerate(parts)
    ]
    statement = union_all(*filled).compile(db.engine, compile_kwargs={"literal_binds": True})
    found: dict[int, list[Ints]] = {}
    with driver_connection().cursor().copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["int4", *["bytea"] * width])
        for place, *columns in copy.rows():
            wanted = columns[: len(parts[place].selected_columns)]
            found[place] = [np.frombuffer(column or b"", ">i8").astype(np.int64) for column in wanted]
    return [found[place] for place in range(len(parts))]


def _joined(number: Any) -> Any:
    return func.string_agg(func.int8send(cast(number, BigInteger)), literal(b""))


def _packed(*parts: tuple[Any, int]) -> ColumnElement[int]:
    """One number of several, each with the bits it takes."""
    number: ColumnElement[int] = cast(parts[0][0], BigInteger)
    for part, bits in parts[1:]:
        number = number * (1 << bits) + part
    return number


def _split(numbers: Ints, bits: int) -> tuple[Ints, Ints]:
    """The last part of packed numbers taken off."""
    return numbers >> bits, numbers & ((1 << bits) - 1)


def _day(day: Any) -> ColumnElement[int]:
    number: ColumnElement[int] = day - literal(EPOCH, Date) + SHIFT
    return number


def _by_id(ids: Ints, values: Ints) -> Ints:
    """The values where one can look them up. Numbers of rows are given one after the other, so there are few gaps."""
    table = np.zeros(int(ids.max(initial=0)) + 1, np.int64)
    table[ids] = values
    return table


def _marks() -> dict[EventKind, ColumnElement[int]]:
    """By kind of event: the milestones that it may be the first of, and whether it closes or reopens the case. That a
    placement is an employment its row does not say: see `_firsts`."""
    marks: dict[EventKind, Any] = defaultdict(lambda: literal(0))
    for name, (kind, condition) in MILESTONES.items():
        if kind is not EventKind.PLACEMENT_STARTED:
            marks[kind] += case((condition, MARKS[name]), else_=0)
    marks[EventKind.PLACEMENT_STARTED] = literal(MARKS["placed_on"])
    for kind in CLOSING:
        marks[kind] += CLOSES
    marks[EventKind.REOPENED] += REOPENS
    return {kind: marks[kind] for kind in (*COMMON, *(kind for kind in marks if kind not in COMMON))}


def _firsts(
    parts: list[list[Ints]], place: Ints, cases: int, is_employment: NDArray[np.bool_], map_all: MapAll
) -> dict[str, counting.Days]:
    """The first day of each milestone by case, and the last closing unless the case has been reopened.
    `parts`: events and, of those that begin a placement, the placements. `is_employment`: by number of placement."""
    (days, closed_on, closings), *others = map_all(lambda part: _of_part(part, place, cases, is_employment), parts)
    for more_days, more_closed_on, more_closings in others:
        np.minimum(days, more_days, out=days)
        np.maximum(closed_on, more_closed_on, out=closed_on)
        closings += more_closings
    closed_on[closings <= 0] = NEVER
    return dict(zip(MARKS, days, strict=True)) | {"closed_on": closed_on}


def _of_part(
    part: list[Ints], place: Ints, cases: int, is_employment: NDArray[np.bool_]
) -> tuple[counting.Days, counting.Days, Ints]:
    """Of some of the events, by case: the first day of each milestone, the last closing, and how many closings more
    than reopenings."""
    events, placements = part
    first = np.full((len(MARKS), cases), NEVER, np.int32)
    closed_on = np.full(cases, -NEVER, np.int32)
    closings = np.zeros(cases, np.int64)
    placed = 0
    for start in range(0, len(events), AT_A_TIME):
        rest, marks = _split(events[start : start + AT_A_TIME], MARK_BITS)
        ids, shifted = _split(rest, DAY_BITS)
        days, of_case = (shifted - SHIFT).astype(np.int32), place[ids]
        marks = marks.astype(np.int16)
        began = np.flatnonzero(marks & MARKS["placed_on"] != 0)
        employed = is_employment[placements[placed : placed + len(began)]]
        marks[began[employed]] = MARKS["employed_on"]
        placed += len(began)
        for day, mark in zip(first, MARKS.values(), strict=True):
            which = np.flatnonzero(marks & mark != 0)
            np.minimum.at(day, of_case[which], days[which])
        closing = np.flatnonzero(marks & CLOSES != 0)
        np.maximum.at(closed_on, of_case[closing], days[closing])
        np.add.at(closings, of_case[closing], 1)
        np.subtract.at(closings, of_case[np.flatnonzero(marks & REOPENS != 0)], 1)
    return first, closed_on, closings

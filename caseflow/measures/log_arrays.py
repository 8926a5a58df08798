"""The cases as arrays: the days of their milestones and what the registers say of them, read from the log in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Date, case, cast, func, literal, select, text, true

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

# So many cases are worked on at a time: they stay near the processor.
CASES_AT_A_TIME = 16384
# Several processes of the database gather the rows, and need no machine code made for that.
SETTINGS = {"jit": "off", "parallel_setup_cost": "0", "parallel_tuple_cost": "0"}
# What an event may mark, as bits: the milestones in their order, then these two.
MARKS = {name: 1 << place for place, name in enumerate(MILESTONES)}
CLOSES, REOPENS = 1 << len(MILESTONES), 2 << len(MILESTONES)
MARK_BITS = len(MILESTONES) + 2
UNIT_BITS = 24
NO_DAY = (1 << DAY_BITS) - 1


@dataclass(frozen=True)
class Cases:
    """Cases in order, one place each."""

    days: dict[str, counting.Days]
    since: counting.Days
    from_unit: Ints
    to_unit: Ints
    man: Ints
    household: Ints

    @property
    def left_wholly(self) -> NDArray[np.bool_]:
        return self.days["left_on"] < NEVER

    def part(self, which: slice) -> Cases:
        """Some of them."""
        rest = {field.name: getattr(self, field.name)[which] for field in fields(self) if field.name != "days"}
        return Cases(days={name: days[which] for name, days in self.days.items()}, **rest)

    def waits(self, unit_ids: Ints, as_of: int) -> Iterator[tuple[Wait, Waits]]:
        """Every wait; those that have not begun have neither a beginning nor an end."""
        days = self.days | counting.further_days(self.days, self.since, as_of)
        place = _by_id(unit_ids, np.arange(len(unit_ids)))
        from_group, to_group = (place[unit] * 2 + self.man for unit in (self.from_unit, self.to_unit))
        for wait, names in WAIT_DAYS.items():
            began, ended, stop = (days[name] for name in names)
            stopped = np.where(ended < NEVER, np.int32(NEVER), stop)
            yield wait, Waits(from_group if wait.of_referrer else to_group, began, ended, stopped)


def all_cases(cut: Cut) -> Iterator[Cases]:
    """All cases as they are known now, some at a time."""
    for name, value in SETTINGS.items():
        db.session.execute(text(f"SET LOCAL {name} = {value}"))
    cases = _read(cut)
    for name in SETTINGS:
        db.session.execute(text(f"SET LOCAL {name} TO DEFAULT"))
    for start in range(0, len(cases.man), CASES_AT_A_TIME):
        yield cases.part(slice(start, start + CASES_AT_A_TIME))


def _read(cut: Cut) -> Cases:
    """Table by table, joined here: the database would take longer to. What is referred to is read after what refers to
    it, and so is there."""
    started = CaseEvent.kind == EventKind.PLACEMENT_STARTED
    event = _packed((CaseEvent.case_id, 0), (_day(CaseEvent.occurred_on), DAY_BITS), (_marks(), MARK_BITS))
    of_started = _joined(func.coalesce(CaseEvent.placement_id, 0)).filter(started)
    events, placements = _columns(_joined(event), of_started, where=valid_events(cut))
    [employments] = _columns(_joined(Placement.id), where=EMPLOYMENT)
    both_units = _packed((Case.from_unit_id, 0), (Case.to_unit_id, UNIT_BITS))
    ids, participants, units = _columns(*map(_joined, (Case.id, Case.participant_id, both_units)))
    man = case((Participant.sex == Sex.MAN, 1), else_=0)
    of_person = _packed((func.coalesce(Participant.household_id, 0), 0), (man, 1))
    people, households = _columns(_joined(Participant.id), _joined(of_person))
    since_day = func.coalesce(_day(Household.assistance_since_on), NO_DAY)
    known, since = _columns(_joined(Household.id), _joined(since_day))

    order = np.argsort(ids)
    ids, units = ids[order], units[order]
    households, men = _split(_by_id(people, households)[participants[order]], 1)
    # Nobody's household has the number 0.
    since = _by_id(np.append(known, 0), np.append(since, NO_DAY))[households]
    from_units, to_units = _split(units, UNIT_BITS)
    return Cases(
        days=_firsts(
            events, _by_id(ids, np.arange(len(ids))), len(ids), np.isin(placements, employments, kind="table")
        ),
        since=np.where(since == NO_DAY, NEVER, since - SHIFT).astype(np.int32),
        from_unit=from_units,
        to_unit=to_units,
        man=men,
        household=np.where(households == 0, -ids, households),
    )


def _columns(*joined: Any, where: ColumnElement[bool] | None = None) -> list[Ints]:
    """Columns of a table as numbers, in the same order. Each crosses over in one piece, up to a gigabyte: 134 million
    rows. By groups of rows it would take twice as long: the database expects too many groups to share the work."""
    statement = select(*joined).where(true() if where is None else where)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    with driver_connection().cursor().copy(f"COPY ({compiled}) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types(["bytea"] * len(joined))
        [columns] = copy.rows()
    return [np.frombuffer(column or b"", ">i8").astype(np.int64) for column in columns]


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


def _marks() -> ColumnElement[int]:
    """The milestones that the event may be the first of, and whether it closes or reopens the case. That a placement is
    an employment its row does not say: see `_firsts`."""
    marks: dict[EventKind, Any] = defaultdict(lambda: literal(0))
    for name, (kind, condition) in MILESTONES.items():
        if kind is not EventKind.PLACEMENT_STARTED:
            marks[kind] += case((condition, MARKS[name]), else_=0)
    marks[EventKind.PLACEMENT_STARTED] = literal(MARKS["placed_on"])
    for kind in CLOSING:
        marks[kind] += CLOSES
    marks[EventKind.REOPENED] += REOPENS
    return case(*((CaseEvent.kind == kind, mark) for kind, mark in marks.items()), else_=0)


def _firsts(events: Ints, place: Ints, cases: int, is_employment: NDArray[np.bool_]) -> dict[str, counting.Days]:
    """The first day of each milestone by case, and the last closing unless the case has been reopened.
    `is_employment`: of the placements that began, in the order of their events."""
    events, marks = _split(events, MARK_BITS)
    case_ids, shifted = _split(events, DAY_BITS)
    of_case, days = place[case_ids], (shifted - SHIFT).astype(np.int32)
    began = np.flatnonzero(marks & MARKS["placed_on"])
    marks[began[is_employment]] = MARKS["employed_on"]
    found = {}
    for name, mark in MARKS.items():
        which = np.flatnonzero(marks & mark)
        found[name] = np.full(cases, NEVER, np.int32)
        np.minimum.at(found[name], of_case[which], days[which])
    closing, reopening = np.flatnonzero(marks & CLOSES), np.flatnonzero(marks & REOPENS)
    last = np.full(cases, -NEVER, np.int32)
    np.maximum.at(last, of_case[closing], days[closing])
    times = np.bincount(of_case[closing], minlength=cases)
    is_closed = times > np.bincount(of_case[reopening], minlength=cases)
    found["closed_on"] = np.where(is_closed, last, np.int32(NEVER))
    return found

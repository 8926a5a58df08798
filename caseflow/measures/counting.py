"""From waits to counts, in arrays: what `wait_count` holds.

A number of waits is kept under a key that says for whom, when and how long:

    group (unit, sex) 26 bits | year 13 bits | month of the year 4 bits | length 20 bits

An open wait has month 0, and the day it began instead of a length. A wait whose beginning nobody knows has the length
`UNKNOWN`. Group and year say which row of `wait_count`, the rest stands in it, each month and length with a number:

    month of the year 4 bits | length 20 bits | number of waits 8 bits

More waits than fit take several such words. They are small because nearly all of a report's time goes to fetch them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from caseflow.measures.rules import Wait

Ints = NDArray[np.int64]
Days = NDArray[np.int32]

# Days are numbered from here, as numpy does. A day that has not come is later than every other.
EPOCH = date(1970, 1, 1)
NEVER = 2**30
# A day takes so many bits when packed: half of them for days before the epoch.
DAY_BITS = 20
SHIFT = 1 << DAY_BITS - 1
MONTH_BITS, LENGTH_BITS, YEAR_BITS = 4, DAY_BITS, 13
FATE_BITS = 2
UNKNOWN = (1 << LENGTH_BITS) - 1
WITHIN_ROW_BITS = MONTH_BITS + LENGTH_BITS
NUMBER_BITS = 8
MOST = (1 << NUMBER_BITS) - 1
WORD = np.dtype("<u4")
FIELDS = ("ended", "begun_ended", "begun_stopped", "open")


def day_number(day: date) -> int:
    return (day - EPOCH).days


@dataclass(frozen=True)
class Waits:
    """Rows of one wait as arrays. `group`: place of the unit times two, plus one for a man."""

    group: Ints
    began: Days
    ended: Days
    stopped: Days

    def only(self, which: NDArray[np.bool_]) -> Waits:
        return self.at(np.flatnonzero(which))

    def at(self, places: Ints) -> Waits:
        return Waits(*(getattr(self, field.name).take(places) for field in fields(self)))


def months_of(days: Days | Ints) -> Ints:
    """Months since January of year 0."""
    return _month_of_day().take(days + SHIFT)


@cache
def _month_of_day() -> Ints:
    days = np.arange(-SHIFT, SHIFT).astype("M8[D]")
    return days.astype("M8[M]").astype(np.int64) + 1970 * 12


def keys_of(wait: Wait, waits: Waits) -> dict[str, Ints]:
    """The key of every wait, for each column of `wait_count` that counts it."""
    has_begun, has_ended, was_stopped = waits.began < NEVER, waits.ended < NEVER, waits.stopped < NEVER
    ended, begun = waits.only(has_ended), waits.only(has_begun)
    open_waits = waits.only(has_begun & ~has_ended & ~was_stopped)
    since = np.minimum(ended.began, ended.ended)
    lengths = np.where(ended.began < NEVER, _lengths(wait, since, ended.ended), UNKNOWN)
    finished, cut_off = begun.only(begun.ended < NEVER), begun.only(begun.stopped < NEVER)
    return {
        "ended": _key(ended.group, months_of(ended.ended), lengths),
        "begun_ended": _begun_key(wait, finished, finished.ended),
        "begun_stopped": _begun_key(wait, cut_off, cut_off.stopped),
        "open": _row_key(open_waits.group, months_of(open_waits.began) // 12) << WITHIN_ROW_BITS
        | (open_waits.began + SHIFT).astype(np.int64),
    }


def _begun_key(wait: Wait, waits: Waits, end: Days) -> Ints:
    return _key(waits.group, months_of(waits.began), _lengths(wait, waits.began, end))


def _lengths(wait: Wait, began: Days, end: Days) -> Ints:
    if wait.unit == "months":
        return months_of(end) - months_of(began)
    return end.astype(np.int64) - began


def _key(group: Ints, month: Ints, length: Ints) -> Ints:
    return _row_key(group, month // 12) << WITHIN_ROW_BITS | (month % 12 + 1) << LENGTH_BITS | length


def _row_key(group: Ints, year: Ints) -> Ints:
    return group << YEAR_BITS | year


def packed(keys: Ints) -> dict[tuple[int, int], bytes]:
    """The content of one column: by group and year, how many waits there are of each month and length."""
    key, n = counted(keys)
    key, n = _in_words(key, n)
    words = _words(key & ((1 << WITHIN_ROW_BITS) - 1), n)
    row = key >> WITHIN_ROW_BITS
    starts = _starts(row)
    ends = np.append(starts, len(key))[1:]
    found = zip(row[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)
    return {divmod(row, 1 << YEAR_BITS): words[start:end].tobytes() for row, start, end in found}


def unpacked(content: bytes) -> tuple[Days, Days]:
    """Month and length, as in the key, and number of waits of each word."""
    words = np.frombuffer(content, WORD)
    return (words >> NUMBER_BITS).astype(np.int32), (words & MOST).astype(np.int32)


def _in_words(what: Ints, n: Ints) -> tuple[Ints, Ints]:
    """What there is more of than a word holds, several times: the last has the rest."""
    times = (n + MOST - 1) // MOST
    numbers = np.full(times.sum(), MOST)
    numbers[times.cumsum() - 1] = n - (times - 1) * MOST
    return np.repeat(what, times), numbers


def _words(what: Ints, n: Ints) -> NDArray[np.uint32]:
    return (what << NUMBER_BITS | n).astype(WORD)


def counted(keys: Ints) -> tuple[Ints, Ints]:
    """Every key once, in order, and how often it is there."""
    key = np.sort(keys)
    starts = _starts(key)
    return key[starts], np.diff(starts, append=len(key))


def _starts(ordered: Ints) -> Ints:
    """Where another number begins."""
    return np.flatnonzero(np.diff(ordered, prepend=np.iinfo(np.int64).min) != 0)


def moved(old: bytes, out: bytes, into: bytes) -> bytes:
    """The content of one column of a row after some waits have left it and others have come."""
    parts = [(unpacked(part), sign) for part, sign in ((old, 1), (out, -1), (into, 1))]
    found, place = np.unique(np.concatenate([what for (what, _), _ in parts]), return_inverse=True)
    sums = np.zeros(len(found), np.int64)
    np.add.at(sums, place, np.concatenate([sign * n for (_, n), sign in parts]))
    left = sums > 0
    return _words(*_in_words(found[left].astype(np.int64), sums[left])).tobytes()


def further_days(m: Mapping[str, Days], since: Days, as_of: int) -> dict[str, Days]:
    """What `milestones.further_days` says, of arrays: a day that is missing there is `NEVER` here."""
    straight_to_work = m["placed_on"] > m["employed_on"]
    never = np.int32(NEVER)
    referred = m["referred_on"] < NEVER
    left = np.where(referred, np.where(m["left_on"] < NEVER, m["left_on"], m["topped_up_on"]), never)
    end = np.minimum(np.where(left < NEVER, left, m["closed_on"]), NEVER)
    end = np.where(end < NEVER, end, np.int32(as_of))
    return {
        "placed_first_on": np.where(straight_to_work, never, m["placed_on"]),
        "employed_after_on": np.where(straight_to_work, never, m["employed_on"]),
        "employed_or_closed_on": np.minimum(m["employed_on"], m["closed_on"]),
        "household_left_on": left,
        "assistance_since_on": np.where(referred & (since <= end), since, never),
    }


def first_of_household(household: Ints, waits: Waits, left_wholly: NDArray[np.bool_]) -> Ints:
    """The places of the waits of which W7 counts one per household: see `queries._once_per_household`. In order of
    case."""
    has_ended, was_stopped = waits.ended < NEVER, waits.stopped < NEVER
    fate = np.where(has_ended, np.where(left_wholly, 0, 1), np.where(was_stopped, 3, 2))
    day = np.where(has_ended, waits.ended, np.where(was_stopped, -waits.stopped, 0))
    rank = (household << FATE_BITS | fate) << DAY_BITS | day + SHIFT
    order = np.argsort(rank)
    rank = rank[order]
    alike = _starts(rank)
    first_of_alike = np.minimum.reduceat(order, alike)
    return first_of_alike[_starts(rank[alike] >> DAY_BITS + FATE_BITS)]

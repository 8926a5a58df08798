"""Which more figures must be hidden so that no hidden one can be worked out from those that are shown. Pure.

The reader is taken to know everything shown, every way in which figures add up, and the rule itself: that a hidden
count is at least 1, since zeros are shown. Hidden figures are safe when what is shown fits more than one set of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import null_space
from scipy.optimize import Bounds, LinearConstraint, milp

# Fewer than this many persons or households are not shown.
SMALLEST_SHOWN = 5
TINY = 1e-9
# What a figure is called: anything that can be a key.
Name = Any


@dataclass(frozen=True)
class Figure:
    """`is_count`: a whole number of persons or households. Others are sums of kronor or averages, of any size."""

    value: float
    is_count: bool


@dataclass(frozen=True)
class Sum:
    """The total is its parts together, all by name."""

    total: Name
    parts: tuple[Name, ...]

    @property
    def names(self) -> tuple[Name, ...]:
        return (self.total, *self.parts)


def protect(figures: Mapping[Name, Figure], sums: Sequence[Sum], small: set[Name]) -> set[Name]:
    """The names to hide: the small ones, and as few and as small others as keep each of them unknown.

    In every sum at least two are hidden, what is hidden in it is together no small number, and at last none is the only
    one that fits. Each round hides one more, so it ends; when nothing but zeros is left shown, everything fits.
    """
    hidden, sums = set(small), list(dict.fromkeys(sums))
    while True:
        found = _sum_that_tells(figures, sums, hidden)
        if found is None:
            told = first_worked_out(figures, sums, hidden)
            if told is None:
                return hidden
            found = _cheapest(figures, [one for one in sums if told in one.names], hidden) or _cheapest(
                figures, _around(sums, told, hidden), hidden
            )
        if found is None:
            raise ValueError("No figure is left to hide.")
        hidden.add(found)


def _sum_that_tells(figures: Mapping[Name, Figure], sums: Sequence[Sum], hidden: set[Name]) -> Name | None:
    """What more to hide where a sum tells something by itself: only one of it is hidden, or a few persons in all."""
    for one in sums:
        inside = [name for name in dict.fromkeys(one.names) if name in hidden]
        parts = [name for name in one.parts if name in hidden]
        together = sum(figures[name].value for name in parts)
        counted = all(figures[name].is_count for name in parts)
        few = bool(parts) and counted and one.total not in hidden and 0 < together < SMALLEST_SHOWN
        if (len(inside) == 1 or few) and (more := _cheapest(figures, [one], hidden)) is not None:
            return more
    return None


def _cheapest(figures: Mapping[Name, Figure], sums: Sequence[Sum], hidden: set[Name]) -> Name | None:
    """The smallest shown figure of the sums. A count of zero is no use: it stays shown."""
    shown = dict.fromkeys(name for one in sums for name in one.names if name not in hidden)
    useful = [name for name in shown if figures[name].value or not figures[name].is_count]
    return min(useful, key=lambda name: abs(figures[name].value), default=None)


def _around(sums: Sequence[Sum], name: Name, hidden: set[Name]) -> list[Sum]:
    """The sums that hang together with the hidden figure through hidden ones, however far off."""
    reached, found, left = {name}, list[Sum](), list(sums)
    while more := [one for one in left if not reached.isdisjoint(one.names)]:
        found += more
        left = [one for one in left if reached.isdisjoint(one.names)]
        reached |= {other for one in more for other in one.names if other in hidden}
    return found


def first_worked_out(figures: Mapping[Name, Figure], sums: Sequence[Sum], hidden: set[Name]) -> Name | None:
    """The first hidden figure that only one value fits; None where there is none. The proof that hiding has worked.

    Every figure: the equations leave it free (null space). Every count also: there is another set of whole
    numbers from 1 up that fits (integer programming), in which it is another.
    """
    left = dict.fromkeys(name for name in figures if name in hidden)
    while left:
        start = next(iter(left))
        inside = _around(sums, start, hidden)
        names = list(dict.fromkeys(name for one in inside for name in one.names if name in hidden)) or [start]
        matrix = np.array([[_weight(one, name) for name in names] for one in inside], dtype=float).reshape(
            -1, len(names)
        )
        actual = np.array([figures[name].value for name in names])
        counts = np.array([figures[name].is_count for name in names])
        told = _only_value(matrix, actual, counts)
        if told is not None:
            return names[told]
        for name in names:
            left.pop(name, None)
    return None


def _weight(one: Sum, name: Name) -> int:
    return int(one.parts.count(name) - (one.total == name))


def _only_value(matrix: np.ndarray, actual: np.ndarray, counts: np.ndarray) -> int | None:
    """The place of the first figure that the equations pin down."""
    # Every solution is the actual one plus a combination of the free directions: who moves in none has only one value.
    free = null_space(matrix) if matrix.size else np.eye(len(actual))
    told = np.flatnonzero(np.abs(free).max(axis=1, initial=0) < TINY)
    if told.size:
        return int(told[0])
    if not counts.all() or not matrix.size:
        return None
    open_places = set(range(len(actual)))
    while open_places:
        place = min(open_places)
        differs = _another(matrix, actual, place)
        if differs is None:
            return place
        open_places -= differs
    return None


def _another(matrix: np.ndarray, actual: np.ndarray, place: int) -> set[int] | None:
    """Where another solution in whole numbers differs from the actual one, this place among them; None if none does."""
    right = matrix @ actual
    aim = np.zeros(len(actual))
    for direction in (-1, 1):
        aim[place] = direction
        found = milp(
            aim,
            constraints=LinearConstraint(matrix, right, right),
            integrality=np.ones(len(actual)),
            bounds=Bounds(1, 2 * actual.max() + SMALLEST_SHOWN),
        )
        if found.x is not None and round(found.x[place]) != round(actual[place]):
            return {int(one) for one in np.flatnonzero(np.round(found.x) != np.round(actual))}
    return None

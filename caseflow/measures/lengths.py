"""The figures of many groups of waits at once, from arrays with a number of waits per length.

`rules` says what each figure is, for one group in plain Python; here the same is worked out for every unit and sex
together. The last axis of every array is the length.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from caseflow.measures.rules import HALF, Z_95

Ints = NDArray[np.int64]


class Lengths(Mapping[int, int]):
    """Counts per length, read from an array: `{14: 3}` is three waits of 14 days."""

    def __init__(self, numbers: Ints) -> None:
        self.numbers = numbers

    def __getitem__(self, length: int) -> int:
        n = int(self.numbers[length]) if 0 <= length < len(self.numbers) else 0
        if not n:
            raise KeyError(length)
        return n

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero(self.numbers).tolist())

    def __len__(self) -> int:
        return int(np.count_nonzero(self.numbers))


def means(numbers: Ints) -> list[Any]:
    """`rules.mean` of every group; None of no waits."""
    n, days = numbers.sum(-1), numbers @ np.arange(numbers.shape[-1])
    return _or_none(n > 0, days / np.maximum(n, 1))


def percentiles(numbers: Ints, percent: int) -> list[Any]:
    """`rules.percentile` of every group."""
    n, passed = numbers.sum(-1), numbers.cumsum(-1)
    below, beyond = np.divmod(percent * np.maximum(n - 1, 0), 100)
    low, high = (_nth(passed, place) for place in (below, np.minimum(below + 1, np.maximum(n - 1, 0))))
    return _or_none(n > 0, low + beyond * (high - low) / 100)


def _nth(passed: Ints, place: Ints) -> Ints:
    nth: Ints = (passed <= place[..., None]).sum(-1)
    return nth


def longest(numbers: Ints) -> list[Any]:
    """The longest length of every group; None of no waits."""
    there = numbers > 0
    return _or_none(there.any(-1), numbers.shape[-1] - 1 - there[..., ::-1].argmax(-1))


@dataclass(frozen=True)
class Medians:
    """Kaplan–Meier's median and its interval for each group; None where the curve does not come so low."""

    median: list[Any]
    low: list[Any]
    high: list[Any]


def kaplan_meier_medians(ended: Ints, censored: Ints) -> Medians:
    """`rules.kaplan_meier` of every group."""
    leaving = ended + censored
    at_risk = leaving[..., ::-1].cumsum(-1)[..., ::-1]
    staying = at_risk - ended
    share = np.multiply.accumulate(np.where(ended > 0, staying / np.maximum(at_risk, 1), 1.0), -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(ended > 0, ended / (at_risk * staying), 0.0).cumsum(-1)
        width = np.exp(Z_95 * np.sqrt(variance) / np.abs(np.log(share)))
        low, high = share**width, share ** (1 / width)
    # Limits are read where somebody leaves, and are not defined before the first end nor when nobody is left.
    inside = (share > 0) & (share < 1) & (leaving > 0)
    return Medians(
        _first((share <= HALF) & (leaving > 0)), _first((low <= HALF) & inside), _first((high <= HALF) & inside)
    )


def _first(where: NDArray[np.bool_]) -> list[Any]:
    return _or_none(where.any(-1), where.argmax(-1))


def shares_within(numbers: Ints, targets: list[float | None]) -> list[Any]:
    """`rules.share_within` of every group; the first axis has the targets."""
    n, passed = numbers.sum(-1), numbers.cumsum(-1)
    found = []
    for unit, target in enumerate(targets):
        last = -1 if target is None else min(math.floor(target), numbers.shape[-1] - 1)
        within = passed[unit, ..., last] if last >= 0 else np.zeros_like(n[unit])
        found.append(_or_none((n[unit] > 0) & (target is not None), within / np.maximum(n[unit], 1)))
    return found


def _or_none(is_known: Any, values: NDArray[Any]) -> list[Any]:
    found: NDArray[Any] = np.where(is_known, values.astype(object), np.array(None, object))
    return list(found.tolist())

"""How a table fits on A4: type size, standing or lying, and columns in several parts where it is too wide for both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caseflow.reports.svg import ems

# Points between the margins of the template.
STANDING, LYING = 493.0, 740.0
PADDING = 9.0
SIZES = ((9.0, False), (8.0, False), (9.0, True), (8.0, True), (7.0, True))
SMALLEST = 7.0
# A text column need not be wider than this many times the type size, nor narrower unless its words are short.
WIDE_TEXT, NARROW_TEXT, SHORT_HEAD = 34.0, 9.0, 6.0
# Headings are semibold, and so wider.
BOLDER = 1.06


@dataclass(frozen=True)
class Layout:
    """`widths`: of every column, in points. `parts`: which columns stand beside each other, by their places. `height`:
    of one part, about, in points."""

    size: float
    landscape: bool
    widths: tuple[float, ...]
    parts: tuple[tuple[int, ...], ...]
    height: float


def lay_out(heads: Sequence[str], rows: Sequence[Sequence[str]], flows: Sequence[bool], lying: bool = False) -> Layout:
    """The largest type in which the columns fit, standing if that can be and is wanted.

    `flows`: whose words may be hyphenated.
    """
    columns = [[row[place] for row in rows] for place in range(len(heads))]
    least = [_least(head, texts, flow) for head, texts, flow in zip(heads, columns, flows, strict=True)]
    best = [_best(head, texts, flow) for head, texts, flow in zip(heads, columns, flows, strict=True)]
    size, landscape = next((one for one in SIZES if one[1] >= lying and _fits(least, *one)), (SMALLEST, True))
    if _fits(least, size, landscape):
        widths = _shared(least, best, size, LYING if landscape else STANDING)
        parts: tuple[tuple[int, ...], ...] = (tuple(range(len(heads))),)
    else:
        widths = tuple(min(_points(one, SMALLEST), LYING / 2) for one in least)
        parts = _split(widths)
    height = sum(_height(row, widths, size) for row in [heads, *rows])
    return Layout(size, landscape, widths, parts, height)


def _fits(least: Sequence[float], size: float, landscape: bool) -> bool:
    return sum(_points(one, size) for one in least) <= (LYING if landscape else STANDING)


def _height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    """Of the row, from the cell with most lines."""
    lines = max(math.ceil(ems(text) * size / (width - PADDING + 1)) for text, width in zip(row, widths, strict=True))
    return max(lines, 1) * size * 1.3 + PADDING


def _least(head: str, texts: Sequence[str], flow: bool) -> float:
    """What cannot be broken: the longest word or figure. A long word of a text is hyphenated."""
    longest = max(_longest_word([head]) * BOLDER, _longest_word(texts))
    return min(longest, NARROW_TEXT) if flow else longest


def _longest_word(texts: Sequence[str]) -> float:
    # Figures hold together by no-break spaces.
    return max((ems(word) for text in texts for word in text.split(" ")), default=0)


def _best(head: str, texts: Sequence[str], flow: bool) -> float:
    """What the column would take if there were room."""
    longest = max([*map(ems, texts), _least(head, texts, flow)])
    return min(longest, WIDE_TEXT) if flow else max(longest, min(ems(head) * BOLDER, SHORT_HEAD))


def _points(width: float, size: float) -> float:
    return width * size + PADDING


def _shared(least: Sequence[float], best: Sequence[float], size: float, room: float) -> tuple[float, ...]:
    """What is left when each has its least goes to those who want more, in proportion."""
    left = room - sum(_points(one, size) for one in least)
    wishes = [(most - one) * size for one, most in zip(least, best, strict=True)]
    share = min(1.0, left / sum(wishes)) if sum(wishes) > 0 else 0.0
    return tuple(round(_points(one, size) + wish * share, 1) for one, wish in zip(least, wishes, strict=True))


def _split(widths: Sequence[float]) -> tuple[tuple[int, ...], ...]:
    """As many columns as fit beside each other; the first column stands in every part."""
    parts, part = [], [0]
    for place in range(1, len(widths)):
        if sum(widths[one] for one in part) + widths[place] > LYING and len(part) > 1:
            parts.append(tuple(part))
            part = [0]
        part.append(place)
    return (*parts, tuple(part))

"""What a measure is: the rows it counts, and how they become a figure.

A figure and its lineage are the same statement. `rows` gives one row per thing counted; the figure is summed from them
within the database (`figures.py`), and the page behind the figure lists them. So a number can never say something else
than the cases behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, Text, cast, func, literal, null

from caseflow.core.personnummer import Sex
from caseflow.database import Choice
from caseflow.measures.selection import Selection

# The columns of a measure's rows, by these names and in this order.
#   case_id       the case counted, or None
#   household_id  the household counted, or None (one of the two is there)
#   sex           of the participant; None where the figure is not of a person (a household's)
#   unit_id       the unit that the figure is counted on, or None
#   day           when it happened: in the period, or on or before the cut-off
#   value         what is summed or averaged: days, kronor, 1 or 0 of a share, 1 of a count
#   why           the rule that took the row in (or left it out, value 0), as a sentence of its own
COLUMNS = ("case_id", "household_id", "sex", "unit_id", "day", "value", "why")
Rows = Callable[[Selection], Select[Any]]
# What the sum is divided by, for a unit (its id) or for all (None). None: not known, so the figure is not either.
Divisor = Callable[[int | None], float | None]


def columns(
    *,
    day: Any,
    why: Any,
    case_id: Any = None,
    household_id: Any = None,
    sex: Any = None,
    unit_id: Any = None,
    value: Any = 1,
) -> list[ColumnElement[Any]]:
    """The columns of a measure's rows, named and in order; what is left out is null."""
    return [
        cast(null() if case_id is None else case_id, BigInteger).label("case_id"),
        cast(null() if household_id is None else household_id, BigInteger).label("household_id"),
        cast(null() if sex is None else sex, Choice(Sex)).label("sex"),
        cast(null() if unit_id is None else unit_id, BigInteger).label("unit_id"),
        (literal(day) if isinstance(day, date) else day).label("day"),
        (literal(value, Integer) if isinstance(value, int) else value).label("value"),
        (literal(why, Text) if isinstance(why, str) else why).label("why"),
    ]


def said(text: str, **values: Any) -> ColumnElement[str]:
    """The text with columns in their places: said(_("Avslut i perioden: {outcome}."), outcome=…)."""
    pieces = ((before, values[name] if name else "") for before, name, _spec, _conversion in Formatter().parse(text))
    return func.concat(*(piece for pair in pieces for piece in pair if not isinstance(piece, str) or piece))


class Sum(StrEnum):
    """How the rows become the figure."""

    COUNT = "count"  # how many rows
    TOTAL = "total"  # the sum of value
    MEAN = "mean"  # the mean of value
    PER_MONTH = "per_month"  # how many rows, by month of the period: an average per month
    SHARE = "share"  # the mean of value 1 or 0, in per cent


class Better(StrEnum):
    """Which way the board wants the figure to go."""

    LOWER = "lower"
    HIGHER = "higher"


class Said:
    """A text of a measure: kept as `_l` made it, and said in the language of whoever reads it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, measure: Any, owner: type) -> str:
        if measure is None:
            # Asked of the class: a dataclass takes it that there is no default.
            raise AttributeError(self.name)
        return str(measure.__dict__[self.name])

    def __set__(self, measure: Any, text: Any) -> None:
        measure.__dict__[self.name] = text


@dataclass(frozen=True, eq=False, kw_only=True)
class Measure:
    """One figure of DOMAIN.md. `definition` and `source` are printed wherever the figure is.

    `unit`: what the value is counted in ("dagar", "deltagare", "kr", "%"). `rows`: what is counted. `by_sex`: whether
    it can be split. `parts_of`: the other rows that can be asked for by name (Selection.part), with what each is.
    `per`: what the sum is divided by, for each of several selections at once; of PER_MONTH, the months when they are
    not simply those of the period. `yearly`: the figure adds up over the year, so that a part of the year is held
    against as large a part of the target. `free_part`: how parts begin that end in any name, "board:" of
    "board:Bildningsnämnden"; `free_words`: what such a part is, from that name.
    """

    key: str
    label: Said = Said()
    unit: Said = Said()
    definition: Said = Said()
    source: Said = Said()
    rows: Rows
    sum: Sum = Sum.COUNT
    better: Better | None = None
    decimals: int = 0
    by_sex: bool = True
    parts_of: Callable[[], tuple[tuple[str, str], ...]] = tuple
    per: Callable[[Sequence[Selection]], list[Divisor]] | None = None
    yearly: bool = False
    free_part: str = ""
    free_words: Callable[[str], str] = str

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The name of each part, and what it is."""
        return self.parts_of()

    def part_label(self, part: str) -> str | None:
        """What the part is, "" for the measure's own rows; None where there is no such part."""
        if self.free_part and part.startswith(self.free_part):
            return self.free_words(part.removeprefix(self.free_part))
        return {"": "", **dict(self.parts)}.get(part)

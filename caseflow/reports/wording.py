"""How a cell is written in Swedish: the same words on the page, in the PDF and in the CSV file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from caseflow.core.language import _, _l
from caseflow.measures.rules import Goal
from caseflow.reports.document import Cell, Column, Kind, Value
from caseflow.web.formatting import NBSP, dat, kr, tal, unknown

GOAL_WORDS = {
    Goal.MET: _l("uppfylls"),
    Goal.PARTLY: _l("uppfylls delvis"),
    Goal.NOT_MET: _l("uppfylls ej"),
    Goal.UNKNOWN: _l("kan ej bedömas"),
}
NUMBERS = (Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.KRONOR)


def hidden_words() -> str:
    """What stands instead of a figure that may not leave the organisation. Not "färre än 5": some are hidden because a
    small one could be worked out from them."""
    return _("dolt")


def goal_words(goal: Goal) -> str:
    """The assessment as words in a sentence."""
    return str(GOAL_WORDS[goal])


def cell_words(cell: Cell, column: Column) -> str:
    """The cell as a reader sees it: 1 875 726 kr, 55 %, 2020-11-30, uppgift saknas."""
    return hidden_words() if cell.suppressed else value_words(cell.value, column)


def value_words(value: Value, column: Column) -> str:
    """The value as the column writes it."""
    if value is None:
        return unknown()
    if isinstance(value, Goal):
        return goal_words(value)
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, date):
        return dat(value)
    return value if isinstance(value, str) else _number_words(value, column)


def _number_words(value: int | float | Decimal, column: Column) -> str:
    if column.kind is Kind.KRONOR:
        return kr(value, column.decimals)
    if column.kind is Kind.PERCENT:
        return f"{tal(value, column.decimals)}{NBSP}%"
    return tal(value, column.decimals if column.kind in NUMBERS else None)

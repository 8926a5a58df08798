"""A programme's savings beside the budget that was lowered on the strength of it, and its places beside their goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Integer, cast, extract, func, select

from caseflow.extensions import db
from caseflow.measures.programme_rows import BOARD, first_places, in_period
from caseflow.measures.selection import Period, Selection
from caseflow.organisation.models import Programme


@dataclass(frozen=True)
class BudgetYear:
    """How far the assistance budget was lowered, and what was not paid out; in the year, and since the first one.
    Kronor; None: the year lies ahead."""

    year: int
    granted_kr: Decimal
    lowered_kr: Decimal
    avoided_kr: Decimal | None
    lowered_so_far_kr: Decimal
    avoided_so_far_kr: Decimal | None

    @property
    def ends_on(self) -> date:
        return date(self.year, 12, 31)

    @property
    def share(self) -> float | None:
        return _share(self.avoided_kr, self.lowered_kr)

    @property
    def share_so_far(self) -> float | None:
        return _share(self.avoided_so_far_kr, self.lowered_so_far_kr)


def _share(avoided_kr: Decimal | None, lowered_kr: Decimal) -> float | None:
    return None if avoided_kr is None or not lowered_kr else float(avoided_kr / lowered_kr)


def budget_years(programme: Programme, last_year: int, avoided_in: Callable[[int], Decimal]) -> list[BudgetYear]:
    """The years of the programme's budget, to `last_year` with what was not paid out in each."""
    rows: list[BudgetYear] = []
    lowered, avoided = Decimal(0), Decimal(0)
    for budget in programme.budgets:
        known = budget.year <= last_year
        of_year = avoided_in(budget.year) if known else None
        lowered, avoided = lowered + budget.assistance_reduction_kr, avoided + (of_year or 0)
        rows.append(
            BudgetYear(
                year=budget.year,
                granted_kr=budget.granted_kr,
                lowered_kr=budget.assistance_reduction_kr,
                avoided_kr=of_year,
                lowered_so_far_kr=lowered,
                avoided_so_far_kr=avoided if known else None,
            )
        )
    return rows


@dataclass(frozen=True)
class PlaceGoal:
    """Places that should begin, and that have. `year` None: the programme's whole time. `board` "": all together.
    `begun` None: the year lies ahead. `selection`: the places counted."""

    year: int | None
    board: str
    places: int
    begun: int | None
    selection: Selection

    @property
    def share(self) -> float | None:
        return None if self.begun is None else self.begun / self.places


def place_goals(programme: Programme, selection: Selection) -> list[PlaceGoal]:
    """The programme's goals, the whole time's first. The selection's period is the whole time."""
    begun = _begun(selection)
    goals = []
    if programme.place_goal:
        goals.append(PlaceGoal(None, "", programme.place_goal, sum(begun.values()), selection))
    for goal in (one for one in programme.goals if one.places):
        part = BOARD + goal.board if goal.board else ""
        n = sum(n for (year, board), n in begun.items() if year == goal.year and goal.board in ("", board))
        ahead = goal.year > selection.last_on.year
        of_year = selection.only(period=Period.year(goal.year), part=part)
        goals.append(PlaceGoal(goal.year, goal.board, goal.places, None if ahead else n, of_year))
    return goals


def _begun(selection: Selection) -> dict[tuple[int, str], int]:
    """First places begun, by year and board."""
    p = first_places(selection).c
    year = cast(extract("year", p.day), Integer)
    query = select(year, p.board, func.count()).where(in_period(p.day, selection)).group_by(year, p.board)
    return {(year, board): n for year, board, n in db.session.execute(query).tuples()}

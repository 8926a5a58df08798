"""The yearly net cost of units, as a cut knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from caseflow.extensions import db
from caseflow.measures.facts import Facts, known
from caseflow.measures.measure import Divisor
from caseflow.measures.selection import Selection
from caseflow.organisation.models import UnitCost
from caseflow.organisation.rules import UnitKind

MILLION = 1_000_000


def net_costs(selection: Selection) -> dict[int, Decimal | None]:
    """Net cost of the period by unit that receives, kronor; None where a year of it is not known."""
    return _of_period(selection, _by_year([selection]))


def _by_year(selections: Sequence[Selection]) -> dict[int, dict[int, Decimal]]:
    """Net cost by unit that receives, and year: of all the selections' years, as the cut knows them."""
    years = {year for one in selections for year in _years(one)}
    cost: Any = UnitCost
    unit = Facts(selections[0].cut).unit
    in_years = and_(cost.unit_id == unit.id, cost.year.in_(years), known(cost, selections[0].cut.known_at))
    query = (
        select(unit.id, cost.year, cost.net_cost_kr)
        .join(cost, in_years, isouter=True)
        .where(unit.kind == UnitKind.RECEIVES, or_(unit.closed_at.is_(None), cost.id.is_not(None)))
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for unit_id, year, net_cost_kr in db.session.execute(query).tuples():
        of_unit = found[unit_id]
        if year is not None:
            of_unit[year] = net_cost_kr
    return found


def _of_period(selection: Selection, by_year: dict[int, dict[int, Decimal]]) -> dict[int, Decimal | None]:
    """Costs are of whole calendar years: of a part of a year nothing is known."""
    years = _years(selection)
    whole = selection.period.from_on == date(years.start, 1, 1) and selection.last_on == date(years.stop - 1, 12, 31)
    return {
        unit_id: sum((costs[year] for year in years), Decimal(0)) if whole and set(years) <= set(costs) else None
        for unit_id, costs in by_year.items()
    }


def _years(selection: Selection) -> range:
    return range(selection.period.from_on.year, selection.last_on.year + 1)


def net_cost_millions(selections: Sequence[Selection]) -> list[Divisor]:
    """What F7 divides by: a unit's net cost, or that of all units (of the one chosen), in millions of kronor.

    Nobody knows what the women, an age group or a programme cost.
    """
    by_year = _by_year(selections)
    return [_millions(one, _of_period(one, by_year)) for one in selections]


def _millions(selection: Selection, costs: dict[int, Decimal | None]) -> Divisor:
    chosen = selection.chosen
    narrowed = bool(chosen.sex or chosen.programme or chosen.ages)

    def of(unit_id: int | None) -> float | None:
        wanted = unit_id if unit_id is not None else chosen.unit.id if chosen.unit is not None else None
        found = list(costs.values()) if wanted is None else [costs.get(wanted)]
        known_kr = [cost for cost in found if cost is not None]
        if narrowed or not known_kr or len(known_kr) < len(found):
            return None
        return float(sum(known_kr)) / MILLION or None

    return of

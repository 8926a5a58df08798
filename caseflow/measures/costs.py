"""The yearly net cost of units, as a cut knows it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from caseflow.extensions import db
from caseflow.measures.facts import Facts, known
from caseflow.measures.measure import Divisor
from caseflow.measures.selection import Selection
from caseflow.organisation.models import UnitCost
from caseflow.organisation.rules import UnitKind

MILLION = 1_000_000


def net_costs(selection: Selection) -> dict[int, Decimal | None]:
    """Net cost of the period by unit that receives, kronor; None where a year of it is not known.

    Costs are of whole calendar years: of a part of a year nothing is known.
    """
    years = range(selection.period.from_on.year, selection.last_on.year + 1)
    whole = selection.period.from_on == date(years.start, 1, 1) and selection.last_on == date(years.stop - 1, 12, 31)
    cost: Any = UnitCost
    unit = Facts(selection.cut).unit
    query = (
        select(unit.id, func.count(cost.id), func.sum(cost.net_cost_kr))
        .join(
            cost,
            (cost.unit_id == unit.id) & cost.year.in_(list(years)) & known(cost, selection.cut.known_at),
            isouter=True,
        )
        .where(unit.kind == UnitKind.RECEIVES, unit.closed_at.is_(None) | cost.id.is_not(None))
        .group_by(unit.id)
    )
    found = db.session.execute(query).tuples()
    return {unit_id: total if whole and count == len(years) else None for unit_id, count, total in found}


def net_cost_millions(selection: Selection) -> Divisor:
    """What F7 divides by: a unit's net cost, or that of all units (of the one chosen), in millions of kronor.

    Nobody knows what the women, an age group or a programme cost.
    """
    chosen, narrowed = selection.chosen.unit, selection.chosen
    if narrowed.sex or narrowed.programme or narrowed.ages:
        return lambda _unit_id: None
    costs = net_costs(selection)

    def of(unit_id: int | None) -> float | None:
        wanted = unit_id if unit_id is not None else chosen.id if chosen is not None else None
        found = list(costs.values()) if wanted is None else [costs.get(wanted)]
        known_kr = [cost for cost in found if cost is not None]
        whole = bool(known_kr) and len(known_kr) == len(found)
        return float(sum(known_kr)) / MILLION or None if whole else None

    return of

"""Wage costs of arbetsmarknadsanställningar, month by month, and who paid them.

Published for 500-uppdraget (final report): wage costs 29 797 887 and 30 209 114 kr in 2019 and 2020,
of which the programme paid 10 265 521 and 7 025 600 and Arbetsförmedlingen 19 132 058 and 18 632 932.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from demo.placing import EMPLOYMENT
from demo.records import CUT_OFF, Case, Placement, WageMonth, month_of, month_start

FULL_TIME_MONTH_KR = {"extratjänst": 29_200, "OSA": 28_800}
OTHER_FULL_TIME_MONTH_KR = 30_700
"""Wage with employer's contributions for a whole month at 100 per cent."""

EMPLOYMENT_SERVICE_SHARE = {"extratjänst": 0.96, "introduktionsjobb": 0.6, "nystartsjobb": 0.45, "OSA": 0.7}
OTHER_EMPLOYMENT_SERVICE_SHARE = 0.5


@dataclass(frozen=True)
class YearCost:
    wage_kr: int
    employment_service_kr: int
    programme_kr: int


PUBLISHED = {2019: YearCost(29_797_887, 19_132_058, 10_265_521), 2020: YearCost(30_209_114, 18_632_932, 7_025_600)}


def split_exactly(total: int, weights: list[float]) -> list[int]:
    """Whole kronor in proportion to the weights that add up to the total, to the krona."""
    whole, parts, before = sum(weights), [], 0
    running = 0.0
    for weight in weights:
        running += weight
        upto = round(total * running / whole)
        parts.append(upto - before)
        before = upto
    return parts


def employed_months(rng: Random, placement: Placement) -> list[WageMonth]:
    """A row for each month of the employment to the cut-off; part of a month costs its share of the days."""
    level = FULL_TIME_MONTH_KR.get(placement.form, OTHER_FULL_TIME_MONTH_KR) * rng.uniform(0.95, 1.05)
    last_day = min(placement.end or CUT_OFF, CUT_OFF)
    rows = []
    for month in range(month_of(placement.start), month_of(last_day) + 1):
        first = month_start(month)
        length = monthrange(first.year, first.month)[1]
        begin, finish = max(placement.start, first), min(last_day, first + timedelta(days=length - 1))
        part = ((finish - begin).days + 1) / length
        rows.append(WageMonth(month, round(level * placement.percent / 100 * part)))
    return rows


def share_of(placement: Placement) -> float:
    return EMPLOYMENT_SERVICE_SHARE.get(placement.form, OTHER_EMPLOYMENT_SERVICE_SHARE)


def pay_wages(rng: Random, cases: list[Case]) -> None:
    employments = [(case, placement) for case in cases for placement in case.placements if placement.kind == EMPLOYMENT]
    for case, placement in employments:
        placement.wages = employed_months(rng, placement)
        if not case.in_programme:
            for row in placement.wages:
                row.employment_service_kr = round(row.wage_kr * share_of(placement))
    for year, cost in PUBLISHED.items():
        rows = [
            (row, share_of(placement))
            for case, placement in employments
            if case.in_programme
            for row in placement.wages
            if row.month // 12 == year
        ]
        fit_to_published(rows, cost)


def fit_to_published(rows: list[tuple[WageMonth, float]], cost: YearCost) -> None:
    """Scale the year's rows so that each column adds up to the published figure.

    The programme pays out of what Arbetsförmedlingen leaves, so that no row is paid for twice.
    """
    drawn = sum(row.wage_kr for row, _ in rows)
    assert 0.9 < cost.wage_kr / drawn < 1.1, f"wages are {drawn}, far from {cost.wage_kr}"
    wages = split_exactly(cost.wage_kr, [row.wage_kr for row, _ in rows])
    for (row, _), wage in zip(rows, wages, strict=True):
        row.wage_kr = wage
    subsidies = split_exactly(cost.employment_service_kr, [row.wage_kr * share for row, share in rows])
    for (row, _), subsidy in zip(rows, subsidies, strict=True):
        row.employment_service_kr = subsidy
    remainders = [max(0, row.wage_kr - row.employment_service_kr) for row, _ in rows]
    for (row, _), paid in zip(rows, split_exactly(cost.programme_kr, [float(r) for r in remainders]), strict=True):
        row.programme_kr = paid
    assert all(row.employment_service_kr + row.programme_kr <= row.wage_kr for row, _ in rows)

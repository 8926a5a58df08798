"""The sums of `programme_savings`, of very many households at once.

A household's baseline is the same in every month. So it is added up over households with the same months first, and
taken times the months; only what was paid is looked at payment by payment. No row is made for a month without payment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    true,
    union_all,
)

from caseflow.measures.facts import known
from caseflow.measures.programme_savings import EXACT, PLAIN, Rule, month_series, spans
from caseflow.measures.savings_rules import MONTHS_OF_YEAR
from caseflow.measures.selection import Cut, Selection
from caseflow.people.models import AssistancePayment


def month_sums(selection: Selection, rule: Rule = PLAIN) -> Select[Any]:
    """Of each month, and those that left wholly or not: the kronor (`value` of `counted_months`), how many households
    they are of (`n`), and how many of those are counted from that month on (`begun`)."""
    span = spans(selection, rule)
    parts = union_all(_baselines(span), _paid(span, selection.cut)).subquery("parts").c
    share = case((parts.wholly, parts.kr), else_=cast(MONTHS_OF_YEAR * parts.kr, EXACT) / parts.n)
    households = func.sum(parts.households)
    return (
        select(
            parts.wholly,
            parts.month_on,
            func.sum(share).label("value"),
            cast(households, Integer).label("n"),
            cast(func.sum(parts.begun), Integer).label("begun"),
        )
        .group_by(parts.wholly, parts.month_on)
        .having(households > 0)
    )


def _baselines(span: CTE) -> Select[Any]:
    """The baselines of all months, as if nothing had been paid in them."""
    s = span.c
    same = (
        select(s.wholly, s.n, s.first_on, s.until_on, func.sum(s.baseline_kr).label("kr"), func.count().label("size"))
        .group_by(s.wholly, s.n, s.first_on, s.until_on)
        .subquery("same")
    )
    series, month_on = month_series(same.c.first_on, same.c.until_on)
    return select(
        same.c.wholly,
        same.c.n,
        month_on.label("month_on"),
        same.c.kr,
        same.c.size.label("households"),
        case((month_on == same.c.first_on, same.c.size), else_=0).label("begun"),
    ).join(series, true())


def _paid(span: CTE, cut: Cut) -> Select[Any]:
    """What was paid in the months, to be taken off: no more than the baseline, of a household that left wholly."""
    s, payment = span.c, AssistancePayment
    month_on, paid = payment.month_on, payment.paid_kr
    taken = case((s.wholly, func.least(paid, s.baseline_kr)), else_=paid)
    saves_nothing = and_(s.wholly, paid >= s.baseline_kr)
    return (
        select(s.wholly, s.n, month_on, -func.sum(taken), -func.count().filter(saves_nothing), literal(0))
        .join(payment, payment.household_id == s.key)
        .where(month_on >= s.first_on, month_on < s.until_on, known(payment, cut.known_at))
        .group_by(s.wholly, s.n, month_on)
    )


def households_by_year(rows: Sequence[Any]) -> dict[tuple[bool | None, int | None], int]:
    """From `month_sums` of a rule that stops, so that a household is counted in all the months from its first to its
    last: those of a year are counted in its January or begin later in it. Of all years, and of all households: None."""
    found: Counter[tuple[bool | None, int | None]] = Counter()
    for row in rows:
        found[row.wholly, row.month_on.year] += row.n if row.month_on.month == 1 else row.begun
        found[row.wholly, None] += row.begun
        found[None, None] += row.begun
    return dict(found)


def year_of(day: Any) -> Any:
    return cast(extract("year", day), Integer)

"""Every krona of the savings stands for a household and a month, and the rows add up to what the rule says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from caseflow.extensions import db
from caseflow.measures.programme import sum_savings
from caseflow.measures.programme_savings import Rule, counted_months, savings_rows
from caseflow.measures.savings_rules import Leaving, household_savings, last_whole_month
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme
from caseflow.people.models import AssistancePayment
from tests.measures import histories, oracle
from tests.measures.test_oracle import days, fill, instant, randoms, some, world

__all__ = ["world"]
CODE = "500-uppdraget"
EVER = Period(date(2018, 1, 1), date(2021, 12, 31))


def selected(as_of: date, known_on: date | None, period: Period = EVER, part: str = "") -> Selection:
    return Selection(period, Cut(as_of, instant(known_on)), Filter(programme=get_programme(CODE)), part)


def payments_known(as_of: date, known_on: date | None) -> dict[object, dict[int, Fraction]]:
    paid: dict[object, dict[int, Fraction]] = defaultdict(dict)
    for row in db.session.scalars(select(AssistancePayment)):
        if oracle.is_known(row, instant(known_on)) and row.month_on <= as_of:
            paid["household", row.household_id][oracle.number_of(row.month_on)] = Fraction(row.paid_kr)
    return paid


def month_by_month(
    left: oracle.HouseholdOut, paid: Mapping[int, Fraction], last: int, rule: Rule
) -> dict[int, Fraction]:
    """Kronor by month, one month at a time, in exact fractions."""
    month = oracle.number_of(left.on)
    before = [paid[m] for m in range(month - rule.baseline_months, month) if paid.get(m, 0) > 0]
    if not before and left.typed is None:
        return {}
    baseline = sum(before) / len(before) if before else Fraction(left.typed or 0)
    rows: dict[int, Fraction] = {}
    for m in range(month + 1, last + 1):
        less = baseline - paid.get(m, 0)
        if not left.wholly:
            rows[m] = less * 12 / (last - month)
        elif less > 0:
            rows[m] = less
        elif rule.stops:
            break
    return rows


@some
@given(
    rng=randoms,
    as_of=days,
    known_on=st.none() | days,
    baseline_months=st.sampled_from([6, 12]),
    stops=st.booleans(),
)
def test_the_rows_are_the_kronor_of_the_slow_count_for_each_way_of_counting(
    world: histories.World, rng: Random, as_of: date, known_on: date | None, baseline_months: int, stops: bool
) -> None:
    cases = fill(rng, world)
    rule = Rule(baseline_months, stops)
    paid = payments_known(as_of, known_on)
    last = oracle.number_of(as_of) - (0 if (as_of + timedelta(1)).day == 1 else 1)
    expected = {
        (left.key if left.key[0] == "household" else None, m): kr  # type: ignore[index]
        for left in oracle.households_left(cases, CODE, as_of, instant(known_on))
        for m, kr in month_by_month(left, paid[left.key], last, rule).items()
    }
    rows = list(db.session.execute(savings_rows(selected(as_of, known_on), rule)))
    found = {
        (("household", row.household_id) if row.household_id else None, oracle.number_of(row.day)): row.value
        for row in rows
    }
    assert set(found) == set(expected)
    for key, kr in expected.items():
        assert abs(Fraction(found[key]) - kr) < Fraction(1, 10**15)


@some
@given(
    rng=randoms,
    as_of=days,
    known_on=st.none() | days,
    from_on=days,
    baseline_months=st.sampled_from([6, 12]),
    stops=st.booleans(),
)
def test_the_sums_are_those_of_the_rows(
    world: histories.World,
    rng: Random,
    as_of: date,
    known_on: date | None,
    from_on: date,
    baseline_months: int,
    stops: bool,
) -> None:
    fill(rng, world)
    selection = selected(as_of, known_on, Period(from_on, EVER.to_on))
    rule = Rule(baseline_months, stops)
    months = db.session.execute(select(counted_months(selection, rule))).all()
    kr: dict[tuple[bool, date], Decimal] = defaultdict(Decimal)
    households: dict[tuple[bool | None, int | None], set[int]] = defaultdict(set)
    for row in months:
        kr[row.wholly, row.month_on] += row.value
        for group in ((row.wholly, row.month_on.year), (row.wholly, None), (None, None)):
            households[group].add(row.key)
    found = sum_savings(selection, rule)
    by_month = {month: value for (wholly, month), value in kr.items() if wholly}
    assert rounded(found.by_month) == rounded(by_month)
    assert found.by_month_n == Counter(row.month_on for row in months if row.wholly)
    topup_year = sum((value for (wholly, _), value in kr.items() if not wholly), Decimal(0))
    assert abs(found.topup_year - topup_year) < Decimal("1e-15")
    assert found.n == {group: len(keys) for group, keys in households.items()} | (
        {(None, None): 0} if not stops and not months else {}
    )


def rounded(by_month: Mapping[date, Decimal]) -> dict[date, Decimal]:
    return {month: kr.quantize(Decimal("1e-15")) for month, kr in by_month.items()}


@some
@given(rng=randoms, as_of=days)
def test_months_of_two_periods_are_the_months_of_both(world: histories.World, rng: Random, as_of: date) -> None:
    fill(rng, world)
    first, second = Period(date(2018, 1, 1), date(2019, 12, 31)), Period(date(2020, 1, 1), date(2021, 12, 31))

    def total(period: Period) -> Decimal:
        rows = db.session.execute(savings_rows(selected(as_of, None, period, "wholly")))
        return sum((row.value for row in rows), Decimal(0))

    assert total(first) + total(second) == total(EVER)


@some
@given(rng=randoms, as_of=days)
def test_the_rows_of_a_household_are_what_the_rule_says_of_it(world: histories.World, rng: Random, as_of: date) -> None:
    cases = fill(rng, world)
    rows = db.session.execute(savings_rows(selected(as_of, None, part="wholly"))).all()
    for left in oracle.households_left(cases, CODE, as_of, None):
        kind, household_id = left.key  # type: ignore[misc]
        if kind != "household" or not left.wholly:
            continue
        paid = {
            row.month_on: row.paid_kr
            for row in db.session.scalars(select(AssistancePayment).where(AssistancePayment.voided_at.is_(None)))
            if row.household_id == household_id and row.month_on <= as_of
        }
        savings = household_savings(Leaving("", left.on, True, paid, left.typed), last_whole_month(as_of))
        found = {row.day: row.value.quantize(Decimal("1e-15")) for row in rows if row.household_id == household_id}
        assert found == {one.month_on: one.avoided_kr.quantize(Decimal("1e-15")) for one in savings.months}

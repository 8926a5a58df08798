"""The savings of many households at once are those of each, summed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.core.periods import add_months, months_between
from caseflow.measures.savings import Leavings, Payments, sum_savings
from caseflow.measures.savings_rules import Leaving, Savings, household_savings, to_ore

FIRST = date(2018, 1, 1)
LAST = date(2020, 6, 1)
NUMBER = 2018 * 12

# Öre by month; a mean of some of them is seldom a whole number of öre.
paid = st.dictionaries(st.integers(0, 40), st.integers(0, 900_001) | st.just(0), max_size=30)
households = st.lists(st.tuples(st.integers(0, 32), st.booleans(), paid), max_size=12)


def one(month: int, wholly: bool, ore: dict[int, int]) -> Savings:
    payments = {add_months(FIRST, place): Decimal(amount) / 100 for place, amount in ore.items()}
    return household_savings(Leaving("H", add_months(FIRST, month), wholly, payments), LAST)


@settings(max_examples=150, deadline=None)
@given(given_households=households)
def test_sums_over_arrays_are_the_sums_of_the_rules_to_the_ore(
    given_households: list[tuple[int, bool, dict[int, int]]],
) -> None:
    rows = [
        (place, month + NUMBER, ore)
        for place, (_, _, paid) in enumerate(given_households)
        for month, ore in paid.items()
    ]
    found = sum_savings(
        Leavings(
            np.array([month + NUMBER for month, _, _ in given_households], np.int64),
            np.array([wholly for _, wholly, _ in given_households], np.bool_),
        ),
        Payments(
            *(np.array([row[column] for row in rows], np.int64) + (NUMBER if column == 1 else 0) for column in range(3))
        ),
        NUMBER + months_between(FIRST, LAST),
    )
    savings = [one(*household) for household in given_households]
    for number, avoided in found.avoided_kr.items():
        month = add_months(FIRST, number - NUMBER)
        expected = sum((row.avoided_kr for each in savings for row in each.months if row.month_on == month), Decimal(0))
        assert avoided == to_ore(expected)
    assert {row.month_on for each in savings for row in each.months} <= {
        add_months(FIRST, number - NUMBER) for number in found.avoided_kr
    }
    assert found.unknown_n == sum(each.baseline_kr is None for each in savings)
    lowered = sum((each.lowered_month_kr or Decimal(0) for each in savings), Decimal(0))
    assert found.lowered_month_kr == to_ore(lowered)

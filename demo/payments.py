"""Assistance paid to the households whose payments carry no published figure."""

from random import Random

from demo.placing import EMPLOYMENT
from demo.records import CUT_OFF, Case, Household, Month, month_of

MONTHS_BEFORE_REFERRAL = 6
MONTHS_AFTER_OTHER_EXIT = 4
LEVEL_KR, LEVEL_PER_CHILD_KR = 6_000, 1_750
"""Give about the published means per household and month: 9 236 kr in August 2019, 9 512 kr in August 2020."""
RISE_IN_2020, FIRST_OF_2020 = 1.02, 2020 * 12
LEAVES_ASSISTANCE = {"arbete", "arbete_subventionerat", "studier", "annan_forsorjning", "flytt", "avliden"}


def pay_assistance(rng: Random, cases: list[Case]) -> None:
    """From half a year before a referral until the household leaves, or a little after another exit."""
    for case in cases:
        assert case.person is not None
        household = case.person.household
        if household.payments_settled:
            continue
        level = LEVEL_KR + LEVEL_PER_CHILD_KR * household.children + rng.randrange(0, 2_600, 5)
        for month in range(_first_month(case, household), _last_month(case) + 1):
            amount = level + rng.randrange(-700, 700, 5)
            if month >= FIRST_OF_2020:
                amount = round(amount * RISE_IN_2020)
            if _has_wage(case, month):
                amount = amount // 3 if household.children >= 2 else 0
            if amount:
                household.payments[month] = min(amount, household.payments.get(month, amount))


def _first_month(case: Case, household: Household) -> Month:
    return max(month_of(household.assistance_since), month_of(case.referred) - MONTHS_BEFORE_REFERRAL)


def _last_month(case: Case) -> Month:
    last = month_of(CUT_OFF)
    if case.exit is None:
        return last
    after = 0 if case.exit.outcome in LEAVES_ASSISTANCE else MONTHS_AFTER_OTHER_EXIT
    return min(last, month_of(case.exit.on) + after)


def _has_wage(case: Case, month: Month) -> bool:
    """True for whole months of employment; the wage of a first or last part month comes later."""
    return any(
        placement.kind == EMPLOYMENT
        and month_of(placement.start) < month
        and (placement.end is None or month < month_of(placement.end))
        for placement in case.placements
    )

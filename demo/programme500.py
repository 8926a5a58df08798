"""The participants of 500-uppdraget: 618 with a placement, and who of them left.

Published: placements begun to 2020-11-30 by kind, year and sex; 44 households left assistance; 72
participants went to studies; the others go on.
"""

from collections import Counter
from datetime import date, timedelta
from random import Random

from demo.milestones import accept, assess, days, first_meeting_wait, set_dates_before_referral
from demo.people import Population
from demo.placing import DEVELOPMENT, EMPLOYMENT, PRAKTIK, TRAINING, new_placement, place
from demo.records import CUT_OFF, PROGRAMME, Case, Exit, Household, Placement, workday, workday_after
from demo.savings import ALL_LEFT, Left, household_that_left
from demo.workplaces import REUSE_STATION, municipal_workplace

WORK_OR_PRAKTIK, DEVELOPMENT_ELSEWHERE, DEVELOPMENT_REUSE = "anställning/praktik", "utvecklingsplats", "Återbruket"

# Women 93 + 10 and men 65 + 42 in 2019, women 167 + 30 and men 142 + 69 in 2020: 300 women and 318 men.
# Of the places for development 0 + 8 and 1 + 16 were at Återbruket; here they are a row of their own.
FIRST_PLACEMENTS = {
    (2019, "K", WORK_OR_PRAKTIK): 93,
    (2019, "M", WORK_OR_PRAKTIK): 65,
    (2019, "K", DEVELOPMENT_ELSEWHERE): 10 - 0,
    (2019, "M", DEVELOPMENT_ELSEWHERE): 42 - 8,
    (2019, "K", DEVELOPMENT_REUSE): 0,
    (2019, "M", DEVELOPMENT_REUSE): 8,
    (2020, "K", WORK_OR_PRAKTIK): 167,
    (2020, "M", WORK_OR_PRAKTIK): 142,
    (2020, "K", DEVELOPMENT_ELSEWHERE): 30 - 1,
    (2020, "M", DEVELOPMENT_ELSEWHERE): 69 - 16,
    (2020, "K", DEVELOPMENT_REUSE): 1,
    (2020, "M", DEVELOPMENT_REUSE): 16,
}
assert sum(FIRST_PLACEMENTS.values()) == 618

# 72 to studies: when terms begin or, a few, when they end.
TO_STUDIES = {
    date(2019, 6, 14): 4,
    date(2019, 8, 19): 13,
    date(2019, 8, 26): 8,
    date(2020, 1, 13): 11,
    date(2020, 1, 20): 7,
    date(2020, 6, 12): 3,
    date(2020, 8, 17): 14,
    date(2020, 8, 24): 9,
    date(2020, 10, 26): 3,
}
assert sum(TO_STUDIES.values()) == 72

FIRST_REFERRAL = date(2019, 1, 2)
FIRST_START = date(2019, 1, 21)
MONTH_WEIGHTS = {2019: [3, 12, 12, 10, 9, 8, 3, 8, 11, 10, 8, 4], 2020: [12, 13, 10, 4, 4, 6, 4, 11, 14, 13, 9]}
"""Starts per month: few in summer, at Christmas and in the spring of the pandemic."""
EMPLOYMENT_WEIGHTS_2019 = [12, 36, 28, 14, 6, 2, 1, 1, 1, 1, 0, 0]

SPOUSE_LEFT = date(2020, 1, 31)
"""A second participant of a household that had already left: the household counts once."""


class Quota:
    """What is left to hand out of the published numbers of first placements."""

    def __init__(self, rng: Random, numbers: dict[tuple[int, str, str], int]) -> None:
        self.rng = rng
        self.left = Counter(numbers)

    def take(self, year: int, sex: str, rows: list[str]) -> str:
        row = self.rng.choices(rows, [self.left[year, sex, row] for row in rows])[0]
        return self.take_row(year, sex, row)

    def take_row(self, year: int, sex: str, row: str) -> str:
        assert self.left[year, sex, row] > 0, (year, sex, row)
        self.left[year, sex, row] -= 1
        return row


def row_of(placement: Placement) -> str:
    if placement.kind != DEVELOPMENT:
        return WORK_OR_PRAKTIK
    return DEVELOPMENT_REUSE if placement.workplace == REUSE_STATION else DEVELOPMENT_ELSEWHERE


def programme_cases(rng: Random, named: list[Case]) -> list[Case]:
    """All cases with a placement in 500-uppdraget except the named ones, which only use up their numbers."""
    quota = Quota(rng, FIRST_PLACEMENTS)
    for case in named:
        if case.in_programme and case.placements:
            first = case.placements[0]
            quota.take_row(first.start.year, case.sex, row_of(first))
    cases = [case_that_left(rng, quota, left) for left in ALL_LEFT]
    cases.append(spouse_case(rng, quota, cases))
    cases += [case_to_studies(rng, quota, on) for on, number in TO_STUDIES.items() for _ in range(number)]
    for (year, sex, row), number in sorted(quota.left.items()):
        cases += [case_going_on(rng, year, sex, row) for _ in range(number)]
    return cases


def case_before_placement(rng: Random, sex: str, start: date, earliest: date) -> Case:
    """A case whose referral and first meeting lead up to a first placement on `start`."""
    to_meeting, to_placement = first_meeting_wait(rng, start), days(rng, 32, 3, 150)
    room = (start - earliest).days
    if to_meeting + to_placement > room:
        to_meeting, to_placement = room * 4 // 10, room * 5 // 10
    first_meeting = workday(start - timedelta(days=to_placement))
    referred = workday(first_meeting - timedelta(days=to_meeting))
    case = Case(
        sex,
        referred,
        from_unit=rng.choices(["AFI", "TuA", "Etableringsteamet", "JKT"], [74, 12, 10, 4])[0],
        to_unit=rng.choices(["AMC", "AMS"], [86, 14])[0],
        programmes=[PROGRAMME],
        reason=rng.choice(REASONS),
        first_meeting=first_meeting,
    )
    set_dates_before_referral(rng, case)
    accept(rng, case, first_meeting)
    return case


REASONS = [
    "Praktik inför anställning inom kommunen",
    "Redo för subventionerad anställning",
    "Sysselsättning som försteg till arbete",
    "Arbetslivsinriktad bedömning och praktik",
    "Språkutveckling på arbetsplats",
    "På väg ut från etableringen, behöver arbetslivserfarenhet",
]


def first_placement(rng: Random, row: str, start: date, kind: str = "") -> Placement:
    if row == DEVELOPMENT_REUSE:
        return new_placement(rng, DEVELOPMENT, start, REUSE_STATION)
    kind = DEVELOPMENT if row == DEVELOPMENT_ELSEWHERE else kind or rng.choices([PRAKTIK, TRAINING], [4, 1])[0]
    return new_placement(rng, kind, start, municipal_workplace(rng))


def draw_start(rng: Random, earliest: date, latest: date) -> date:
    return workday_after(earliest + timedelta(days=rng.randint(0, max(0, (latest - earliest).days))))


def case_that_left(rng: Random, quota: Quota, left: Left) -> Case:
    """Those with known payments come from praktik or development; the other eight had employments."""
    household = household_that_left(rng, left)
    earliest = max(FIRST_REFERRAL, household.assistance_since + timedelta(days=10))
    latest_start = left.on - timedelta(days=45)
    first_possible = max(FIRST_START, earliest + timedelta(days=16), left.on - timedelta(days=210))
    start = draw_start(rng, first_possible, latest_start)
    row = quota.take(start.year, left.sex, [WORK_OR_PRAKTIK, DEVELOPMENT_ELSEWHERE])
    case = case_before_placement(rng, left.sex, start, earliest)
    case.household = household
    effect = "utfyllnad" if left.topup_kr else "lamnat"
    case.exit = Exit(left.on, rng.choices(["arbete", "arbete_subventionerat"], [5, 1])[0], effect)
    unknown = not left.baseline_kr
    kind = EMPLOYMENT if unknown and row == WORK_OR_PRAKTIK else ""
    place(rng, case, first_placement(rng, row, start, kind), may_employ=unknown)
    assess(rng, case)
    return case


def spouse_case(rng: Random, quota: Quota, left: list[Case]) -> Case:
    """The other adult of a household that had left wholly in 2019 finds work some months later."""
    household = next(
        case.household
        for case in left
        if case.household
        and case.household.children == 2
        and case.exit
        and case.exit.on.year == 2019
        and case.exit.effect == "lamnat"
        and case.household.payments
    )
    start = date(2019, 9, 16)
    quota.take_row(2019, "M", WORK_OR_PRAKTIK)
    case = case_before_placement(rng, "M", start, FIRST_REFERRAL)
    case.household, case.exit = household, Exit(SPOUSE_LEFT, "arbete", "lamnat")
    place(rng, case, first_placement(rng, WORK_OR_PRAKTIK, start, PRAKTIK), may_employ=False)
    assess(rng, case)
    return case


def case_to_studies(rng: Random, quota: Quota, on: date) -> Case:
    sex = rng.choices(["K", "M"], [58, 42])[0]
    start = draw_start(rng, max(FIRST_START, on - timedelta(days=230)), on - timedelta(days=45))
    row = quota.take(start.year, sex, [WORK_OR_PRAKTIK, DEVELOPMENT_ELSEWHERE, DEVELOPMENT_REUSE])
    case = case_before_placement(rng, sex, start, FIRST_REFERRAL)
    case.exit = Exit(on, "studier", rng.choice(["", "oforandrat"]))
    kind = EMPLOYMENT if row == WORK_OR_PRAKTIK and start.year == 2019 and rng.random() < 0.75 else ""
    place(rng, case, first_placement(rng, row, start, kind))
    assess(rng, case)
    return case


def case_going_on(rng: Random, year: int, sex: str, row: str) -> Case:
    """Most participants: the first placement may have been followed by others, and the case is open."""
    chance = {2019: 0.94, 2020: 0.1}[year]
    kind = EMPLOYMENT if row == WORK_OR_PRAKTIK and rng.random() < chance else ""
    weights = EMPLOYMENT_WEIGHTS_2019 if kind and year == 2019 else MONTH_WEIGHTS[year]
    month = rng.choices(range(1, len(weights) + 1), weights)[0]
    start = max(FIRST_START, workday(date(year, month, rng.randint(4, 28))))
    case = case_before_placement(rng, sex, min(start, CUT_OFF), FIRST_REFERRAL)
    place(rng, case, first_placement(rng, row, start, kind))
    assess(rng, case, follow_up_share=0.9)
    if any(placement.form == "extratjänst" for placement in case.placements):
        case.programmes.append("Extratjänster")
    return case


def give_people(rng: Random, population: Population, cases: list[Case]) -> None:
    """A person aged 25 to 59 at the referral, registered and able to be active ten hours a week or more."""
    last_names: dict[int, str] = {}
    for case in cases:
        household = case.household or programme_household(rng, case.referred)
        born = population.birth_date(case.sex, case.referred, 25, 59)
        shared = last_names.get(id(household))
        name = (population.name(case.sex)[0], shared) if shared else None
        case.person = population.add(case.sex, born, household, name)
        last_names[id(household)] = case.person.last_name


def programme_household(rng: Random, referred: date) -> Household:
    """Most have children: the programme gave them priority. All were on assistance at the referral."""
    children = rng.choices([0, 1, 2, 3, 4, 5], [22, 22, 28, 18, 7, 3])[0]
    since = referred - timedelta(days=rng.choice([40, 90, 200, 400, 700, 1100, 2000]) + rng.randint(0, 60))
    cause = rng.choice(["Arbetslös, ingen ersättning", "Språkhinder", "Arbetslös, otillräcklig ersättning"])
    return Household(children, since, cause)

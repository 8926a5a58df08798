"""Fit the whole of the demo to the figures that the board's reports give for whole years."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.milestones import FOLLOW_UP_DAYS, last_contact, later_scores, random_scores
from demo.placing import DEVELOPMENT, EMPLOYMENT
from demo.records import TODAY, Case, Placement, is_workday, workday


@dataclass(frozen=True)
class WaitGoal:
    """The mean wait, in days, of the decisions made in a period."""

    first: date
    last: date
    from_contact: float
    """W1: 19 days in 2018, 20,3 in 2019 and 18 in 2020."""
    from_application: float | None = None
    """W2: 8,3 days in 2020; no other year is published."""


WAIT_GOALS = [
    WaitGoal(date(2018, 1, 1), date(2018, 12, 31), 19.0),
    WaitGoal(date(2019, 1, 1), date(2019, 12, 31), 20.3),
    WaitGoal(date(2020, 1, 1), date(2020, 8, 31), 18.0, 8.3),
    WaitGoal(date(2020, 9, 1), TODAY, 18.0, 8.3),
]

# Placements begun in praktik, arbetsträning and arbetsmarknadsanställning (F5): 477 in 2018, 748 in 2019,
# 496 to the end of August 2020.
PLACEMENT_GOALS = [
    (date(2018, 1, 1), date(2018, 12, 31), 477),
    (date(2019, 1, 1), date(2019, 12, 31), 748),
    (date(2020, 1, 1), date(2020, 8, 31), 496),
]
LATE_FOLLOW_UPS = 42
PLANNED_END_PASSED = 9


def fit_to_board_figures(rng: Random, cases: list[Case]) -> None:
    for first, last, number in PLACEMENT_GOALS:
        fit_placements(rng, cases, first, last, number)
    for goal in WAIT_GOALS:
        fit_waits(rng, cases, goal)
    leave_ends_unregistered(rng, cases)
    limit_late_follow_ups(rng, cases)


def fit_placements(rng: Random, cases: list[Case], first: date, last: date, number: int) -> None:
    """Turn surplus placements outside 500-uppdraget and OSA into utvecklingsplatser, or take them away."""
    begun = [
        (case, placement)
        for case in cases
        for placement in case.placements
        if first <= placement.start <= last and placement.kind != DEVELOPMENT
    ]
    loose = [pair for pair in begun if not pair[0].in_programme and pair[0].to_unit != "OSA" and not pair[1].fixed]
    surplus = len(begun) - number
    assert 0 <= surplus <= len(loose), f"{len(begun)} placements begun {first}–{last}, {number} wanted"
    for case, placement in rng.sample(loose, surplus):
        if placement.kind != EMPLOYMENT and rng.random() < 0.5:
            placement.kind = DEVELOPMENT
        else:
            case.placements.remove(placement)


def fit_waits(rng: Random, cases: list[Case], goal: WaitGoal) -> None:
    """Move applications, then first contacts, a few days until the means are the reported ones."""
    decided = [case for case in cases if case.decision and goal.first <= case.decision <= goal.last]
    if goal.from_application is not None:
        wanted = round(goal.from_application * len(decided))
        while move_application(rng, decided, wanted):
            pass
    wanted = round(goal.from_contact * len(decided))
    while move_first_contact(rng, decided, wanted):
        pass


def move_application(rng: Random, decided: list[Case], wanted: int) -> bool:
    missing = wanted - sum(days_between(case.application, case.decision) for case in decided)
    case = rng.choice(decided)
    if missing and not case.fixed and case.application:
        moved = step_towards(rng, case.application, missing)
        if case.first_contact and case.decision and case.first_contact <= moved <= case.decision:
            case.application = moved
    return missing != 0


def move_first_contact(rng: Random, decided: list[Case], wanted: int) -> bool:
    missing = wanted - sum(days_between(case.first_contact, case.decision) for case in decided)
    case = rng.choice(decided)
    if missing and not case.fixed and case.first_contact:
        moved = step_towards(rng, case.first_contact, missing)
        if case.application and moved <= case.application:
            case.first_contact = moved
    return missing != 0


def days_between(first: date | None, last: date | None) -> int:
    assert first is not None
    assert last is not None
    return (last - first).days


def step_towards(rng: Random, day: date, missing: int) -> date:
    """A working day one to three days away in the direction that lessens what is missing."""
    length = min(abs(missing), rng.randint(1, 3))
    moved = day - timedelta(days=length if missing > 0 else -length)
    return moved if is_workday(moved) else day


def leave_ends_unregistered(rng: Random, cases: list[Case]) -> None:
    """A few placements whose planned end has just passed without anyone registering the end."""
    candidates = [
        placement
        for case in cases
        if case.ended is None and not case.fixed and case.placements
        for placement in [latest_placement(case)]
        if placement.end
        and placement.end == placement.planned_end
        and TODAY - timedelta(days=25) <= placement.end
        and placement.kind != EMPLOYMENT
    ]
    for placement in rng.sample(candidates, min(PLANNED_END_PASSED, len(candidates))):
        placement.end, placement.end_reason = None, ""


def latest_placement(case: Case) -> Placement:
    return max(case.placements, key=lambda placement: placement.start)


def limit_late_follow_ups(rng: Random, cases: list[Case]) -> None:
    """Follow-ups that are late become few: the other cases get an assessment in the last weeks."""
    late = []
    for case in cases:
        contact = last_contact(case)
        if case.ended is None and not case.fixed and contact and TODAY - contact > timedelta(days=FOLLOW_UP_DAYS):
            late.append(case)
    for case in rng.sample(late, max(0, len(late) - LATE_FOLLOW_UPS)):
        scores = later_scores(rng, case.assessments[-1][1]) if case.assessments else random_scores(rng)
        case.assessments.append((workday(TODAY - timedelta(days=rng.randint(4, 55))), scores))

"""Placements that follow on one another within a case."""

from datetime import date, timedelta
from random import Random

from demo.milestones import days
from demo.records import TODAY, Case, Placement, Workplace, workday, workday_after
from demo.workplaces import any_workplace, municipal_workplace

PRAKTIK, TRAINING, DEVELOPMENT, EMPLOYMENT = (
    "praktik",
    "arbetsträning",
    "utvecklingsplats",
    "arbetsmarknadsanställning",
)
SHORTEST_AND_LONGEST_DAYS = {
    PRAKTIK: (42, 150),
    TRAINING: (60, 170),
    DEVELOPMENT: (110, 340),
    EMPLOYMENT: (300, 364),
}
PERCENTS = {
    PRAKTIK: [50, 75, 75, 100],
    TRAINING: [25, 50, 50, 75],
    DEVELOPMENT: [25, 50, 50, 75],
    EMPLOYMENT: [75, 100, 100, 100, 100, 100],
}
FORMS = {
    "extratjänst": 34,
    "introduktionsjobb": 20,
    "nystartsjobb": 16,
    "lönebidrag": 15,
    "utvecklingsanställning": 8,
    "trygghetsanställning": 7,
}

NEXT_KIND = {
    2018: {
        PRAKTIK: (22, 10, 14, 30),
        TRAINING: (30, 8, 20, 14),
        DEVELOPMENT: (25, 10, 10, 8),
        EMPLOYMENT: (8, 2, 6, 12),
    },
    2019: {
        PRAKTIK: (12, 5, 10, 68),
        TRAINING: (18, 4, 16, 58),
        DEVELOPMENT: (14, 6, 10, 58),
        EMPLOYMENT: (8, 2, 20, 36),
    },
    2020: {
        PRAKTIK: (12, 6, 26, 25),
        TRAINING: (18, 6, 30, 18),
        DEVELOPMENT: (14, 4, 22, 23),
        EMPLOYMENT: (6, 2, 20, 50),
    },
}
"""Per cent of ended placements, by year and kind, followed by praktik, arbetsträning, utvecklingsplats or
arbetsmarknadsanställning; the rest are followed by none. 2020 had fewer employments: the board cut its
other labour market programmes."""


def new_placement(rng: Random, kind: str, start: date, workplace: Workplace, form: str = "") -> Placement:
    shortest, longest = SHORTEST_AND_LONGEST_DAYS[kind]
    if kind == EMPLOYMENT:
        form = form or rng.choices(list(FORMS), list(FORMS.values()))[0]
        shortest = 340 if form in ("extratjänst", "trygghetsanställning") else shortest
    planned_end = workday(start + timedelta(days=rng.randint(shortest, longest)))
    return Placement(kind, workplace, rng.choice(PERCENTS[kind]), start, planned_end, form=form)


def next_kind(rng: Random, placement: Placement, on: date, may_employ: bool) -> str | None:
    chances = NEXT_KIND[max(2018, on.year)][placement.kind]
    kinds: list[str | None] = [PRAKTIK, TRAINING, DEVELOPMENT, EMPLOYMENT, None]
    kind = rng.choices(kinds, [*chances, 100 - sum(chances)])[0]
    return PRAKTIK if kind == EMPLOYMENT and not may_employ else kind


def place(rng: Random, case: Case, first: Placement, may_employ: bool = True) -> None:
    """Add the first placement and those that follow it, up to the exit, or up to today if the case goes on."""
    stop = case.exit.on if case.exit else TODAY
    municipal = case.in_programme
    placement: Placement | None = first
    while placement is not None:
        case.placements.append(placement)
        if placement.planned_end >= stop:
            _end_at_exit(case, placement)
            return
        broken = rng.random() < 0.11
        length = (placement.planned_end - placement.start).days
        placement.end = (
            workday(placement.start + timedelta(days=length * rng.randint(20, 80) // 100))
            if broken
            else placement.planned_end
        )
        placement.end_reason = "avbruten" if broken else "enligt plan"
        start = workday_after(placement.end + timedelta(days=days(rng, 16, 1, 90)))
        kind = next_kind(rng, placement, start, may_employ) if start <= stop - timedelta(days=7) else None
        if kind is None:
            return
        form = "OSA" if case.to_unit == "OSA" and kind == EMPLOYMENT else ""
        where = municipal_workplace(rng) if municipal else any_workplace(rng)
        placement = new_placement(rng, kind, start, where, form)


REASON_AT_EXIT = {"arbete": "arbete", "arbete_subventionerat": "arbete", "studier": "studier", "sjukdom": "sjukdom"}


def _end_at_exit(case: Case, placement: Placement) -> None:
    """A placement that would have gone on ends with the case; else it is ongoing today."""
    if case.exit is None:
        return
    placement.end = max(placement.start, case.exit.on - timedelta(days=case.exit.on.day % 4))
    placement.end_reason = REASON_AT_EXIT.get(case.exit.outcome, "avbruten")

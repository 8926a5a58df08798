"""How long the steps of a case take, and the dates that follow from it."""

from datetime import date, timedelta
from random import Random

from demo.records import TODAY, Case, workday, workday_after

AREAS = [
    "Arbetslivserfarenhet",
    "Svenska i arbetet",
    "Hälsa och ork",
    "Motivation och mål",
    "Samarbete",
    "Struktur i vardagen",
    "Digital vana",
    "Ekonomi och boende",
]
FIRST_MEETING_MEAN_DAYS = {2017: 27, 2018: 25, 2019: 20, 2020: 16}
"""W3, referral to first meeting, by year of referral; no such figure was ever published."""


def days(rng: Random, mean: float, shortest: int = 0, longest: int = 400) -> int:
    """Whole days from a skewed distribution: most waits are short, a few are long."""
    return max(shortest, min(longest, round(rng.gammavariate(2.2, mean / 2.2))))


def first_meeting_wait(rng: Random, referred: date) -> int:
    return days(rng, FIRST_MEETING_MEAN_DAYS[referred.year], 2, 80)


def set_dates_before_referral(rng: Random, case: Case) -> None:
    """First contact, application and decision; one case in twelve was referred without a decision."""
    case.decision = workday(case.referred - timedelta(days=days(rng, 16, 0, 90)))
    case.application = workday(case.decision - timedelta(days=days(rng, 8.5, 0, 40)))
    case.first_contact = workday(case.application - timedelta(days=days(rng, 10.5, 0, 60)))
    if rng.random() < 0.08:
        case.decision = None


def accept(rng: Random, case: Case, latest: date) -> None:
    """The receiver accepts within a week or so, before the day given."""
    case.accepted = min(workday_after(case.referred + timedelta(days=days(rng, 3, 0, 12))), latest)


def random_scores(rng: Random) -> dict[str, int]:
    return {area: rng.choices([1, 2, 3, 4, 5], [14, 33, 32, 17, 4])[0] for area in AREAS}


def later_scores(rng: Random, before: dict[str, int]) -> dict[str, int]:
    """Scores some months on: about half the areas rise a step, a few fall."""
    return {
        area: max(1, min(5, score + rng.choices([-1, 0, 1, 2], [9, 45, 38, 8])[0])) for area, score in before.items()
    }


def assess(rng: Random, case: Case, follow_up_share: float = 0.5) -> None:
    """A baseline soon after the first meeting and, for a part of the cases, a later assessment."""
    if case.first_meeting is None:
        return
    last = case.ended or TODAY
    on = workday_after(case.first_meeting + timedelta(days=rng.choice([0, 0, 0, 5, 9, 14])))
    if on > last or rng.random() < 0.06:
        return
    case.assessments.append((on, random_scores(rng)))
    if rng.random() >= follow_up_share or (last - on).days < 50:
        return
    later = _recent_day(rng, on) if case.ended is None else on + (last - on) * rng.randint(50, 95) // 100
    case.assessments.append((workday(later), later_scores(rng, case.assessments[0][1])))


def _recent_day(rng: Random, baseline: date) -> date:
    """A day in the last eight weeks: ongoing cases are followed up every sixty days, nearly always in time."""
    return max(baseline + timedelta(days=30), TODAY - timedelta(days=rng.randint(1, 57)))


FOLLOW_UP_DAYS = 60


def last_contact(case: Case) -> date | None:
    """The day from which the next follow-up is counted."""
    known = [case.first_meeting, *(on for on, _ in case.assessments)]
    for placement in case.placements:
        known += [placement.start, placement.end]
    return max((day for day in known if day is not None), default=None)


MEETING_NOTES = [
    "Tolk per telefon.",
    "Digitalt möte.",
    "Vill gärna arbeta i kök.",
    "Läser sfi på förmiddagarna.",
    "Har arbetat inom lokalvård i hemlandet.",
    "Behöver tider efter lämning på förskolan.",
    "Intresserad av park och trädgård.",
    "Handledare med arabiska önskas.",
    "Vill pröva barnomsorg.",
    "Har B-körkort.",
    "Osäker på dator, behöver stöd med digitala tjänster.",
]


def note_first_meetings(rng: Random, cases: list[Case]) -> None:
    """A short note at about every fifth first meeting; never anything about health."""
    for case in cases:
        if case.first_meeting and not case.fixed and rng.random() < 0.2:
            case.meeting_note = rng.choice(MEETING_NOTES)

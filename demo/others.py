"""The rest of the municipality's flow, 2018 to 2020: cases of AMC, AMS and OSA outside 500-uppdraget.

How many cases ended, and how, is what the board's reports say; what is going on today is a little of
everything.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.milestones import accept, assess, days, first_meeting_wait, set_dates_before_referral
from demo.placing import DEVELOPMENT, EMPLOYMENT, PRAKTIK, TRAINING, new_placement, place
from demo.records import PROGRAMME, TODAY, Case, Exit, Placement, workday, workday_after
from demo.workplaces import any_workplace

WORK, STUDIES, NEITHER = "work", "studies", "neither"
GROUP_OF = {"arbete": WORK, "arbete_subventionerat": WORK, "studier": STUDIES}
NEITHER_OUTCOMES = {
    "annan_forsorjning": 22,
    "arbetsformedlingen": 24,
    "flytt": 8,
    "sjukdom": 14,
    "avbrott": 26,
    "avliden": 1,
    "annat": 5,
}


@dataclass(frozen=True)
class Period:
    """What the board's reports say of a period: exits to work or studies (F2) and to neither (F3)."""

    first: date
    last: date
    work_or_studies: int
    neither: int
    osa_work: dict[str, int]
    osa_studies: dict[str, int]
    """Exits from OSA (F4), by sex; the split by sex is published for 2019 only."""
    neither_men: int | None = None


PERIODS = [
    Period(date(2018, 2, 12), date(2018, 12, 21), 182, 299, {"M": 3, "K": 1}, {"M": 1, "K": 1}),
    # 429 exits to neither, 44 per cent men and 56 per cent women.
    Period(date(2019, 1, 2), date(2019, 12, 20), 310, 429, {"M": 26, "K": 6}, {"M": 1, "K": 1}, neither_men=189),
    Period(date(2020, 1, 2), date(2020, 8, 31), 97, 211, {"M": 4, "K": 1}, {}),
    # Not in any report: the pace of the eight months before.
    Period(date(2020, 9, 1), date(2020, 11, 30), 40, 78, {"M": 2}, {}),
]

FIRST_REFERRAL = date(2018, 1, 8)
WAITING_DAYS = [1, 1, 4, 4, 5, 6, 6, 7, 8, 8, 11, 12, 12, 13, 14, 15, 18, 19, 20, 22, 26, 33]
"""How long each referral not yet accepted has waited; the goal is fourteen days to the first meeting."""
AWAITING_MEETING, IN_ASSESSMENT, UNDER_WAY = 30, 48, 125
RETURNED, WITHDRAWN = 38, 24
RETURN_REASONS = [
    "Deltagaren är sjukskriven på heltid till och med nästa månad",
    "Underlag om arbetsförmåga saknas",
    "Deltagaren har påbörjat insats hos Arbetsförmedlingen",
    "Behöver först stöd från socialpsykiatrin",
    "Barnomsorg är inte ordnad",
    "Fel mottagande enhet, hör till arbetsträning på AMS",
]
WITHDRAW_REASONS = [
    "Deltagaren har fått arbete",
    "Deltagaren har flyttat från kommunen",
    "Ansökan om försörjningsstöd återtagen",
    "Dubbel anvisning",
]
REASONS = [
    "Arbetslivsinriktad bedömning",
    "Behöver praktik",
    "Arbetsträning för att pröva arbetsförmågan",
    "Vägledning mot studier",
    "Jobbsökarstöd",
    "Insats efter etableringen",
    "Offentligt skyddat arbete",
]
FIRST_KINDS = {"AMC": (45, 22, 12, 21), "AMS": (14, 50, 26, 10), "OSA": (0, 18, 0, 82)}


def other_cases(rng: Random, before: list[Case]) -> list[Case]:
    """The cases that bring the exits of every period up to the reports, and those going on today."""
    cases = [case for period in PERIODS for case in ended_cases(rng, period, before)]
    cases += [waiting_case(rng, waited) for waited in WAITING_DAYS]
    cases += [awaiting_meeting_case(rng) for _ in range(AWAITING_MEETING)]
    cases += [assessment_case(rng) for _ in range(IN_ASSESSMENT)]
    cases += [case_under_way(rng) for _ in range(UNDER_WAY)]
    cases += [closed_referral(rng, "åter", RETURN_REASONS) for _ in range(RETURNED)]
    cases += [closed_referral(rng, "återkallad", WITHDRAW_REASONS) for _ in range(WITHDRAWN)]
    for case in cases:
        add_programmes(rng, case)
    return cases


def ended_cases(rng: Random, period: Period, before: list[Case]) -> list[Case]:
    """Exits of the period that the cases made before have not already brought about."""
    ended = [
        GROUP_OF.get(case.exit.outcome, NEITHER)
        for case in before
        if case.exit and period.first <= case.exit.on <= period.last
    ]
    osa = [
        ("OSA", group, sex)
        for group, numbers in ((WORK, period.osa_work), (STUDIES, period.osa_studies))
        for sex, number in numbers.items()
        for _ in range(number)
    ]
    number = period.work_or_studies - len(osa) - len(ended) + ended.count(NEITHER)
    plans = osa + [(receiver(rng), rng.choices([WORK, STUDIES], [68, 32])[0], any_sex(rng)) for _ in range(number)]
    men = period.neither_men if period.neither_men is not None else period.neither * 47 // 100
    for index in range(period.neither - ended.count(NEITHER)):
        unit = "OSA" if rng.random() < 0.06 else receiver(rng)
        plans.append((unit, NEITHER, "M" if index < men else "K"))
    return [ended_case(rng, period, *plan) for plan in plans]


def receiver(rng: Random) -> str:
    return rng.choices(["AMC", "AMS"], [70, 30])[0]


def any_sex(rng: Random) -> str:
    return rng.choices(["K", "M"], [48, 52])[0]


def sender(rng: Random, to_unit: str) -> str:
    weights = [45, 10, 3, 42] if to_unit == "OSA" else [69, 17, 11, 3]
    return rng.choices(["AFI", "TuA", "Etableringsteamet", "JKT"], weights)[0]


def new_case(rng: Random, referred: date, to_unit: str, sex: str) -> Case:
    reason = "Offentligt skyddat arbete" if to_unit == "OSA" else rng.choice(REASONS[:-1])
    case = Case(sex, workday(max(referred, FIRST_REFERRAL)), sender(rng, to_unit), to_unit, reason)
    set_dates_before_referral(rng, case)
    return case


def random_day(rng: Random, first: date, last: date) -> date:
    return workday_after(first + timedelta(days=rng.randint(0, (last - first).days)))


def ended_case(rng: Random, period: Period, unit: str, group: str, sex: str) -> Case:
    on = min(random_day(rng, period.first, period.last), workday(period.last))
    referred = on - timedelta(days=days(rng, 215, 30, 640))
    if referred < FIRST_REFERRAL:
        referred = random_day(rng, FIRST_REFERRAL, on - timedelta(days=25))
    case = new_case(rng, referred, unit, sex)
    case.exit = Exit(on, outcome_of(rng, group))
    case.exit.effect = effect_of(rng, case.exit.outcome)
    meet(rng, case)
    place_first(rng, case, 0.98)
    if rng.random() < 0.75:
        assess(rng, case)
    return case


def outcome_of(rng: Random, group: str) -> str:
    if group == WORK:
        return rng.choices(["arbete", "arbete_subventionerat"], [63, 37])[0]
    if group == STUDIES:
        return "studier"
    return rng.choices(list(NEITHER_OUTCOMES), list(NEITHER_OUTCOMES.values()))[0]


def effect_of(rng: Random, outcome: str) -> str:
    if outcome in ("flytt", "avliden"):
        return "lamnat"
    if outcome in ("arbete", "arbete_subventionerat", "studier", "annan_forsorjning"):
        return rng.choices(["lamnat", "utfyllnad", "oforandrat", ""], [58, 22, 12, 8])[0]
    return rng.choices(["oforandrat", ""], [70, 30])[0]


def meet(rng: Random, case: Case) -> None:
    """Acceptance and first meeting; where the case ended before the meeting there is none."""
    last = case.ended or TODAY
    meeting = workday_after(case.referred + timedelta(days=first_meeting_wait(rng, case.referred)))
    if meeting < last - timedelta(days=3) and rng.random() < 0.97:
        case.first_meeting = meeting
    accept(rng, case, case.first_meeting or last)


def place_first(rng: Random, case: Case, share: float) -> None:
    if case.first_meeting is None or rng.random() > share:
        return
    start = workday_after(case.first_meeting + timedelta(days=days(rng, 27, 3, 160)))
    if start > (case.ended or TODAY) - timedelta(days=14):
        return
    kind = rng.choices([PRAKTIK, TRAINING, DEVELOPMENT, EMPLOYMENT], FIRST_KINDS[case.to_unit])[0]
    form = "OSA" if case.to_unit == "OSA" and kind == EMPLOYMENT else ""
    first = new_placement(rng, kind, start, any_workplace(rng), form)
    place(rng, case, first)
    if first.percent <= 50 and kind != EMPLOYMENT and rng.random() < 0.2:
        case.placements.append(placement_beside(rng, first))


def placement_beside(rng: Random, first: Placement) -> Placement:
    """A second, smaller place during the first, so that the two together stay within full time."""
    start = workday_after(first.start + timedelta(days=14))
    beside = Placement(DEVELOPMENT, any_workplace(rng), 25, start, max(start, first.planned_end))
    if first.end:
        beside.start = min(start, first.end)
        beside.end, beside.end_reason = first.end, first.end_reason
    return beside


def any_receiver(rng: Random) -> str:
    return rng.choices(["AMC", "AMS", "OSA"], [66, 26, 8])[0]


def waiting_case(rng: Random, waited: int) -> Case:
    """A referral that nobody has accepted yet."""
    return new_case(rng, TODAY - timedelta(days=waited), any_receiver(rng), any_sex(rng))


def awaiting_meeting_case(rng: Random) -> Case:
    case = new_case(rng, TODAY - timedelta(days=rng.randint(3, 28)), any_receiver(rng), any_sex(rng))
    accept(rng, case, TODAY)
    return case


def assessment_case(rng: Random) -> Case:
    """Has had the first meeting and no placement yet."""
    case = new_case(rng, TODAY - timedelta(days=rng.randint(25, 120)), any_receiver(rng), any_sex(rng))
    meet(rng, case)
    assess(rng, case, follow_up_share=0.85)
    return case


def case_under_way(rng: Random) -> Case:
    referred = random_day(rng, date(2019, 9, 2), date(2020, 10, 9))
    case = new_case(rng, referred, rng.choices(["AMC", "AMS", "OSA"], [58, 26, 16])[0], any_sex(rng))
    meet(rng, case)
    place_first(rng, case, 1)
    assess(rng, case, follow_up_share=0.9)
    return case


def closed_referral(rng: Random, closed_as: str, reasons: list[str]) -> Case:
    """Returned by the receiver or withdrawn by the sender, within three weeks and before the first meeting."""
    case = new_case(rng, random_day(rng, FIRST_REFERRAL, date(2020, 11, 13)), any_receiver(rng), any_sex(rng))
    case.closed_as, case.note = closed_as, rng.choice(reasons)
    case.closed_on = min(workday_after(case.referred + timedelta(days=rng.randint(1, 21))), TODAY)
    return case


def add_programmes(rng: Random, case: Case) -> None:
    """Programmes beside 500-uppdraget; and some who wait or are being assessed are meant for 500-uppdraget."""
    if any(placement.form == "extratjänst" for placement in case.placements):
        case.programmes.append("Extratjänster")
    if case.from_unit == "Etableringsteamet" and case.referred >= date(2020, 9, 1):
        case.programmes.append("Korta etableringen")
    elif case.referred >= date(2020, 7, 1) and rng.random() < 0.12:
        case.programmes.append("Heltidsaktivering")
    elif case.to_unit == "AMC" and rng.random() < 0.08:
        case.programmes.append("VISA")
    recent = case.referred >= date(2020, 8, 1) and not case.placements and case.ended is None
    if recent and case.to_unit != "OSA" and rng.random() < 0.35:
        case.programmes.append(PROGRAMME)

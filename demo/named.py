"""The cases with a story: those a counsellor at AMC meets on the first day of December 2020."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.milestones import AREAS, later_scores, random_scores, set_dates_before_referral
from demo.people import Population
from demo.records import CUT_OFF, PROGRAMME, Case, Exit, Household, Person, Placement, month_of
from demo.savings import parse_month
from demo.workplaces import BY_NAME


@dataclass(frozen=True)
class Story:
    """One person and one case; dates are as they happened, an empty date has not happened."""

    name: str
    sex: str
    born: str
    children: int
    referred: str
    accepted: str = ""
    first_meeting: str = ""
    programmes: str = ""
    assessed: str = ""
    """Days of the later assessments; the baseline is set at the first meeting."""
    placement: str = ""
    """kind, workplace, per cent, start, planned end and, where there is one, form of employment."""
    from_unit: str = "AFI"
    protected: bool = False


IN_500 = PROGRAMME
STORIES = [
    Story(
        "Fatuma Abdi",
        "K",
        "1983-05-17",
        3,
        "2020-08-06",
        "2020-08-07",
        "2020-08-20",
        IN_500,
        "",
        "praktik, Förskolan Ekbacken, 75, 2020-09-25, 2021-01-29",
    ),
    Story("Lars-Erik Sandell", "M", "1968-03-12", 0, "2020-11-06", "2020-11-09"),
    Story(
        "Marija Kovačević",
        "K",
        "1979-09-02",
        0,
        "2020-07-02",
        "2020-07-06",
        "2020-07-23",
        IN_500,
        "2020-10-15",
        "arbetsträning, Återbruket, 50, 2020-08-28, 2020-11-27",
    ),
    Story("Nour Al-Khatib", "K", "1992-06-21", 2, "2020-11-20", programmes=IN_500),
    Story("Anneli Strand", "K", "1984-10-30", 0, "2020-11-25", protected=True),
    Story("Mikael Öberg", "M", "1977-01-25", 0, "2020-11-30", from_unit="TuA"),
    Story("Emre Yıldız", "M", "1997-04-08", 0, "2020-11-23", "2020-11-24", from_unit="TuA"),
    Story("Zahra Rahimi", "K", "1988-02-14", 2, "2020-11-24", "2020-11-25", programmes=IN_500),
    Story(
        "Jonas Bergkvist",
        "M",
        "1971-11-19",
        0,
        "2020-01-23",
        "2020-01-27",
        "2020-02-05",
        "Extratjänster",
        "2020-10-02",
        "arbetsmarknadsanställning, Centralköket, 100, 2020-05-04, 2021-05-03, extratjänst",
    ),
    Story("Birgitta Nyman", "K", "1963-08-29", 0, "2020-11-23", "2020-11-24"),
    Story("Ali Hosseini", "M", "1980-03-21", 0, "2020-11-20", "2020-11-23", from_unit="Etableringsteamet"),
    Story("Sofia Wallin", "K", "1975-12-05", 0, "2020-10-15", "2020-10-16", "2020-10-30"),
    Story(
        "Linda Forsell",
        "K",
        "1989-07-10",
        1,
        "2020-07-09",
        "2020-07-10",
        "2020-08-05",
        IN_500,
        "2020-10-28",
        "praktik, Äldreboendet Solhaga, 75, 2020-09-14, 2020-12-11",
    ),
    Story(
        "Amina Osman",
        "K",
        "1991-09-27",
        4,
        "2020-08-13",
        "2020-08-14",
        "2020-08-27",
        IN_500,
        "2020-11-05",
        "praktik, Förskolan Ekbacken, 75, 2020-09-21, 2020-12-18",
    ),
    Story(
        "Tesfay Gebremedhin",
        "M",
        "1986-01-11",
        2,
        "2020-06-18",
        "2020-06-22",
        "2020-07-03",
        IN_500,
        "2020-10-20",
        "praktik, Centralköket, 100, 2020-08-19, 2020-12-23",
    ),
    Story(
        "Dariusz Zieliński",
        "M",
        "1982-05-04",
        0,
        "2019-10-07",
        "2019-10-08",
        "2019-10-25",
        "",
        "2020-11-12",
        "arbetsmarknadsanställning, Parkdrift Väst, 100, 2020-01-02, 2020-12-31, nystartsjobb",
    ),
    Story("Ikran Warsame", "K", "1994-02-02", 1, "2020-09-16", "2020-09-17", "2020-10-01", IN_500, "2020-10-05"),
    Story(
        "Peter Holmström",
        "M",
        "1974-06-15",
        0,
        "2020-08-31",
        "2020-09-01",
        "2020-09-15",
        "",
        "",
        "utvecklingsplats, Återbruket, 50, 2020-10-08, 2021-04-09",
    ),
    Story(
        "Shirin Karimi",
        "K",
        "1987-04-26",
        2,
        "2020-08-24",
        "2020-08-25",
        "2020-09-08",
        IN_500,
        "",
        "praktik, Lokalvården, 75, 2020-10-09, 2021-01-15",
    ),
]

SAMIRA_BASELINE = dict(zip(AREAS, [2, 2, 3, 3, 3, 2, 2, 3], strict=True))
SAMIRA_LATER = dict(zip(AREAS, [2, 3, 3, 4, 4, 4, 3, 2], strict=True))
SAMIRA_PAID_FROM = "2019-06"
SAMIRA_PAID = [
    13_760,
    13_760,
    13_980,
    13_980,
    13_640,
    13_980,
    14_210,
    14_210,
    13_980,
    12_640,
    13_980,
    14_430,
    14_430,
    13_760,
    11_920,
    9_180,
    9_340,
    13_610,
]


def named_cases(rng: Random) -> list[Case]:
    cases = [story_case(rng, story) for story in STORIES]
    return [*cases, samira(), khaled(rng), dawit()]


def story_case(rng: Random, story: Story) -> Case:
    case = Case(
        story.sex,
        day(story.referred),
        story.from_unit,
        "AMC",
        "Arbetslivsinriktad bedömning och praktik",
        story.programmes.split("|") if story.programmes else [],
        fixed=True,
    )
    set_dates_before_referral(rng, case)
    case.accepted = day(story.accepted) if story.accepted else None
    if story.first_meeting:
        case.first_meeting = day(story.first_meeting)
        case.assessments = [(case.first_meeting, random_scores(rng))]
    for on in story.assessed.split():
        case.assessments.append((day(on), later_scores(rng, case.assessments[0][1])))
    if story.placement:
        kind, workplace, percent, start, planned_end, *form = story.placement.split(", ")
        case.placements = [
            Placement(
                kind, BY_NAME[workplace], int(percent), day(start), day(planned_end), form="".join(form), fixed=True
            )
        ]
    case.household = Household(
        story.children, case.referred - timedelta(days=rng.randint(60, 1200)), "Arbetslös, ingen ersättning"
    )
    return case


def day(text: str) -> date:
    return date.fromisoformat(text)


def samira() -> Case:
    """A praktik broken off because of the children's hours, and the next one agreed but not begun."""
    training = Placement(
        "arbetsträning",
        BY_NAME["Återbruket"],
        50,
        date(2020, 8, 10),
        date(2020, 12, 18),
        date(2020, 10, 16),
        "avbruten",
        fixed=True,
    )
    household = Household(3, date(2018, 3, 1), "Arbetslös, ingen ersättning", payments_settled=True)
    household.payments = {parse_month(SAMIRA_PAID_FROM) + index: paid for index, paid in enumerate(SAMIRA_PAID)}
    return Case(
        "K",
        date(2020, 6, 11),
        "AFI",
        "AMC",
        "Arbetslivsinriktad bedömning och praktik",
        [PROGRAMME],
        date(2020, 5, 11),
        date(2020, 5, 14),
        date(2020, 5, 25),
        date(2020, 6, 12),
        date(2020, 6, 29),
        assessments=[(date(2020, 6, 29), SAMIRA_BASELINE), (date(2020, 11, 27), SAMIRA_LATER)],
        placements=[training],
        household=household,
        fixed=True,
    )


def khaled(rng: Random) -> Case:
    """Samira's partner: the same household, a case of his own; give_named_people joins them."""
    baseline = random_scores(rng)
    return Case(
        "M",
        date(2020, 6, 11),
        "AFI",
        "AMC",
        "Arbetslivsinriktad bedömning och praktik",
        [PROGRAMME],
        date(2020, 5, 11),
        date(2020, 5, 14),
        date(2020, 5, 25),
        date(2020, 6, 12),
        date(2020, 6, 30),
        assessments=[(date(2020, 6, 30), baseline), (date(2020, 10, 30), later_scores(rng, baseline))],
        fixed=True,
    )


def dawit() -> Case:
    """Went to studies in 2019 and is on assistance again since August: free to be referred anew."""
    household = Household(2, date(2019, 8, 5), "Arbetslös, otillräcklig ersättning", payments_settled=True)
    for month in range(parse_month("2019-08"), month_of(CUT_OFF) + 1):
        household.payments[month] = 11_350 + month % 5 * 85
    return Case(
        "M",
        date(2018, 6, 14),
        "AFI",
        "AMC",
        "Behöver vägledning mot studier",
        [],
        date(2018, 5, 2),
        date(2018, 5, 9),
        date(2018, 5, 18),
        date(2018, 6, 15),
        date(2018, 7, 3),
        exit=Exit(date(2019, 2, 14), "studier", "lamnat"),
        household=household,
        fixed=True,
    )


def give_named_people(population: Population, cases: list[Case]) -> None:
    *told, samira_case, khaled_case, dawit_case = cases
    for case, story in zip(told, STORIES, strict=True):
        case.person = named_person(population, case, story.name, day(story.born))
        case.person.protected = story.protected
    samira_case.person = named_person(population, samira_case, "Samira Daoud", date(1990, 1, 1))
    khaled_case.household = samira_case.household
    khaled_case.person = named_person(population, khaled_case, "Khaled Daoud", date(1986, 11, 3))
    dawit_case.person = named_person(population, dawit_case, "Dawit Tesfaye", date(1985, 9, 9))


def named_person(population: Population, case: Case, name: str, born: date) -> Person:
    first, last = name.split(" ", 1)
    assert case.household is not None
    person = population.add(case.sex, born, case.household, (first, last))
    person.activity_hours = 20
    return person

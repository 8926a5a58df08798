"""Who the other cases are about: new people, people who come back, and second adults of a household."""

from datetime import date, timedelta
from random import Random

from demo.people import Population, new_household
from demo.records import Case, Household, Person

BACK_IN_PROGRAMME = 60
"""Participants of 500-uppdraget who had a case before it."""
NEVER_BACK = {"avliden", "flytt"}


def give_other_people(rng: Random, population: Population, others: list[Case], programme: list[Case]) -> None:
    later_cases = rng.sample([case for case in programme if may_have_earlier_case(case)], BACK_IN_PROGRAMME)
    gone: list[tuple[date, Person]] = []
    newcomers: list[Person] = []
    for case in sorted(others, key=lambda case: case.referred):
        later = matching_later_case(rng, case, later_cases)
        if later:
            later_cases.remove(later)
            case.person = later.person
            continue
        case.person = person_coming_back(rng, case, gone)
        if case.person is None:
            case.person = newcomer(rng, population, case, newcomers)
            newcomers.append(case.person)
        if may_come_back(case) and case.ended:
            gone.append((case.ended, case.person))


def may_have_earlier_case(case: Case) -> bool:
    """Never a household that carries a published figure, nor a case with a story."""
    return case.person is not None and not case.person.household.payments_settled and not case.fixed


def may_come_back(case: Case) -> bool:
    return case.ended is not None and not (case.exit and case.exit.outcome in NEVER_BACK)


def matching_later_case(rng: Random, case: Case, later_cases: list[Case]) -> Case | None:
    """A later case in 500-uppdraget that this one may have been the first passage of."""
    if not may_come_back(case) or case.ended is None or case.in_programme or rng.random() > 0.08:
        return None
    earliest = case.ended + timedelta(days=30)
    return next((later for later in later_cases if later.sex == case.sex and later.referred > earliest), None)


def person_coming_back(rng: Random, case: Case, gone: list[tuple[date, Person]]) -> Person | None:
    """Someone whose last case closed at least three weeks ago."""
    if case.in_programme or rng.random() > 0.09:
        return None
    latest = case.referred - timedelta(days=21)
    fitting = [entry for entry in gone if entry[1].sex == case.sex and entry[0] < latest]
    if not fitting:
        return None
    entry = rng.choice(fitting)
    gone.remove(entry)
    return entry[1]


def newcomer(rng: Random, population: Population, case: Case, newcomers: list[Person]) -> Person:
    youngest, oldest = (25, 59) if case.in_programme else (19, 63)
    born = population.birth_date(case.sex, case.referred, youngest, oldest)
    partner = partner_for(rng, case, newcomers)
    if partner:
        name = (population.name(case.sex)[0], partner.last_name)
        person = population.add(case.sex, born, partner.household, name)
    else:
        person = population.add(case.sex, born, household_of(rng, case))
    if not case.in_programme:
        person.at_employment_service = rng.random() > 0.12
        person.activity_hours = person.activity_hours if rng.random() > 0.2 else rng.choice([None, 5])
    return person


def partner_for(rng: Random, case: Case, newcomers: list[Person]) -> Person | None:
    if case.in_programme or len(newcomers) < 20 or rng.random() > 0.09:
        return None
    candidate = newcomers[-rng.randint(1, 20)]
    return candidate if candidate.sex != case.sex else None


def household_of(rng: Random, case: Case) -> Household:
    """Assistance began with this application or, as often, long before it."""
    assert case.application is not None
    return new_household(rng, case.application - timedelta(days=rng.choice([0, 0, 0, 60, 200, 500, 1000, 2200])))

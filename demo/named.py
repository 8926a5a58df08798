"""Cases with a story."""

from random import Random

from demo.people import Population
from demo.records import Case


def named_cases(rng: Random) -> list[Case]:
    return []


def give_named_people(population: Population, cases: list[Case]) -> None:
    return None

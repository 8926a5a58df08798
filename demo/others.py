"""The rest of the flow."""

from random import Random

from demo.people import Population
from demo.records import Case


def other_cases(rng: Random, before: list[Case]) -> list[Case]:
    return []


def give_other_people(rng: Random, population: Population, cases: list[Case]) -> None:
    return None


def fit_to_board_figures(rng: Random, cases: list[Case]) -> None:
    return None

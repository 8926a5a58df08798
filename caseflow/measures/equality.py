"""E1: are women and men treated alike? Waits, outcomes and kinds of placement compared, and corrected for how many.

Every comparison that is asked for is there, also one that too few take part in to be tested. The waits are those begun
in the period, open ones cut off at the cut-off, from `queries.wait_report`; the counts are the measures' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import select

from caseflow.cases.terms import PlacementKind
from caseflow.core.language import _l
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.figures import Figures, figures
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Goal, Survival, Wait
from caseflow.measures.selection import Selection
from caseflow.measures.statistics import (
    LEAST_EXPECTED,
    SIGNIFICANT,
    Effect,
    Share,
    Waited,
    chi_square,
    difference,
    fisher,
    holm,
    log_rank,
    odds_ratio,
)
from caseflow.measures.wait_figures import GroupFigures, WaitFigures
from caseflow.organisation.models import Unit

# With fewer women or men than this shares are not tested.
LEAST_IN_GROUP = 5


class Subject(StrEnum):
    """What is compared beside waits: a share of all, or (ALL_...) how all of them are spread over the kinds."""

    WORK_OR_STUDIES = "exits.work_or_studies"
    WORK = "exits.work"
    STUDIES = "exits.studies"
    ALL_EXITS = "exits"
    INTERNSHIP = "placements.internship"
    WORK_TRAINING = "placements.work_training"
    DEVELOPMENT_PLACE = "placements.development_place"
    SUBSIDISED_EMPLOYMENT = "placements.subsidised_employment"
    ALL_PLACEMENTS = "placements"


class Method(StrEnum):
    """The test that is made."""

    LOG_RANK = "log_rank"
    FISHER = "fisher"
    CHI_SQUARE = "chi_square"

    @property
    def label(self) -> str:
        return str(_METHODS[self])


_METHODS = {
    Method.LOG_RANK: _l("log-rank"),
    Method.FISHER: _l("Fishers exakta test"),
    Method.CHI_SQUARE: _l("chi-två-test"),
}


class Verdict(StrEnum):
    """What can be said of a difference, after correction for the number of tests."""

    SIGNIFICANT = "significant"
    CHANCE = "chance"
    TOO_FEW = "too_few"

    @property
    def label(self) -> str:
        return str(_VERDICTS[self])


_VERDICTS = {
    Verdict.SIGNIFICANT: _l("är statistiskt säkerställd"),
    Verdict.CHANCE: _l("kan bero på slumpen"),
    Verdict.TOO_FEW: _l("för få för att prövas"),
}


@dataclass(frozen=True)
class Group:
    """Women or men. `n`: how many are compared. `hits`: how many of them reached it (None of a spread). `median`: of a
    wait by Kaplan–Meier, None where fewer than half have reached it; `curve`: the whole of it, for waits."""

    n: int
    hits: int | None = None
    median: int | None = None
    curve: Survival | None = field(default=None, repr=False)

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n and self.hits is not None else None


@dataclass(frozen=True)
class Comparison:
    """Women held against men. `p` None: too few to test. `p_adjusted`: by Holm, for all tests of the report.

    `effect`: for waits the ratio of the rates (above 1 women get through faster), for shares the difference in shares,
    for spreads None. `odds`: the odds ratio of shares. `association`: Cramér's V of spreads.
    """

    subject: Wait | Subject
    unit: Unit | None
    women: Group
    men: Group
    method: Method
    p: float | None = None
    p_adjusted: float | None = None
    effect: Effect | None = None
    odds: Effect | None = None
    association: float | None = None

    @property
    def verdict(self) -> Verdict:
        if self.p_adjusted is None:
            return Verdict.TOO_FEW
        return Verdict.SIGNIFICANT if self.p_adjusted < SIGNIFICANT else Verdict.CHANCE


@dataclass(frozen=True)
class Equality:
    """All comparisons of a selection, with their p values adjusted for being so many."""

    comparisons: tuple[Comparison, ...]

    @property
    def tested(self) -> list[Comparison]:
        return [one for one in self.comparisons if one.p is not None]

    @property
    def too_few(self) -> list[Comparison]:
        return [one for one in self.comparisons if one.p is None]

    @property
    def significant(self) -> list[Comparison]:
        return [one for one in self.comparisons if one.verdict is Verdict.SIGNIFICANT]

    @property
    def significant_before(self) -> list[Comparison]:
        """Those that would have been called significant if each had been the only test."""
        return [one for one in self.comparisons if one.p is not None and one.p < SIGNIFICANT]

    @property
    def goal(self) -> Goal:
        """The board's goal is no significant differences."""
        if self.significant:
            return Goal.NOT_MET
        return Goal.MET if self.tested else Goal.UNKNOWN

    def of(self, subject: Wait | Subject, unit: Unit | None = None) -> Comparison:
        """The comparison. Raises KeyError."""
        for one in self.comparisons:
            if one.subject == subject and one.unit == unit:
                return one
        raise KeyError(subject, unit)

    def by_unit(self, *subjects: Wait | Subject) -> list[Comparison]:
        return [one for one in self.comparisons if one.unit is not None and one.subject in subjects]


def compare(selection: Selection) -> Equality:
    """Every comparison of the selection: all units together, then each unit that has had women or men of it.

    A filter on sex is left out, since both are compared; so is the cohort view, which waits always have here.
    """
    both = replace(selection, chosen=replace(selection.chosen, sex=None, begun=False))
    found = [*_waits(both), *_exits(both), *_placements(both)]
    adjusted = iter(holm([one.p for one in found if one.p is not None]))
    return Equality(tuple(one if one.p is None else replace(one, p_adjusted=next(adjusted)) for one in found))


def _waits(selection: Selection) -> Iterator[Comparison]:
    units = {unit.code: unit for unit in _units()}
    for wait in Wait:
        report = wait_report(wait, selection.period, selection.cut, selection.chosen)
        yield compare_wait(wait, None, report.all_units)
        if selection.chosen.unit is None:
            for code, group in report.units.items():
                if group.total.begun_n:
                    yield compare_wait(wait, units[code], group)


def compare_wait(wait: Wait, unit: Unit | None, figures_of: GroupFigures) -> Comparison:
    """Women's waits held against men's, of a report that has been made."""
    women, men = _waited(figures_of.women.survival), _waited(figures_of.men.survival)
    result = log_rank(women, men)
    found = Comparison(
        wait, unit, _group_of_waits(figures_of.women, women), _group_of_waits(figures_of.men, men), Method.LOG_RANK
    )
    if _ends_if_alike(found) < LEAST_EXPECTED:
        return found
    return replace(found, p=result.p, effect=result.ratio)


def _ends_if_alike(one: Comparison) -> float:
    """How many waits would have ended in the smaller group if they ended as often in both."""
    groups = (one.women, one.men)
    n = sum(group.n for group in groups)
    ended = sum(group.hits or 0 for group in groups)
    return ended * min(group.n for group in groups) / n if n else 0.0


def _waited(survival: Survival) -> Waited:
    return Waited(
        {step.day: step.ended for step in survival.steps}, {step.day: step.censored for step in survival.steps}
    )


def _group_of_waits(figures_of: WaitFigures, waited: Waited) -> Group:
    curve = figures_of.survival
    return Group(figures_of.begun_n, sum(waited.ended.values()), curve.median, curve)


def _exits(selection: Selection) -> Iterator[Comparison]:
    work, studies = (figures(get_measure("F2"), selection.only(part=part)) for part in ("work", "studies"))
    neither = figures(get_measure("F3"), selection)
    counts = [work, studies, neither]
    yield _share(Subject.WORK_OR_STUDIES, None, counts, {0, 1})
    yield _share(Subject.WORK, None, counts, {0})
    yield _share(Subject.STUDIES, None, counts, {1})
    yield _spread(Subject.ALL_EXITS, None, counts)
    for unit in _units_with_any(selection, counts):
        yield _share(Subject.WORK_OR_STUDIES, unit, counts, {0, 1})


def _placements(selection: Selection) -> Iterator[Comparison]:
    placed = get_measure("E1.placements")
    counts = [figures(placed, selection.only(part=kind)) for kind in PlacementKind]
    for place, kind in enumerate(PlacementKind):
        yield _share(Subject(f"placements.{kind}"), None, counts, {place})
    yield _spread(Subject.ALL_PLACEMENTS, None, counts)
    for unit in _units_with_any(selection, counts):
        yield _spread(Subject.ALL_PLACEMENTS, unit, counts)


def _units_with_any(selection: Selection, counts: list[Figures]) -> list[Unit]:
    """The units that have had any of them; none where one unit has been chosen."""
    if selection.chosen.unit is not None:
        return []
    return [unit for unit in _units() if any(one.of(unit.id).rows for one in counts)]


def _units() -> list[Unit]:
    """Also those closed since."""
    return list(db.session.scalars(select(Unit).order_by(Unit.code)))


def _by_kind(counts: list[Figures], unit: Unit | None) -> Mapping[Sex, list[int]]:
    return {sex: [one.of(unit.id if unit else None, sex).rows for one in counts] for sex in Sex}


def _share(subject: Subject, unit: Unit | None, counts: list[Figures], wanted: set[int]) -> Comparison:
    """The share that is of the wanted kinds, of all of them."""
    by_kind = _by_kind(counts, unit)
    women, men = (
        Share(sum(n for place, n in enumerate(by_kind[sex]) if place in wanted), sum(by_kind[sex]))
        for sex in (Sex.WOMAN, Sex.MAN)
    )
    found = Comparison(subject, unit, Group(women.of, women.n), Group(men.of, men.n), Method.FISHER)
    if min(women.of, men.of) < LEAST_IN_GROUP or not women.n + men.n or not women.rest + men.rest:
        return found
    return replace(found, p=fisher(women, men), effect=difference(women, men), odds=odds_ratio(women, men))


def _spread(subject: Subject, unit: Unit | None, counts: list[Figures]) -> Comparison:
    by_kind = _by_kind(counts, unit)
    women, men = by_kind[Sex.WOMAN], by_kind[Sex.MAN]
    found = Comparison(subject, unit, Group(sum(women)), Group(sum(men)), Method.CHI_SQUARE)
    result = chi_square(women, men)
    if result is None or not result.holds:
        return found
    return replace(found, p=result.p, association=result.association)

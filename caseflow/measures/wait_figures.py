"""The figures of a wait by group: what each is, from the waits of one group or from arrays of many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from caseflow.core.personnummer import Sex
from caseflow.measures import lengths, rules
from caseflow.measures.counted import SEXES, Numbers
from caseflow.measures.lengths import Lengths
from caseflow.measures.rules import Counts, Survival


@dataclass
class Sample:
    """The waits of one group, as counts per length.

    `ended`: they belong to the period. `begun_ended` and `begun_cut`: begun in the period and ended, or not known to
    have ended at the cut-off. `open`: the age of every wait open at the cut-off, whenever it began. `unknown_n`: ended
    in the period, but nobody knows when they began.
    """

    ended: Counter[int] = field(default_factory=Counter)
    begun_ended: Counter[int] = field(default_factory=Counter)
    begun_cut: Counter[int] = field(default_factory=Counter)
    open: Counter[int] = field(default_factory=Counter)
    unknown_n: int = 0


@dataclass(frozen=True)
class WaitFigures:
    """The figures of one group. Lengths are in the wait's unit: days, for W7 months. None: of no waits, or not reached.

    n, mean, median, p90 and share: waits that ended in the period. km: Kaplan–Meier of the waits that began in the
    period, those not ended counted as still waiting at the cut-off. open: all waits open at the cut-off.
    """

    n: int
    mean_days: float | None
    median_days: float | None
    p90_days: float | None
    share_within_target: float | None
    target_days: float | None
    km_median_days: int | None
    km_low: int | None
    km_high: int | None
    open_n: int
    open_median_age_days: float | None
    unknown_n: int
    longest_open_days: int | None
    counts: Counts = field(repr=False)
    survival: Survival = field(repr=False)
    open_ages: Counts = field(repr=False)

    @property
    def begun_n(self) -> int:
        return rules.total(self.survival.ended) + rules.total(self.survival.censored)


@dataclass(frozen=True)
class GroupFigures:
    """Both sexes together, and each."""

    total: WaitFigures
    women: WaitFigures
    men: WaitFigures


def figures_of(sample: Sample, target: float | None) -> WaitFigures:
    """The figures of a group's waits, held against the target."""
    survival = rules.kaplan_meier(sample.begun_ended, sample.begun_cut)
    return WaitFigures(
        n=rules.total(sample.ended),
        mean_days=rules.mean(sample.ended),
        median_days=rules.percentile(sample.ended, 50),
        p90_days=rules.percentile(sample.ended, 90),
        share_within_target=rules.share_within(sample.ended, target),
        target_days=target,
        km_median_days=survival.median,
        km_low=survival.low,
        km_high=survival.high,
        open_n=rules.total(sample.open),
        open_median_age_days=rules.percentile(sample.open, 50),
        unknown_n=sample.unknown_n,
        longest_open_days=max(sample.open, default=None),
        counts=sample.ended,
        survival=survival,
        open_ages=sample.open,
    )


def target_of(unit: str | None, targets: dict[str | None, float]) -> float | None:
    """The unit's own target, else that of every unit."""
    return targets.get(unit, targets.get(None))


def figures_of_samples(
    samples: dict[tuple[str | None, Sex | None], Sample], targets: dict[str | None, float]
) -> dict[str | None, GroupFigures]:
    """The figures of all units together and of each that has a wait."""
    return {
        unit: GroupFigures(
            *(figures_of(samples.get((unit, sex), Sample()), target_of(unit, targets)) for sex in (None, *SEXES))
        )
        for unit in {None, *(code for code, _ in samples)}
    }


def figures_of_numbers(numbers: Numbers, targets: dict[str | None, float]) -> dict[str | None, GroupFigures]:
    """The same from arrays, for all groups at once. `figures_of` says what each figure is."""
    units: list[str | None] = [None, *numbers.codes]
    wanted = [target_of(unit, targets) for unit in units]
    curve = lengths.kaplan_meier_medians(numbers.begun_ended, numbers.begun_cut)
    columns = {
        "n": numbers.ended.sum(-1).tolist(),
        "mean_days": lengths.means(numbers.ended),
        "median_days": lengths.percentiles(numbers.ended, 50),
        "p90_days": lengths.percentiles(numbers.ended, 90),
        "share_within_target": lengths.shares_within(numbers.ended, wanted),
        "km_median_days": curve.median,
        "km_low": curve.low,
        "km_high": curve.high,
        "open_n": numbers.open.sum(-1).tolist(),
        "open_median_age_days": lengths.percentiles(numbers.open, 50),
        "unknown_n": numbers.unknown_n.tolist(),
        "longest_open_days": lengths.longest(numbers.open),
    }

    def figures(unit: int, sex: int) -> WaitFigures:
        found = {name: column[unit][sex] for name, column in columns.items()}
        ended, cut = Lengths(numbers.begun_ended[unit, sex]), Lengths(numbers.begun_cut[unit, sex])
        survival = Survival(ended, cut, found["km_median_days"], found["km_low"], found["km_high"])
        counts, ages = Lengths(numbers.ended[unit, sex]), Lengths(numbers.open[unit, sex])
        return WaitFigures(**found, target_days=wanted[unit], counts=counts, survival=survival, open_ages=ages)

    return {code: GroupFigures(*(figures(unit, sex) for sex in range(3))) for unit, code in enumerate(units)}

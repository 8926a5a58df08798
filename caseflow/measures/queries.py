"""Reads of waits: the report of one wait, those still open, months and years in a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, extract, func, or_, select, true
from sqlalchemy.orm import aliased

from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.measures import counted
from caseflow.measures.facts import Facts, of_age
from caseflow.measures.milestones import in_programme, months, wait_rows
from caseflow.measures.models import CaseWait, MeasureResult, MeasureRun
from caseflow.measures.rules import Wait
from caseflow.measures.selection import NO_FILTER, Cut, Filter, Period
from caseflow.measures.wait_figures import (
    GroupFigures,
    Sample,
    figures_of_numbers,
    figures_of_samples,
)
from caseflow.organisation.rules import UnitKind


@dataclass(frozen=True)
class WaitReport:
    """One wait, as the facts of the cut give it."""

    wait: Wait
    period: Period
    cut: Cut
    chosen: Filter
    all_units: GroupFigures
    units: dict[str, GroupFigures]


def wait_report(
    wait: Wait, period: Period, cut: Cut, chosen: Filter = NO_FILTER, *, computed: bool = False
) -> WaitReport:
    """The figures of a wait, for all units and each, both sexes and each. The wait's definition: `rules.Wait`.

    `computed`: from the counts that the jobs keep, or the rows where those cannot say it, which hold for a cut of now;
    else from the log itself.
    """
    facts = Facts(cut)
    targets = _targets(wait, min(period.to_on, cut.as_of), facts)
    if computed and counted.can_say(wait, period, cut, chosen):
        groups = figures_of_numbers(counted.read(wait, period, cut, chosen), targets)
    else:
        groups = figures_of_samples(_samples(wait, period, cut, chosen, computed), targets)
    codes = sorted({code for code in groups if code is not None} | set(_expected_units(wait, chosen, facts)))
    nothing = {
        code: figures_of_samples({(code, None): Sample()}, targets)[code] for code in codes if code not in groups
    }
    return WaitReport(
        wait=wait,
        period=period,
        cut=cut,
        chosen=chosen,
        all_units=groups[None],
        units={code: groups.get(code) or nothing[code] for code in codes},
    )


def _samples(
    wait: Wait, period: Period, cut: Cut, chosen: Filter, computed: bool
) -> dict[tuple[str | None, Sex | None], Sample]:
    """One statement counts the waits per unit, sex, fate and length; here they are laid together into groups."""
    samples: dict[tuple[str | None, Sex | None], Sample] = defaultdict(Sample)
    for row in db.session.execute(_counted(wait, period, cut, chosen, computed)):
        for group in ((None, None), (None, row.sex), (row.code, None), (row.code, row.sex)):
            _count(samples[group], row, chosen.begun)
    return samples


def _count(sample: Sample, row: Any, begun: bool) -> None:
    if row.length is None:
        sample.unknown_n += row.n if row.ended_in else 0
        return
    if row.has_ended and (row.began_in if begun else row.ended_in):
        sample.ended[row.length] += row.n
    if row.began_in:
        (sample.begun_ended if row.has_ended else sample.begun_cut)[row.length] += row.n
    if row.is_open:
        sample.open[row.length] += row.n


def _counted(wait: Wait, period: Period, cut: Cut, chosen: Filter, computed: bool) -> Any:
    w = waits(wait, cut, chosen, computed, on=min(period.to_on, cut.as_of)).c
    end = func.coalesce(w.ended_on, w.stopped_on, cut.as_of)
    unit = Facts(cut).unit
    values = select(
        unit.code,
        w.sex,
        length_of(wait, w.began_on, end).label("length"),
        w.ended_on.is_not(None).label("has_ended"),
        and_(w.ended_on.is_(None), w.stopped_on.is_(None)).label("is_open"),
        func.coalesce(w.ended_on.between(period.from_on, period.to_on), False).label("ended_in"),
        func.coalesce(w.began_on.between(period.from_on, period.to_on), False).label("began_in"),
    ).join(unit, unit.id == w.unit_id)
    counted = values.subquery()
    return select(counted, func.count().label("n")).group_by(*counted.c)


def length_of(wait: Wait, began: Any, end: Any) -> ColumnElement[int]:
    """The wait's length in its unit."""
    return months(began, end) if wait.unit == "months" else end - began


def waits(wait: Wait, cut: Cut, chosen: Filter, computed: bool, *, on: date | None = None) -> Subquery:
    """The rows of the wait, once per household for W7. `on`: the day of the ages; else that of the cut-off.

    Unit, sex and age take the households whose counted exit is theirs, so that their numbers add up to the total.
    """
    rows, facts = rows_of(cut, computed), Facts(cut)
    of_wait = select(rows).join(facts.case, facts.case.id == rows.case_id).where(rows.wait == wait)
    query = of_wait.where(_in_chosen_programme(chosen, cut))
    if wait is Wait.W7:
        query = _once_per_household(query, rows)
    w = query.subquery()
    people = _with_people(select(w), w.c.case_id, facts)
    return people.where(_of_people(w.c.sex, chosen, on or cut.as_of, facts)).subquery()


def _with_people(query: Select[Any], case_id: Any, facts: Facts) -> Select[Any]:
    case, participant = facts.case, facts.participant
    return query.join(case, case.id == case_id).join(participant, participant.id == case.participant_id)


def rows_of(cut: Cut, computed: bool) -> type[CaseWait]:
    """The waits, as the jobs keep them or made from the log."""
    return aliased(CaseWait) if computed else made_from_log(cut)


@lru_cache(maxsize=16)
def made_from_log(cut: Cut) -> type[CaseWait]:
    """Rows like those of `case_wait`, made from the log. The same object for the same cut: a statement that counts
    several periods reads the log once."""
    return aliased(CaseWait, wait_rows(cut).subquery(), adapt_on_names=True)


def _in_chosen_programme(chosen: Filter, cut: Cut) -> ColumnElement[bool]:
    return in_programme(chosen.programme.id if chosen.programme else None, cut)


def _of_people(sex: Any, chosen: Filter, on: date, facts: Facts) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if chosen.unit is not None:
        case, unit = facts.case, chosen.unit
        conditions.append(or_(case.from_unit_id == unit.id, case.to_unit_id == unit.id))
    if chosen.sex is not None:
        conditions.append(sex == chosen.sex)
    if chosen.ages is not None:
        conditions.append(of_age(facts.participant.birth_on, chosen.ages, on))
    return and_(*conditions)


def _once_per_household(query: Any, rows: Any) -> Any:
    """The earliest exit that left wholly, else the earliest that is still topped up, else an open wait, else the last
    that was stopped. A case without a household counts for itself."""
    household = func.coalesce(rows.household_id, -rows.case_id)
    fate = case(
        (rows.left_wholly.is_(True), 0),
        (rows.ended_on.is_not(None), 1),
        (rows.stopped_on.is_(None), 2),
        else_=3,
    )
    return query.distinct(household).order_by(household, fate, rows.ended_on, rows.stopped_on.desc(), rows.case_id)


def _targets(wait: Wait, on: date, facts: Facts) -> dict[str | None, float]:
    """The targets valid on the day by unit; None is that of every unit."""
    target, unit = facts.target, facts.unit
    query = (
        select(unit.code, target.value)
        .select_from(target)
        .join(unit, unit.id == target.unit_id, isouter=True)
        .where(
            target.measure == wait.value,
            target.value.is_not(None),
            target.valid_from <= on,
            or_(target.valid_to.is_(None), target.valid_to >= on),
        )
        .order_by(target.valid_from, target.id)
    )
    return {code: float(value) for code, value in db.session.execute(query)}


def _expected_units(wait: Wait, chosen: Filter, facts: Facts) -> list[str]:
    """The units that stand in the table even without a wait."""
    kind = UnitKind.REFERS if wait.of_referrer else UnitKind.RECEIVES
    if chosen.unit is not None:
        return [chosen.unit.code] if chosen.unit.kind == kind else []
    unit = facts.unit
    return list(db.session.scalars(select(unit.code).where(unit.kind == kind, unit.closed_at.is_(None))))


@dataclass(frozen=True)
class OpenWait:
    """A wait still open at the cut-off. Shown by its number, as a link, to those who may see the case; else by a
    pseudonym."""

    case_id: int
    number: str
    unit: str
    began_on: date
    length: int


def list_open_waits(
    wait: Wait,
    cut: Cut,
    chosen: Filter,
    *,
    computed: bool = False,
    limit: int | None = None,
    offset: int = 0,
    left_out: Select[tuple[int]] | None = None,
) -> list[OpenWait]:
    """The open waits, longest first. `left_out`: cases that are not to be named."""
    w = waits(wait, cut, chosen, computed).c
    length = length_of(wait, w.began_on, cut.as_of)
    case, unit = Facts(cut).case, Facts(cut).unit
    query = (
        select(w.case_id, case.number, unit.code, w.began_on, length)
        .join(case, case.id == w.case_id)
        .join(unit, unit.id == w.unit_id)
        .where(w.ended_on.is_(None), w.stopped_on.is_(None), true() if left_out is None else w.case_id.not_in(left_out))
        .order_by(w.began_on, case.number)
        .limit(limit)
        .offset(offset)
    )
    return [OpenWait(*row) for row in db.session.execute(query).tuples()]


def count_open_waits(wait: Wait, cut: Cut, chosen: Filter, among: Select[tuple[int]], *, computed: bool = False) -> int:
    """How many of the open waits are of the cases."""
    w = waits(wait, cut, chosen, computed).c
    query = select(func.count()).where(w.ended_on.is_(None), w.stopped_on.is_(None), w.case_id.in_(among))
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class MonthMean:
    """The ended waits of one month."""

    wait: Wait
    month_on: date
    n: int
    days: int


def month_means(
    wanted: Iterable[Wait], period: Period, cut: Cut, chosen: Filter, *, computed: bool = False
) -> list[MonthMean]:
    """Number and sum of the ended waits per month in which they ended (began, when so chosen), in one statement.

    Not for W7, which counts per household.
    """
    rows, facts = rows_of(cut, computed), Facts(cut)
    day = rows.began_on if chosen.begun else rows.ended_on
    year, month = extract("year", day), extract("month", day)
    sums = select(rows.wait, year, month, func.count(), func.sum(rows.ended_on - rows.began_on))
    query = (
        _with_people(sums, rows.case_id, facts)
        .where(
            rows.wait.in_(list(wanted)),
            rows.began_on.is_not(None),
            rows.ended_on.is_not(None),
            day.between(period.from_on, period.to_on),
            _in_chosen_programme(chosen, cut),
            _of_people(rows.sex, chosen, min(period.to_on, cut.as_of), facts),
        )
        .group_by(rows.wait, year, month)
        .order_by(rows.wait, year, month)
    )
    return [MonthMean(wait, date(int(y), int(m), 1), n, int(days)) for wait, y, m, n, days in db.session.execute(query)]


def mean_of(rows: Iterable[MonthMean]) -> float | None:
    """The mean of the waits of all the months together."""
    kept = list(rows)
    n = sum(row.n for row in kept)
    return sum(row.days for row in kept) / n if n else None


def computed_at() -> datetime | None:
    """When the waits were last computed, all of them or one case's; None before the first time."""
    return db.session.scalar(select(func.max(MeasureRun.known_at)))


def is_computing() -> bool:
    """Whether a job waits or runs that will change the figures."""
    unfinished = Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
    measures = Job.task.startswith("measures.", autoescape=True)
    return db.session.scalar(select(Job.id).where(unfinished, measures).limit(1)) is not None


def find_result(measure: str) -> MeasureResult | None:
    """The report that a job has computed."""
    return db.session.get(MeasureResult, measure)

"""The board's figures once more, slowly and plainly: rows of cases and households picked out one at a time."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind
from caseflow.core.periods import age_on
from caseflow.measures.selection import Selection
from caseflow.people.models import AssistancePayment, Household
from tests.measures import oracle

K = EventKind
WORK = (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK)


@dataclass
class One:
    """Something counted: its case (or household), the value, and the day."""

    case: Case | None
    day: date
    value: int | Decimal = 1
    why: str = ""
    household: Household | None = None


@dataclass
class Record:
    """Everything there is, and what is asked."""

    cases: list[Case]
    payments: list[AssistancePayment]
    selection: Selection
    by_case: dict[int, list[CaseEvent]] = field(default_factory=dict)

    @property
    def known_at(self) -> datetime | None:
        return self.selection.cut.known_at

    @property
    def last_on(self) -> date:
        return self.selection.last_on

    def facts(self, case: Case, by: date | None = None) -> list[CaseEvent]:
        return oracle.facts_of(case, by or self.selection.cut.as_of, self.known_at)

    def chooses(self, case: Case) -> bool:
        chosen = self.selection.chosen
        return (
            (chosen.unit is None or chosen.unit.id in (case.from_unit_id, case.to_unit_id))
            and (chosen.sex is None or case.participant.sex == chosen.sex)
            and (
                chosen.ages is None
                or (chosen.ages.lowest or 0)
                <= age_on(case.participant.birth_on, self.last_on)
                <= (999 if chosen.ages.highest is None else chosen.ages.highest)
            )
            and (
                chosen.programme is None
                or oracle.in_programme(case, chosen.programme.code, self.last_on, self.known_at)
            )
        )

    def in_period(self, day: date) -> bool:
        return self.selection.period.from_on <= day <= self.selection.period.to_on

    def exits(self) -> list[CaseEvent]:
        return [
            event
            for case in self.cases
            if self.chooses(case)
            for event in self.facts(case)
            if event.kind == K.EXITED and self.in_period(event.occurred_on)
        ]


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(number) for number in range((last - first).days + 1))


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def enrolled_on(facts: list[CaseEvent], day: date) -> bool:
    meetings = [event.occurred_on for event in facts if event.kind == K.FIRST_MEETING]
    placed = [event.occurred_on for event in facts if event.kind == K.PLACEMENT_STARTED]
    begins_on = min(meetings or placed, default=date.max)
    closed = 0
    for event in facts:
        if event.occurred_on <= day:
            closed += event.kind in (K.EXITED, K.RETURNED, K.WITHDRAWN)
            closed -= event.kind == K.REOPENED
    return begins_on <= day and closed <= 0


def enrolled_since(facts: list[CaseEvent], day: date) -> date:
    """The first of the unbroken days of enrolment up to the day."""
    while enrolled_on(facts, day - timedelta(1)):
        day -= timedelta(1)
    return day


def f1(record: Record) -> list[One]:
    found = []
    for day in days(record.selection.period.from_on, record.last_on):
        if day in (month_end(day), record.last_on):
            latest: dict[int, tuple[date, int, Case]] = {}
            for case in record.cases:
                facts = record.facts(case)
                if enrolled_on(facts, day):
                    one = (enrolled_since(facts, day), case.id, case)
                    latest[case.participant_id] = max(latest.get(case.participant_id, one), one, key=lambda x: x[:2])
            found += [One(case, day) for _, _, case in latest.values() if record.chooses(case)]
    return found


def f2(record: Record, part: str = "") -> list[One]:
    wanted = {"": oracle.GOOD_EXITS, "work": WORK, "studies": (ExitOutcome.STUDIES,)}[part]
    return [One(event.case, event.occurred_on) for event in record.exits() if event.outcome in wanted]


def f3(record: Record) -> list[One]:
    return [One(event.case, event.occurred_on) for event in record.exits() if event.outcome not in oracle.GOOD_EXITS]


def f4(record: Record) -> list[One]:
    return [one for one in f2(record) if one.case and one.case.to_unit.code == "OSA"]


def f5(record: Record) -> list[One]:
    return [
        One(case, event.occurred_on)
        for case in record.cases
        if record.chooses(case)
        for event in record.facts(case)
        if event.kind == K.PLACEMENT_STARTED
        and event.placement
        and event.placement.kind != PlacementKind.DEVELOPMENT_PLACE
        and record.in_period(event.occurred_on)
    ]


def f6(record: Record, part: str = "") -> list[One]:
    latest: dict[int, tuple[date, int, Case]] = {}
    for case in record.cases:
        facts = record.facts(case, record.last_on)
        enrolled = [day for day in days(record.selection.period.from_on, record.last_on) if enrolled_on(facts, day)]
        if enrolled:
            one = (enrolled_since(facts, enrolled[-1]), case.id, case)
            latest[case.participant_id] = max(latest.get(case.participant_id, one), one, key=lambda x: x[:2])
    found = []
    for _, _, case in latest.values():
        change = _change(record.facts(case, record.last_on))
        kept = {
            "": change is not None and change > 0,
            "compared": change is not None,
            "not_raised": change is not None and change <= 0,
            "lacking": change is None,
        }[part]
        if kept and record.chooses(case):
            found.append(One(case, record.last_on, value=int(change is not None and change > 0)))
    return found


def _change(facts: list[CaseEvent]) -> int | None:
    scored = [event.assessment for event in facts if event.kind == K.ASSESSED and event.assessment]
    if len(scored) < 2:
        return None
    first, last = ({score.area_id: score.value for score in one.scores} for one in (scored[0], scored[-1]))
    both = set(first) & set(last)
    return sum(last[area] - first[area] for area in both) if both else None


def a_month_later(day: date) -> date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def k1(record: Record) -> list[One]:
    return [One(event.case, event.occurred_on, *_kkik(record, event)) for event in record.exits()]


def _kkik(record: Record, closing: CaseEvent) -> tuple[int, str]:
    if closing.outcome == ExitOutcome.STUDIES:
        return 1, "studies"
    facts = record.facts(closing.case)
    if closing.outcome not in WORK:
        employed = any(
            event.kind == K.PLACEMENT_STARTED
            and event.placement
            and event.placement.kind.is_employment
            and event.occurred_on <= closing.occurred_on
            for event in facts
        )
        return 0, "municipal" if employed else "other"
    lasted = a_month_later(closing.occurred_on)
    after = facts[facts.index(closing) + 1 :]
    if any(event.kind == K.REOPENED and event.occurred_on < lasted for event in after):
        return 0, "reopened"
    for case in record.cases:
        if case.participant_id == closing.case.participant_id and case.id != closing.case_id:
            for event in record.facts(case):
                if event.kind == K.REFERRED and closing.occurred_on <= event.occurred_on < lasted:
                    return 0, "referred_again"
    if lasted > record.selection.cut.as_of:
        return 0, "too_early"
    return 1, "work"


def months_of(record: Record) -> list[date]:
    """The whole months of the period that had ended."""
    return [
        day
        for day in days(record.selection.period.from_on, record.last_on)
        if day.day == 1 and month_end(day) <= record.last_on
    ]


def paid(record: Record, months: list[date]) -> list[One]:
    return [
        One(None, row.month_on, value=row.paid_kr, household=row.household)
        for row in record.payments
        if oracle.is_known(row, record.known_at)
        and row.month_on in months
        and row.paid_kr > 0
        and _chooses_household(record, row.household)
    ]


def months_known(record: Record, months: list[date]) -> int:
    return len(
        {row.month_on for row in record.payments if oracle.is_known(row, record.known_at) and row.month_on in months}
    )


def _chooses_household(record: Record, household: Household) -> bool:
    chosen = record.selection.chosen
    if not any((chosen.unit, chosen.programme, chosen.sex, chosen.ages)):
        return True
    return any(
        case.participant.household_id == household.id
        and record.chooses(case)
        and any(event.kind == K.REFERRED for event in record.facts(case))
        for case in record.cases
    )


def last_months(record: Record, number: int) -> list[date]:
    """The latest months that had ended by the last day counted."""
    day, found = record.last_on + timedelta(1), []
    while len(found) < number:
        day = (day.replace(day=1) - timedelta(1)).replace(day=1)
        found.append(day)
    return found


def h2(record: Record, part: str = "") -> list[One]:
    on = {one.household.id: one.household for one in paid(record, last_months(record, 1)) if one.household}
    last = record.last_on
    limit = date(last.year - 2, last.month, 28 if (last.month, last.day) == (2, 29) else last.day)
    return [
        One(None, record.last_on, household=household)
        for household in on.values()
        for since in [household.assistance_since_on]
        if (since is None if part == "unknown" else since is not None and since < limit)
    ]


def mean(ones: list[One], per: float = 1) -> float | None:
    return float(sum(one.value for one in ones)) / len(ones) * per if ones else None


def per_month(ones: list[One], months: int) -> float | None:
    return len(ones) / months if months else None


# Key and part of each measure, its rows, and its figure from rows of one group.
Fold = Callable[[Record, list[One]], object]
MEASURES: dict[tuple[str, str], tuple[Callable[[Record], list[One]], Fold]] = {
    ("F1", ""): (
        f1,
        lambda record, ones: per_month(
            ones,
            len({(day.year, day.month) for day in days(record.selection.period.from_on, record.last_on)}),
        ),
    ),
    ("F2", ""): (f2, lambda _record, ones: len(ones)),
    ("F2", "work"): (lambda record: f2(record, "work"), lambda _record, ones: len(ones)),
    ("F2", "studies"): (lambda record: f2(record, "studies"), lambda _record, ones: len(ones)),
    ("F3", ""): (f3, lambda _record, ones: len(ones)),
    ("F4", ""): (f4, lambda _record, ones: len(ones)),
    ("F5", ""): (f5, lambda _record, ones: len(ones)),
    ("F6", ""): (f6, lambda _record, ones: len(ones)),
    ("F6", "not_raised"): (lambda record: f6(record, "not_raised"), lambda _record, ones: len(ones)),
    ("F6", "lacking"): (lambda record: f6(record, "lacking"), lambda _record, ones: len(ones)),
    ("F6_share", ""): (lambda record: f6(record, "compared"), lambda _record, ones: mean(ones, 100)),
    ("K1", ""): (k1, lambda _record, ones: mean(ones, 100)),
}
HOUSEHOLD_MEASURES: dict[tuple[str, str], tuple[Callable[[Record], list[One]], Fold]] = {
    ("H1", ""): (
        lambda record: paid(record, months_of(record)),
        lambda record, ones: per_month(ones, months_known(record, months_of(record))),
    ),
    ("H2", ""): (h2, lambda record, ones: len(ones) if months_known(record, last_months(record, 1)) else None),
    ("H2", "unknown"): (
        lambda record: h2(record, "unknown"),
        lambda record, ones: len(ones) if months_known(record, last_months(record, 1)) else None,
    ),
    ("H3", ""): (lambda record: paid(record, months_of(record)), lambda _record, ones: mean(ones)),
    ("H4", ""): (
        lambda record: paid(record, last_months(record, 12)),
        lambda record, ones: (
            float(sum(one.value for one in ones)) if months_known(record, last_months(record, 12)) == 12 else None
        ),
    ),
}

"""The measures once more, slowly and plainly: one case, one household, one month at a time, from the rows."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.people.models import AssistancePayment

K = EventKind
GOOD_EXITS = (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK, ExitOutcome.STUDIES)


@dataclass
class OneWait:
    case: Case
    began_on: date | None
    ended_on: date | None
    stopped_on: date | None
    left_wholly: bool = False


def is_known(row: object, known_at: datetime | None) -> bool:
    recorded, voided = row.recorded_at, row.voided_at  # type: ignore[attr-defined]
    if known_at is None:
        return voided is None
    return recorded <= known_at and (voided is None or voided > known_at)


def facts_of(case: Case, as_of: date, known_at: datetime | None) -> list[CaseEvent]:
    facts = [event for event in case.events if is_known(event, known_at) and event.occurred_on <= as_of]
    return sorted(facts, key=lambda event: (event.occurred_on, event.sequence))


def waits_of(case: Case, as_of: date, known_at: datetime | None) -> dict[str, OneWait]:
    """Walk through the log, day by day, and note when each wait begins, ends or is stopped."""
    facts = facts_of(case, as_of, known_at)
    first: dict[str, date] = {}
    closed_on: date | None = None
    for event in facts:
        for name in _milestones(event):
            first.setdefault(name, event.occurred_on)
        if event.kind in (K.EXITED, K.RETURNED, K.WITHDRAWN):
            closed_on = event.occurred_on
        elif event.kind == K.REOPENED:
            closed_on = None
    placed, employed = first.get("placed"), first.get("employed")
    if placed and employed and employed < placed:
        placed = None
    after_placing = employed if placed else None
    stops = [day for day in (employed, closed_on) if day]
    found = {
        "W1": OneWait(case, first.get("contact"), first.get("decision"), first.get("referred")),
        "W2": OneWait(case, first.get("application"), first.get("decision"), first.get("referred")),
        "W3": OneWait(case, first.get("referred"), first.get("met"), closed_on),
        "W4": OneWait(case, first.get("met"), placed, min(stops, default=None)),
        "W5": OneWait(case, placed, after_placing, closed_on),
        "W6": OneWait(case, first.get("referred"), first.get("good"), closed_on),
        "W7": _assistance(case, first, closed_on, as_of),
    }
    for wait in found.values():
        if wait.ended_on:
            wait.stopped_on = None
    if "referred" not in first:
        del found["W7"]
    return {name: wait for name, wait in found.items() if wait.began_on or wait.ended_on}


def _milestones(event: CaseEvent) -> list[str]:
    plain = {K.FIRST_CONTACT: "contact", K.APPLICATION: "application", K.DECISION: "decision", K.REFERRED: "referred"}
    names = [plain[event.kind]] if event.kind in plain else []
    if event.kind == K.FIRST_MEETING:
        names.append("met")
    if event.kind == K.PLACEMENT_STARTED:
        assert event.placement is not None
        names.append("employed" if event.placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT else "placed")
    if event.kind == K.EXITED:
        names += ["good"] if event.outcome in GOOD_EXITS else []
        names += {HouseholdEffect.LEFT: ["left"], HouseholdEffect.TOPPED_UP: ["topped"]}.get(event.household_effect, [])
    return names


def _assistance(case: Case, first: dict[str, date], closed_on: date | None, as_of: date) -> OneWait:
    household = case.participant.household
    since = household.assistance_since_on if household else None
    ended = first.get("left") or first.get("topped")
    if since and since > (ended or closed_on or as_of):
        since = None
    return OneWait(case, since, ended, closed_on, left_wholly="left" in first)


def in_programme(case: Case, code: str | None, on: date, known_at: datetime | None) -> bool:
    return code is None or any(
        row.programme.code == code and is_known(row, known_at) and row.from_on <= on for row in case.programmes
    )


def once_per_household(waits: list[OneWait]) -> list[OneWait]:
    groups: dict[object, list[OneWait]] = {}
    for wait in waits:
        household = wait.case.participant.household_id
        groups.setdefault(household if household else ("case", wait.case.id), []).append(wait)
    return [_the_one(group) for group in groups.values()]


def _the_one(group: list[OneWait]) -> OneWait:
    wholly = [wait for wait in group if wait.ended_on and wait.left_wholly]
    topped = [wait for wait in group if wait.ended_on and not wait.left_wholly]
    still = [wait for wait in group if not wait.ended_on and not wait.stopped_on]
    if wholly or topped:
        return min(wholly or topped, key=lambda wait: (wait.ended_on, wait.case.id))
    if still:
        return min(still, key=lambda wait: wait.case.id)
    last = max(wait.stopped_on for wait in group if wait.stopped_on)
    return min((wait for wait in group if wait.stopped_on == last), key=lambda wait: wait.case.id)


def length(name: str, began: date, ended: date) -> int:
    if name == "W7":
        return ended.year * 12 + ended.month - began.year * 12 - began.month
    return (ended - began).days


def figures(name: str, waits: Iterable[OneWait], from_on: date, to_on: date, as_of: date) -> dict[str, object]:
    """n, mean, median, p90 …, from lists of single waits."""
    ended, begun, open_ages, unknown = [], [], [], 0
    for wait in waits:
        if wait.began_on is None:
            assert wait.ended_on
            unknown += from_on <= wait.ended_on <= to_on
            continue
        days = length(name, wait.began_on, wait.ended_on or wait.stopped_on or as_of)
        if wait.ended_on and from_on <= wait.ended_on <= to_on:
            ended.append(days)
        if from_on <= wait.began_on <= to_on:
            begun.append((days, wait.ended_on is not None))
        if not wait.ended_on and not wait.stopped_on:
            open_ages.append(days)
    return {
        "n": len(ended),
        "mean_days": statistics.fmean(ended) if ended else None,
        "median_days": statistics.median(ended) if ended else None,
        "p90_days": _ninetieth(ended),
        "km_median_days": _kaplan_meier_median(begun),
        "open_n": len(open_ages),
        "open_median_age_days": statistics.median(open_ages) if open_ages else None,
        "unknown_n": unknown,
    }


def _ninetieth(values: list[int]) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return statistics.quantiles(values, n=10, method="inclusive")[8]


def _kaplan_meier_median(begun: list[tuple[int, bool]]) -> int | None:
    """The first day on which at most half still wait, with exact fractions, one day at a time."""
    from fractions import Fraction

    share = Fraction(1)
    for day in range(max((days for days, _ in begun), default=-1) + 1):
        at_risk = sum(days >= day for days, _ in begun)
        ends = sum(days == day and ended for days, ended in begun)
        if ends:
            share *= 1 - Fraction(ends, at_risk)
            if share <= Fraction(1, 2):
                return day
    return None


@dataclass
class HouseholdOut:
    key: object
    on: date
    wholly: bool
    typed: Decimal | None
    since: date | None


def households_left(cases: list[Case], code: str, as_of: date, known_at: datetime | None) -> list[HouseholdOut]:
    exits: dict[object, list[tuple[int, date, int, CaseEvent]]] = {}
    for case in cases:
        for event in facts_of(case, as_of, known_at):
            if event.household_effect in (HouseholdEffect.LEFT, HouseholdEffect.TOPPED_UP) and in_programme(
                case, code, event.occurred_on, known_at
            ):
                person = case.participant
                key = ("household", person.household_id) if person.household_id else ("person", person.id)
                order = 0 if event.household_effect == HouseholdEffect.LEFT else 1
                exits.setdefault(key, []).append((order, event.occurred_on, event.id, event))
    out = []
    for key, found in exits.items():
        order, on, _, event = min(found, key=lambda one: one[:3])
        household = event.case.participant.household
        since = household.assistance_since_on if household else None
        out.append(HouseholdOut(key, on, order == 0, event.typed_baseline_kr, since))
    return out


def number_of(month: date) -> int:
    return month.year * 12 + month.month


def kronor(left: HouseholdOut, payments: list[AssistancePayment], last_month: int) -> tuple[dict[int, Decimal], object]:
    """Avoided by year, and what is paid less per month (None: nothing can be said)."""
    paid = {number_of(row.month_on): row.paid_kr for row in payments}
    month = number_of(left.on)
    before = [paid[m] for m in range(month - 12, month) if paid.get(m, 0) > 0]
    baseline = sum(before) / len(before) if before else left.typed
    if baseline is None:
        return {}, None
    avoided: dict[int, Decimal] = {}
    if left.wholly:
        for m in range(month + 1, last_month + 1):
            if paid.get(m, Decimal(0)) >= baseline:
                break
            year = (m - 1) // 12
            avoided[year] = avoided.get(year, Decimal(0)) + baseline - paid.get(m, Decimal(0))
        return avoided, Decimal(0)
    after = [paid.get(m, Decimal(0)) for m in range(month + 1, last_month + 1)]
    return {}, (baseline - sum(after) / len(after)) if after else Decimal(0)

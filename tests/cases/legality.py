"""A second, slow opinion on which logs are legal: conditions on the whole set of facts, day by day.

Shares nothing with `cases/rules.py` but the words, so that a fault in the table shows as a difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import EventKind

K = EventKind
CLOSINGS = (K.RETURNED, K.WITHDRAWN, K.EXITED)


def faults(events: Iterable[CaseEvent], today: date) -> list[str]:
    """What is wrong with a log, in words for the developer; empty when nothing is."""
    log = list(events)
    days: dict[EventKind, list[date]] = {kind: sorted(e.occurred_on for e in log if e.kind == kind) for kind in K}
    found = [f"{e.kind} lies in the future" for e in log if e.occurred_on > today]
    if len(days[K.REFERRED]) != 1:
        return [*found, "a case has exactly one referral"]
    return found + _order(log, days) + _placements(log, today) + _closings(log, days)


def _order(log: list[CaseEvent], days: dict[EventKind, list[date]]) -> list[str]:
    found = []
    before = [days[kind][0] for kind in (K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.REFERRED) if days[kind]]
    if before != sorted(before):
        found.append("contact, application, decision and referral are out of order")
    for kind in (K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.ACCEPTED, K.FIRST_MEETING):
        if len(days[kind]) > 1:
            found.append(f"{kind} twice")
    referred = days[K.REFERRED][0]
    early = (K.FIRST_CONTACT, K.APPLICATION, K.DECISION)
    found += [f"{e.kind} before the referral" for e in log if e.kind not in early and e.occurred_on < referred]
    if days[K.ACCEPTED] and days[K.FIRST_MEETING] and days[K.ACCEPTED][0] > days[K.FIRST_MEETING][0]:
        found.append("accepted after the first meeting")
    for kind in (K.ASSESSED, K.PLACEMENT_STARTED, K.FOLLOW_UP):
        if days[kind] and (not days[K.FIRST_MEETING] or days[kind][0] < days[K.FIRST_MEETING][0]):
            found.append(f"{kind} without a first meeting before it")
    return found


def _placements(log: list[CaseEvent], today: date) -> list[str]:
    found = []
    spans = []
    for start in (e for e in log if e.kind == K.PLACEMENT_STARTED):
        ends = [e.occurred_on for e in log if e.kind == K.PLACEMENT_ENDED and e.placement is start.placement]
        if len(ends) > 1:
            found.append("a placement ended twice")
        last = ends[0] if ends else today
        if last < start.occurred_on:
            found.append("a placement ended before it began")
        assert start.placement is not None
        spans.append((start.occurred_on, last, start.placement.percent))
    day = min((span[0] for span in spans), default=today)
    while day <= today:
        if sum(percent for first, last, percent in spans if first <= day <= last) > 100:
            return [*found, f"more than 100 % on {day}"]
        day += timedelta(days=1)
    return found


def _closings(log: list[CaseEvent], days: dict[EventKind, list[date]]) -> list[str]:
    found = []
    turns = sorted((e for e in log if e.kind in (*CLOSINGS, K.REOPENED)), key=lambda e: (e.occurred_on, e.sequence))
    for place, turn in enumerate(turns):
        wanted = place % 2 == 0
        if (turn.kind in CLOSINGS) != wanted:
            found.append("closings and reopenings do not alternate")
        if turn.kind in CLOSINGS:
            until = turns[place + 1].occurred_on if place + 1 < len(turns) else date.max
            found += _after_closing(log, turn, until)
    for turn in (e for e in log if e.kind in (K.RETURNED, K.WITHDRAWN)):
        if days[K.FIRST_MEETING] or turn is not turns[-1]:
            found.append(f"{turn.kind} of a case that was met or reopened")
    for leave in (e for e in log if e.kind == K.EXITED):
        begun = days[K.ACCEPTED] + days[K.FIRST_MEETING]
        if not begun or min(begun) > leave.occurred_on:
            found.append("an exit of a case that nobody had taken")
    return found


def _after_closing(log: list[CaseEvent], closing: CaseEvent, until: date) -> list[str]:
    found = [
        f"{e.kind} while the case was closed"
        for e in log
        if e.kind not in (*CLOSINGS, K.REOPENED, K.NOTE) and closing.occurred_on < e.occurred_on < until
    ]
    for start in (e for e in log if e.kind == K.PLACEMENT_STARTED and e.occurred_on < closing.occurred_on):
        ends = [e.occurred_on for e in log if e.kind == K.PLACEMENT_ENDED and e.placement is start.placement]
        if not ends or ends[0] > closing.occurred_on:
            found.append("a placement went on past the closing")
    return found

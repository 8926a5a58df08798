"""A case's way from first contact to exit: milestones with the days between them, and the same days to scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from caseflow.cases.case_queries import Targets
from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.rules import CaseState
from caseflow.cases.terms import EventKind, Stage
from caseflow.cases.timeline import Turn, turns
from caseflow.core.language import _, _l
from caseflow.core.periods import add_months, first_of_month, months_between

K = EventKind
MONTHS = (
    _l("jan"),
    _l("feb"),
    _l("mar"),
    _l("apr"),
    _l("maj"),
    _l("jun"),
    _l("jul"),
    _l("aug"),
    _l("sep"),
    _l("okt"),
    _l("nov"),
    _l("dec"),
)
MAX_LABELS = 12
STEPS = (1, 2, 3, 6, 12, 24, 60)  # months between labels
DOT = "g-dot"

# Key, label, stage that lends colour and shape (None: a dot).
FIRST_PLACEMENT, FIRST_EMPLOYMENT = "first_placement", "first_employment"
WAY: tuple[tuple[str, str, Stage | None], ...] = (
    (K.FIRST_CONTACT, _l("Första kontakt"), None),
    (K.APPLICATION, _l("Ansökan"), None),
    (K.DECISION, _l("Beslut"), None),
    (K.REFERRED, _l("Anvisning"), Stage.REFERRED),
    (K.FIRST_MEETING, _l("Första möte"), Stage.ASSESSMENT),
    (FIRST_PLACEMENT, _l("Första placering"), Stage.PLACEMENT),
    (FIRST_EMPLOYMENT, _l("Arbetsmarknadsanställning"), Stage.EMPLOYMENT),
    (K.EXITED, _l("Avslut"), None),
)
# The wait that runs between two milestones, where one does. W4 and W5: see `measures`.
WAITS = {
    (K.REFERRED, K.FIRST_MEETING): "W3",
    (K.FIRST_MEETING, FIRST_PLACEMENT): "W4",
    (FIRST_PLACEMENT, FIRST_EMPLOYMENT): "W5",
}


@dataclass(frozen=True)
class Milestone:
    """One step of the track; the fields are those of templates/macros/track.html."""

    key: str
    label: str
    css: str
    glyph: str
    on: date | None = None
    note: str | None = None
    state: str = "next"
    gap_days: int | None = None
    gap_target: int | None = None


@dataclass(frozen=True)
class Period:
    """A stretch of days in one stage. `glyph` None: before the referral."""

    label: str
    days: int
    css: str
    glyph: str | None


def milestones(case: Case, targets: Targets, today: date) -> list[Milestone]:
    """The milestones that have been reached, in order of day, and those still ahead of an open case."""
    reached = _reached(case)
    closed = case.closed_on is not None
    done = [_milestone(case, key, reached) for key, *_rest in WAY if key in reached]
    done.sort(key=lambda step: (step.on or today, _place(step.key)))
    ahead = [] if closed else [_ahead(key) for key, *_rest in WAY if _place(key) > max(map(_place, reached))]
    steps = [_with_gap(step, after, targets, after.on or today) for step, after in pairwise(done)]
    last = done[-1]
    if ahead:
        last = replace(_with_gap(last, ahead[0], targets, today), state="open")
    return [*steps, last, *ahead]


def _reached(case: Case) -> dict[str, date]:
    """First day of each milestone."""
    days: dict[str, date] = {}
    for event in sorted(case.valid_events, key=lambda event: event.fact.order):
        key: str = event.kind
        if event.kind == K.PLACEMENT_STARTED and event.placement is not None:
            key = FIRST_EMPLOYMENT if event.placement.kind.is_employment else FIRST_PLACEMENT
        if event.kind == K.EXITED and case.closed_on is None:
            continue  # reopened: the exit is ahead again
        days.setdefault(key, event.occurred_on)
    if case.stage in (Stage.RETURNED, Stage.WITHDRAWN) or K.EXITED in days:
        assert case.closed_on is not None
        days[K.EXITED] = case.closed_on
    known = {key for key, *_rest in WAY}
    return {key: on for key, on in days.items() if key in known}


def _milestone(case: Case, key: str, reached: dict[str, date]) -> Milestone:
    label, css, glyph = _looks(key)
    note = None
    if key == K.REFERRED:
        note = case.to_unit.code
    elif key == K.EXITED:
        label, css, glyph = case.stage.label, case.stage.css, case.stage.glyph
    elif key in (FIRST_PLACEMENT, FIRST_EMPLOYMENT):
        note = _placement_note(case, key)
    return Milestone(key, label, css, glyph, on=reached[key], note=note, state="done")


def _placement_note(case: Case, key: str) -> str | None:
    """How the first placement of its sort ended, if it has."""
    turned = [turn.event for turn in turns(case)]
    first = next(event.placement for event in turned if _is_start(event, key == FIRST_EMPLOYMENT))
    end = next((event for event in turned if event.kind == K.PLACEMENT_ENDED and event.placement is first), None)
    return _("avslutad %(day)s", day=end.occurred_on) if end else None


def _is_start(event: CaseEvent, employment: bool) -> bool:
    placement = event.placement
    return event.kind == K.PLACEMENT_STARTED and placement is not None and placement.kind.is_employment == employment


def _ahead(key: str) -> Milestone:
    return Milestone(key, *_looks(key))


def _looks(key: str) -> tuple[str, str, str]:
    label, stage = next((label, stage) for other, label, stage in WAY if other == key)
    return str(label), stage.css if stage else "st-none", stage.glyph if stage else DOT


def _place(key: str) -> int:
    return [other for other, *_rest in WAY].index(key)


def _with_gap(step: Milestone, after: Milestone, targets: Targets, until: date) -> Milestone:
    assert step.on is not None
    wait = WAITS.get((step.key, after.key))
    target = targets.days(wait, until) if wait else None
    return replace(step, gap_days=(until - step.on).days, gap_target=target)


def periods(case: Case, today: date) -> list[Period]:
    """The case's days from first contact to exit or today, cut where the stage changes."""
    log = turns(case)
    until = case.closed_on or today
    begun: list[tuple[date, Period]] = []
    for turn in log:
        label, css, glyph = _period_looks(case, turn)
        if turn.after.stage in (Stage.RETURNED, Stage.WITHDRAWN) or turn.after.closed_on is not None:
            label, css, glyph = _("stängt"), "st-none", None
        if not begun or begun[-1][1].label != label:
            begun.append((turn.event.occurred_on, Period(label, 0, css, glyph)))
    days = [on for on, _period in begun[1:]] + [until]
    found = [replace(period, days=(end - on).days) for (on, period), end in zip(begun, days, strict=True)]
    return [period for period in found if period.days > 0]


def _period_looks(case: Case, turn: Turn) -> tuple[str, str, str | None]:
    state = turn.after
    if state.stage == Stage.NEW:
        return case.from_unit.code, "st-none", None
    placement = deciding(state)
    if placement is not None:
        return f"{placement.label}, {placement.workplace.name}", state.stage.css, state.stage.glyph
    # To the participant the wait is one, accepted or not.
    label = Stage.REFERRED.label if state.stage == Stage.ACCEPTED else state.stage.label
    return label, state.stage.css, state.stage.glyph


def deciding(state: CaseState) -> Placement | None:
    """The ongoing placement that the stage comes from: the first employment, else the first placement."""
    ongoing = sorted(state.ongoing, key=lambda fact: not fact.kind.is_employment)
    return ongoing[0].key if ongoing and isinstance(ongoing[0].key, Placement) else None


def scale(case: Case, today: date) -> list[tuple[str, float]]:
    """Months under the strip: label and place in percent. A long case names every nth month, and its years."""
    first = turns(case)[0].event.occurred_on
    until = case.closed_on or today
    total = (until - first).days
    if total <= 0:
        return []
    count = months_between(first, until)
    step = next((size for size in STEPS if count / size <= MAX_LABELS), STEPS[-1])
    labels = [(_month(first, step), 0.0)]
    for number in range(1, count + 1):
        month = add_months(first_of_month(first), number)
        place = 100 * (month - first).days / total
        # The end of the strip has its own label, and the beginning needs room for its.
        if (month.month - 1) % min(step, 12) == 0 and 7 <= place <= 92:
            labels.append((_month(month, step), place))
    return labels


def _month(month: date, step: int) -> str:
    return str(month.year) if month.month == 1 and step > 1 else str(MONTHS[month.month - 1])


def last_label(case: Case, today: date) -> str:
    """The day at the right end of the strip: "1 dec"."""
    until = case.closed_on or today
    return f"{until.day} {MONTHS[until.month - 1]}"

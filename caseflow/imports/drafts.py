"""How the cases of one participant take in changes: those that the rules of the flow allow, and no others.

The changes are tried together first: two may be possible only in company (a referral and its meeting both moved).
When that fails they are tried one by one in order of day, again and again until no more fits; what is left is refused.
The rules themselves are `cases.rules`; nothing here is written to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from caseflow.cases import rules
from caseflow.cases.log import Details
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.rules import TRANSITIONS, Fact
from caseflow.cases.spans import Span, check_spans
from caseflow.cases.terms import EventKind
from caseflow.core.errors import RuleBroken
from caseflow.imports.rows import Outcome, Row


@dataclass(eq=False)
class Draft:
    """A case as it will be. One that is not saved yet counts only when the change that `opens` it has been taken in."""

    case: Case
    label: str
    is_new: bool = False
    taken: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """One event to append, or to put in place of `old`."""

    kind: EventKind
    on: date
    details: Details
    old: CaseEvent | None = None


@dataclass(eq=False)
class Change:
    """What one row (or the scores of one day) asks of a case; taken in whole or not at all.

    `outcomes` says what becomes of the rows when it is taken in, `prepare` is called before its steps are written.
    """

    draft: Draft
    outcomes: list[tuple[Row, Outcome]]
    steps: list[Step]
    opens: bool = False
    prepare: Callable[[], None] | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Day, place in the flow, identity of the row: the same however the rows stood in the files."""
        row = self.outcomes[0][0]
        if self.opens:
            return (row["anvisad"], TRANSITIONS[EventKind.REFERRED].rank, row.kind, row.key)
        first = min(((step.on, TRANSITIONS[step.kind].rank) for step in self.steps), default=(date.min, 0))
        return (*first, row.kind, row.key)

    def refuse(self, error: RuleBroken) -> None:
        for row, _ in self.outcomes:
            row.refuse_for(error)


def settle(drafts: Sequence[Draft], changes: Sequence[Change], today: date) -> None:
    """Take in the changes that are possible and refuse the others, with the rule's own sentence."""
    ordered = sorted(changes, key=lambda change: change.order)
    taken, refused = _possible(drafts, ordered, today)
    for change in taken:
        change.draft.taken.append(change)
        for row, outcome in change.outcomes:
            row.outcome = outcome
    opened = {id(change.draft) for change in taken if change.opens}
    for change, error in refused:
        if change.draft.is_new and not change.opens and id(change.draft) not in opened:
            error = RuleBroken(
                f"Anvisningen {change.draft.label} avvisades. Rätta den och läs in båda igen.", "anvisning_id"
            )
        change.refuse(error)


def _possible(
    drafts: Sequence[Draft], ordered: list[Change], today: date
) -> tuple[list[Change], list[tuple[Change, RuleBroken]]]:
    """The changes that hold together, and the others with why each does not."""
    try:
        _check(drafts, ordered, today)
    except RuleBroken:
        return _one_by_one(drafts, ordered, today)
    return ordered, []


def _one_by_one(
    drafts: Sequence[Draft], ordered: list[Change], today: date
) -> tuple[list[Change], list[tuple[Change, RuleBroken]]]:
    taken: list[Change] = []
    left = [(change, RuleBroken("")) for change in ordered]
    while True:
        refused: list[tuple[Change, RuleBroken]] = []
        for change, _ in left:
            try:
                _check(drafts, [*taken, change], today)
                taken.append(change)
            except RuleBroken as error:
                refused.append((change, error))
        if len(refused) in (0, len(left)):
            return taken, refused
        left = refused


def _check(drafts: Sequence[Draft], changes: Sequence[Change], today: date) -> None:
    """Raise RuleBroken unless every case holds with the changes, and the cases do not overlap."""
    spans = []
    for draft in drafts:
        mine = [change for change in changes if change.draft is draft]
        if draft.is_new and mine and not any(change.opens for change in mine):
            raise RuleBroken("Ärendet är inte öppnat.")
        if mine:
            state = rules.validate(_facts(draft.case, mine), today)
            spans.append(Span(draft.label, state.milestones[EventKind.REFERRED], state.closed_on))
        elif not draft.is_new and draft.case.referred_on is not None:
            spans.append(Span(draft.label, draft.case.referred_on, draft.case.closed_on))
    check_spans(spans)


def _facts(case: Case, changes: Sequence[Change]) -> list[Fact]:
    steps = [step for change in changes for step in change.steps]
    replaced = {id(step.old) for step in steps if step.old is not None}
    kept = [event.fact for event in case.valid_events if id(event) not in replaced]
    last = max((event.sequence for event in case.events), default=0)
    return kept + [_fact(step, last + place) for place, step in enumerate(steps, start=1)]


def _fact(step: Step, sequence: int) -> Fact:
    placement = step.details.get("placement")
    return Fact(
        step.kind,
        step.on,
        step.old.sequence if step.old is not None else sequence,
        placement.fact if placement is not None else None,
        step.details.get("outcome"),
    )

"""Referrals, events, scores, placements and exits: from rows to cases and their logs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain

from caseflow.cases import log, services
from caseflow.cases.models import Case
from caseflow.cases.rules import TRANSITIONS
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.imports import happenings, placing, referring
from caseflow.imports.drafts import Change, Draft, Step, settle
from caseflow.imports.kinds import FileKind
from caseflow.imports.known import Known
from caseflow.imports.people import refuse_dependent
from caseflow.imports.rows import Row, Rows
from caseflow.security.permissions import Actor

OF_CASES = (FileKind.EVENTS, FileKind.SCORES, FileKind.PLACEMENTS, FileKind.EXITS)
Progress = Callable[[int, int, str], None]


@dataclass
class Passage:
    """All that is known and the files say of one participant's cases."""

    drafts: list[Draft] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass
class Passages:
    """The participants by number, and the cases that files can name."""

    of_participant: dict[str, Passage]
    named: dict[str, tuple[Passage, Draft]]

    def ordered(self) -> list[Passage]:
        return [passage for _, passage in sorted(self.of_participant.items())]


def read_cases(rows: Rows, known: Known, actor: Actor, progress: Progress) -> None:
    """Add and change cases with everything that happened in them."""
    passages = _known_passages(known)
    _read_referrals(rows, known, passages, actor)
    _read_rows_of_cases(rows, known, passages)
    today, ordered = clock.today(), passages.ordered()
    for place, passage in enumerate(ordered):
        settle(passage.drafts, passage.changes, today)
        if place % 100 == 0:
            progress(place, len(ordered), "Prövar ärenden")
    for kind in (FileKind.REFERRALS, FileKind.PLACEMENTS):
        rows.settle(kind)
    _write([draft for passage in ordered for draft in passage.drafts], actor, progress)


def _known_passages(known: Known) -> Passages:
    passages = Passages({}, {})
    for number, cases in known.cases_of.items():
        passage = passages.of_participant[number] = Passage([Draft(case, case.number) for case in cases])
        # A case that was opened in the program has no id that a file could name.
        passages.named |= {
            draft.case.external_id: (passage, draft) for draft in passage.drafts if draft.case.external_id is not None
        }
    return passages


def _read_referrals(rows: Rows, known: Known, passages: Passages, actor: Actor) -> None:
    for row in rows.pending(FileKind.REFERRALS):
        passage, draft = passages.named.get(row["anvisning_id"], (None, None))
        change = referring.read_referral(row, draft, rows, known, actor)
        if change is None:
            continue
        if passage is None:
            passage = passages.of_participant.setdefault(row["personnummer"].number, Passage())
            passage.drafts.append(change.draft)
            passages.named[row["anvisning_id"]] = passage, change.draft
        passage.changes.append(change)
    rows.settle(FileKind.REFERRALS)


def _read_rows_of_cases(rows: Rows, known: Known, passages: Passages) -> None:
    rows_of: dict[str, dict[FileKind, list[Row]]] = defaultdict(lambda: {kind: [] for kind in OF_CASES})
    for row in chain.from_iterable(rows.pending(kind) for kind in OF_CASES):
        name = row["anvisning_id"]
        if name in passages.named:
            rows_of[name][row.kind].append(row)
        else:
            refuse_dependent(row, rows, FileKind.REFERRALS, "anvisning_id", f"Anvisningen {name}")
    for name, of_kind in rows_of.items():
        passage, draft = passages.named[name]
        found: Iterable[Change | None] = chain(
            (happenings.read_event(row, draft) for row in of_kind[FileKind.EVENTS]),
            happenings.read_scores(of_kind[FileKind.SCORES], draft, known),
            (placing.read_placement(row, draft, known) for row in of_kind[FileKind.PLACEMENTS]),
            (happenings.read_exit(row, draft) for row in of_kind[FileKind.EXITS]),
        )
        passage.changes += [change for change in found if change is not None]


def _write(drafts: list[Draft], actor: Actor, progress: Progress) -> None:
    """Save what has been taken in."""
    touched = [draft for draft in drafts if draft.taken]
    _number([draft.case for draft in touched if draft.is_new])
    for place, draft in enumerate(touched):
        for change in draft.taken:
            if change.prepare is not None:
                change.prepare()
        _write_log(draft, actor)
        db.session.add(draft.case)
        if place % 100 == 0:
            progress(place, len(touched), "Skriver ärenden")
    progress(len(touched), len(touched), "Sparar")
    db.session.flush()


def _write_log(draft: Draft, actor: Actor) -> None:
    steps = [step for change in draft.taken for step in change.steps]
    correcting = [change for change in draft.taken if any(step.old is not None for step in change.steps)]
    names = sorted({row.sheet.name for change in correcting for row, _ in change.outcomes})
    additions = sorted((step for step in steps if step.old is None), key=_order)
    log.write_all(
        draft.case,
        [(step.kind, step.on, step.details) for step in additions],
        [(step.old, step.on, step.details) for step in steps if step.old is not None],
        actor,
        f"Ändrad i fil {', '.join(names)}",
    )


def _order(step: Step) -> tuple[object, ...]:
    return (step.on, TRANSITIONS[step.kind].rank)


def _number(cases: list[Case]) -> None:
    """Give the new cases their numbers, year by year in order of referral."""
    by_year: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        assert case.referred_on is not None
        by_year[case.referred_on.year].append(case)
    for year, of_year in sorted(by_year.items()):
        ordered = sorted(of_year, key=lambda case: (case.referred_on, case.external_id))
        for case, number in zip(ordered, services.next_numbers(year, len(ordered)), strict=True):
            case.number = number

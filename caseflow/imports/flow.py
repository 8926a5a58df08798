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
    """All that the files say of one participant's cases."""

    number: str
    drafts: dict[str, Draft] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


def read_cases(rows: Rows, known: Known, actor: Actor, progress: Progress) -> None:
    """Add and change cases with everything that happened in them."""
    passages = _passages(rows, known, actor)
    _read_rows_of_cases(rows, known, passages)
    today = clock.today()
    for place, passage in enumerate(passages.values()):
        settle(list(passage.drafts.values()), passage.changes, today)
        if place % 100 == 0:
            progress(place, len(passages), "Prövar ärenden")
    for kind in (FileKind.REFERRALS, FileKind.PLACEMENTS):
        rows.settle(kind)
    _write([draft for passage in passages.values() for draft in passage.drafts.values()], actor, progress)


def _passages(rows: Rows, known: Known, actor: Actor) -> dict[str, Passage]:
    """The participants whose cases are known or come with the files, in the order of their numbers."""
    passages = {
        number: Passage(number, {case.external_id or case.number: Draft(case, case.number) for case in cases})
        for number, cases in known.cases_of.items()
    }
    for row in rows.pending(FileKind.REFERRALS):
        found = referring.read_referral(row, rows, known, actor)
        if found is None:
            continue
        number = row["personnummer"].number
        passage = passages.setdefault(number, Passage(number))
        if found.draft.is_new:
            passage.drafts[found.draft.label] = found.draft
        else:
            found.draft = passage.drafts[row["anvisning_id"]]
        passage.changes.append(found)
    rows.settle(FileKind.REFERRALS)
    return dict(sorted(passages.items()))


def _read_rows_of_cases(rows: Rows, known: Known, passages: dict[str, Passage]) -> None:
    where = {
        draft.case.external_id or draft.label: (passage, draft)
        for passage in passages.values()
        for draft in passage.drafts.values()
    }
    rows_of: dict[str, dict[FileKind, list[Row]]] = defaultdict(lambda: {kind: [] for kind in OF_CASES})
    for row in chain.from_iterable(rows.pending(kind) for kind in OF_CASES):
        name = row["anvisning_id"]
        if name in where:
            rows_of[name][row.kind].append(row)
        else:
            refuse_dependent(row, rows, FileKind.REFERRALS, "anvisning_id", f"Anvisningen {name}")
    for name, of_kind in rows_of.items():
        passage, draft = where[name]
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
    replaced = {
        row.sheet.name: None
        for change in draft.taken
        if any(step.old for step in change.steps)
        for row, _ in change.outcomes
    }
    additions = sorted((step for step in steps if step.old is None), key=_order)
    log.write_all(
        draft.case,
        [(step.kind, step.on, step.details) for step in additions],
        [(step.old, step.on, step.details) for step in steps if step.old is not None],
        actor,
        f"Ändrad i fil {', '.join(sorted(replaced))}",
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

"""Rows of handelser, skattningar and avslut: what they add to a case or change in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from caseflow.cases import log
from caseflow.cases.log import Details
from caseflow.cases.models import Assessment, AssessmentArea, AssessmentScore, CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.imports.drafts import Change, Draft, Step
from caseflow.imports.known import Known
from caseflow.imports.rows import Outcome, Row
from caseflow.imports.values import fold, spoken_list


def read_event(row: Row, draft: Draft) -> Change | None:
    """A case is accepted, returned, withdrawn and met once each, so the kind alone finds the event."""
    kind: EventKind = row["handelse"]
    old = next((event for event in draft.case.valid_events if event.kind == kind), None)
    if old is None:
        return Change(draft, [(row, Outcome.NEW)], [Step(kind, row["datum"], Details(note=row["notering"] or ""))])
    note = row["notering"] if row["notering"] is not None else old.note
    if (old.occurred_on, old.note) == (row["datum"], note):
        row.outcome = Outcome.UNCHANGED
        return None
    step = Step(kind, row["datum"], log.details_of(old) | {"note": note}, old)
    return Change(draft, [(row, Outcome.CHANGED)], [step])


def read_scores(rows: list[Row], draft: Draft, known: Known) -> Iterator[Change | None]:
    """The scores of one day are one assessment."""
    for row in rows:
        if fold(row["omrade"]) not in known.areas:
            names = spoken_list(area.name for area in known.areas.values())
            row.refuse(f"Området {row['omrade']} finns inte. Skriv {names}.", "omrade")
    readable = sorted((row for row in rows if row.outcome is None), key=lambda row: row.key)
    for _, of_day in groupby(readable, key=lambda row: row["datum"]):
        yield _read_assessment(list(of_day), draft, known)


def _read_assessment(rows: list[Row], draft: Draft, known: Known) -> Change | None:
    on = rows[0]["datum"]
    old = next((event for event in draft.case.valid_events if _is_assessment(event) and event.occurred_on == on), None)
    before = {score.area: score.value for score in old.assessment.scores} if old and old.assessment else {}
    given = {known.areas[fold(row["omrade"])]: row for row in rows}
    outcomes = [(row, _outcome(before.get(area), row["varde"])) for area, row in given.items()]
    if all(outcome == Outcome.UNCHANGED for _, outcome in outcomes):
        for row in rows:
            row.outcome = Outcome.UNCHANGED
        return None
    scores: dict[AssessmentArea, int] = before | {area: row["varde"] for area, row in given.items()}
    ordered = sorted(scores.items(), key=lambda score: (score[0].position, score[0].id))
    assessment = Assessment(scores=[AssessmentScore(area=area, value=value) for area, value in ordered])
    details = (log.details_of(old) if old else Details()) | {"assessment": assessment}
    return Change(draft, outcomes, [Step(EventKind.ASSESSED, on, details, old)])


def _is_assessment(event: CaseEvent) -> bool:
    return event.kind == EventKind.ASSESSED


def _outcome(before: int | None, value: int) -> Outcome:
    if before is None:
        return Outcome.NEW
    return Outcome.UNCHANGED if before == value else Outcome.CHANGED


def read_exit(row: Row, draft: Draft) -> Change | None:
    """The exit of a case. One that is repeated after the case was reopened is not a new one unless it came later."""
    exits = [event for event in draft.case.valid_events if event.kind == EventKind.EXITED]
    details = Details(outcome=row["utfall"], household_effect=row["hushallseffekt"])
    if any(_says_the_same(event, row) for event in exits):
        row.outcome = Outcome.UNCHANGED
        return None
    reopened = [event.occurred_on for event in draft.case.valid_events if event.kind == EventKind.REOPENED]
    follows = len(reopened) == len(exits) and row["datum"] >= max(reopened, default=row["datum"])
    if not exits or follows:
        return Change(draft, [(row, Outcome.NEW)], [Step(EventKind.EXITED, row["datum"], details)])
    old = max(exits, key=lambda event: (event.occurred_on, event.sequence))
    if row["hushallseffekt"] is None:
        details["household_effect"] = old.household_effect
    step = Step(EventKind.EXITED, row["datum"], log.details_of(old) | details, old)
    return Change(draft, [(row, Outcome.CHANGED)], [step])


def _says_the_same(event: CaseEvent, row: Row) -> bool:
    effect = row["hushallseffekt"] or event.household_effect
    return (event.occurred_on, event.outcome, event.household_effect) == (row["datum"], row["utfall"], effect)

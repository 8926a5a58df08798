"""A frozen report beside today's: is it still what the same question gives, and if not, which figures and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, in_swedish
from caseflow.reports.causes import Cause, causes_of
from caseflow.reports.changes import list_register_changes
from caseflow.reports.difference import Line, compare, is_traced, sources_of
from caseflow.reports.frozen import canonical, checksum
from caseflow.reports.queries import FrozenPage
from caseflow.reports.services import content_of
from caseflow.security.permissions import Actor
from caseflow.web.pagination import Page

LINES_PER_PAGE = 20


@dataclass(frozen=True)
class ComparedLine:
    """A figure that has changed, with its cause; without cases of its own it says what it is made from."""

    line: Line
    cause: Cause | None
    sources: str


@dataclass(frozen=True)
class Comparison:
    """`same_again`: computed anew as known then, the figures have the frozen checksum; else `drifted` cells differ."""

    same_again: bool
    drifted: int
    lines: Page[ComparedLine]
    registers: list[tuple[str, str, datetime]]


def compare_with_today(frozen: FrozenPage, actor: Actor, number: int) -> Comparison:
    """The page of lines. Raises RuleBroken where the question cannot be asked any more."""
    question = frozen.question
    if question is None:
        raise RuleBroken(_("Frågan kan inte ställas i dag: en enhet eller ett program har bytt kod efter frysningen."))
    again = content_of(frozen.kind, question, frozen.row.software)
    same_again = checksum(canonical(again)) == frozen.row.sha256
    with in_swedish():
        drifted = 0 if same_again else len(compare(frozen.document, frozen.kind.build(question)))
        today = frozen.kind.build(replace(question, cut=replace(question.cut, known_at=None)))
    lines = compare(frozen.document, today)
    return Comparison(
        same_again, drifted, _page(lines, frozen, actor, number), list_register_changes(frozen.row.known_at)
    )


def _page(lines: list[Line], frozen: FrozenPage, actor: Actor, number: int) -> Page[ComparedLine]:
    number = min(max(1, number), max(1, -(-len(lines) // LINES_PER_PAGE)))
    shown = lines[(number - 1) * LINES_PER_PAGE : number * LINES_PER_PAGE]
    causes = causes_of(shown, frozen.row.known_at, frozen.row.as_of_on, actor)
    rows = [
        ComparedLine(line, causes.get(place), "" if is_traced(line) else sources_of(line, lines))
        for place, line in enumerate(shown)
    ]
    return Page(rows, number, LINES_PER_PAGE, len(lines))

"""The table of the flow as a page to read: `docs/flow.md` is its output, and a test fails when the two differ."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.cases.rules import CLOSED, EARLIEST, FOLLOW_UP_DAYS, FULL_TIME_PERCENT, OPEN, TRANSITIONS
from caseflow.cases.terms import EventKind, Stage

HEAD = """# The flow

Printed from `caseflow/cases/rules.py` by `flask --app wsgi flow-document > docs/flow.md`. Do not edit by hand.

Facts of one day are read in the order of `rank`. "Needs" are facts that must be there, on the same day or before.
The facts before the referral may be missing; those that are there come in the order of the table.
"""


def flow_document() -> str:
    """The whole page, Markdown."""
    return "\n".join([HEAD, *_diagram(), "", *_table(), "", *_stages(), "", *_limits(), ""])


def _table() -> Iterator[str]:
    yield "## Facts\n"
    yield "| code | Swedish | may follow | leads to | needs | registered by | rank | once |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind, row in TRANSITIONS.items():
        after = ", ".join(_in_order(row.after))
        needs = ", ".join(need.value for need in row.needs)
        owners = ", ".join(role.value for role in row.owners)
        once = "yes" if row.once else ""
        yield f"| {kind.value} | {row.label} | {after} | {_leads_to(kind)} | {needs} | {owners} | {row.rank} | {once} |"


def _leads_to(kind: EventKind) -> str:
    special = {
        EventKind.PLACEMENT_STARTED: "employment while one goes on, else placement",
        EventKind.PLACEMENT_ENDED: "what still goes on, else assessment",
        EventKind.EXITED: "exit_work, exit_studies or exit_other, by outcome",
        EventKind.REOPENED: "assessment; accepted when there was no first meeting",
    }
    stage = TRANSITIONS[kind].leads_to
    return special.get(kind) or (stage.value if stage else "(stays)")


def _stages() -> Iterator[str]:
    yield "## Stages\n"
    yield "| code | Swedish | mark | open |"
    yield "|---|---|---|---|"
    for stage in Stage:
        yield f"| {stage.value} | {stage.label} | {stage.css} | {'yes' if stage in OPEN else ''} |"


def _limits() -> Iterator[str]:
    yield "## Limits\n"
    yield f"- Placements that overlap, first and last day included, are at most {FULL_TIME_PERCENT} % together."
    yield f"- A worked case is followed up within {FOLLOW_UP_DAYS} days of the last contact."
    yield "- A participant is in one case at a time; a new referral may be made on the closing day."
    yield f"- No date lies in the future, except a planned end, nor before {EARLIEST}: such a year is mistyped."


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> referred: Anvisning"
    for kind, row in TRANSITIONS.items():
        if row.leads_to is None or Stage.NEW in row.after:
            continue
        targets = ["exit_work", "exit_studies", "exit_other"] if kind == EventKind.EXITED else [row.leads_to.value]
        if kind == EventKind.PLACEMENT_STARTED:
            targets = ["placement", "employment"]
        for target in targets:
            for stage in _in_order(row.after):
                yield f"    {stage} --> {target}: {row.label}"
    for stage in _in_order(CLOSED):
        yield f"    {stage} --> [*]"
    yield "```"


def _in_order(stages: frozenset[Stage]) -> list[str]:
    return [stage.value for stage in Stage if stage in stages]

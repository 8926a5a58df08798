"""What a list offers on each case: the most likely step, and the others under the three dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from caseflow.cases import steps
from caseflow.cases.list_rows import CaseRow
from caseflow.cases.rules import CaseState, PlacementFact
from caseflow.cases.terms import EventKind
from caseflow.core.language import _, _l
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import allows
from caseflow.web.addresses import case_url

K = EventKind
STEPS = {step.kind: step for step in steps.STEPS}
# Within reach in a counsellor's own rows, in a word each: the registration is then click, fill, submit.
QUICK = {K.PLACEMENT_STARTED: _l("Placera"), K.EXITED: _l("Avsluta")}
IN_MENU = (K.NOTE, K.FOLLOW_UP, K.PLACEMENT_STARTED, K.HANDED_OVER, K.EXITED)


@dataclass(frozen=True)
class NextStep:
    """The most likely step. `url` None: the reader's role does not do it. `due_on`: the day it should be done."""

    label: str
    url: str | None
    due_on: date | None = None
    late_days: int = 0


def next_step(row: CaseRow, actor: Actor, today: date) -> NextStep | None:
    """The step that the case waits for; None when it is closed."""
    if row.next_kind is None:
        return None
    due_on = None
    if row.next_kind == K.FOLLOW_UP:
        due_on = row.follow_up_due_on
    elif row.next_kind == K.PLACEMENT_ENDED and row.placement is not None:
        due_on = row.placement.planned_end_on
    label, url = step_link(row, row.next_kind, actor)
    return NextStep(label, url, due_on, max(0, (today - due_on).days) if due_on else 0)


def step_link(row: CaseRow, kind: EventKind, actor: Actor) -> tuple[str, str | None]:
    """The step's words, and its page where the actor may do it."""
    if kind == K.PLACEMENT_ENDED:
        assert row.placement is not None
        url = url_for("cases.end_placement", case_id=row.public_id, placement_id=row.placement.public_id)
        return _("Avsluta placering"), url if allows(actor, Permission.LOG_CASE) else None
    step = STEPS[kind]
    return str(step.label), case_url(step.endpoint, row.public_id) if allows(actor, step.permission) else None


def menu(row: CaseRow, actor: Actor) -> list[tuple[str, str]]:
    """Steps for the three dots at the end of a row: legal now and permitted to the actor."""
    offered = _offered(row, actor)
    return [(str(step.label), case_url(step.endpoint, row.public_id)) for step in offered if step.kind in IN_MENU]


def quick(row: CaseRow, actor: Actor) -> list[tuple[str, str]]:
    """Of those, the ones that stand in the row itself: the word and the step's page."""
    return [
        (str(QUICK[step.kind]), case_url(step.endpoint, row.public_id))
        for step in _offered(row, actor)
        if step.kind in QUICK
    ]


def _offered(row: CaseRow, actor: Actor) -> list[steps.Step]:
    ongoing: tuple[PlacementFact, ...] = ()
    if row.placement is not None:
        ongoing = (PlacementFact(row.placement.public_id, row.placement.kind, 100),)
    return steps.offered(actor, CaseState(stage=row.stage, ongoing=ongoing))


def steps_of(actor: Actor, rows: Sequence[CaseRow], today: date) -> dict[str, Any]:
    """What a page's template asks for: each case's next step and menu, by its number."""
    return {
        "next_steps": {row.number: next_step(row, actor, today) for row in rows},
        "menus": {row.number: menu(row, actor) for row in rows},
    }

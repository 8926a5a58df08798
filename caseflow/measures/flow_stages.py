"""Where every case stood on every day, as statements: the stages of `cases.rules.replay`, made from its table.

A case stands on a day where it stands when the day is over. Stages that it only passed through within a day leave no
trace here, so that what comes, what goes and what is there always add up.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.sql.selectable import Subquery

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.rules import OPEN, TRANSITIONS
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.database import Choice
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Selection

PLACING = (EventKind.PLACEMENT_STARTED, EventKind.PLACEMENT_ENDED)
# Facts that can lead to another stage; the others leave a case where it stands.
MOVING = tuple(kind for kind, row in TRANSITIONS.items() if row.leads_to is not None)
# Those whose stage follows from the table alone.
FIXED = {
    kind: row.leads_to
    for kind, row in TRANSITIONS.items()
    if row.leads_to is not None and kind not in (*PLACING, EventKind.EXITED, EventKind.REOPENED)
}
OPEN_STAGES = tuple(stage for stage in Stage if stage in OPEN)
CLOSED_STAGES = tuple(stage for stage in Stage if stage not in OPEN and stage is not Stage.NEW)
STAGE = Choice(Stage)


def stays(selection: Selection, *, whole: bool = False) -> Subquery:
    """One row per stay of a chosen case in a stage: case_id, stage, before, came_on, left_on, after.

    `came_on` is the first day at whose end the case stood there, `left_on` the first at whose end it no longer did
    (null: still there). `before`: the stage it came from, null when it has none. `after`: the one it went to.
    `whole`: the open stages count as one, told by the first of them: a stay is then from referral to close.
    """
    changes = _changes(selection, whole).c
    in_order: dict[str, Any] = {"partition_by": changes.case_id, "order_by": changes.day}
    return select(
        changes.case_id,
        changes.stage,
        changes.before,
        changes.day.label("came_on"),
        func.lead(changes.day).over(**in_order).label("left_on"),
        func.lead(changes.stage, type_=STAGE).over(**in_order).label("after"),
    ).subquery()


def _changes(selection: Selection, whole: bool) -> Subquery:
    """The days on which a case stands elsewhere than the day before."""
    moves = _moves(selection).c
    stage: ColumnElement[Stage] = moves.stage
    if whole:
        # The first of the open stages stands for all of them.
        stage = case((moves.stage.in_(OPEN_STAGES), literal(OPEN_STAGES[0], STAGE)), else_=moves.stage)
    before = func.lag(stage, type_=STAGE).over(partition_by=moves.case_id, order_by=moves.day)
    # The last move of a day says where the case stands when it is over.
    last_of_day = moves.next_day.is_distinct_from(moves.day)
    ends = select(moves.case_id, moves.day, stage.label("stage"), before.label("before")).where(last_of_day).subquery()
    return select(ends).where(ends.c.stage.is_distinct_from(ends.c.before)).subquery()


def _moves(selection: Selection) -> Subquery:
    """The stage after every fact that can move a case, in the order in which `replay` reads them."""
    facts = _moving_facts(selection).c
    in_order: dict[str, Any] = {"partition_by": facts.case_id, "order_by": (facts.day, facts.rank, facts.sequence)}
    return select(
        facts.case_id,
        facts.day,
        _stage_after(facts, in_order).label("stage"),
        func.lead(facts.day).over(**in_order).label("next_day"),
    ).subquery()


def _moving_facts(selection: Selection) -> Subquery:
    facts, e = Facts(selection.cut), CaseEvent
    chosen = (
        select(facts.case.id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(chosen_cases(facts, selection))
    )
    return (
        select(
            e.case_id,
            e.occurred_on.label("day"),
            case(*((e.kind == kind, TRANSITIONS[kind].rank) for kind in MOVING)).label("rank"),
            e.sequence,
            e.kind,
            e.outcome,
            (Placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT).label("is_employment"),
        )
        .join(Placement, Placement.id == e.placement_id, isouter=True)
        .where(e.kind.in_(MOVING), valid_events(selection.cut), e.case_id.in_(chosen))
        .subquery()
    )


def _stage_after(facts: Any, in_order: dict[str, Any]) -> ColumnElement[Stage]:
    """As `rules._stage_after` decides it; ongoing placements are those begun less those ended."""
    kind = facts.kind
    step = case((kind == EventKind.PLACEMENT_STARTED, 1), (kind == EventKind.PLACEMENT_ENDED, -1), else_=0)
    employments = func.sum(case((facts.is_employment, step), else_=0)).over(**in_order)
    placements = func.sum(step).over(**in_order)
    met = func.bool_or(kind == EventKind.FIRST_MEETING).over(**in_order)
    after_placing = case(
        (employments > 0, _stage(Stage.EMPLOYMENT)),
        (placements > 0, _stage(Stage.PLACEMENT)),
        else_=_stage(Stage.ASSESSMENT),
    )
    after_exit = case(*((facts.outcome == outcome, _stage(outcome.stage)) for outcome in ExitOutcome))
    reopened = case((met, _stage(Stage.ASSESSMENT)), else_=_stage(Stage.ACCEPTED))
    return case(
        (kind.in_(PLACING), after_placing),
        (kind == EventKind.EXITED, after_exit),
        (kind == EventKind.REOPENED, reopened),
        *((kind == fixed, _stage(stage)) for fixed, stage in FIXED.items()),
    )


def _stage(stage: Stage) -> ColumnElement[Stage]:
    return literal(stage, STAGE)


def there_on(stay: Any, day: Any) -> ColumnElement[bool]:
    """The stay includes the day's end."""
    return and_(stay.came_on <= day, func.coalesce(stay.left_on > day, literal(True)))

"""A controller chooses another colour than the rule's, or takes the choice back. Appends and voids; never commits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.measures.goals import list_overrides
from caseflow.measures.indicators import BOARD, Indicator, list_indicators
from caseflow.measures.models import GoalOverride
from caseflow.measures.rules import Goal
from caseflow.measures.selection import Selection
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

LONGEST_COMMENT = 500


@dataclass(frozen=True)
class GoalChoice:
    """The colour and why. `seen`: the id of the choice that the controller saw standing, 0 for none."""

    chosen: Goal
    comment: str
    seen: int = 0


def get_indicator(key: str, selection: Selection) -> Indicator:
    """The board's indicator. Raises RuleBroken for a measure that the board does not follow."""
    if key not in BOARD or ":" in key:
        raise RuleBroken(_("Välj en av nämndens indikatorer."), field="measure")
    return list_indicators(selection, [key])[0]


def choose_goal(actor: Actor, key: str, selection: Selection, choice: GoalChoice) -> GoalOverride:
    """Let the colour stand in place of the rule's, for the very period and cut-off of the selection.

    The same choice sent twice is one. Raises RuleBroken when another has been made since the form was opened.
    """
    permit(actor, Permission.ASSESS_GOALS)
    if not choice.comment.strip():
        raise RuleBroken(_("Skriv varför färgen ska vara en annan."), field="comment")
    _lock()
    standing = _standing(key, selection)
    if standing is not None and (standing.chosen, standing.comment) == (choice.chosen, choice.comment.strip()):
        return standing
    _check_seen(standing, choice.seen)
    _void(actor, standing)
    override = GoalOverride(
        measure=key,
        unit_id=selection.chosen.unit.id if selection.chosen.unit else None,
        from_on=selection.period.from_on,
        to_on=selection.last_on,
        computed=get_indicator(key, selection).computed,
        chosen=choice.chosen,
        comment=choice.comment.strip(),
        recorded_by_id=actor.id,
    )
    db.session.add(override)
    db.session.flush()
    return override


def withdraw_goal(actor: Actor, key: str, selection: Selection, seen: int) -> None:
    """Let the rule's colour hold again. Once withdrawn, nothing more happens."""
    permit(actor, Permission.ASSESS_GOALS)
    _lock()
    standing = _standing(key, selection)
    if standing is not None:
        _check_seen(standing, seen)
    _void(actor, standing)


def _lock() -> None:
    # One change at a time: what stands is judged against rows that nobody else is about to add.
    db.session.execute(text("LOCK TABLE goal_override IN SHARE ROW EXCLUSIVE MODE"))


def _standing(key: str, selection: Selection) -> GoalOverride | None:
    unit = selection.chosen.unit
    return list_overrides(selection).get((key, unit.id if unit else None))


def _check_seen(standing: GoalOverride | None, seen: int) -> None:
    if (standing.id if standing else 0) != seen:
        raise RuleBroken(
            _("Någon har ändrat bedömningen sedan du öppnade sidan. Se vad som gäller nu, och välj på nytt om du vill.")
        )


def _void(actor: Actor, standing: GoalOverride | None) -> None:
    if standing is not None:
        standing.voided_at, standing.voided_by_id = clock.now(), actor.id
        db.session.flush()

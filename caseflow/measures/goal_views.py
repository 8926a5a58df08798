"""Pages where a controller judges the board's indicators."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.measures import choices, goal_services
from caseflow.measures.goal_forms import GoalForm
from caseflow.measures.indicators import BOARD, list_indicators
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.measures.views import bp
from caseflow.organisation.models import Unit
from caseflow.organisation.queries import list_units
from caseflow.organisation.rules import UnitKind
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule

# Each measure once: its parts have no colour of their own.
JUDGED = tuple(key for key in BOARD if ":" not in key)


@bp.get("/bedomningar")
@requires(Permission.ASSESS_GOALS)
def goal_list() -> ResponseReturnValue:
    """The board's indicators with the computed and the chosen colour."""
    selection = _selection()
    return render_template(
        "measures/goal_list.html",
        indicators=list_indicators(selection, JUDGED),
        selection=selection,
        words=_words(selection),
        units=[(unit.code, unit.code) for unit in list_units(UnitKind.RECEIVES)],
    )


@bp.route("/bedomningar/andra", methods=["GET", "POST"])
@requires(Permission.ASSESS_GOALS)
def goal_edit() -> ResponseReturnValue:
    """Choose another colour for one indicator, or go back to the rule's."""
    selection, key = _selection(), request.args.get("matt", "")
    if key not in JUDGED:
        return redirect(url_for("measures.goal_list"), 303)
    indicator = goal_services.get_indicator(key, selection)
    standing = indicator.override
    form = GoalForm(obj=standing, seen=str(standing.id if standing else 0))
    if form.is_submitted():
        try:
            if _save(key, selection, form):
                return redirect(url_for("measures.goal_list", **_words(selection)), 303)
        except RuleBroken as error:
            show_rule(form, error)
            # The page shows what stands now: whoever sends the form again has seen it.
            form.seen.data = str(standing.id if standing else 0)
    status = 422 if form.is_submitted() else 200
    page = render_template(
        "measures/goal_form.html", form=form, indicator=indicator, selection=selection, words=_words(selection)
    )
    return page, status


def _save(key: str, selection: Selection, form: GoalForm) -> bool:
    """Whether something was saved. Raises RuleBroken."""
    if request.form.get("step") == "withdraw":
        with unit_of_work():
            goal_services.withdraw_goal(current_actor(), key, selection, form.seen_id)
        flash(_("Färgen följer regeln igen"))
        return True
    if not form.validate():
        return False
    with unit_of_work():
        goal_services.choose_goal(current_actor(), key, selection, form.given)
    flash(_("Bedömningen är sparad"))
    return True


def _selection() -> Selection:
    """The year, cut-off and unit that the address asks for; else this year as of today."""
    today = clock.today()
    asked = choices.read_day(request.args.get("brytdag", ""))
    year = request.args.get("ar", (asked or today).year, type=int)
    if year not in choices.YEARS:
        abort(404)
    as_of = min(asked or date(year, 12, 31), today)
    return Selection(Period.year(year), Cut(as_of), Filter(unit=_unit()))


def _unit() -> Unit | None:
    code = request.args.get("enhet")
    return next((unit for unit in list_units(UnitKind.RECEIVES) if unit.code == code), None)


def _words(selection: Selection) -> dict[str, Any]:
    """What an address says it with."""
    unit = selection.chosen.unit
    words = {"ar": str(selection.period.from_on.year), "brytdag": selection.cut.as_of.isoformat()}
    return words | ({"enhet": unit.code} if unit else {})

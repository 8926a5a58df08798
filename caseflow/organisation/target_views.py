"""Pages of targets."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import targets
from caseflow.organisation.forms import EndTargetForm, TargetForm
from caseflow.organisation.queries import list_units
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule


@bp.get("/forvaltning/mal")
@requires(Permission.ADMINISTER)
def target_list() -> ResponseReturnValue:
    """Every target, those that were valid before too."""
    return render_template("organisation/target_list.html", targets=targets.list_all_targets())


@bp.route("/forvaltning/mal/nytt", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def target_new() -> ResponseReturnValue:
    """A new target; `?efter=` names the one it follows."""
    units = list_units()
    form = TargetForm(data=_following(request.args.get("efter", type=int)))
    form.offer(units)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                targets.set_target(current_actor(), form.given(units))
            flash(_("Målvärde registrerat"))
            return redirect(url_for("organisation.target_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    return render_template("organisation/target_form.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/forvaltning/mal/<int:target_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def target_end(target_id: int) -> ResponseReturnValue:
    """Let a target end without another after it."""
    target = targets.get_target(target_id)
    form = EndTargetForm()
    if form.validate_on_submit():
        assert form.last_on.data is not None
        try:
            with unit_of_work():
                targets.end_target(current_actor(), target_id, form.last_on.data)
            flash(_("Målvärdet är avslutat"))
            return redirect(url_for("organisation.target_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    return render_template("organisation/target_end.html", form=form, target=target), status


@bp.post("/forvaltning/mal/<int:target_id>/ta-bort")
@requires(Permission.ADMINISTER)
def target_remove(target_id: int) -> ResponseReturnValue:
    """Take away a target that has not begun."""
    try:
        with unit_of_work():
            targets.remove_coming_target(current_actor(), target_id)
        flash(_("Målvärdet är borttaget"))
    except RuleBroken as error:
        flash(error.message, "error")
    return redirect(url_for("organisation.target_list"), 303)


def _following(target_id: int | None) -> dict[str, object]:
    """What a target that follows another has in common with it."""
    if target_id is None:
        return {}
    old = targets.get_target(target_id)
    return {"measure": old.measure, "unit": old.unit.code if old.unit else "", "wording": old.wording}

"""Pages of targets."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import targets
from caseflow.organisation.editing import Stored, save
from caseflow.organisation.forms import EndTargetForm, TargetForm
from caseflow.organisation.queries import list_units
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission


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
    form = TargetForm(data=_following(request.args.get("efter", type=UUID)))
    form.offer(units)

    def stored() -> Stored:
        newest = targets.newest_target()
        assert newest is not None
        kept = TargetForm(formdata=None, obj=newest, unit=newest.unit.code if newest.unit else "")
        kept.offer(units)
        return Stored(kept, newest.id, newest.edited_by, newest.edited_at)

    outcome = save(form, lambda: targets.set_target(current_actor(), form.given(units), form.version.data or 0), stored)
    if outcome.is_saved:
        flash(_("Målvärde registrerat"))
        return redirect(url_for("organisation.target_list"), 303)
    return render_template("organisation/target_form.html", form=form, stale=outcome.stale), outcome.status


@bp.route("/forvaltning/mal/<uuid:target_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def target_end(target_id: UUID) -> ResponseReturnValue:
    """Let a target end without another after it."""
    form = EndTargetForm(version=targets.get_target(target_id).version)

    def edit() -> None:
        assert form.last_on.data is not None
        targets.end_target(current_actor(), target_id, form.last_on.data, form.version.data)

    def stored() -> Stored:
        now = targets.get_target(target_id)
        kept = EndTargetForm(formdata=None, last_on=now.valid_to)
        return Stored(kept, now.version, now.edited_by, now.edited_at)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Målvärdet är avslutat"))
        return redirect(url_for("organisation.target_list"), 303)
    target = targets.get_target(target_id)
    return render_template(
        "organisation/target_end.html", form=form, target=target, stale=outcome.stale
    ), outcome.status


@bp.post("/forvaltning/mal/<uuid:target_id>/ta-bort")
@requires(Permission.ADMINISTER)
def target_remove(target_id: UUID) -> ResponseReturnValue:
    """Take away a target that has not begun."""
    try:
        with unit_of_work():
            targets.remove_coming_target(current_actor(), target_id)
        flash(_("Målvärdet är borttaget"))
    except RuleBroken as error:
        flash(error.message, "error")
    return redirect(url_for("organisation.target_list"), 303)


def _following(target_id: UUID | None) -> dict[str, object]:
    """What a target that follows another has in common with it, and the newest that there is."""
    newest = targets.newest_target()
    seen: dict[str, object] = {"version": newest.id if newest else 0}
    if target_id is None:
        return seen
    old = targets.get_target(target_id)
    return {**seen, "measure": old.measure, "unit": old.unit.code if old.unit else "", "wording": old.wording}

"""The page of assessment areas: add, close, put in order."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from caseflow.cases import areas
from caseflow.cases.views import bp
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.flashes import flash_with_undo
from caseflow.web.forms import Form, show_rule, strip


class AreaForm(Form):
    """The name of an area."""

    name = StringField(_l("Namn"), [InputRequired(_l("Skriv områdets namn.")), Length(max=80)], filters=[strip])


@bp.route("/forvaltning/omraden", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def area_list() -> ResponseReturnValue:
    """The areas in the order in which they are scored."""
    form = AreaForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                areas.add_area(current_actor(), form.name.data or "")
            flash(_("Område registrerat"))
            return redirect(url_for("cases.area_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    return render_template("cases/area_list.html", form=form, areas=areas.list_all_areas()), status


@bp.route("/forvaltning/omraden/<uuid:area_id>/stang", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def area_close(area_id: UUID) -> ResponseReturnValue:
    """Ask, then close: the area is no longer scored; old scores stay."""
    if request.method == "GET":
        area = areas.get_area(area_id)
        return render_template("cases/area_close.html", area=area, count=areas.count_scores(area))
    with unit_of_work():
        areas.close_area(current_actor(), area_id)
    flash_with_undo(_("Området är stängt"), url_for("cases.area_reopen", area_id=area_id))
    return redirect(url_for("cases.area_list"), 303)


@bp.post("/forvaltning/omraden/<uuid:area_id>/oppna")
@requires(Permission.ADMINISTER)
def area_reopen(area_id: UUID) -> ResponseReturnValue:
    """The area is scored again."""
    with unit_of_work():
        areas.reopen_area(current_actor(), area_id)
    flash_with_undo(_("Området är öppet igen"), url_for("cases.area_close", area_id=area_id))
    return redirect(url_for("cases.area_list"), 303)


@bp.post("/forvaltning/omraden/<uuid:area_id>/upp")
@requires(Permission.ADMINISTER)
def area_up(area_id: UUID) -> ResponseReturnValue:
    """One place up in the order."""
    with unit_of_work():
        areas.move_up(current_actor(), area_id)
    return redirect(url_for("cases.area_list"), 303)

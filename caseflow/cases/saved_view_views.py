"""Saving a filter of the list of cases under a name, and the page of one's saved views."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from caseflow.cases import list_filter, saved_views
from caseflow.cases.forms import Needed, short_enough
from caseflow.cases.views import bp
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, show_rule, strip


class ViewForm(Form):
    name = StringField(
        _l("Namn på vyn"),
        filters=[strip],
        validators=[Needed(_l("Skriv ett namn på vyn.")), short_enough(saved_views.NAME_LENGTH)],
        description=_l("Bara du ser dina vyer. Skriv inga personuppgifter i namnet."),
    )


@bp.route("/arenden/vyer/ny", methods=["GET", "POST"])
@requires(Permission.VIEW_CASES)
def save_view() -> ResponseReturnValue:
    """Name the filter that the address has."""
    chosen, form = list_filter.parse(request.args), ViewForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                saved_views.save_view(current_actor(), form.name.data or "", chosen)
        except RuleBroken as broken:
            show_rule(form, broken)
        else:
            flash(_("Vyn är sparad"))
            return redirect(url_for("cases.case_list", **chosen.address), 303)
    back = url_for("cases.case_list", **chosen.address)
    return render_template("cases/saved_view_form.html", form=form, title=_("Spara vyn"), back=back), _status(form)


@bp.get("/arenden/vyer")
@requires(Permission.VIEW_CASES)
def saved_view_list() -> ResponseReturnValue:
    """The reader's own views."""
    views = saved_views.list_saved_views(current_actor())
    return render_template(
        "cases/saved_views.html", views=[(view, saved_views.filter_of(view).address) for view in views]
    )


@bp.route("/arenden/vyer/<uuid:view_id>/namn", methods=["GET", "POST"])
@requires(Permission.VIEW_CASES)
def rename_view(view_id: UUID) -> ResponseReturnValue:
    """Give a view another name."""
    view = saved_views.get_saved_view(current_actor(), view_id)
    form = ViewForm(obj=view)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                saved_views.rename_view(current_actor(), view, form.name.data or "")
        except RuleBroken as broken:
            show_rule(form, broken)
        else:
            flash(_("Vyn har fått ett nytt namn"))
            return redirect(url_for("cases.saved_view_list"), 303)
    back = url_for("cases.saved_view_list")
    return render_template("cases/saved_view_form.html", form=form, title=_("Byt namn på vyn"), back=back), _status(
        form
    )


@bp.post("/arenden/vyer/<uuid:view_id>/ta-bort")
@requires(Permission.VIEW_CASES)
def remove_view(view_id: UUID) -> ResponseReturnValue:
    """Take a view away; the cases are not touched."""
    with unit_of_work():
        db.session.delete(saved_views.get_saved_view(current_actor(), view_id))
    flash(_("Vyn är borttagen"))
    return redirect(url_for("cases.saved_view_list"), 303)


def _status(form: ViewForm) -> int:
    return 422 if form.errors or form.form_errors else 200

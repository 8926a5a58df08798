"""Gallringsstopp: keep somebody's record although its time is over."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from caseflow.cases.queries import get_case
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.privacy import holds
from caseflow.privacy.views import bp
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, show_rule, strip


class HoldForm(Form):
    """Why, and until when."""

    reason = TextAreaField(
        _l("Skäl"),
        [DataRequired(_l("Skriv varför uppgifterna ska vara kvar.")), Length(max=1000)],
        filters=[strip],
        description=_l("Till exempel en pågående domstolsprocess eller en begäran om registerutdrag."),
    )
    until_on = DateField(_l("Till och med"), [InputRequired(_l("Välj till och med vilken dag."))])


@bp.route("/arenden/<uuid:case_id>/gallringsstopp", methods=["GET", "POST"])
@requires(Permission.THIN_OUT)
def hold(case_id: UUID) -> ResponseReturnValue:
    """The holds on the case's participant, and a new one."""
    actor, form = current_actor(), HoldForm()
    case = get_case(actor, case_id)
    log_access(actor, AccessKind.OPENED_CASE, case_id=case.id, participant_id=case.participant_id)
    if form.validate_on_submit():
        assert form.until_on.data is not None
        try:
            with unit_of_work():
                holds.place(actor, case, form.reason.data or "", form.until_on.data)
        except RuleBroken as error:
            show_rule(form, error)
        else:
            flash(_("Gallringen är stoppad"))
            return redirect(url_for("privacy.hold", case_id=case_id), 303)
    page = render_template("privacy/hold.html", case=case, form=form, holds=holds.list_holds(case.participant_id))
    return page, 422 if form.is_submitted() else 200


@bp.post("/arenden/<uuid:case_id>/gallringsstopp/<uuid:hold_id>/slapp")
@requires(Permission.THIN_OUT)
def lift_hold(case_id: UUID, hold_id: UUID) -> ResponseReturnValue:
    """Keep it no longer than others."""
    actor = current_actor()
    get_case(actor, case_id)
    with unit_of_work():
        holds.lift(actor, hold_id)
    flash(_("Gallringsstoppet är släppt"))
    return redirect(url_for("privacy.hold", case_id=case_id), 303)

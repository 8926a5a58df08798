"""Protected cases: the manager says who may see them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from caseflow.cases import grants, protected_queries
from caseflow.cases.forms import Needed
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.security import audit
from caseflow.security.guard import current_actor, recently_confirmed, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, as_public_id, offered, show_rule, strip


class GrantForm(Form):
    """Whom, why, and until when."""

    # Nobody is chosen to begin with: it must not be whoever comes first by name.
    user = SelectField(
        _l("Vem"),
        coerce=lambda value: as_public_id(value) if value else None,
        validators=[Needed(_l("Välj vem som får se ärendet."))],
    )
    reason = TextAreaField(
        _l("Skäl"),
        [Needed(_l("Skriv varför personen behöver se ärendet.")), Length(max=1000)],
        filters=[strip],
        description=_l("Till exempel: ansvarig konsulent. Skriv inget om deltagaren."),
    )
    until_on = DateField(_l("Till och med"), [Optional()], description=_l("Tomt: tills behörigheten dras in."))


class BreakGlassForm(Form):
    """Why it cannot wait for the manager."""

    reason = TextAreaField(
        _l("Skäl"),
        [
            Needed(_l("Skriv varför du måste se ärendet nu.")),
            Length(min=10, max=180, message=_l("Skriv skälet med 10 till 180 tecken.")),
        ],
        filters=[strip],
        description=_l("Chefen och loggranskningen läser skälet. Skriv inget om deltagaren."),
    )


@bp.get("/skyddade")
@requires(Permission.GRANT_PROTECTED)
def protected_list() -> ResponseReturnValue:
    """The protected cases of the manager's units, by number, with who may see each."""
    actor = current_actor()
    page = protected_queries.list_protected(actor, clock.today(), request.args.get("page", 1, type=int))
    return render_template(
        "cases/protected_list.html", page=page, may_withdraw=lambda one: grants.may_withdraw(actor, one)
    )


@bp.route("/skyddade/<uuid:case_id>/behorighet", methods=["GET", "POST"])
@requires(Permission.GRANT_PROTECTED)
@recently_confirmed
def grant_case(case_id: UUID) -> ResponseReturnValue:
    """Let somebody see the case."""
    actor, form = current_actor(), GrantForm()
    case = grants.get_protected(actor, case_id)
    audit.read(case.participant_id, case.id)
    eligible = {user.public_id: user for user in grants.list_eligible(actor, case)}
    people = ((user.public_id, f"{user.name}, {user.role_label}") for user in eligible.values())
    form.user.choices = offered([("", _("Välj person")), *people])
    if form.validate_on_submit():
        user = eligible[form.user.data]
        try:
            with unit_of_work():
                grants.give(actor, case_id, user, form.reason.data or "", form.until_on.data)
                told = _("%(name)s får se ärendet", name=user.name)
        except RuleBroken as broken:
            show_rule(form, broken)
        else:
            flash(told)
            return redirect(url_for("cases.protected_list"), 303)
    page = render_template("cases/protected_grant.html", case=case, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/skyddade/<uuid:case_id>/behorighet/<uuid:grant_id>/dra-in")
@requires(Permission.GRANT_PROTECTED)
def withdraw_grant(case_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take it back: at once."""
    with unit_of_work():
        grants.withdraw(current_actor(), case_id, grant_id)
    flash(_("Behörigheten är indragen"))
    return redirect(url_for("cases.protected_list"), 303)


@bp.route("/skyddade/<uuid:case_id>/nodoppning", methods=["GET", "POST"])
@requires(Permission.BREAK_GLASS)
@recently_confirmed
def break_glass(case_id: UUID) -> ResponseReturnValue:
    """See a protected case of the own unit for an hour; the manager is told."""
    actor, form = current_actor(), BreakGlassForm()
    grants.get_protected(actor, case_id)
    if form.validate_on_submit():
        with unit_of_work():
            grants.break_glass(actor, case_id, form.reason.data or "")
        flash(_("Du ser ärendet i 60 minuter. Chefen får veta det."))
        return redirect(url_for("cases.case_page", case_id=case_id), 303)
    return render_template("cases/break_glass.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/skyddade/nodoppning/<uuid:glass_id>/sedd")
@requires(Permission.GRANT_PROTECTED)
def mark_glass_seen(glass_id: UUID) -> ResponseReturnValue:
    """The manager has seen it: the notice goes."""
    with unit_of_work():
        grants.mark_seen(current_actor(), glass_id)
    flash(_("Nödöppningen är markerad som sedd"))
    return redirect(url_for("cases.protected_list"), 303)


@bp.app_context_processor
def glass_broken() -> dict[str, object]:
    """For every page of a manager, asked for when it is drawn: break-glasses that nobody has marked as seen."""
    return {"glass_broken": lambda: grants.list_unseen(current_actor())}

"""Pages of the administration of users."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.accounts.models import User
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import entails, staff
from caseflow.organisation.editing import Stored, save
from caseflow.organisation.queries import list_units
from caseflow.organisation.staff_forms import NO_UNIT, NewStaffForm, StaffForm
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, recently_confirmed, requires
from caseflow.security.permissions import Permission, Role
from caseflow.web.forms import show_rule
from caseflow.web.pagination import paginate


@bp.get("/forvaltning/anvandare")
@requires(Permission.ADMINISTER)
def user_list() -> ResponseReturnValue:
    """Who has an account."""
    role = request.args.get("roll", "")
    unit_id = request.args.get("enhet", type=UUID)
    closed = request.args.get("stangda") == "1"
    sort = request.args.get("sort", "name")
    query = staff.list_users(sort, role=Role(role) if role in set(Role) else None, unit_id=unit_id, closed=closed)
    return render_template(
        "organisation/user_list.html",
        page_of_users=paginate(query, request.args.get("page", 1, type=int)),
        sort=sort,
        role=role,
        unit_id=unit_id,
        closed=closed,
        roles=list(Role),
        units=list_units(),
    )


@bp.route("/forvaltning/anvandare/ny", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_new() -> ResponseReturnValue:
    """A new user. The one-time password is on the answer and nowhere else."""
    units = list_units()
    form = NewStaffForm()
    form.offer(units)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                user, password = staff.add_user(current_actor(), form.username.data or "", form.given(units))
            return _show_password(_("Användare registrerad"), user, password)
        except RuleBroken as error:
            show_rule(form, error)
    return render_template("organisation/user_new.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/forvaltning/anvandare/<uuid:user_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_edit(user_id: UUID) -> ResponseReturnValue:
    """Name, role, unit and account of one user."""
    user = staff.get_user(user_id)
    units = list_units()
    if user.unit is not None and user.unit not in units:
        # A closed unit stays the user's until another is chosen.
        units.append(user.unit)
    form = StaffForm(data=_facts_of(user))
    form.offer(units)

    def edit() -> None:
        staff.edit_user(current_actor(), user_id, form.given(units), form.version.data)

    def stored() -> Stored:
        now = staff.get_user(user_id)
        kept = StaffForm(formdata=None, data=_facts_of(now))
        kept.offer(units)
        return Stored(kept, now.version, now.edited_by, now.edited_at)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Användaren är ändrad"))
        return redirect(url_for("organisation.user_list"), 303)
    user = staff.get_user(user_id)
    page = render_template(
        "organisation/user_edit.html",
        form=form,
        user=user,
        entailed=entails.closing_user(user),
        stale=outcome.stale,
    )
    return page, outcome.status


def _facts_of(user: User) -> dict[str, object]:
    """A user as the form has it."""
    unit = user.unit.code if user.unit else NO_UNIT
    return {"name": user.name, "role": user.role.value, "unit": unit, "version": user.version}


@bp.route("/forvaltning/anvandare/<uuid:user_id>/stang", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_close(user_id: UUID) -> ResponseReturnValue:
    """Ask, then close the account."""
    user = staff.get_user(user_id)
    if request.method == "GET":
        return render_template("organisation/user_close.html", user=user, entailed=entails.closing_user(user))
    try:
        with unit_of_work():
            staff.close_account(current_actor(), user_id)
        flash(_("Kontot är stängt"))
    except RuleBroken as error:
        flash(error.message, "error")
    return redirect(url_for("organisation.user_edit", user_id=user_id), 303)


@bp.post("/forvaltning/anvandare/<uuid:user_id>/oppna")
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_reopen(user_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    try:
        with unit_of_work():
            user, password = staff.reopen_account(current_actor(), user_id)
    except RuleBroken as error:
        flash(error.message, "error")
        return redirect(url_for("organisation.user_edit", user_id=user_id), 303)
    return _show_password(_("Kontot är öppnat"), user, password)


@bp.post("/forvaltning/anvandare/<uuid:user_id>/losenord")
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_reset_password(user_id: UUID) -> ResponseReturnValue:
    """A new one-time password."""
    with unit_of_work():
        user, password = staff.reset_password(current_actor(), user_id)
    return _show_password(_("Nytt engångslösenord"), user, password)


@bp.post("/forvaltning/anvandare/<uuid:user_id>/tvasteg")
@requires(Permission.ADMINISTER)
@recently_confirmed
def user_reset_factors(user_id: UUID) -> ResponseReturnValue:
    """Phone, key and paper are lost: the user begins anew."""
    with unit_of_work():
        user = staff.reset_factors(current_actor(), user_id)
    flash(_("Nycklar, kod-app och reservkoder är borttagna för %(name)s", name=user.name))
    return redirect(url_for("organisation.user_edit", user_id=user_id), 303)


def _show_password(title: str, user: User, password: str) -> str:
    # Not in a flash: that would lie in the session cookie.
    return render_template("organisation/one_time_password.html", title=title, user=user, password=password)

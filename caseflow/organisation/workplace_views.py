"""Pages of workplaces and employers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import queries, services
from caseflow.organisation.forms import EmployerForm, WorkplaceForm
from caseflow.organisation.rules import Sector
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule
from caseflow.web.pagination import paginate


@bp.get("/arbetsplatser")
@requires(Permission.VIEW_WORKPLACES)
def workplace_list() -> ResponseReturnValue:
    """Workplaces with their employers."""
    words = request.args.get("q", "").strip()[:100]
    sector = request.args.get("sektor", "")
    closed = request.args.get("stangda") == "1"
    sort = request.args.get("sort", "name")
    chosen = Sector(sector) if sector in set(Sector) else None
    query = queries.search_workplaces(words, sector=chosen, closed=closed, sort=sort)
    return render_template(
        "organisation/workplace_list.html",
        workplaces=paginate(query, request.args.get("page", 1, type=int)),
        words=words,
        sector=sector,
        sectors=list(Sector),
        closed=closed,
        sort=sort,
    )


@bp.route("/arbetsplatser/ny", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def workplace_new() -> ResponseReturnValue:
    """A new workplace."""
    form = WorkplaceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.add_workplace(current_actor(), form.given)
            flash(_("Arbetsplats registrerad"))
            return redirect(url_for("organisation.workplace_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    employers = queries.list_employer_names()
    return render_template("organisation/workplace_form.html", form=form, workplace=None, employers=employers), status


@bp.route("/arbetsplatser/<int:workplace_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def workplace_edit(workplace_id: int) -> ResponseReturnValue:
    """Name, employer and contact of a workplace."""
    workplace = queries.get_workplace(workplace_id)
    known = {name: getattr(workplace, name) for name in ("name", "supervisor", "phone")}
    form = WorkplaceForm(data={**known, "employer": workplace.employer.name})
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.edit_workplace(current_actor(), workplace_id, form.given)
            flash(_("Arbetsplatsen är ändrad"))
            return redirect(url_for("organisation.workplace_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    employers = queries.list_employer_names()
    page = render_template("organisation/workplace_form.html", form=form, workplace=workplace, employers=employers)
    return page, status


@bp.post("/arbetsplatser/<int:workplace_id>/stang")
@requires(Permission.MANAGE_WORKPLACES)
def workplace_close(workplace_id: int) -> ResponseReturnValue:
    """The workplace can no longer be chosen."""
    with unit_of_work():
        services.close_workplace(current_actor(), workplace_id)
    flash(_("Arbetsplatsen är stängd"))
    return redirect(url_for("organisation.workplace_list"), 303)


@bp.post("/arbetsplatser/<int:workplace_id>/oppna")
@requires(Permission.MANAGE_WORKPLACES)
def workplace_reopen(workplace_id: int) -> ResponseReturnValue:
    """The workplace can be chosen again."""
    with unit_of_work():
        services.reopen_workplace(current_actor(), workplace_id)
    flash(_("Arbetsplatsen är öppen igen"))
    return redirect(url_for("organisation.workplace_list"), 303)


@bp.route("/arbetsgivare/<int:employer_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def employer_edit(employer_id: int) -> ResponseReturnValue:
    """Name, sector and department of an employer."""
    employer = queries.get_employer(employer_id)
    sector = employer.sector.value if employer.sector else None
    form = EmployerForm(data={"name": employer.name, "sector": sector, "department": employer.department})
    if form.validate_on_submit():
        name, department = form.name.data or "", form.department.data or ""
        try:
            with unit_of_work():
                services.edit_employer(current_actor(), employer_id, name, Sector(form.sector.data), department)
            flash(_("Arbetsgivaren är ändrad"))
            return redirect(url_for("organisation.workplace_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    return render_template("organisation/employer_form.html", form=form, employer=employer), status

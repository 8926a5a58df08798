"""Pages of workplaces and employers."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import entails, queries, services
from caseflow.organisation.editing import Stored, save
from caseflow.organisation.forms import EmployerForm, WorkplaceForm
from caseflow.organisation.models import Employer
from caseflow.organisation.rules import Sector
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.flashes import flash_with_undo
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


@bp.route("/arbetsplatser/<uuid:workplace_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def workplace_edit(workplace_id: UUID) -> ResponseReturnValue:
    """Name, employer and contact of a workplace."""
    form = WorkplaceForm(data=_place_facts(workplace_id))

    def stored() -> Stored:
        now = queries.get_workplace(workplace_id)
        form = WorkplaceForm(formdata=None, data=_place_facts(workplace_id))
        return Stored(form, now.version, now.edited_by, now.edited_at)

    def edit() -> None:
        services.edit_workplace(current_actor(), workplace_id, form.given, form.version.data)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Arbetsplatsen är ändrad"))
        return redirect(url_for("organisation.workplace_list"), 303)
    workplace = queries.get_workplace(workplace_id)
    page = render_template(
        "organisation/workplace_form.html",
        form=form,
        workplace=workplace,
        employers=queries.list_employer_names(),
        entailed=entails.closing_workplace(workplace),
        stale=outcome.stale,
    )
    return page, outcome.status


@bp.route("/arbetsplatser/<uuid:workplace_id>/stang", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def workplace_close(workplace_id: UUID) -> ResponseReturnValue:
    """Ask, then close: the workplace can no longer be chosen."""
    if request.method == "GET":
        workplace = queries.get_workplace(workplace_id)
        entailed = entails.closing_workplace(workplace)
        return render_template("organisation/workplace_close.html", workplace=workplace, entailed=entailed)
    with unit_of_work():
        services.close_workplace(current_actor(), workplace_id)
    undo = url_for("organisation.workplace_reopen", workplace_id=workplace_id)
    flash_with_undo(_("Arbetsplatsen är stängd"), undo)
    return redirect(url_for("organisation.workplace_list"), 303)


@bp.post("/arbetsplatser/<uuid:workplace_id>/oppna")
@requires(Permission.MANAGE_WORKPLACES)
def workplace_reopen(workplace_id: UUID) -> ResponseReturnValue:
    """The workplace can be chosen again."""
    with unit_of_work():
        services.reopen_workplace(current_actor(), workplace_id)
    undo = url_for("organisation.workplace_close", workplace_id=workplace_id)
    flash_with_undo(_("Arbetsplatsen är öppen igen"), undo)
    return redirect(url_for("organisation.workplace_list"), 303)


@bp.route("/arbetsgivare/<uuid:employer_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WORKPLACES)
def employer_edit(employer_id: UUID) -> ResponseReturnValue:
    """Name, sector and department of an employer."""
    form = EmployerForm(data=_facts_of(queries.get_employer(employer_id)))

    def edit() -> None:
        name, department, version = form.name.data or "", form.department.data or "", form.version.data
        sector = Sector(form.sector.data)
        services.edit_employer(current_actor(), employer_id, name, sector, department, version)

    def stored() -> Stored:
        now = queries.get_employer(employer_id)
        return Stored(EmployerForm(formdata=None, data=_facts_of(now)), now.version, now.edited_by, now.edited_at)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Arbetsgivaren är ändrad"))
        return redirect(url_for("organisation.workplace_list"), 303)
    employer = queries.get_employer(employer_id)
    page = render_template("organisation/employer_form.html", form=form, employer=employer, stale=outcome.stale)
    return page, outcome.status


def _place_facts(workplace_id: UUID) -> dict[str, object]:
    """A workplace as its form has it."""
    place = queries.get_workplace(workplace_id)
    known = {name: getattr(place, name) for name in ("name", "supervisor", "phone", "version")}
    return {**known, "employer": place.employer.name}


def _facts_of(employer: Employer) -> dict[str, object]:
    """An employer as its form has it."""
    sector = employer.sector.value if employer.sector else None
    return {
        "name": employer.name,
        "sector": sector,
        "department": employer.department,
        "version": employer.version,
    }

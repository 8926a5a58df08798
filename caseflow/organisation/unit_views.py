"""Pages of units and programmes."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import queries, services
from caseflow.organisation.forms import BudgetForm, GoalForm, NewUnitForm, ProgrammeForm, UnitCostForm, UnitForm
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import UnitKind
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule


@bp.get("/forvaltning/enheter")
@requires(Permission.ADMINISTER)
def unit_list() -> ResponseReturnValue:
    """Every unit, open and closed."""
    return render_template("organisation/unit_list.html", units=queries.list_all_units())


@bp.route("/forvaltning/enheter/ny", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def unit_new() -> ResponseReturnValue:
    """A new unit."""
    form = NewUnitForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.add_unit(
                    current_actor(),
                    form.code.data or "",
                    form.name.data or "",
                    UnitKind(form.kind.data),
                    form.purpose.data or "",
                )
            flash(_("Enhet registrerad"))
            return redirect(url_for("organisation.unit_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    return render_template("organisation/unit_form.html", form=form, unit=None), 422 if form.is_submitted() else 200


@bp.route("/forvaltning/enheter/<code>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def unit_edit(code: str) -> ResponseReturnValue:
    """Name and purpose of a unit."""
    unit = queries.get_unit(code)
    form = UnitForm(obj=unit)
    if form.validate_on_submit():
        with unit_of_work():
            services.edit_unit(current_actor(), code, form.name.data or "", form.purpose.data or "")
        flash(_("Enheten är ändrad"))
        return redirect(url_for("organisation.unit_list"), 303)
    cost = UnitCostForm(formdata=None, year=clock.today().year - 1)
    return _unit_page(unit, form, cost), 422 if form.is_submitted() else 200


@bp.post("/forvaltning/enheter/<code>/kostnad")
@requires(Permission.ADMINISTER)
def unit_cost_set(code: str) -> ResponseReturnValue:
    """What the unit cost one year: new, or in place of what stood there."""
    unit, cost = queries.get_unit(code), UnitCostForm()
    if not cost.validate_on_submit():
        return _unit_page(unit, UnitForm(formdata=None, obj=unit), cost), 422
    year, net_cost_kr = cost.year.data, cost.net_cost_kr.data
    assert year is not None
    assert net_cost_kr is not None
    with unit_of_work():
        services.set_unit_cost(current_actor(), code, year, net_cost_kr)
    flash(_("Nettokostnad för %(year)s registrerad", year=year))
    return redirect(url_for("organisation.unit_edit", code=code), 303)


def _unit_page(unit: Unit, form: UnitForm, cost: UnitCostForm) -> str:
    costs = queries.list_unit_costs(unit)
    return render_template("organisation/unit_form.html", form=form, unit=unit, cost=cost, costs=costs)


@bp.post("/forvaltning/enheter/<code>/stang")
@requires(Permission.ADMINISTER)
def unit_close(code: str) -> ResponseReturnValue:
    """The unit can no longer be chosen."""
    with unit_of_work():
        services.close_unit(current_actor(), code)
    flash(_("%(code)s är stängd", code=code))
    return redirect(url_for("organisation.unit_list"), 303)


@bp.post("/forvaltning/enheter/<code>/oppna")
@requires(Permission.ADMINISTER)
def unit_reopen(code: str) -> ResponseReturnValue:
    """The unit can be chosen again."""
    with unit_of_work():
        services.reopen_unit(current_actor(), code)
    flash(_("%(code)s är öppen igen", code=code))
    return redirect(url_for("organisation.unit_list"), 303)


@bp.get("/forvaltning/program")
@requires(Permission.ADMINISTER)
def programme_list() -> ResponseReturnValue:
    """Every programme."""
    return render_template("organisation/programme_list.html", programmes=queries.list_programmes())


@bp.route("/forvaltning/program/nytt", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def programme_new() -> ResponseReturnValue:
    """A new programme."""
    form = ProgrammeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.add_programme(current_actor(), form.given)
            flash(_("Program registrerat"))
            return redirect(url_for("organisation.programme_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    status = 422 if form.is_submitted() else 200
    return render_template("organisation/programme_form.html", form=form, programme=None), status


@bp.route("/forvaltning/program/<code>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def programme_edit(code: str) -> ResponseReturnValue:
    """Name, span and goal of a programme."""
    form = ProgrammeForm(obj=queries.get_programme(code))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.edit_programme(current_actor(), code, form.given)
            flash(_("Programmet är ändrat"))
            return redirect(url_for("organisation.programme_list"), 303)
        except RuleBroken as error:
            show_rule(form, error)
    return _programme_page(code, form), 422 if form.is_submitted() else 200


@bp.post("/forvaltning/program/<code>/budget")
@requires(Permission.ADMINISTER)
def budget_set(code: str) -> ResponseReturnValue:
    """The money of one year: new, or in place of what stood there."""
    programme = queries.get_programme(code)
    budget = BudgetForm()
    if not budget.validate_on_submit():
        return _programme_page(code, ProgrammeForm(formdata=None, obj=programme), budget=budget), 422
    year, granted, reduction = budget.year.data, budget.granted_kr.data, budget.assistance_reduction_kr.data
    assert year is not None
    assert granted is not None
    assert reduction is not None
    with unit_of_work():
        services.set_budget(current_actor(), code, year, granted, reduction)
    flash(_("Budget för %(year)s registrerad", year=year))
    return redirect(url_for("organisation.programme_edit", code=code), 303)


@bp.post("/forvaltning/program/<code>/mal")
@requires(Permission.ADMINISTER)
def goal_set(code: str) -> ResponseReturnValue:
    """The places of one year and board: new, or in place of what stood there."""
    programme = queries.get_programme(code)
    goal = GoalForm()
    if not goal.validate_on_submit():
        return _programme_page(code, ProgrammeForm(formdata=None, obj=programme), goal=goal), 422
    year, places = goal.goal_year.data, goal.places.data
    assert year is not None
    assert places is not None
    with unit_of_work():
        services.set_goal(current_actor(), code, year, goal.board.data or "", places)
    flash(_("Mål för %(year)s registrerat", year=year) if places else _("Mål för %(year)s borttaget", year=year))
    return redirect(url_for("organisation.programme_edit", code=code), 303)


def _programme_page(
    code: str, form: ProgrammeForm, *, budget: BudgetForm | None = None, goal: GoalForm | None = None
) -> str:
    this_year = clock.today().year
    return render_template(
        "organisation/programme_form.html",
        form=form,
        programme=queries.get_programme(code),
        budget=budget or BudgetForm(formdata=None, year=this_year),
        goal=goal or GoalForm(formdata=None, goal_year=this_year),
    )

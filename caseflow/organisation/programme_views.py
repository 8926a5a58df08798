"""Pages of programmes, their goals and their money."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import queries, services
from caseflow.organisation.editing import Outcome, Stored, save
from caseflow.organisation.forms import BudgetForm, GoalForm, ProgrammeForm
from caseflow.organisation.models import Programme
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import show_rule


@bp.get("/forvaltning/program")
@requires(Permission.ADMINISTER)
def programme_list() -> ResponseReturnValue:
    """Every programme."""
    sort = request.args.get("sort", "name")
    return render_template(
        "organisation/programme_list.html", programmes=queries.list_programmes(sort), sort=sort, today=clock.today()
    )


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


@bp.route("/forvaltning/program/<uuid:programme_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def programme_edit(programme_id: UUID) -> ResponseReturnValue:
    """Name, span and goal of a programme. `?ar=` opens that year's budget, `?malar=` and `?namnd=` a goal."""
    programme = queries.get_addressed_programme(programme_id)
    form, code = ProgrammeForm(obj=programme), programme.code

    def stored() -> Stored:
        now = queries.get_programme(code)
        return Stored(ProgrammeForm(formdata=None, obj=now), now.version, now.edited_by, now.edited_at)

    outcome = save(form, lambda: services.edit_programme(current_actor(), code, form.given, form.version.data), stored)
    if outcome.is_saved:
        flash(_("Programmet är ändrat"))
        return redirect(url_for("organisation.programme_list"), 303)
    return _programme_page(code, form, outcome), outcome.status


@bp.post("/forvaltning/program/<uuid:programme_id>/budget")
@requires(Permission.ADMINISTER)
def budget_set(programme_id: UUID) -> ResponseReturnValue:
    """The money of one year: new, or in place of what stood there."""
    programme, budget = queries.get_addressed_programme(programme_id), BudgetForm()
    code = programme.code

    def edit() -> None:
        year, granted, reduction = budget.year.data, budget.granted_kr.data, budget.assistance_reduction_kr.data
        assert year is not None
        assert granted is not None
        assert reduction is not None
        services.set_budget(current_actor(), code, year, granted, reduction, budget.version.data)

    def stored() -> Stored:
        now = queries.get_programme(code)
        assert budget.year.data is not None
        row = queries.find_budget(now, budget.year.data)
        form = _budget_form(now, budget.year.data)
        return Stored(form, form.version.data, row.edited_by if row else "", row.edited_at if row else None)

    outcome = save(budget, edit, stored)
    if outcome.is_saved:
        flash(_("Budget för %(year)s registrerad", year=budget.year.data))
        return redirect(url_for("organisation.programme_edit", programme_id=programme_id), 303)
    return _programme_page(
        code, ProgrammeForm(formdata=None, obj=programme), outcome, budget=budget, verb=_("Registrera budget")
    ), outcome.status


@bp.post("/forvaltning/program/<uuid:programme_id>/mal")
@requires(Permission.ADMINISTER)
def goal_set(programme_id: UUID) -> ResponseReturnValue:
    """The places of one year and board: new, or in place of what stood there."""
    programme, goal = queries.get_addressed_programme(programme_id), GoalForm()
    code = programme.code

    def edit() -> None:
        assert goal.goal_year.data is not None
        assert goal.places.data is not None
        services.set_goal(
            current_actor(), code, goal.goal_year.data, goal.board.data or "", goal.places.data, goal.version.data
        )

    def stored() -> Stored:
        now = queries.get_programme(code)
        assert goal.goal_year.data is not None
        row = queries.find_goal(now, goal.goal_year.data, goal.board.data or "")
        form = _goal_form(now, goal.goal_year.data, goal.board.data or "")
        return Stored(form, form.version.data, row.edited_by if row else "", row.edited_at if row else None)

    outcome = save(goal, edit, stored)
    if outcome.is_saved:
        year = goal.goal_year.data
        flash(
            _("Mål för %(year)s registrerat", year=year)
            if goal.places.data
            else _("Mål för %(year)s borttaget", year=year)
        )
        return redirect(url_for("organisation.programme_edit", programme_id=programme_id), 303)
    return _programme_page(
        code, ProgrammeForm(formdata=None, obj=programme), outcome, goal=goal, verb=_("Registrera mål")
    ), outcome.status


def _budget_form(programme: Programme, year: int) -> BudgetForm:
    """The form of a year, with what stands there."""
    standing = queries.find_budget(programme, year)
    return BudgetForm(formdata=None, obj=standing) if standing else BudgetForm(formdata=None, year=year)


def _goal_form(programme: Programme, year: int, board: str) -> GoalForm:
    """The form of a year and a board, with what stands there."""
    standing = queries.find_goal(programme, year, board)
    if standing is None or not standing.places:
        return GoalForm(formdata=None, goal_year=year, board=board)
    return GoalForm(formdata=None, obj=standing, goal_year=year)


def _opened_budget(programme: Programme) -> BudgetForm | None:
    year = request.args.get("ar", type=int)
    return None if year is None else _budget_form(programme, year)


def _opened_goal(programme: Programme) -> GoalForm | None:
    year = request.args.get("malar", type=int)
    return None if year is None else _goal_form(programme, year, request.args.get("namnd", ""))


def _programme_page(
    code: str,
    form: ProgrammeForm,
    outcome: Outcome,
    *,
    budget: BudgetForm | None = None,
    goal: GoalForm | None = None,
    verb: str = "",
) -> str:
    programme = queries.get_programme(code)
    year = clock.today().year
    return render_template(
        "organisation/programme_form.html",
        form=form,
        programme=programme,
        budget=budget or _opened_budget(programme) or BudgetForm(formdata=None, year=year),
        goal=goal or _opened_goal(programme) or GoalForm(formdata=None, goal_year=year),
        stale=outcome.stale,
        verb=verb,
    )

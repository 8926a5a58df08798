"""Pages of units."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.organisation import disclosure, entails, queries, services
from caseflow.organisation.editing import Outcome, Stored, save
from caseflow.organisation.forms import NewUnitForm, UnitCostForm, UnitForm
from caseflow.organisation.rules import UnitKind
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.flashes import flash_with_undo
from caseflow.web.forms import show_rule


@bp.get("/forvaltning/enheter")
@requires(Permission.ADMINISTER)
def unit_list() -> ResponseReturnValue:
    """Every unit, open and closed."""
    sort = request.args.get("sort", "")
    return render_template("organisation/unit_list.html", units=queries.list_all_units(sort), sort=sort)


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


@bp.route("/forvaltning/enheter/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def unit_edit(unit_id: UUID) -> ResponseReturnValue:
    """Name and purpose of a unit. `?ar=` opens the cost of that year."""
    unit = queries.get_addressed_unit(unit_id)
    form, code = UnitForm(obj=unit), unit.code

    def edit() -> None:
        services.edit_unit(current_actor(), code, form.name.data or "", form.purpose.data or "", form.version.data)

    def stored() -> Stored:
        unit = queries.get_unit(code)
        return Stored(UnitForm(formdata=None, obj=unit), unit.version, unit.edited_by, unit.edited_at)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Enheten är ändrad"))
        return redirect(url_for("organisation.unit_list"), 303)
    opened = request.args.get("ar", type=int)
    cost = _cost_form(code, opened) if opened else UnitCostForm(formdata=None, year=clock.today().year - 1)
    return _unit_page(code, form, cost, outcome, _("Ändra enhet")), outcome.status


@bp.post("/forvaltning/enheter/<uuid:unit_id>/kostnad")
@requires(Permission.ADMINISTER)
def unit_cost_set(unit_id: UUID) -> ResponseReturnValue:
    """What the unit cost one year: new, or in place of what stood there."""
    cost, unit = UnitCostForm(), queries.get_addressed_unit(unit_id)
    code = unit.code

    def edit() -> None:
        assert cost.year.data is not None
        assert cost.net_cost_kr.data is not None
        services.set_unit_cost(current_actor(), code, cost.year.data, cost.net_cost_kr.data, cost.version.data)

    def stored() -> Stored:
        assert cost.year.data is not None
        standing = queries.find_unit_cost(queries.get_unit(code), cost.year.data)
        at = standing.recorded_at if standing else None
        form = _cost_form(code, cost.year.data)
        return Stored(form, form.version.data, at=at)

    outcome = save(cost, edit, stored)
    if outcome.is_saved:
        flash(_("Nettokostnad för %(year)s registrerad", year=cost.year.data))
        return redirect(url_for("organisation.unit_edit", unit_id=unit_id), 303)
    form = UnitForm(formdata=None, obj=unit)
    return _unit_page(code, form, cost, outcome, _("Registrera nettokostnad")), outcome.status


def _cost_form(code: str, year: int) -> UnitCostForm:
    """The form of a year, with what stands there."""
    standing = queries.find_unit_cost(queries.get_unit(code), year)
    if standing is None:
        return UnitCostForm(formdata=None, year=year)
    return UnitCostForm(formdata=None, year=year, net_cost_kr=standing.net_cost_kr, version=standing.id)


def _unit_page(code: str, form: UnitForm, cost: UnitCostForm, outcome: Outcome, verb: str) -> str:
    unit = queries.get_unit(code)
    return render_template(
        "organisation/unit_form.html",
        form=form,
        unit=unit,
        cost=cost,
        costs=queries.list_unit_costs(unit),
        pairs=disclosure.list_pairs(unit),
        entailed=entails.closing_unit(unit),
        stale=outcome.stale,
        verb=verb,
    )


@bp.route("/forvaltning/enheter/<uuid:unit_id>/stang", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def unit_close(unit_id: UUID) -> ResponseReturnValue:
    """Ask, then close: the unit can no longer be chosen."""
    unit = queries.get_addressed_unit(unit_id)
    if request.method == "GET":
        return render_template("organisation/unit_close.html", unit=unit, entailed=entails.closing_unit(unit))
    code = unit.code
    with unit_of_work():
        services.close_unit(current_actor(), code)
    flash_with_undo(_("%(code)s är stängd", code=code), url_for("organisation.unit_reopen", unit_id=unit_id))
    return redirect(url_for("organisation.unit_list"), 303)


@bp.post("/forvaltning/enheter/<uuid:unit_id>/oppna")
@requires(Permission.ADMINISTER)
def unit_reopen(unit_id: UUID) -> ResponseReturnValue:
    """The unit can be chosen again."""
    code = queries.get_addressed_unit(unit_id).code
    with unit_of_work():
        services.reopen_unit(current_actor(), code)
    flash_with_undo(_("%(code)s är öppen igen", code=code), url_for("organisation.unit_close", unit_id=unit_id))
    return redirect(url_for("organisation.unit_list"), 303)

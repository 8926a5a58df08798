"""The page of a pair of units: on which grounds the one hands over to the other."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.organisation import disclosure, queries
from caseflow.organisation.editing import Stored, save
from caseflow.organisation.forms import DisclosureRuleForm
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import Ground, UnitKind
from caseflow.organisation.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission


@bp.route("/forvaltning/enheter/<uuid:unit_id>/utlamnande/<uuid:to_unit_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def unit_disclosure(unit_id: UUID, to_unit_id: UUID) -> ResponseReturnValue:
    """Which grounds there are for what the unit refers to the other, and which one is chosen beforehand."""
    unit, to_unit = queries.get_addressed_unit(unit_id), queries.get_addressed_unit(to_unit_id)
    if (unit.kind, to_unit.kind) != (UnitKind.REFERS, UnitKind.RECEIVES):
        raise NotFound(_("Enheten finns inte."))
    form = DisclosureRuleForm(**_values(unit, to_unit))

    def edit() -> None:
        grounds = [Ground(value) for value in form.grounds.data or []]
        default = Ground(form.default_ground.data) if form.default_ground.data else None
        disclosure.set_rule(current_actor(), unit, to_unit, grounds, default, form.version.data)

    def stored() -> Stored:
        rule = disclosure.find_rule(unit.id, to_unit.id)
        form = DisclosureRuleForm(formdata=None, **_values(unit, to_unit))
        return Stored(form, rule.version, rule.edited_by, rule.edited_at) if rule else Stored(form, 0)

    outcome = save(form, edit, stored)
    if outcome.is_saved:
        flash(_("Grunderna för utlämnande till %(unit)s är ändrade", unit=to_unit.code))
        return redirect(url_for("organisation.unit_edit", unit_id=unit_id), 303)
    page = render_template(
        "organisation/unit_disclosure.html", form=form, unit=unit, to_unit=to_unit, stale=outcome.stale
    )
    return page, outcome.status


def _values(unit: Unit, to_unit: Unit) -> dict[str, object]:
    rule = disclosure.find_rule(unit.id, to_unit.id)
    if rule is None:
        return {"grounds": [], "default_ground": None, "version": 0}
    return {"grounds": [*rule.grounds], "default_ground": rule.default_ground, "version": rule.version}

"""Placements of a case: start, end, wage costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from caseflow.cases import case_queries, forms, placements, steps
from caseflow.cases.case_views_frame import StepPage, may_come, open_case, run
from caseflow.cases.models import Case, Placement
from caseflow.cases.placements import PlacementInput
from caseflow.cases.rules import FULL_TIME_PERCENT
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.core.periods import first_of_month
from caseflow.organisation.models import Workplace
from caseflow.security.guard import requires
from caseflow.security.permissions import Actor, Permission
from caseflow.web.forms import offered

USUAL_PERCENT = 75


@bp.route("/arenden/<uuid:case_id>/placering", methods=["GET", "POST"])
@requires(Permission.LOG_CASE)
def start_placement(case_id: UUID) -> ResponseReturnValue:
    """A placement begins."""
    kind = EventKind.PLACEMENT_STARTED
    case = open_case(case_id, may_come(kind))
    workplaces = case_queries.list_workplaces_by_use(case.to_unit)
    form = forms.PlacementForm()
    taken = sum(placement.percent for placement in steps.ongoing(case))
    if request.method == "GET":
        form.kind.data = PlacementKind.INTERNSHIP.value
        form.percent.data = min(USUAL_PERCENT, FULL_TIME_PERCENT - taken) or None
        form.on.data = clock.today()
    if taken:
        form.percent.description = _("Pågående placeringar tar %(taken)s %%. Tillsammans högst 100 %%.", taken=taken)
    chosen = PlacementKind(form.kind.data).label if form.kind.data in list(PlacementKind) else _("Placering")
    page = placement_page(_("Registrera placering"), _("%(kind)s registrerad", kind=chosen), workplaces)
    return run(
        case,
        form,
        page,
        may_come(kind),
        lambda actor, locked: _register(actor, locked, form, workplaces),
        kind,
    )


def placement_page(title: str, done: str, workplaces: Sequence[Workplace], **context: object) -> StepPage:
    """The page of a placement's facts, new or corrected."""
    return StepPage(
        title,
        title,
        done,
        template="cases/step_placement.html",
        failed=_("Placeringen är inte registrerad"),
        # Labels, not rows: after a refused step the rows would be read again one by one.
        context={"workplaces": [workplace.label for workplace in workplaces], **context},
    )


def _register(actor: Actor, case: Case, form: forms.PlacementForm, workplaces: Sequence[Workplace]) -> None:
    placements.register_placement(actor, case, placement_input(form, workplaces), form.note.data or "")


def placement_input(form: forms.PlacementForm, workplaces: Sequence[Workplace]) -> PlacementInput:
    """The filled-in form as a placement. Raises RuleBroken for a workplace that nobody knows."""
    return PlacementInput(
        kind=PlacementKind(form.kind.data),
        workplace=_workplace(form.workplace.data, workplaces),
        percent=form.percent.data,
        starts_on=form.on.data,
        form=form.chosen_form,
        supervisor=form.supervisor.data or "",
        planned_end_on=form.planned_end_on.data,
    )


def _workplace(text: str, workplaces: Sequence[Workplace]) -> Workplace:
    """The workplace with the label, or with the name where only one has it."""
    wanted = text.casefold()
    labelled = [place for place in workplaces if place.label.casefold() == wanted]
    found = labelled or [place for place in workplaces if place.name.casefold() == wanted]
    if not found:
        raise RuleBroken(
            _("Arbetsplatsen finns inte i listan. Välj en som finns, eller lägg till den under Arbetsplatser först."),
            field="workplace",
        )
    if len(found) > 1:
        raise RuleBroken(
            _("Flera arbetsplatser heter %(name)s. Välj den rätta ur listan.", name=text), field="workplace"
        )
    return found[0]


def _get_placement(case: Case, placement_id: UUID) -> Placement:
    """A placement of the case that stands. Raises NotFound."""
    for placement in steps.starts(case):
        if placement.public_id == placement_id:
            return placement
    raise NotFound(_("Placeringen finns inte i ärendet."))


@bp.route("/arenden/<uuid:case_id>/placering/<uuid:placement_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.LOG_CASE)
def end_placement(case_id: UUID, placement_id: UUID) -> ResponseReturnValue:
    """A placement has ended."""

    def demand(case: Case) -> None:
        end = steps.ends(case).get(_get_placement(case, placement_id))
        if end is not None:
            raise RuleBroken(
                _(
                    "Placeringen är redan avslutad %(day)s. Rätta slutdatumet i händelserna.",
                    day=end.occurred_on,
                )
            )

    case = open_case(case_id, demand)
    placement = _get_placement(case, placement_id)
    form = forms.EndPlacementForm()
    if request.method == "GET" and placement.planned_end_on is not None:
        form.on.data = min(placement.planned_end_on, clock.today())
    start = steps.starts(case)[placement].occurred_on
    page = StepPage(
        _("Avsluta placering"),
        _("Avsluta placering"),
        _("%(kind)s avslutad", kind=placement.label),
        template="cases/step_end.html",
        intro=_(
            "%(placement)s, %(workplace)s, %(percent)s %% från %(start)s.",
            placement=placement.label,
            workplace=placement.workplace.label,
            percent=placement.percent,
            start=start,
        ),
    )
    return run(
        case,
        form,
        page,
        demand,
        lambda actor, locked: placements.end_placement(
            actor, locked, _get_placement(locked, placement_id), form.on.data, form.note.data
        ),
        EventKind.PLACEMENT_ENDED,
    )


@bp.route("/arenden/<uuid:case_id>/lonekostnad", methods=["GET", "POST"])
@requires(Permission.LOG_CASE)
def wage_cost(case_id: UUID) -> ResponseReturnValue:
    """What an employment cost one month."""

    def demand(case: Case) -> None:
        if not _employments(case):
            raise RuleBroken(
                _("Lönekostnad hör till en arbetsmarknadsanställning, och ärendet har ingen. Registrera den först.")
            )

    case = open_case(case_id, demand)
    form = forms.WageCostForm()
    employments = {placement.public_id: placement for placement in _employments(case)}
    form.placement.choices = offered(
        [(placement.public_id, f"{placement.label}, {placement.workplace.label}") for placement in employments.values()]
    )
    if request.method == "GET":
        _as_last_month(form, employments, request.args.get("placering", type=UUID))
        started_on = steps.starts(case)[employments[form.placement.data]].occurred_on
        # Last month, as the form has it, unless the employment began later.
        if form.month_on.data is None or form.month_on.data < first_of_month(started_on):
            form.month_on.data = first_of_month(started_on)
    page = StepPage(
        _("Registrera lönekostnad"),
        _("Registrera lönekostnad"),
        _("Lönekostnad registrerad"),
        template="cases/step_wage_cost.html",
        intro=_("En månad som redan har en lönekostnad får den nya; den gamla står kvar som rättad."),
    )
    return run(case, form, page, demand, lambda actor, locked: _register_cost(actor, locked, form))


def _employments(case: Case) -> list[Placement]:
    """The employments that stand, the latest first."""
    return [placement for placement in steps.starts(case) if placement.kind.is_employment][::-1]


def _as_last_month(form: forms.WageCostForm, employments: dict[UUID, Placement], chosen: UUID | None) -> None:
    """Begin with the sums of the latest month: they seldom change."""
    placement = employments.get(chosen) if chosen else None
    placement = placement or next(iter(employments.values()))
    form.placement.data = placement.public_id
    standing = [cost for cost in placement.wage_costs if cost.voided_at is None]
    if standing:
        last = max(standing, key=lambda cost: cost.month_on)
        form.wage_kr.data, form.af_kr.data, form.programme_kr.data = last.wage_kr, last.af_kr, last.programme_kr


def _register_cost(actor: Actor, case: Case, form: forms.WageCostForm) -> None:
    placement = _get_placement(case, form.placement.data)
    month_on = form.month_on.data
    assert month_on is not None
    assert form.wage_kr.data is not None
    started_on = steps.starts(case)[placement].occurred_on
    if not first_of_month(started_on) <= month_on <= clock.today():
        raise RuleBroken(
            _(
                "Välj en månad från %(started_on)s, då anställningen började, till och med %(today)s.",
                started_on=f"{started_on:%Y-%m}",
                today=f"{clock.today():%Y-%m}",
            ),
            field="month_on",
        )
    placements.register_wage_cost(
        actor,
        case,
        placement,
        month_on,
        form.wage_kr.data,
        form.af_kr.data or Decimal(0),
        form.programme_kr.data or Decimal(0),
    )

"""Placements: start, end, wage costs. Services like those of `services.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from caseflow.cases import log
from caseflow.cases.models import Case, CaseEvent, Placement, WageCost
from caseflow.cases.services import changed
from caseflow.cases.terms import EmploymentForm, EventKind, PlacementKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.core.periods import add_months, first_of_month
from caseflow.organisation.models import Workplace
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


@dataclass(frozen=True)
class PlacementInput:
    """What a placement is when it starts. `form` goes with a subsidised employment, and only with that."""

    kind: PlacementKind
    workplace: Workplace
    percent: int
    starts_on: date
    form: EmploymentForm | None = None
    supervisor: str = ""
    planned_end_on: date | None = None
    external_id: str | None = None


def register_placement(actor: Actor, case: Case, given: PlacementInput, note: str = "") -> Placement:
    """Start a placement. Raises RuleBroken (more than 100 % together, before the first meeting …)."""
    permit(actor, Permission.LOG_CASE)
    placement = start(case, given, actor, note)
    changed(case)
    return placement


def start(case: Case, given: PlacementInput, actor: Actor, note: str = "") -> Placement:
    """Append the start of a new placement."""
    placement = build(given)
    log.append(case, EventKind.PLACEMENT_STARTED, given.starts_on, actor, placement=placement, note=note)
    return placement


def build(given: PlacementInput) -> Placement:
    """The placement row, after its own checks. Raises RuleBroken."""
    if not 1 <= given.percent <= 100:
        raise RuleBroken(_("Omfattningen är ett heltal från 1 till 100 procent."), field="omfattning_procent")
    if given.kind.is_employment and given.form is None:
        raise RuleBroken(_("Välj anställningsform för arbetsmarknadsanställningen."), field="anstallningsform")
    if not given.kind.is_employment and given.form is not None:
        raise RuleBroken(
            _("En %(kind)s har ingen anställningsform. Lämna den tom.", kind=given.kind.label.lower()),
            field="anstallningsform",
        )
    if given.planned_end_on is not None and given.planned_end_on < given.starts_on:
        raise RuleBroken(
            _(
                "Planerat slut %(end)s kan inte ligga före starten %(start)s.",
                end=given.planned_end_on,
                start=given.starts_on,
            ),
            field="planerat_slut",
        )
    return Placement(
        kind=given.kind,
        form=given.form,
        workplace=given.workplace,
        percent=given.percent,
        supervisor=given.supervisor,
        planned_end_on=given.planned_end_on,
        external_id=given.external_id,
    )


def end_placement(actor: Actor, case: Case, placement: Placement, on: date, reason: str) -> None:
    """The placement's last day, and why it ended."""
    permit(actor, Permission.LOG_CASE)
    if not reason.strip():
        raise RuleBroken(_("Ange varför placeringen slutade."), field="slutorsak")
    end(case, placement, on, actor, reason)
    changed(case)


def end(case: Case, placement: Placement, on: date, actor: Actor, reason: str = "") -> CaseEvent:
    """Append the end of a placement."""
    return log.append(case, EventKind.PLACEMENT_ENDED, on, actor, placement=placement, note=reason.strip())


def register_wage_cost(
    actor: Actor,
    case: Case,
    placement: Placement,
    month_on: date,
    wage_kr: Decimal,
    af_kr: Decimal,
    programme_kr: Decimal,
) -> None:
    """What the employment cost one month and who paid. A sum already there is voided and replaced."""
    permit(actor, Permission.LOG_CASE)
    set_wage_cost(placement, month_on, wage_kr, af_kr, programme_kr, actor)
    case.version += 1
    changed(case)


def set_wage_cost(
    placement: Placement, month_on: date, wage_kr: Decimal, af_kr: Decimal, programme_kr: Decimal, actor: Actor
) -> WageCost:
    """Keep one month's cost, kronor. Raises RuleBroken when it is not an employment's or the sums cannot be."""
    if not placement.kind.is_employment:
        raise RuleBroken(
            _("Lönekostnad hör till en arbetsmarknadsanställning. Kontrollera placeringen."), field="placering_id"
        )
    if min(wage_kr, af_kr, programme_kr) < 0:
        raise RuleBroken(_("Ange beloppen utan minustecken."), field="lonekostnad")
    if af_kr + programme_kr > wage_kr:
        raise RuleBroken(_("Bidrag och programmedel är tillsammans större än lönekostnaden."), field="af_bidrag")
    month_on, now = first_of_month(month_on), clock.now()
    starts_on, ends_on = span(placement)
    if not is_paid_month(month_on, starts_on, ends_on):
        raise RuleBroken(
            _(
                "Anställningen pågår %(starts_on)s–%(ends_on)s. Ange en månad däremellan, eller den närmast efter.",
                starts_on=starts_on,
                ends_on=ends_on or "",
            ),
            field="manad",
        )
    for old in placement.wage_costs:
        if old.month_on == month_on and old.voided_at is None:
            old.voided_at = now
    cost = WageCost(
        month_on=month_on,
        wage_kr=wage_kr,
        af_kr=af_kr,
        programme_kr=programme_kr,
        recorded_at=now,
        recorded_by_id=actor.id,
    )
    placement.wage_costs.append(cost)
    return cost


def span(placement: Placement) -> tuple[date, date | None]:
    """The first and the last day of a placement that has begun, as its valid events say; None while it goes on."""
    days = {event.kind: event.occurred_on for event in placement.case.valid_events if event.placement is placement}
    return days[EventKind.PLACEMENT_STARTED], days.get(EventKind.PLACEMENT_ENDED)


def is_paid_month(month_on: date, starts_on: date, ends_on: date | None) -> bool:
    """Whether a wage can be paid that month: from the first to the month after the last, when the rest is paid."""
    last = add_months(ends_on, 1) if ends_on else date.max
    return first_of_month(starts_on) <= month_on <= last

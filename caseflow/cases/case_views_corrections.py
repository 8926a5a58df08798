"""Correcting and voiding events of a case."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from caseflow.cases import case_queries, corrections, forms, steps, timeline
from caseflow.cases.case_views_frame import Demand, StepPage, open_case, run
from caseflow.cases.case_views_placements import placement_input, placement_page
from caseflow.cases.case_views_steps import latest_scores
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.sharing import Shared
from caseflow.cases.terms import EventKind, ExitOutcome
from caseflow.cases.timeline import Words
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.core.language import _, _l
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission

K = EventKind
FAILED = _l("Rättelsen är inte registrerad")


def _correctable(event_id: UUID) -> Demand:
    """The event must stand, and be one that the actor's role registers."""

    def demand(case: Case) -> None:
        event = corrections.get_event(case, event_id)
        if event.voided_at is not None:
            raise RuleBroken(_("Händelsen är redan rättad eller makulerad. Öppna ärendet och se hur den lyder nu."))
        if event.kind == K.HANDED_OVER:
            raise RuleBroken(_("Ett byte av konsulent rättas med ett nytt byte."))
        if not steps.may_correct(current_actor(), event):
            raise NotAllowed(_("Händelsen rättas av den roll som registrerar den. Be en kollega med den rollen."))

    return demand


@bp.route("/arenden/<uuid:case_id>/handelse/<uuid:event_id>/makulera", methods=["GET", "POST"])
@requires(Permission.CORRECT_CASE)
def void_event(case_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """The event never happened."""

    def demand(case: Case) -> None:
        _correctable(event_id)(case)
        corrections.require_voidable(case, corrections.get_event(case, event_id))

    case = open_case(case_id, demand)
    event = corrections.get_event(case, event_id)
    form = forms.VoidForm()
    if request.method == "GET" and "angra" in request.args:
        form.reason.data = _("Registrerades av misstag.")
    takes_end = event.kind == K.PLACEMENT_STARTED and any(
        other.kind == K.PLACEMENT_ENDED and other.placement is event.placement for other in case.valid_events
    )
    page = StepPage(
        _("Makulera händelse"),
        _("Makulera händelse"),
        _("Händelse makulerad"),
        template="cases/step_correction.html",
        failed=_("Händelsen är inte makulerad"),
        intro=_("Makulera det som aldrig har hänt. Händelsen står kvar överstruken, med skälet, och räknas inte.")
        + (f" {_('Placeringens slut makuleras samtidigt.')}" if takes_end else ""),
        context=_old(case, event),
    )
    return run(
        case,
        form,
        page,
        demand,
        lambda actor, locked: corrections.void_event(
            actor, locked, corrections.get_event(locked, event_id), form.reason.data
        ),
    )


@bp.route("/arenden/<uuid:case_id>/handelse/<uuid:event_id>/ratta", methods=["GET", "POST"])
@requires(Permission.CORRECT_CASE)
def correct_event(case_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """The event happened otherwise than it says."""
    case = open_case(case_id, _correctable(event_id))
    event = corrections.get_event(case, event_id)
    if event.kind == K.EXITED:
        return _correct_exit(case, event)
    if event.kind == K.PLACEMENT_STARTED:
        return _correct_placement(case, event)
    if event.kind == K.ASSESSED:
        return _correct_assessment(case, event)
    return _correct_day_and_text(case, event)


def _old(case: Case, event: CaseEvent) -> dict[str, object]:
    """What the event says now, for the top of the form."""
    words = Words(Shared(current_actor(), case))
    return {"event": event, "old_title": words.title(event), "old_text": words.text(event)}


def _page(case: Case, event: CaseEvent, template: str) -> StepPage:
    title = _("Rätta: %(event)s", event=Words(Shared(current_actor(), case)).title(event))
    context = _old(case, event)
    return StepPage(title, _("Registrera rättelse"), _("Händelse rättad"), template, FAILED, context=context)


def _correct_day_and_text(case: Case, event: CaseEvent) -> ResponseReturnValue:
    form = forms.CorrectionForm()
    if event.kind == K.NOTE:
        del form.on
    if request.method == "GET":
        if form.on:
            form.on.data = event.occurred_on
        form.note.data = event.note
    return run(
        case,
        form,
        _page(case, event, "cases/step_correction.html"),
        _correctable(event.public_id),
        lambda actor, locked: corrections.correct_date(
            actor,
            locked,
            corrections.get_event(locked, event.public_id),
            form.on.data if form.on else event.occurred_on,
            form.reason.data,
            form.note.data or "",
        ),
    )


def _correct_exit(case: Case, event: CaseEvent) -> ResponseReturnValue:
    form = forms.ExitCorrectionForm()
    # The text of the exit is corrected with the day, never lost.
    del form.note
    if event.typed_baseline_kr is None and case_queries.has_baseline(case.participant.household_id, clock.today()):
        del form.typed_baseline_kr
    if request.method == "GET":
        form.on.data, form.outcome.data = event.occurred_on, event.outcome
        form.household_effect.data = event.household_effect or ""
        if form.typed_baseline_kr:
            form.typed_baseline_kr.data = event.typed_baseline_kr
    return run(
        case,
        form,
        _page(case, event, "cases/step_exit.html"),
        _correctable(event.public_id),
        lambda actor, locked: corrections.correct_exit(
            actor,
            locked,
            corrections.get_event(locked, event.public_id),
            form.on.data,
            form.reason.data,
            ExitOutcome(form.outcome.data),
            form.effect,
            form.typed_baseline_kr.data if form.typed_baseline_kr else None,
        ),
    )


def _correct_placement(case: Case, event: CaseEvent) -> ResponseReturnValue:
    form = forms.PlacementCorrectionForm()
    del form.note
    old = event.placement
    assert old is not None
    workplaces = case_queries.list_workplaces_by_use(case.to_unit)
    if old.workplace not in workplaces:
        workplaces.insert(0, old.workplace)
    if request.method == "GET":
        form.kind.data, form.form.data = old.kind, old.form or ""
        form.workplace.data, form.percent.data = old.workplace.label, old.percent
        form.on.data, form.planned_end_on.data = event.occurred_on, old.planned_end_on
        form.supervisor.data = old.supervisor
    page = _page(case, event, "cases/step_placement.html")
    page.context.update(placement_page("", "", workplaces).context)
    return run(
        case,
        form,
        page,
        _correctable(event.public_id),
        lambda actor, locked: corrections.correct_placement(
            actor,
            locked,
            corrections.get_event(locked, event.public_id),
            placement_input(form, workplaces),
            form.reason.data,
        ),
    )


def _correct_assessment(case: Case, event: CaseEvent) -> ResponseReturnValue:
    assert event.assessment is not None
    old = timeline.values_of(event.assessment)
    areas = {area.public_id: area for area in [*case_queries.list_areas(), *old]}
    form = forms.with_areas(forms.AssessmentCorrectionForm, list(areas.values()), latest_scores(case))()
    if request.method == "GET":
        form.on.data, form.note.data = event.occurred_on, event.note
        for area, value in old.items():
            form[f"area_{area.public_id}"].data = str(value)
    return run(
        case,
        form,
        _page(case, event, "cases/step_assessment.html"),
        _correctable(event.public_id),
        lambda actor, locked: corrections.correct_assessment(
            actor,
            locked,
            corrections.get_event(locked, event.public_id),
            form.on.data,
            {areas[area_id]: value for area_id, value in form.values().items()},
            form.reason.data,
            form.note.data or "",
        ),
    )

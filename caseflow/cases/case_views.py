"""The case page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.cases import (
    case_queries,
    corrections,
    grants,
    programmes,
    queries,
    rules,
    services,
    steps,
    timeline,
    track,
)
from caseflow.cases.case_queries import Reading
from caseflow.cases.models import AssessmentArea, Case, Placement
from caseflow.cases.sharing import Shared
from caseflow.cases.steps import Step
from caseflow.cases.terms import EventKind
from caseflow.cases.timeline import Entry
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _n
from caseflow.core.periods import months_between
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Matter, Permission
from caseflow.security.policy import allows
from caseflow.web.pagination import Page

HIDDEN_NUMBER = "••••••••-••••"


@dataclass(frozen=True)
class PlacementRow:
    """A placement with its days, and what may be done with it."""

    placement: Placement
    starts_on: date
    ended_on: date | None
    end_reason: str
    days: int
    actions: list[tuple[str, str]]


@dataclass(frozen=True)
class AreaRow:
    """One area of the profile; the fields are those of templates/macros/profile.html."""

    label: str
    baseline: int | None
    latest: int | None


@bp.get("/arenden/<uuid:case_id>")
@requires(Permission.VIEW_CASES)
def case_page(case_id: UUID) -> ResponseReturnValue:
    """Everything about one case."""
    actor = current_actor()
    case = queries.get_case(actor, case_id)
    return render_template("cases/case_page.html", **_page(actor, case))


@bp.post("/arenden/<uuid:case_id>/visa")
@requires(Permission.REVEAL_IDENTITY)
def reveal(case_id: UUID) -> ResponseReturnValue:
    """The participant's number in clear, and a protected person's name. Logged."""
    actor = current_actor()
    case = queries.get_case(actor, case_id)
    log_access(actor, AccessKind.REVEALED_IDENTITY, case_id=case.id, participant_id=case.participant_id)
    if request.headers.get("HX-Request"):
        return render_template("cases/case_identity.html", case=case, revealed=True)
    return render_template("cases/case_page.html", **_page(actor, case), revealed=True)


def _page(actor: Actor, case: Case) -> dict[str, Any]:
    today, shared = clock.today(), Shared(actor, case)
    state = case.state
    targets = case_queries.find_targets(case.to_unit_id)
    return {
        "case": case,
        "state": state,
        "deciding": track.deciding(state),
        "days_in_stage": (today - case.stage_since_on).days if state.is_open and case.stage_since_on else None,
        "stage_target": targets.days(f"stage:{case.stage}", today),
        "masked": HIDDEN_NUMBER if case.participant.protected else f"{case.participant.birth_on:%Y%m%d}-••••",
        "may_reveal": allows(actor, Permission.REVEAL_IDENTITY),
        "assistance_months": _assistance_months(case, today),
        "memberships": programmes.memberships(case),
        "may_change_programmes": state.is_open and allows(actor, Permission.LOG_CASE),
        "milestones": track.milestones(case, targets, today),
        "periods": track.periods(case, today),
        "scale": track.scale(case, today),
        "last_label": track.last_label(case, today),
        **_payments(case, today),
        "other_cases": case_queries.list_other_cases(actor, case),
        "granted": grants.list_running([case.id]) if case.participant.protected else [],
        "readings": _readings(actor, case),
        "placements": _placements(shared, today),
        "sees_costs": shared.sees(Matter.WAGE_COSTS),
        "sees_notes": shared.sees(Matter.RECEIVERS_NOTES),
        "sees_assessments": shared.sees(Matter.ASSESSMENTS),
        **_steps(actor, case, today),
        **_events(shared),
        **_profile(shared),
    }


def _readings(actor: Actor, case: Case) -> Page[Reading] | None:
    """Who has read about the person, for those who are to know."""
    if not allows(actor, Permission.VIEW_READERS):
        return None
    return case_queries.list_readings(case.participant_id, request.args.get("page", 1, type=int))


def _assistance_months(case: Case, today: date) -> int | None:
    household = case.participant.household
    since = household.assistance_since_on if household else None
    return months_between(since, today) if since else None


def _payments(case: Case, today: date) -> dict[str, Any]:
    """The household's payments, and the same as charts.js takes them."""
    payments = case_queries.list_payments(case.participant.household_id, today)
    chart = {
        "months": [[month.month_on.year, month.month_on.month] for month in payments.months],
        "paid": [None if month.paid_kr is None else float(month.paid_kr) for month in payments.months],
        "mean": None if payments.mean_kr is None else float(payments.mean_kr),
    }
    return {"payments": payments, "payment_chart": chart}


def _steps(actor: Actor, case: Case, today: date) -> dict[str, Any]:
    """The one primary step, and the others."""
    state = case.state
    offered = [step for step in steps.offered(actor, state) if step.kind != EventKind.REOPENED or _reopenable(case)]
    ongoing = steps.ongoing(case)
    planned = min((place.planned_end_on for place in ongoing if place.planned_end_on), default=None)
    kind = steps.likely(state, case.follow_up_due_on, planned, today)
    primary = next((step for step in offered if step.kind == kind), None)
    ending = None
    if kind == EventKind.PLACEMENT_ENDED and allows(actor, Permission.LOG_CASE):
        ending = next(place for place in ongoing if place.planned_end_on == planned)
    if primary is None and ending is None:
        primary = next((step for step in offered if step.kind == EventKind.NOTE), None)
    return {
        "primary": primary,
        "ending": ending,
        "beside": [step for step in offered if step.kind in _BESIDE and step is not primary],
        "more": [
            (step_label(step, case), url_for(step.endpoint, case_id=case.public_id))
            for step in offered
            if step is not primary and step.kind not in _BESIDE
        ]
        + _correcting(actor, case),
        "offered": {step.kind: step for step in offered},
        "advice": _advice(case, kind, primary is not None and primary.kind == kind, ending, today),
    }


def _correcting(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """What is known of the participant may be wrong in any stage."""
    if not allows(actor, Permission.CORRECT_PERSON):
        return []
    return [(_("Rätta personuppgifter"), url_for("cases.correct_person", case_id=case.public_id))]


def _reopenable(case: Case) -> bool:
    try:
        services.check_reopening(case)
    except RuleBroken:
        return False
    return True


_BESIDE = (EventKind.NOTE, EventKind.PLACEMENT_STARTED)


def step_label(step: Step, case: Case) -> str:
    return str(step.label).format(unit=case.from_unit.code)


def _advice(case: Case, kind: EventKind, mine: bool, ending: Placement | None, today: date) -> str:
    """Where the case stands, in a sentence or two above the primary button."""
    state = case.state
    if not state.is_open:
        return _("Ärendet är stängt sedan %(closed_on)s.", closed_on=state.closed_on)
    days = (today - case.referred_on).days if case.referred_on else 0
    if kind == EventKind.ACCEPTED:
        waited = _("Anvisningen från %(unit)s har väntat i %(days)s.", unit=case.from_unit.code, days=_days(days))
        return f"{waited} {_('Ta emot den, eller återlämna den.') if mine else _('Den är inte mottagen än.')}"
    if kind == EventKind.FIRST_MEETING:
        return _("Anvisningen är mottagen. Första mötet återstår, %(days)s efter anvisningen.", days=_days(days))
    if kind == EventKind.ASSESSED:
        return _("Utgångsläget är inte skattat. Utan det syns ingen stegförflyttning.")
    if ending is not None:
        planned = _(
            "%(placement)s, %(workplace)s, skulle sluta %(day)s.",
            placement=ending.label,
            workplace=ending.workplace.name,
            day=ending.planned_end_on,
        )
        return f"{planned} {_('Avsluta den eller rätta planen.')}"
    due = case.follow_up_due_on
    follow_up = (
        _("Nästa uppföljning senast %(due)s.", due=due)
        if due and due >= today
        else _("Uppföljningen skulle ha gjorts %(due)s.", due=due)
    )
    return follow_up if state.ongoing else f"{_('Ingen placering pågår.')} {follow_up}"


def _days(days: int) -> str:
    return _n("%(num)s dag", "%(num)s dagar", days)


def _events(shared: Shared) -> dict[str, Any]:
    """The timeline and the notes, each entry with what the actor may do about it."""
    actor, case = shared.actor, shared.case
    all_entries = [replace(entry, actions=_actions(actor, case, entry)) for entry in timeline.entries(shared)]
    only_milestones = request.args.get("visa") == "milstolpar"
    shown = [entry for entry in all_entries if entry.event.kind != EventKind.NOTE]
    return {
        "only_milestones": only_milestones,
        "entries": [entry for entry in shown if not only_milestones or entry.event.kind in timeline.MILESTONES],
        "notes": [entry for entry in all_entries if entry.event.kind == EventKind.NOTE],
    }


def _actions(actor: Actor, case: Case, entry: Entry) -> list[tuple[str, str]]:
    where: dict[str, Any] = {"case_id": case.public_id, "event_id": entry.event.public_id}
    found = []
    if steps.may_correct(actor, entry.event):
        found.append((_("Rätta"), url_for("cases.correct_event", **where)))
        if corrections.may_void(actor, case, entry.event):
            found.append((_("Makulera"), url_for("cases.void_event", **where)))
    return found


def _placements(shared: Shared, today: date) -> list[PlacementRow]:
    """The placements that stand, newest first."""
    actor, case = shared.actor, shared.case
    ends = steps.ends(case)
    rows = []
    for placement, start in steps.starts(case).items():
        end = ends.get(placement)
        until = end.occurred_on if end else today
        rows.append(
            PlacementRow(
                placement,
                start.occurred_on,
                end.occurred_on if end else None,
                end.note if end and shared.sees_text(end) else "",
                (until - start.occurred_on).days,
                _placement_actions(actor, case, placement, end is None),
            )
        )
    return rows[::-1]


def _placement_actions(actor: Actor, case: Case, placement: Placement, ongoing: bool) -> list[tuple[str, str]]:
    if not allows(actor, Permission.LOG_CASE):
        return []
    found = []
    if ongoing and case.stage in rules.WORKED:
        url = url_for("cases.end_placement", case_id=case.public_id, placement_id=placement.public_id)
        found.append((_("Avsluta placering"), url))
    if placement.kind.is_employment:
        url = url_for("cases.wage_cost", case_id=case.public_id, placering=placement.public_id)
        found.append((_("Registrera lönekostnad"), url))
    return found


def _profile(shared: Shared) -> dict[str, Any]:
    """The baseline beside the latest assessment."""
    found = timeline.assessments(shared.case) if shared.sees(Matter.ASSESSMENTS) else []
    if not found:
        return {"areas": [], "baseline_on": None, "latest_on": None, "movement": ""}
    first, latest = found[0], found[-1]
    assert first.assessment is not None
    assert latest.assessment is not None
    then, now = timeline.values_of(first.assessment), timeline.values_of(latest.assessment)
    areas: list[AssessmentArea] = sorted({*then, *now}, key=lambda area: area.position)
    return {
        "areas": [AreaRow(area.name, then.get(area), now.get(area)) for area in areas],
        "baseline_on": first.occurred_on,
        "latest_on": latest.occurred_on if latest is not first else None,
        "movement": timeline.movement(first.assessment if latest is not first else None, latest.assessment),
    }

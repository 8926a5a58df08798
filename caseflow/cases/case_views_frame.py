"""The frame of every step on a case: open, lock, do, answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from wtforms import RadioField, SelectField

from caseflow.accounts import drafts
from caseflow.cases import corrections, queries, rules, services, steps, timeline, track
from caseflow.cases.forms import StepForm
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.sharing import Shared
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken, StaleEdit
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.security.guard import current_actor
from caseflow.security.permissions import Actor
from caseflow.web.errors import page as error_page

# What makes a step legal besides the form; raises RuleBroken.
Demand = Callable[[Case], None]
# Does the step on the locked case.
Deed = Callable[[Actor, Case], object]
DOUBLE_CLICK_SECONDS = 10


@dataclass(frozen=True)
class StepPage:
    """How a step's page looks: heading, button, what is said afterwards."""

    title: str
    button: str
    done: str
    template: str = "cases/step.html"
    failed: str = _l("Uppgifterna är inte registrerade")
    intro: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def may_come(kind: EventKind) -> Demand:
    """The flow must allow a fact of the kind next."""
    return lambda case: rules.require(case.state, kind, clock.today())


def open_case(case_id: UUID, demand: Demand) -> Case:
    """The case for a step's page. What the flow does not allow is refused before any form is shown.

    A posted form is judged again when the case is locked, after its version.
    """
    case = queries.get_case(current_actor(), case_id)
    if request.method == "GET":
        demand(case)
    return case


def run(
    case: Case, form: StepForm, page: StepPage, demand: Demand, do: Deed, kind: EventKind | None = None
) -> ResponseReturnValue:
    """Show the form, or do the step in one transaction and go back to the case. `kind` tells a double click apart."""
    if request.method == "GET":
        return _open(case, form, page)
    case_id, actor = case.public_id, current_actor()
    valid = form.validate()
    try:
        with unit_of_work():
            locked = services.lock_case(actor, case_id, form.version.data)
            demand(locked)
            if valid:
                known = set(locked.events)
                do(actor, locked)
                drafts.remove(current_user.id, request.path)
                undo = _undo(actor, locked, known, kind)
    except StaleEdit as stale:
        return _stale(case_id, form, stale, page, demand, kind)
    except RuleBroken as broken:
        if not valid or not _belongs_to_form(case_id, demand):
            raise
        form.show(broken)
        valid = False
    if valid:
        link = Markup(' <a class="ms-2" href="{}">{}</a>').format(undo, _("Ångra")) if undo else ""
        flash(Markup("<span>{}</span>").format(page.done) + link)
        return redirect(next_page(case_id), 303)
    return _render(_kept(case_id), form, page, 422)


def next_page(case_id: UUID) -> str:
    """The case, or the list of cases where the step has taken it out of sight: it says now that it is protected."""
    if queries.sees(current_actor(), case_id):
        return url_for("cases.case_page", case_id=case_id)
    flash(_("Ärendet är skyddat. Be chefen om behörighet för att se det."))
    return url_for("cases.case_list")


def _open(case: Case, form: StepForm, page: StepPage) -> ResponseReturnValue:
    """The form as it is to begin with, or as its user left it."""
    draft = drafts.find(current_user.id, request.path)
    if draft is not None:
        draft.fill(form)
    form.version.data, form.opened_at.data = case.version, clock.now()
    return _render(case, form, page, 200, draft=draft)


def _kept(case_id: UUID) -> Case:
    """The case, after what was written in the form has been kept."""
    with unit_of_work():
        drafts.save(current_user.id, request.path, request.form)
    return queries.get_case(current_actor(), case_id)


def _undo(actor: Actor, case: Case, known: set[CaseEvent], kind: EventKind | None) -> str | None:
    """Where the event that the step registered is voided, or corrected when others rest on it."""
    event = next((one for one in case.events if one not in known and one.kind == kind), None)
    if event is None or not steps.may_correct(actor, event):
        return None
    endpoint = "cases.void_event" if corrections.may_void(actor, case, event) else "cases.correct_event"
    return url_for(endpoint, case_id=case.public_id, event_id=event.public_id, angra=1)


def _belongs_to_form(case_id: UUID, demand: Demand) -> bool:
    """Whether the step as such may be taken, so that what was typed is the fault."""
    try:
        demand(queries.get_case(current_actor(), case_id))
    except RuleBroken:
        return False
    return True


def _render(case: Case, form: StepForm, page: StepPage, status: int, **more: object) -> tuple[str, int]:
    context = {"case": case, "form": form, "page": page, "deciding": track.deciding(case.state), **page.context, **more}
    return render_template(page.template, **context), status


def _stale(
    case_id: UUID, form: StepForm, stale: StaleEdit, page: StepPage, demand: Demand, kind: EventKind | None
) -> ResponseReturnValue:
    """What the other one did, above the form as it was filled in; a form sent twice by the same person counts once.

    Where the step may no longer be taken, what was written is shown to be copied.
    """
    case = queries.get_case(current_actor(), case_id)
    latest = max(case.events, key=lambda event: event.voided_at or event.recorded_at)
    url = url_for("cases.case_page", case_id=case_id)
    if kind is not None and _is_echo(latest, kind, form, stale):
        return redirect(url, 303)
    changes = timeline.changes(Shared(current_actor(), case), form.opened_at.data)
    if _belongs_to_form(case_id, demand):
        case = _kept(case_id)
        form.version.data, form.opened_at.data = case.version, clock.now()
        return _render(case, form, page, stale.status, changes=changes)
    versions = [
        (_("Steg"), _("%(title)s (inte sparat)", title=page.title), changes[0].sentence),
        *((label, text, None) for label, text in typed(form)),
    ]
    return error_page(stale.status, stale.message, versions=versions, back_url=url)


def _is_echo(latest: CaseEvent, kind: EventKind, form: StepForm, stale: StaleEdit) -> bool:
    """Whether the latest event is what this very form registered a moment ago, and nothing else has come since."""
    fields = form._fields
    # An exit registers the end of ongoing placements too.
    alone = kind == EventKind.EXITED or stale.current_version == stale.opened_version + 1
    same_day = "on" not in fields or latest.occurred_on == fields["on"].data
    same_note = "note" not in fields or latest.note == (fields["note"].data or "")
    just_now = (clock.now() - latest.recorded_at).total_seconds() < DOUBLE_CLICK_SECONDS
    mine = latest.recorded_by_id == current_actor().id
    return latest.kind == kind and latest.voided_at is None and alone and same_day and same_note and mine and just_now


def typed(form: StepForm) -> list[tuple[str, str]]:
    """What somebody filled in, as labels and texts, so that nothing is lost."""
    found = []
    for one in form:
        if one.name in ("version", "opened_at", "csrf_token", "scores") or one.data in (None, "", False):
            continue
        text = str(one.data)
        if isinstance(one, SelectField | RadioField):
            text = next((str(label) for value, label, *_ in one.iter_choices() if str(value) == text), text)
        found.append((str(one.label.text), text))
    return found

"""The steps on a case that are one form each: from accepting the referral to reopening."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.cases import case_queries, forms, services, steps, timeline
from caseflow.cases.case_views_frame import Deed, StepPage, may_come, open_case, run
from caseflow.cases.models import AssessmentArea, Case
from caseflow.cases.terms import EventKind, ExitOutcome
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.language import _
from caseflow.security.guard import requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import offered

K = EventKind
POST_AND_GET = ["GET", "POST"]


def _simple(case: Case, form: forms.StepForm, page: StepPage, kind: EventKind, do: Deed) -> ResponseReturnValue:
    return run(case, form, page, may_come(kind), do, kind)


@bp.route("/arenden/<uuid:case_id>/ta-emot", methods=POST_AND_GET)
@requires(Permission.RECEIVE_REFERRAL)
def accept(case_id: UUID) -> ResponseReturnValue:
    """Take the referral."""
    case = open_case(case_id, may_come(K.ACCEPTED))
    counsellors = {user.public_id: user for user in case_queries.list_counsellors(case.to_unit_id)}
    form = forms.AcceptForm()
    form.counsellor.choices = offered([(user.public_id, user.name) for user in counsellors.values()])
    if form.counsellor.data is None:
        form.counsellor.data = current_user.public_id
    page = StepPage(_("Ta emot anvisning"), _("Ta emot anvisning"), _("Anvisning mottagen"))
    return _simple(
        case,
        form,
        page,
        K.ACCEPTED,
        lambda actor, locked: services.accept(actor, locked, form.on.data, counsellors[form.counsellor.data]),
    )


@bp.route("/arenden/<uuid:case_id>/aterlamna", methods=POST_AND_GET)
@requires(Permission.RECEIVE_REFERRAL)
def return_referral(case_id: UUID) -> ResponseReturnValue:
    """Give the referral back."""
    case = open_case(case_id, may_come(K.RETURNED))
    form = forms.ReturnForm()
    unit = case.from_unit.code
    page = StepPage(
        _("Återlämna till %(unit)s", unit=unit),
        _("Återlämna till %(unit)s", unit=unit),
        _("Anvisning återlämnad till %(unit)s", unit=unit),
        intro=_("Ärendet stängs."),
    )
    return _simple(
        case,
        form,
        page,
        K.RETURNED,
        lambda actor, locked: services.return_referral(actor, locked, form.on.data, form.note.data),
    )


@bp.route("/arenden/<uuid:case_id>/aterkalla", methods=POST_AND_GET)
@requires(Permission.REFER)
def withdraw(case_id: UUID) -> ResponseReturnValue:
    """Take the referral back."""
    case = open_case(case_id, may_come(K.WITHDRAWN))
    form = forms.WithdrawForm()
    page = StepPage(
        _("Återkalla anvisning"), _("Återkalla anvisning"), _("Anvisning återkallad"), intro=_("Ärendet stängs.")
    )
    return _simple(
        case,
        form,
        page,
        K.WITHDRAWN,
        lambda actor, locked: services.withdraw(actor, locked, form.on.data, form.note.data),
    )


@bp.route("/arenden/<uuid:case_id>/forsta-mote", methods=POST_AND_GET)
@requires(Permission.LOG_CASE)
def first_meeting(case_id: UUID) -> ResponseReturnValue:
    """The first meeting has been held."""
    case = open_case(case_id, may_come(K.FIRST_MEETING))
    form = forms.FirstMeetingForm()
    page = StepPage(
        _("Registrera första möte"),
        _("Registrera första möte"),
        _("Första möte registrerat"),
        intro=_(
            "Anvisad %(referred_on)s. Väntan på första mötet räknas till mötesdagen.", referred_on=case.referred_on
        ),
    )
    return _simple(
        case,
        form,
        page,
        K.FIRST_MEETING,
        lambda actor, locked: services.register_first_meeting(actor, locked, form.on.data, form.note.data or ""),
    )


@bp.route("/arenden/<uuid:case_id>/skattning", methods=POST_AND_GET)
@requires(Permission.LOG_CASE)
def assess(case_id: UUID) -> ResponseReturnValue:
    """Score the participant."""
    case = open_case(case_id, may_come(K.ASSESSED))
    areas = {area.public_id: area for area in case_queries.list_areas()}
    form = forms.with_areas(forms.AssessmentForm, list(areas.values()), latest_scores(case))()
    first = not timeline.assessments(case)
    page = StepPage(
        _("Registrera utgångsläge") if first else _("Registrera skattning"),
        _("Registrera utgångsläge") if first else _("Registrera skattning"),
        _("Utgångsläge registrerat") if first else _("Skattning registrerad"),
        template="cases/step_assessment.html",
    )
    return _simple(
        case,
        form,
        page,
        K.ASSESSED,
        lambda actor, locked: services.register_assessment(
            actor,
            locked,
            form.on.data,
            {areas[area_id]: value for area_id, value in form.values().items()},
            form.note.data or "",
        ),
    )


def latest_scores(case: Case) -> dict[AssessmentArea, int]:
    """What every area had when it was last scored."""
    found: dict[AssessmentArea, int] = {}
    for event in timeline.assessments(case):
        if event.assessment is not None:
            found |= timeline.values_of(event.assessment)
    return found


@bp.route("/arenden/<uuid:case_id>/uppfoljning", methods=POST_AND_GET)
@requires(Permission.LOG_CASE)
def follow_up(case_id: UUID) -> ResponseReturnValue:
    """A follow-up has been made."""
    case = open_case(case_id, may_come(K.FOLLOW_UP))
    form = forms.FollowUpForm()
    page = StepPage(_("Registrera uppföljning"), _("Registrera uppföljning"), _("Uppföljning registrerad"))
    return _simple(
        case,
        form,
        page,
        K.FOLLOW_UP,
        lambda actor, locked: services.register_follow_up(actor, locked, form.on.data, form.note.data),
    )


@bp.route("/arenden/<uuid:case_id>/anteckning", methods=POST_AND_GET)
@requires(Permission.NOTE_CASE)
def add_note(case_id: UUID) -> ResponseReturnValue:
    """Write a note."""
    case = open_case(case_id, may_come(K.NOTE))
    form = forms.NoteForm()
    page = StepPage(_("Ny anteckning"), _("Registrera anteckning"), _("Anteckning registrerad"))
    return _simple(case, form, page, K.NOTE, lambda actor, locked: services.add_note(actor, locked, form.note.data))


@bp.route("/arenden/<uuid:case_id>/byt-konsulent", methods=POST_AND_GET)
@requires(Permission.HAND_OVER)
def hand_over(case_id: UUID) -> ResponseReturnValue:
    """Another counsellor takes the case."""
    case = open_case(case_id, may_come(K.HANDED_OVER))
    others = {
        user.public_id: user for user in case_queries.list_counsellors(case.to_unit_id) if user.id != case.counsellor_id
    }
    form = forms.HandOverForm()
    form.counsellor.choices = offered([(user.public_id, user.name) for user in others.values()])
    now = case.counsellor.name if case.counsellor else _("ingen")
    page = StepPage(
        _("Byt konsulent"), _("Byt konsulent"), _("Konsulent bytt"), intro=_("Konsulent nu: %(name)s.", name=now)
    )
    return _simple(
        case,
        form,
        page,
        K.HANDED_OVER,
        lambda actor, locked: services.hand_over(actor, locked, others[form.counsellor.data]),
    )


@bp.route("/arenden/<uuid:case_id>/avsluta", methods=POST_AND_GET)
@requires(Permission.CLOSE_CASE)
def close(case_id: UUID) -> ResponseReturnValue:
    """End the case, and with it the placements that go on."""
    case = open_case(case_id, may_come(K.EXITED))
    form = forms.ExitForm()
    if case_queries.has_baseline(case.participant.household_id, clock.today()):
        del form.typed_baseline_kr
    page = StepPage(
        _("Avsluta ärende"),
        _("Avsluta ärende"),
        _("Ärende avslutat"),
        template="cases/step_exit.html",
        failed=_("Ärendet är inte avslutat"),
        context={"ongoing": steps.ongoing(case)},
    )
    return _simple(
        case,
        form,
        page,
        K.EXITED,
        lambda actor, locked: services.close(
            actor,
            locked,
            form.on.data,
            ExitOutcome(form.outcome.data),
            form.effect,
            typed_baseline_kr=form.typed_baseline_kr.data if form.typed_baseline_kr else None,
            note=form.note.data or "",
        ),
    )


@bp.route("/arenden/<uuid:case_id>/ateroppna", methods=POST_AND_GET)
@requires(Permission.CLOSE_CASE)
def reopen(case_id: UUID) -> ResponseReturnValue:
    """Go on with a closed case."""

    def demand(case: Case) -> None:
        may_come(K.REOPENED)(case)
        services.check_reopening(case)

    case = open_case(case_id, demand)
    form = forms.ReopenForm()
    page = StepPage(_("Återöppna ärende"), _("Återöppna ärende"), _("Ärende återöppnat"))
    return run(
        case,
        form,
        page,
        demand,
        lambda actor, locked: services.reopen(actor, locked, form.on.data, form.note.data),
        K.REOPENED,
    )

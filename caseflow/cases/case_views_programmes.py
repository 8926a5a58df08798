"""Programmes of a case: join and leave."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue

from caseflow.cases import forms, programmes
from caseflow.cases.case_views_frame import StepPage, open_case, run
from caseflow.cases.models import Case
from caseflow.cases.views import bp
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.organisation.queries import list_programmes
from caseflow.security.guard import requires
from caseflow.security.permissions import Actor, Permission
from caseflow.web.forms import offered


def _must_be_open(case: Case) -> None:
    if not case.state.is_open:
        raise RuleBroken(
            _("Ärendet är stängt sedan %(closed_on)s. Återöppna det innan programmen ändras.", closed_on=case.closed_on)
        )


@bp.route("/arenden/<uuid:case_id>/program", methods=["GET", "POST"])
@requires(Permission.LOG_CASE)
def join_programme(case_id: UUID) -> ResponseReturnValue:
    """The case enters a programme."""
    case = open_case(case_id, _must_be_open)
    present = {membership.programme_id for membership in programmes.memberships(case)}
    others = {programme.public_id: programme for programme in list_programmes() if programme.id not in present}
    form = forms.JoinProgrammeForm()
    form.programme.choices = offered([(programme.public_id, programme.name) for programme in others.values()])
    page = StepPage(
        _("Lägg till program"), _("Lägg till program"), _("Program tillagt"), failed=_("Programmet är inte tillagt")
    )
    return run(
        case,
        form,
        page,
        _must_be_open,
        lambda actor, locked: programmes.join(actor, locked, others[form.programme.data], form.on.data),
    )


@bp.route("/arenden/<uuid:case_id>/program/<uuid:programme_id>/lamna", methods=["GET", "POST"])
@requires(Permission.LOG_CASE)
def leave_programme(case_id: UUID, programme_id: UUID) -> ResponseReturnValue:
    """The case leaves a programme, or was never in it."""

    def demand(case: Case) -> None:
        _must_be_open(case)
        membership = programmes.get_membership(case, programme_id)
        if membership.to_on is not None:
            raise RuleBroken(
                _(
                    "Ärendet har lämnat %(programme)s %(to_on)s.",
                    programme=membership.programme.name,
                    to_on=membership.to_on,
                )
            )

    case = open_case(case_id, demand)
    membership = programmes.get_membership(case, programme_id)
    form = forms.LeaveProgrammeForm()
    name = membership.programme.name
    page = StepPage(
        _("Lämna %(name)s", name=name),
        _("Lämna %(name)s", name=name),
        _("Ärendet har lämnat %(name)s", name=name),
        failed=_("Ändringen är inte registrerad"),
        intro=_("Med sedan %(from_on)s.", from_on=membership.from_on),
    )

    def do(actor: Actor, locked: Case) -> None:
        standing = programmes.get_membership(locked, programme_id)
        if form.mistaken.data:
            programmes.void(actor, locked, standing)
        else:
            programmes.leave(actor, locked, standing, form.on.data)

    return run(case, form, page, demand, do)

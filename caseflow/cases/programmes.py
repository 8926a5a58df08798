"""A case's time in programmes. Services like those of `services.py`.

A membership that changes is voided and written anew, so that a report can be asked for as known earlier.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from caseflow.cases.models import Case, CaseProgramme
from caseflow.cases.services import changed
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.organisation.models import Programme
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def memberships(case: Case) -> list[CaseProgramme]:
    """The memberships that stand, by name of programme."""
    standing = [membership for membership in case.programmes if membership.voided_at is None]
    return sorted(standing, key=lambda membership: membership.programme.name)


def get_membership(case: Case, programme_id: UUID) -> CaseProgramme:
    """The case's membership of the programme that an address names. Raises NotFound."""
    for membership in memberships(case):
        if membership.programme.public_id == programme_id:
            return membership
    raise NotFound(_("Ärendet är inte med i programmet."))


def join(actor: Actor, case: Case, programme: Programme, on: date) -> None:
    """The case enters the programme on the day. Raises RuleBroken outside the case's or the programme's time."""
    permit(actor, Permission.LOG_CASE)
    for membership in memberships(case):
        if membership.programme_id == programme.id:
            raise RuleBroken(
                _(
                    "Ärendet är redan med i %(programme)s, från %(from_on)s.",
                    programme=programme.name,
                    from_on=membership.from_on,
                ),
                field="programme",
            )
    assert case.referred_on is not None
    if not case.referred_on <= on <= clock.today():
        raise RuleBroken(
            _("Ange en dag från anvisningen %(referred_on)s till och med i dag.", referred_on=case.referred_on),
            field="on",
        )
    if (programme.starts_on and on < programme.starts_on) or (programme.ends_on and on > programme.ends_on):
        raise RuleBroken(
            _(
                "%(programme)s pågår %(starts_on)s–%(ends_on)s. Ange en dag däremellan.",
                programme=programme.name,
                starts_on=programme.starts_on or "",
                ends_on=programme.ends_on or "",
            ),
            field="on",
        )
    case.programmes.append(CaseProgramme(programme=programme, from_on=on, recorded_at=clock.now()))
    _changed(case)


def leave(actor: Actor, case: Case, membership: CaseProgramme, on: date) -> None:
    """The day is the case's last one in the programme."""
    permit(actor, Permission.LOG_CASE)
    if not membership.from_on <= on <= clock.today():
        raise RuleBroken(
            _("Ange en dag från %(from_on)s, då ärendet kom med, till och med i dag.", from_on=membership.from_on),
            field="on",
        )
    membership.voided_at = clock.now()
    case.programmes.append(
        CaseProgramme(
            programme=membership.programme, from_on=membership.from_on, to_on=on, recorded_at=membership.voided_at
        )
    )
    _changed(case)


def void(actor: Actor, case: Case, membership: CaseProgramme) -> None:
    """The case was never in the programme."""
    permit(actor, Permission.CORRECT_CASE)
    membership.voided_at = clock.now()
    _changed(case)


def _changed(case: Case) -> None:
    case.version += 1
    changed(case)

"""Give and withdraw leave to see the case of a protected person.

Lock, permit, rule, row, flush; never commit. The manager gives it without seeing the case: `queries.protected_of`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update

from caseflow.accounts.models import User
from caseflow.cases.grant_models import CaseGrant, GrantKind, runs
from caseflow.cases.models import Case
from caseflow.cases.queries import in_scope, protected_of, sees
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor, Permission, Role
from caseflow.security.policy import permit

BREAK_GLASS = timedelta(minutes=60)


def get_protected(actor: Actor, case_id: UUID, *, lock: bool = False) -> Case:
    """The protected case of the manager's units. Raises NotFound; nothing of the person may be shown."""
    query = select(Case).where(Case.public_id == case_id, protected_of(actor))
    case = db.session.scalar(query.with_for_update(of=Case) if lock else query)
    if case is None:
        raise NotFound(_("Ärendet finns inte bland de ärenden du kan se."))
    return case


def list_eligible(actor: Actor, case: Case) -> list[User]:
    """Whom the manager may let in: staff of the own unit that has the case, and managers other than themselves."""
    managers = (User.role == Role.MANAGER) & (User.id != actor.id)
    own = (User.role != Role.MANAGER) & (true() if actor.unit_id is None else User.unit_id == actor.unit_id)
    query = select(User).where(Case.id == case.id, staff_of_case(), or_(managers, own))
    return list(db.session.scalars(query.order_by(User.name, User.id)))


def staff_of_case() -> ColumnElement[bool]:
    """The users whose role and unit give them the case: without that a grant is none. Asked of `Case` and `User`."""
    counsellors = (User.role == Role.COUNSELLOR) & (User.unit_id == Case.to_unit_id)
    workers = (User.role == Role.SOCIAL_WORKER) & (User.unit_id == Case.from_unit_id)
    units = or_(User.unit_id.is_(None), User.unit_id.in_([Case.to_unit_id, Case.from_unit_id]))
    managers = (User.role == Role.MANAGER) & units
    return and_(User.closed_at.is_(None), or_(counsellors, workers, managers))


def give(actor: Actor, case_id: UUID, user: User, reason: str, until_on: date | None) -> CaseGrant:
    """Let the user see the case, through the last day where one is named. Raises RuleBroken."""
    permit(actor, Permission.GRANT_PROTECTED)
    case = get_protected(actor, case_id, lock=True)
    if user.id not in {one.id for one in list_eligible(actor, case)}:
        raise RuleBroken(_("Välj någon på en enhet som har ärendet."), field="user")
    if until_on is not None and until_on < clock.today():
        raise RuleBroken(_("Välj en dag som inte har varit."), field="until_on")
    if may_keep(case, user):
        raise RuleBroken(_("%(name)s har redan behörighet till ärendet.", name=user.name), field="user")
    grant = CaseGrant(
        case=case,
        user=user,
        kind=GrantKind.MANAGER,
        reason=reason,
        granted_by_id=actor.id,
        from_at=clock.now(),
        until_at=None if until_on is None else _midnight_after(until_on),
    )
    db.session.add(grant)
    db.session.flush()
    return grant


def withdraw(actor: Actor, case_id: UUID, grant_id: UUID) -> None:
    """From now on the user does not see the case. Raises NotFound where the grant is not the manager's to withdraw."""
    permit(actor, Permission.GRANT_PROTECTED)
    case = get_protected(actor, case_id, lock=True)
    grant = db.session.scalar(select(CaseGrant).where(CaseGrant.case_id == case.id, CaseGrant.public_id == grant_id))
    if grant is None or not may_withdraw(actor, grant):
        raise NotFound(_("Behörigheten finns inte bland dem du kan dra in."))
    if grant.revoked_at is None:
        grant.revoked_at, grant.revoked_by_id = clock.now(), actor.id
    db.session.flush()


def break_glass(actor: Actor, case_id: UUID, reason: str) -> None:
    """See the case for an hour without leave: the manager is told, and the review of the log asks why."""
    permit(actor, Permission.BREAK_GLASS)
    case = get_protected(actor, case_id, lock=True)
    if sees(actor, case_id):
        return
    assert actor.id is not None
    now = clock.now()
    grant = CaseGrant(
        case=case, user_id=actor.id, kind=GrantKind.BREAK_GLASS, reason=reason, from_at=now, until_at=now + BREAK_GLASS
    )
    db.session.add(grant)
    log_access(
        actor,
        AccessKind.BROKE_GLASS,
        case_id=case.id,
        participant_id=case.participant_id,
        detail=f"{now:%H:%M} {reason}",
    )
    db.session.flush()


def list_unseen(actor: Actor) -> list[CaseGrant]:
    """Break-glasses at the manager's units that no manager has marked as seen, the latest first."""
    query = select(CaseGrant).join(Case, Case.id == CaseGrant.case_id)
    unseen = query.where(CaseGrant.kind == GrantKind.BREAK_GLASS, CaseGrant.seen_at.is_(None), in_scope(actor))
    return list(db.session.scalars(unseen.order_by(CaseGrant.id.desc())))


def mark_seen(actor: Actor, grant_id: UUID) -> None:
    """A manager has seen that the glass was broken. Raises NotFound where it is not theirs to see."""
    permit(actor, Permission.GRANT_PROTECTED)
    grant = next((one for one in list_unseen(actor) if one.public_id == grant_id), None)
    if grant is None:
        raise NotFound(_("Nödöppningen finns inte bland dem du kan se."))
    grant.seen_at, grant.seen_by_id = clock.now(), actor.id
    db.session.flush()


def may_withdraw(actor: Actor, grant: CaseGrant) -> bool:
    """Each unit's manager decides over its own staff; over managers, those who may let them in."""
    return actor.unit_id in (None, grant.user.unit_id) or grant.user.role == Role.MANAGER


def may_keep(case: Case, user: User) -> bool:
    """Whether the user sees the case now, by more than a break-glass: a case needs somebody who goes on seeing it."""
    return any(one.user_id == user.id and one.kind != GrantKind.BREAK_GLASS for one in list_running([case.id]))


def require_grant(case: Case, user: User) -> None:
    """Raise RuleBroken where the user could not open the case that they are to have."""
    if case.participant.protected and not may_keep(case, user):
        raise RuleBroken(
            _("%(name)s får inte se det skyddade ärendet. Be chefen ge behörighet först.", name=user.name),
            field="counsellor",
        )


def let_referrers_in(participant_id: int | None = None) -> None:
    """Whoever has referred somebody protected sees the case, once: what has been withdrawn stays so."""
    had = exists().where(CaseGrant.case_id == Case.id, CaseGrant.user_id == Case.social_worker_id)
    query = select(Case.id, Case.social_worker_id).where(
        Case.protected, Case.thinned_at.is_(None), Case.social_worker_id.is_not(None), ~had
    )
    if participant_id is not None:
        query = query.where(Case.participant_id == participant_id)
    for case_id, user_id in db.session.execute(query).tuples().all():
        db.session.add(
            CaseGrant(case_id=case_id, user_id=user_id, kind=GrantKind.REFERRER, reason="", from_at=clock.now())
        )
    db.session.flush()


def keep_referrer_out(case: Case) -> None:
    """Who has referred somebody whose cases they do not see sees the new one too when a manager says so, not before."""
    of_referrer = (CaseGrant.case_id == case.id, CaseGrant.kind == GrantKind.REFERRER)
    db.session.execute(update(CaseGrant).where(*of_referrer).values(revoked_at=clock.now()))


def list_running(case_ids: list[int]) -> list[CaseGrant]:
    """Who sees the cases now, by name."""
    query = select(CaseGrant).join(User, User.id == CaseGrant.user_id).join(Case, Case.id == CaseGrant.case_id)
    running = query.where(CaseGrant.case_id.in_(case_ids), runs(clock.now()), staff_of_case())
    return list(db.session.scalars(running.order_by(User.name, CaseGrant.id)))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.STOCKHOLM)

"""Who may do what, and who sees what: the one table, printed to docs/permissions.md.

Read a row of POLICY as "this may be done by these roles, on these rows".

UNIT: cases that the actor's own unit refers or receives (a manager without a unit: every case).
ALL: every row, so only for an actor without a unit. NO_PERSON: figures and registers, never a person.

SEES says which cases a role sees, read by `cases.queries.visible_to`; SHARES how much of such a case, read by
`cases.sharing`. What the receiving unit writes is its own: the referring unit sees where the case stands.
"""

from __future__ import annotations

from caseflow.core.errors import NotAllowed
from caseflow.core.language import _
from caseflow.security.permissions import Actor, Matter, Permission, Reader, Role, Rows, Scope, Share

P, R, S = Permission, Role, Scope

POLICY: dict[Permission, dict[Role, Scope]] = {
    P.USE_OWN_ACCOUNT: dict.fromkeys(Role, S.NO_PERSON),
    P.VIEW_CASES: {R.COUNSELLOR: S.UNIT, R.SOCIAL_WORKER: S.UNIT, R.MANAGER: S.UNIT},
    P.REVEAL_IDENTITY: {R.COUNSELLOR: S.UNIT, R.SOCIAL_WORKER: S.UNIT},
    P.REFER: {R.SOCIAL_WORKER: S.UNIT},
    P.RECEIVE_REFERRAL: {R.COUNSELLOR: S.UNIT},
    P.LOG_CASE: {R.COUNSELLOR: S.UNIT},
    P.NOTE_CASE: {R.COUNSELLOR: S.UNIT, R.SOCIAL_WORKER: S.UNIT},
    P.CLOSE_CASE: {R.COUNSELLOR: S.UNIT},
    P.CORRECT_CASE: {R.COUNSELLOR: S.UNIT, R.SOCIAL_WORKER: S.UNIT},
    P.CORRECT_PERSON: {R.COUNSELLOR: S.UNIT, R.SOCIAL_WORKER: S.UNIT},
    P.HAND_OVER: {R.COUNSELLOR: S.UNIT, R.MANAGER: S.UNIT},
    P.GRANT_PROTECTED: {R.MANAGER: S.UNIT},
    P.BREAK_GLASS: {R.COUNSELLOR: S.UNIT},
    P.VIEW_WORKPLACES: {R.COUNSELLOR: S.NO_PERSON, R.MANAGER: S.NO_PERSON, R.ADMINISTRATOR: S.NO_PERSON},
    P.MANAGE_WORKPLACES: {R.COUNSELLOR: S.NO_PERSON, R.ADMINISTRATOR: S.NO_PERSON},
    P.VIEW_WORKLOAD: {R.MANAGER: S.UNIT},
    P.VIEW_MEASURES: {R.MANAGER: S.NO_PERSON, R.CONTROLLER: S.NO_PERSON},
    P.COMPUTE_MEASURES: {R.MANAGER: S.NO_PERSON, R.CONTROLLER: S.NO_PERSON},
    P.ASSESS_GOALS: {R.CONTROLLER: S.NO_PERSON},
    P.FREEZE_REPORT: {R.CONTROLLER: S.NO_PERSON},
    P.SUBJECT_ACCESS: {R.MANAGER: S.UNIT},
    P.THIN_OUT: {R.MANAGER: S.UNIT},
    P.VIEW_READERS: {R.COUNSELLOR: S.UNIT, R.MANAGER: S.UNIT},
    P.REVIEW_LOG: {R.MANAGER: S.UNIT},
    P.VIEW_PROCESSING: {R.CONTROLLER: S.NO_PERSON, R.ADMINISTRATOR: S.NO_PERSON},
    P.VIEW_JOBS: {R.MANAGER: S.NO_PERSON, R.CONTROLLER: S.NO_PERSON, R.ADMINISTRATOR: S.NO_PERSON},
    P.IMPORT_FILES: {R.MANAGER: S.ALL},
    P.ADMINISTER: {R.ADMINISTRATOR: S.NO_PERSON},
}

SEES: dict[Role, Rows] = {
    R.COUNSELLOR: Rows.RECEIVED_BY_UNIT,
    R.SOCIAL_WORKER: Rows.REFERRED_BY_UNIT,
    R.MANAGER: Rows.OF_UNITS,
    R.CONTROLLER: Rows.NONE,
    R.ADMINISTRATOR: Rows.NONE,
}

_RECEIVER = {Reader.COUNSELLOR: Share.ALL, Reader.RECEIVING_MANAGER: Share.ALL}
_BOTH = _RECEIVER | {Reader.SOCIAL_WORKER: Share.ALL, Reader.REFERRING_MANAGER: Share.ALL}
_FIGURES = {Reader.CONTROLLER: Share.FIGURES}

# A reader that a matter does not name sees nothing of it.
SHARES: dict[Matter, dict[Reader, Share]] = {
    Matter.IDENTITY: _BOTH,
    Matter.STATUS: _BOTH | _FIGURES,
    Matter.REFERRAL: _BOTH,
    Matter.HOUSEHOLD: _BOTH | _FIGURES,
    Matter.PLACEMENTS: _BOTH | _FIGURES,
    Matter.WAGE_COSTS: _RECEIVER | _FIGURES,
    Matter.OUTCOME: _BOTH | _FIGURES,
    Matter.RETURN_REASON: _RECEIVER | {Reader.SOCIAL_WORKER: Share.OWN_REFERRALS},
    Matter.REFERRERS_NOTES: _BOTH,
    Matter.RECEIVERS_NOTES: _RECEIVER,
    Matter.ASSESSMENTS: _RECEIVER | _FIGURES,
}


def allows(actor: Actor, permission: Permission) -> bool:
    """Whether the actor may do it at all; which rows is `visible_to`'s question."""
    if actor.role is None:
        return True
    scope = POLICY[permission].get(actor.role)
    return scope is not None and (scope != S.ALL or actor.unit_id is None)


def permit(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor may do it."""
    if not allows(actor, permission):
        raise NotAllowed(f"{_why_not(actor, permission)} {_whom_to_ask(actor)}")


def share(reader: Reader, matter: Matter) -> Share:
    """How much of the matter the reader sees."""
    return SHARES[matter].get(reader, Share.NONE)


def _why_not(actor: Actor, permission: Permission) -> str:
    role = actor.role.label.lower() if actor.role else ""
    if actor.role in POLICY[permission]:
        return _("Det här kan inte göras som %(role)s för en enhet.", role=role)
    return _("Det här kan inte göras som %(role)s.", role=role)


def _whom_to_ask(actor: Actor) -> str:
    if actor.role == Role.ADMINISTRATOR:
        return _("Be en kollega med rätt roll.")
    return _("Be en kollega med rätt roll, eller din systemförvaltare.")

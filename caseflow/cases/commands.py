"""Commands of cases."""

from __future__ import annotations

import click
from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from caseflow.accounts import demo
from caseflow.accounts.models import User
from caseflow.cases import grants
from caseflow.cases.grant_models import CaseGrant, GrantKind
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.permissions import Role


@click.command("demo-assign")
def demo_assign() -> None:
    """Share the demo's cases among the demo's users: files do not say whose a case is."""
    with unit_of_work():
        received = (
            select(CaseEvent.id)
            .where(
                CaseEvent.case_id == Case.id,
                CaseEvent.kind.in_([EventKind.ACCEPTED, EventKind.FIRST_MEETING]),
                CaseEvent.voided_at.is_(None),
            )
            .exists()
        )
        _share(Role.SOCIAL_WORKER, Case.from_unit_id, Case.social_worker_id)
        _share(Role.COUNSELLOR, Case.to_unit_id, Case.counsellor_id, received)
        grants.let_referrers_in()
        _let_counsellors_in()


def _share(
    role: Role,
    unit: InstrumentedAttribute[int],
    owner: InstrumentedAttribute[int | None],
    *conditions: ColumnElement[bool],
) -> None:
    """Give each case that has no owner of the role to one of the unit's users, in turn by the case's id."""
    staff = (
        select(
            User.id,
            User.unit_id,
            (func.row_number().over(partition_by=User.unit_id, order_by=User.id) - 1).label("turn"),
            func.count().over(partition_by=User.unit_id).label("colleagues"),
        )
        .where(User.role == role, User.username.in_([user.username for user in demo.EVERYBODY]))
        .subquery()
    )
    db.session.execute(
        update(Case)
        .where(owner.is_(None), unit == staff.c.unit_id, Case.id % staff.c.colleagues == staff.c.turn, *conditions)
        .values({owner: staff.c.id})
        .execution_options(synchronize_session=False)
    )


def _let_counsellors_in() -> None:
    """Every second protected case is seen by its counsellor; the others wait for the manager."""
    had = exists().where(CaseGrant.case_id == Case.id, CaseGrant.user_id == Case.counsellor_id)
    for case in db.session.scalars(select(Case).where(Case.protected, Case.counsellor_id.is_not(None), ~had)):
        if case.id % 2:
            facts = {"kind": GrantKind.MANAGER, "reason": "Ansvarig konsulent", "from_at": clock.now()}
            db.session.add(CaseGrant(case=case, user_id=case.counsellor_id, **facts))


COMMANDS = [demo_assign]

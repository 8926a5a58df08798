"""What closing something entails, in numbers: what goes on there now and stays as it is."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, column, func, select, table

from caseflow.accounts.models import User
from caseflow.core.language import _n
from caseflow.extensions import db
from caseflow.organisation.models import Unit, Workplace

# Cases belong to a later feature; here they are only counted.
_cases = table(
    "cases",
    *(column(name) for name in ("to_unit_id", "from_unit_id", "counsellor_id", "social_worker_id", "closed_on")),
)
_placements = table("placement", column("id"), column("workplace_id"))
_events = table("case_event", column("placement_id"), column("kind"), column("voided_at"))


def closing_unit(unit: Unit) -> list[str]:
    """What goes on at the unit: a sentence for each kind of thing that there is any of."""
    received = _count(_open_cases(_cases.c.to_unit_id == unit.id))
    sent = _count(_open_cases(_cases.c.from_unit_id == unit.id))
    users = _count(select(func.count()).select_from(User).where(User.unit_id == unit.id, User.closed_at.is_(None)))
    found = [
        (received, _n("%(num)s öppet ärende hos enheten.", "%(num)s öppna ärenden hos enheten.", received)),
        (
            sent,
            _n(
                "%(num)s öppet ärende som enheten har anvisat.",
                "%(num)s öppna ärenden som enheten har anvisat.",
                sent,
            ),
        ),
        (users, _n("%(num)s användare på enheten.", "%(num)s användare på enheten.", users)),
    ]
    return [told for count, told in found if count]


def closing_user(user: User) -> list[str]:
    """The open cases that bear the user's name."""
    count = _count(_open_cases((_cases.c.counsellor_id == user.id) | (_cases.c.social_worker_id == user.id)))
    return [_n("%(num)s öppet ärende.", "%(num)s öppna ärenden.", count)] if count else []


def closing_workplace(workplace: Workplace) -> list[str]:
    """The placements that go on there."""
    count = _count(
        select(func.count())
        .select_from(_placements)
        .where(_placements.c.workplace_id == workplace.id, _has("placement_started"), ~_has("placement_ended"))
    )
    return [_n("%(num)s placering pågår där.", "%(num)s placeringar pågår där.", count)] if count else []


def _open_cases(which: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(func.count()).select_from(_cases).where(_cases.c.closed_on.is_(None), which)


def _has(kind: str) -> ColumnElement[bool]:
    mine = _events.c.placement_id == _placements.c.id
    return select(1).select_from(_events).where(mine, _events.c.kind == kind, _events.c.voided_at.is_(None)).exists()


def _count(query: Select[tuple[int]]) -> int:
    return db.session.scalar(query) or 0

"""Many cases handed over at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.core.errors import CaseflowError, NotFound, RuleBroken, StaleEdit
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.security.permissions import Actor

# So many can be seen through before one presses the button.
MOST = 100


@dataclass(frozen=True)
class Refusal:
    """A case that could not be handed over, and why."""

    public_id: UUID
    why: str


class HandOverRefused(CaseflowError):
    """Some of the cases could not be handed over, so none was."""

    status = 409

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(_("Inga ärenden har lämnats över."))
        self.refusals = refusals


def hand_over_many(actor: Actor, versions: Mapping[UUID, int], counsellor: User, reason: str) -> None:
    """Every case to the counsellor, with one event each. Raises HandOverRefused, naming all that stand in the way.

    `versions`: the case's version when the page was opened.
    """
    refusals = []
    for public_id in _in_one_order(actor, list(versions)):
        try:
            _hand_over(actor, public_id, versions[public_id], counsellor, reason)
        except StaleEdit:
            refusals.append(Refusal(public_id, _("Någon har ändrat ärendet sedan du öppnade sidan.")))
        except (RuleBroken, NotFound) as broken:
            refusals.append(Refusal(public_id, broken.message))
    if refusals:
        raise HandOverRefused(refusals)


def _hand_over(actor: Actor, public_id: UUID, version: int, counsellor: User, reason: str) -> None:
    case = services.lock_case(actor, public_id, version)
    if case.counsellor_id == counsellor.id:
        raise RuleBroken(_("%(name)s är redan konsulent.", name=counsellor.name))
    services.hand_over(actor, case, counsellor, reason)


def _in_one_order(actor: Actor, public_ids: list[UUID]) -> list[UUID]:
    """The cases in the order of the participants, whom every writer locks: two at once never wait for each other.
    Those that the actor may not see come last, and are refused."""
    wanted = select(Case.public_id).where(Case.public_id.in_(public_ids), visible_to(actor))
    found = list(db.session.scalars(wanted.order_by(Case.participant_id, Case.id)))
    return [*found, *sorted(set(public_ids) - set(found))]

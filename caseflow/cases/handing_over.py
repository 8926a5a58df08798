"""Many cases handed over at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

    number: str
    why: str


class HandOverRefused(CaseflowError):
    """Some of the cases could not be handed over, so none was."""

    status = 409

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(_("Inga ärenden har lämnats över."))
        self.refusals = refusals


def hand_over_many(actor: Actor, versions: Mapping[str, int], counsellor: User, reason: str) -> None:
    """Every case to the counsellor, with one event each. Raises HandOverRefused, naming all that stand in the way.

    `versions`: the case's version when the page was opened, by its number.
    """
    refusals = []
    for number in _in_one_order(actor, list(versions)):
        try:
            _hand_over(actor, number, versions[number], counsellor, reason)
        except StaleEdit:
            refusals.append(Refusal(number, _("Någon har ändrat ärendet sedan du öppnade sidan.")))
        except (RuleBroken, NotFound) as broken:
            refusals.append(Refusal(number, broken.message))
    if refusals:
        raise HandOverRefused(refusals)


def _hand_over(actor: Actor, number: str, version: int, counsellor: User, reason: str) -> None:
    case = services.lock_case(actor, number, version)
    if case.counsellor_id == counsellor.id:
        raise RuleBroken(_("%(name)s är redan konsulent.", name=counsellor.name))
    services.hand_over(actor, case, counsellor, reason)


def _in_one_order(actor: Actor, numbers: list[str]) -> list[str]:
    """The numbers in the order of the participants, whom every writer locks: two at once never wait for each other.
    Those that the actor may not see come last, and are refused."""
    query = (
        select(Case.number).where(Case.number.in_(numbers), visible_to(actor)).order_by(Case.participant_id, Case.id)
    )
    found = list(db.session.scalars(query))
    return [*found, *sorted(set(numbers) - set(found))]

"""How much of a participant goes into an extract: what its maker sees on the case pages; and who has more.

Boards are secret to each other: what another unit has written is asked for there, and the extract says where.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import not_, select

from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.sharing import Shared
from caseflow.extensions import db
from caseflow.organisation.models import Unit
from caseflow.people.models import Participant
from caseflow.privacy.others import TEXTS
from caseflow.security.permissions import Actor, Matter

# What has to be shared of a case for the table's rows of it to be in the extract. A new table of cases is told of here.
MATTERS = {
    "cases": Matter.STATUS,
    "case_event": Matter.STATUS,
    "case_programme": Matter.STATUS,
    "case_wait": Matter.STATUS,
    "case_grant": Matter.STATUS,
    "register_version": Matter.STATUS,
    "referral_disclosure": Matter.REFERRAL,
    "placement": Matter.PLACEMENTS,
    "wage_cost": Matter.WAGE_COSTS,
    "assessment": Matter.ASSESSMENTS,
    "assessment_score": Matter.ASSESSMENTS,
}


class View:
    """One participant as one actor sees them."""

    def __init__(self, actor: Actor, person: Participant) -> None:
        self.person = person
        theirs = select(Case).where(Case.participant_id == person.id).order_by(Case.id)
        self._shared = [Shared(actor, case) for case in db.session.scalars(theirs.where(visible_to(actor)))]
        self._unseen = list(db.session.scalars(theirs.where(not_(visible_to(actor)))))
        self._events = {event.id: (shared, event) for shared in self._shared for event in shared.case.events}

    def case_ids(self, table: str) -> list[int]:
        """The cases whose rows of the table the actor sees. Raises KeyError where nobody has said what that takes."""
        return [shared.case.id for shared in self._shared if shared.sees(MATTERS[table])]

    def shown(self, table: str, row: dict[str, Any]) -> dict[str, Any] | None:
        """The row as the actor sees it: an event perhaps without its texts, or not at all."""
        if table != "case_event":
            return row
        shared, event = self._events[row["id"]]
        if not shared.sees_event(event):
            return None
        return row if shared.sees_text(event) else {**row, **dict.fromkeys(TEXTS[table])}

    def others(self) -> list[str]:
        """The units that have something of the person that the actor does not see, by name."""
        ids = {unit_id for case in self._unseen for unit_id in (case.from_unit_id, case.to_unit_id)}
        for shared in self._shared:
            if not all(shared.sees(matter) for matter in Matter):
                ids.add(shared.case.to_unit_id)
        return sorted(db.session.scalars(select(Unit.name).where(Unit.id.in_(ids))))

"""Thinning out (gallring): proposed by one manager, approved by another, done in one transaction, certified."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from caseflow.cases.models import Case, CaseEvent
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.measures import services as measures
from caseflow.people.models import Participant
from caseflow.privacy import outside
from caseflow.privacy.forgetting import forget
from caseflow.privacy.models import Thinning
from caseflow.privacy.retention import Reason, last_entries, list_over, rule
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import SYSTEM, Actor, Permission
from caseflow.security.policy import permit

CHUNK = 500


def propose(actor: Actor) -> Thinning:
    """Everybody whose time is over today, and who is not kept. Raises RuleBroken when that is nobody."""
    permit(actor, Permission.THIN_OUT)
    outside.file()
    if db.session.scalar(select(Thinning.id).where(Thinning.withdrawn_at.is_(None), Thinning.finished_at.is_(None))):
        raise RuleBroken(_("Det finns redan ett förslag. Godkänn eller ta tillbaka det först."))
    today = clock.today()
    ids = [key for record in list_over(today) if record.reason is Reason.NONE for key in record.participant_ids]
    if not ids:
        raise RuleBroken(_("Ingen ska gallras i dag."))
    assert actor.id is not None
    thinning = Thinning(as_of_on=today, participant_ids=sorted(ids), proposed_by_id=actor.id)
    db.session.add(thinning)
    db.session.flush()
    return thinning


def get_thinning(thinning_id: UUID, *, lock: bool = False) -> Thinning:
    """The thinning with the id. Raises NotFound."""
    query = select(Thinning).where(Thinning.id == thinning_id).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update(of=Thinning) if lock else query)
    if found is None:
        raise NotFound(_("Gallringen finns inte."))
    return found


def approve(actor: Actor, thinning: Thinning) -> None:
    """The second person's word; the job then begins. Raises NotAllowed for who proposed it."""
    permit(actor, Permission.THIN_OUT)
    _require_waiting(thinning)
    if actor.id == thinning.proposed_by_id:
        raise NotAllowed(_("Den som föreslog gallringen kan inte godkänna den. Be en annan chef."))
    outside.file()
    thinning.approved_by_id, thinning.approved_at = actor.id, clock.now()
    db.session.flush()
    enqueue("privacy.thin", {"thinning_id": str(thinning.id)}, key=f"privacy.thin:{thinning.id}", actor=actor)


def withdraw(actor: Actor, thinning: Thinning) -> None:
    """Take a proposal back."""
    permit(actor, Permission.THIN_OUT)
    _require_waiting(thinning)
    thinning.withdrawn_at, thinning.participant_ids = clock.now(), []


def _require_waiting(thinning: Thinning) -> None:
    if not thinning.is_waiting:
        raise RuleBroken(_("Förslaget är redan avgjort. Ladda om sidan för att se hur."))


def carry_out(thinning: Thinning, report: Callable[[int, int | None, str], None]) -> None:
    """Thin out those of the proposal whose time is over still, and write the certificate. A second run does nothing."""
    if thinning.finished_at is not None or thinning.approved_at is None:
        return
    proposed = list(thinning.participant_ids)
    records = [one for one in list_over(thinning.as_of_on, proposed) if set(one.participant_ids) <= set(proposed)]
    due = [key for record in records if record.reason is Reason.NONE for key in record.participant_ids]
    counts = _counts(due)
    hashes = thin(due, report)
    measures.renew_reports()
    known = rule()
    thinning.protocol = {
        "rule": known.name,
        "statute": known.statute,
        "years": known.years,
        "as_of": thinning.as_of_on.isoformat(),
        "proposed": {"at": thinning.proposed_at.isoformat(), "by": thinning.proposed_by.name},
        "approved": {"at": thinning.approved_at.isoformat(), "by": thinning.approved_by.name},  # type: ignore[union-attr]
        "counts": counts,
        "left": len(proposed) - len(due),
        "last_entries": _years(records),
        "people_sha256": hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest(),
    }
    thinning.sha256 = seal(thinning.protocol)
    thinning.finished_at, thinning.participant_ids = clock.now(), []


def thin(ids: Sequence[int], report: Callable[[int, int | None, str], None]) -> list[str]:
    """Note these people outside the database, then take them out of it. What the list calls them comes back."""
    if not ids:
        return []
    at = clock.now()
    query = select(Participant.id, Participant.number_hash).where(Participant.id.in_(ids))
    hashes = dict(db.session.execute(query).tuples().all())
    outside.add(hashes.values(), at)
    for key in sorted(hashes):
        log_access(SYSTEM, AccessKind.THINNED, participant_id=key)
    for start in range(0, len(ids), CHUNK):
        forget(ids[start : start + CHUNK], at)
        report(min(start + CHUNK, len(ids)), len(ids), "")
    return [outside.mark(one) for one in hashes.values()]


def again() -> int:
    """After a restore: thin out everybody on the list outside the database who is there again. How many that was.

    Not who has come back since: an entry made after the thinning is somebody's new record.
    """
    listed = {line.person: line.at for line in outside.read()}
    query = select(Participant.id, Participant.number_hash).where(Participant.thinned_at.is_(None))
    found = {key: listed[outside.mark(one)] for key, one in db.session.execute(query) if outside.mark(one) in listed}
    last = last_entries(list(found))
    ids = [key for key, at in found.items() if last[key] < at]
    if ids:
        thin(ids, _silently)
        measures.renew_reports()
    return len(ids)


def _silently(_done: int, _total: int | None, _text: str) -> None:
    return None


def _counts(ids: Sequence[int]) -> dict[str, int]:
    """How much is thinned out."""
    cases = select(Case.id).where(Case.participant_id.in_(ids))
    households = select(func.count(func.distinct(Participant.household_id))).where(Participant.id.in_(ids))
    events = select(func.count()).where(CaseEvent.case_id.in_(cases))
    return {
        "persons": len(ids),
        "households": db.session.scalar(households) or 0,
        "cases": db.session.scalar(select(func.count()).select_from(cases.subquery())) or 0,
        "events": db.session.scalar(events) or 0,
    }


def _years(records: Sequence[Any]) -> dict[str, int]:
    """How many records by the year of their last entry."""
    return {str(year): n for year, n in sorted(Counter(record.last_on.year for record in records).items())}


def seal(protocol: dict[str, Any]) -> str:
    """The checksum of a certificate."""
    written = json.dumps(protocol, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def is_untouched(thinning: Thinning) -> bool:
    """Whether the certificate says what it said when it was written."""
    return thinning.sha256 == seal(thinning.protocol)


def list_thinnings() -> list[Thinning]:
    """Every thinning, the latest first; those taken back are left out."""
    query = select(Thinning).where(Thinning.withdrawn_at.is_(None))
    return list(db.session.scalars(query.order_by(Thinning.proposed_at.desc(), Thinning.id)))

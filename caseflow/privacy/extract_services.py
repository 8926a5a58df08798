"""Make an extract, review it and hand it out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select, true
from sqlalchemy.orm import undefer

from caseflow.cases.models import Case
from caseflow.cases.queries import protected_of, sees_all, visible_to
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.privacy.extract import about
from caseflow.privacy.models import SubjectExtract
from caseflow.privacy.others import Choice, Passage, passages
from caseflow.security import crypto
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit


def make(actor: Actor, case: Case) -> SubjectExtract:
    """Keep everything that the actor sees now of the case's participant, in whichever cases."""
    permit(actor, Permission.SUBJECT_ACCESS)
    person = case.participant
    extract = SubjectExtract(
        participant=person,
        unit_id=actor.unit_id,
        made_by_id=actor.id,
        content_encrypted=crypto.encrypt_bytes(as_json(about(actor, person))),
    )
    db.session.add(extract)
    db.session.flush()
    log_access(actor, AccessKind.EXTRACTED, participant_id=person.id, case_id=case.id)
    return extract


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Extracts that hold no more than the actor sees: of persons they have a case of, made for their own unit.

    A colleague's of a protected person only where every case that the unit has is granted to them too.
    """
    theirs = select(Case.participant_id).where(visible_to(actor))
    closed_to_them = select(Case.participant_id).where(protected_of(actor), not_(visible_to(actor)))
    return and_(
        SubjectExtract.participant_id.in_(theirs),
        true() if sees_all(actor) else SubjectExtract.unit_id == actor.unit_id,
        or_(SubjectExtract.made_by_id == actor.id, SubjectExtract.participant_id.not_in(closed_to_them)),
    )


def list_extracts(actor: Actor, participant_id: int) -> list[SubjectExtract]:
    """Those of the participant that the actor may open, the latest first."""
    query = select(SubjectExtract).where(SubjectExtract.participant_id == participant_id, readable_by(actor))
    return list(db.session.scalars(query.order_by(SubjectExtract.made_at.desc(), SubjectExtract.id)))


def get_extract(actor: Actor, extract_id: UUID, *, lock: bool = False) -> SubjectExtract:
    """The extract, when it is the actor's to open. Raises NotFound."""
    query = (
        select(SubjectExtract)
        .where(SubjectExtract.id == extract_id, readable_by(actor))
        .options(undefer(SubjectExtract.content_encrypted))
    )
    extract = db.session.scalar(query.with_for_update(of=SubjectExtract) if lock else query)
    if extract is None:
        raise NotFound(_("Registerutdraget finns inte bland dem du kan se."))
    return extract


def content_of(extract: SubjectExtract) -> dict[str, Any]:
    """What the extract says."""
    content: dict[str, Any] = json.loads(crypto.decrypt_bytes(extract.content_encrypted))
    return content


def hand_out(actor: Actor, extract: SubjectExtract, choices: Sequence[Choice]) -> None:
    """Mask what the reviewer chose and close the extract. Raises RuleBroken when it has been handed out."""
    permit(actor, Permission.SUBJECT_ACCESS)
    if extract.handed_out_at is not None:
        raise RuleBroken(_("Registerutdraget är redan lämnat ut."))
    content = content_of(extract)
    for passage, choice in zip(passages(content, extract.participant), choices, strict=True):
        passage.apply(choice)
    written = as_json(content)
    extract.content_encrypted = crypto.encrypt_bytes(written)
    extract.choices = [choice.value for choice in choices]
    extract.sha256 = hashlib.sha256(written).hexdigest()
    extract.handed_out_at, extract.handed_out_by_id = clock.now(), actor.id
    log_access(actor, AccessKind.EXTRACTED, participant_id=extract.participant_id, detail="utlämnat")


def texts_of(extract: SubjectExtract) -> list[Passage]:
    """The texts to review."""
    return passages(content_of(extract), extract.participant)


def units_with_more(extract: SubjectExtract) -> list[str]:
    """The units that have something of the person that is not in the extract."""
    found: list[str] = content_of(extract).get("elsewhere", {}).get("units", [])
    return found


def as_json(content: dict[str, Any]) -> bytes:
    """The machine-readable file."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()

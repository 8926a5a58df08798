"""Reads of people."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.core.personnummer import Identity
from caseflow.extensions import db
from caseflow.people.models import Participant
from caseflow.security import crypto


def find_participant(identity: Identity) -> Participant | None:
    """The participant with the number, if known."""
    return db.session.scalar(select(Participant).where(Participant.number_hash == crypto.lookup_hash(identity.number)))

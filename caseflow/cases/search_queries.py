"""Search for a case by name, personnummer or case number, and the cases opened last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from caseflow.cases.list_order import MOST_LISTED
from caseflow.cases.list_queries import first_by_name, first_of_few, rows_of
from caseflow.cases.list_rows import CaseRow, title_of
from caseflow.cases.models import Case
from caseflow.cases.queries import protected_of, search_condition, visible_to
from caseflow.cases.rules import CLOSED, OPEN
from caseflow.cases.target_queries import get_stage_targets
from caseflow.cases.terms import Stage
from caseflow.core import personnummer
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.people.models import Participant
from caseflow.security import audit, crypto
from caseflow.security.audit import AccessKind, AuditRow
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import allows

MIN_LETTERS = 2
# A personnummer without century and hyphen.
IDENTITY_LENGTH = 10
RECENT = 5
# How far back in the own log "last opened" looks: opening one case often must not push out the others.
RECENT_LOOKS = 100
CASE_NUMBER = re.compile(r"\d{4}-\d{0,6}")
IDENTITY = re.compile(r"[\d\s+–−-]+")


@dataclass(frozen=True)
class Found:
    """The cases that a search found, and how many there are in all, counted to `most` + 1.

    `advice`: how to write what was meant.
    """

    rows: list[CaseRow]
    total: int
    by_identity: bool = False
    advice: str = ""
    most = MOST_LISTED

    @property
    def open(self) -> list[CaseRow]:
        return [row for row in self.rows if row.stage in OPEN]

    @property
    def closed(self) -> list[CaseRow]:
        return [row for row in self.rows if row.stage not in OPEN]


def search(actor: Actor, text: str, today: date, limit: int) -> Found:
    """Cases that the actor may see whose participant or number fits the text; open ones first, then by name.

    A protected person is found by personnummer or case number only.
    """
    text = text.strip()
    if len(text) < MIN_LETTERS:
        return Found([], 0)
    if CASE_NUMBER.fullmatch(text):
        return _find(actor, Case.number.startswith(text, autoescape=True), today, limit)
    if IDENTITY.fullmatch(text) and len(text) >= IDENTITY_LENGTH:
        return _find_identity(actor, text, today, limit)
    return _find(actor, search_condition(text), today, limit)


def _find_identity(actor: Actor, text: str, today: date, limit: int) -> Found:
    try:
        identity = personnummer.parse(text)
    except RuleBroken as broken:
        return Found([], 0, advice=broken.message)
    has_number = Participant.number_hash == crypto.lookup_hash(identity.number)
    found = _find(actor, has_number, today, limit)
    return Found(found.rows, found.total, by_identity=True)


def _find(actor: Actor, condition: ColumnElement[bool], today: date, limit: int) -> Found:
    conditions = [visible_to(actor), condition]
    ids, total = first_of_few(conditions, limit)
    if total > MOST_LISTED:
        # So many that the first by name are soon met in the index of names: open ones, then closed ones.
        ids = first_by_name([*conditions, Case.stage.in_(OPEN)], limit)
        ids += first_by_name([*conditions, Case.stage.in_(CLOSED)], limit - len(ids))
    rows = rows_of(get_stage_targets(today), ids)
    return Found([rows[case_id] for case_id in ids], total)


@dataclass(frozen=True)
class Hidden:
    """A protected case of the own unit that was asked for by its whole number, or its person's."""

    public_id: UUID
    id: int
    participant_id: int


def find_hidden(actor: Actor, text: str) -> Hidden | None:
    """What the actor may break the glass of; nothing for part of a number, or for whoever may not do that."""
    text = text.strip()
    if not allows(actor, Permission.BREAK_GLASS):
        return None
    if CASE_NUMBER.fullmatch(text):
        condition = Case.number == text
    elif IDENTITY.fullmatch(text) and len(text) >= IDENTITY_LENGTH:
        try:
            identity = personnummer.parse(text)
        except RuleBroken:
            return None
        condition = Participant.number_hash == crypto.lookup_hash(identity.number)
    else:
        return None
    query = select(Case.public_id, Case.id, Case.participant_id).join(
        Participant, Participant.id == Case.participant_id
    )
    latest = query.where(condition, protected_of(actor), ~visible_to(actor)).order_by(Case.referred_on.desc(), Case.id)
    found = db.session.execute(latest.limit(1)).tuples().first()
    return None if found is None else Hidden(*found)


def find_participant_id(actor: Actor, number: str) -> int | None:
    """Whose case it is, for the log."""
    return db.session.scalar(select(Case.participant_id).where(Case.number == number, visible_to(actor)))


@dataclass(frozen=True)
class RecentCase:
    """A case that the user opened lately."""

    public_id: UUID
    number: str
    title: str
    birth_year: int | None
    protected: bool
    stage: Stage


def list_recent(actor: Actor) -> list[RecentCase]:
    """The cases that the actor opened last and may still see, latest first."""
    looks = (
        select(AuditRow.case_id, AuditRow.at)
        .where(AuditRow.user_id == actor.id, AuditRow.kind == AccessKind.OPENED_CASE)
        .order_by(AuditRow.id.desc())
        .limit(RECENT_LOOKS)
        .subquery()
    )
    latest = select(looks.c.case_id, func.max(looks.c.at).label("at")).group_by(looks.c.case_id).subquery()
    query = (
        select(
            Case.id,
            Case.participant_id,
            Case.public_id,
            Case.number,
            Case.stage,
            Participant.protected,
            Participant.first_name,
            Participant.last_name,
            Participant.birth_on,
        )
        .join(latest, latest.c.case_id == Case.id)
        .join(Participant, Participant.id == Case.participant_id)
        .where(visible_to(actor))
        .order_by(latest.c.at.desc(), Case.number)
        .limit(RECENT)
    )
    return [_recent(row) for row in db.session.execute(query)]


def _recent(row: Any) -> RecentCase:
    audit.read(row.participant_id, row.id)
    title = title_of(row.protected, row.number, row.first_name, row.last_name)
    return RecentCase(
        row.public_id, row.number, title, None if row.protected else row.birth_on.year, row.protected, row.stage
    )

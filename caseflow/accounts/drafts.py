"""Drafts: what somebody has filled in is kept until the form is sent. One per user and form, nobody else's to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Form

from caseflow.accounts.models import Draft
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.security import crypto

KEPT = timedelta(days=30)
MAX_LENGTH = 40_000
# What belongs to the page that was sent, not to what was written in it.
OF_THE_PAGE = frozenset({"csrf_token", "version", "opened_at", "look_up", "send"})

NEW_REFERRAL = "cases.new_referral"

Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Kept:
    """A draft as its user gets it back."""

    fields: Fields
    saved_at: datetime

    def fill(self, form: Form) -> None:
        """Put what was written back into the form."""
        written = MultiDict(list(self._pairs()))
        for field in form:
            if field.name not in OF_THE_PAGE:
                field.process(written)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for name, values in self.fields.items():
            for value in values:
                yield name, value


def find_form(path: str) -> str | None:
    """The endpoint of the form about a case at the path, which offers its draft when it is opened again."""
    try:
        rule, _values = current_app.url_map.bind("").match(path, method="POST", return_rule=True)
    except HTTPException:
        return None
    is_form = {"GET", "POST"} <= (rule.methods or set())
    return rule.endpoint if is_form and ("case_id" in rule.arguments or rule.endpoint == NEW_REFERRAL) else None


def find(user_id: int, address: str) -> Kept | None:
    """The user's draft of the form at the address, unless it has grown too old."""
    query = select(Draft).where(Draft.user_id == user_id, Draft.address == address, Draft.saved_at > clock.now() - KEPT)
    draft = db.session.scalar(query)
    return Kept(json.loads(crypto.decrypt(draft.fields_encrypted)), draft.saved_at) if draft else None


def save(user_id: int, address: str, sent: MultiDict[str, str]) -> bool:
    """Keep what the form holds now, in place of what was kept before. False when it is too long to be kept."""
    fields = {name: values for name, values in sent.lists() if name not in OF_THE_PAGE}
    text = json.dumps(fields, ensure_ascii=False)
    if len(text) > MAX_LENGTH:
        return False
    values = {"fields_encrypted": crypto.encrypt(text), "saved_at": clock.now()}
    statement = insert(Draft).values(user_id=user_id, address=address, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[Draft.user_id, Draft.address], set_=values))
    return True


def remove(user_id: int, address: str) -> None:
    """The form has been sent, or its user does not want the draft."""
    db.session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.address == address))


def remove_old() -> None:
    """Forget every draft that nobody has come back to."""
    db.session.execute(delete(Draft).where(Draft.saved_at <= clock.now() - KEPT))

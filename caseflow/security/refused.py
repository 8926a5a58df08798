"""What somebody asked for and may not see. The answer is that of what does not exist; only the log tells them apart."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_login import current_user
from sqlalchemy import Uuid, column, select, table

from caseflow.extensions import db
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor

# Cases belong to a later feature; the log holds their keys.
_cases = table("cases", column("id"), column("participant_id"), column("public_id", Uuid()))


def log_refused(case_id: UUID | None = None, *, page: bool = False) -> None:
    """Keep that the signed-in user did not find the rows that the address names, or the case that the form names.
    `page`: that the whole page is not for them, whatever it names.

    One look-up whether the case exists or not, so that the time it takes tells nothing either.
    """
    named = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, UUID)}
    if case_id is not None:
        named["case_id"] = case_id
    if not (named or page) or not current_user.is_authenticated:
        return
    actor = current_actor()
    wanted = select(_cases.c.id, _cases.c.participant_id).where(_cases.c.public_id == named.get("case_id"))
    found_id, participant_id = db.session.execute(wanted).tuples().one_or_none() or (None, None)
    told = " ".join(f"{name}={value}" for name, value in named.items())
    log_access(
        actor,
        AccessKind.REFUSED,
        case_id=found_id,
        participant_id=participant_id,
        detail=f"{request.method} {told}".strip(),
    )

"""Freeze a report, and withdraw one. Neither commits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, in_swedish
from caseflow.extensions import db
from caseflow.measures.facts import settled_at
from caseflow.reports.frozen import canonical, checksum, kept
from caseflow.reports.kinds import Question, ReportKind
from caseflow.reports.models import FrozenReport
from caseflow.reports.reading import address_of
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit
from caseflow.version import software_version


def freeze(actor: Actor, kind: ReportKind, question: Question, comment: str, request: str) -> FrozenReport:
    """Keep the report as it is told now, or as known at the question's own instant. The same request freezes once."""
    permit(actor, Permission.FREEZE_REPORT)
    earlier = db.session.scalar(select(FrozenReport).where(FrozenReport.request == request))
    if earlier is not None:
        return earlier
    asked = replace(question, cut=replace(question.cut, known_at=question.cut.known_at or settled_at()))
    content = content_of(kind, asked, software_version())
    values = {
        "report": kind.key,
        "title": content["document"]["title"],
        "as_of_on": asked.cut.as_of,
        "known_at": asked.cut.known_at,
        "software": content["software"],
        "content": (text := canonical(content)),
        "sha256": checksum(text),
        "comment": comment,
        "request": request,
        "frozen_at": clock.now(),
        "frozen_by_id": actor.id,
    }
    # Two clicks at once: the second waits here for the first, and then finds its row.
    db.session.execute(insert(FrozenReport).values(**values).on_conflict_do_nothing(index_elements=["request"]))
    return db.session.scalars(select(FrozenReport).where(FrozenReport.request == request)).one()


def content_of(kind: ReportKind, question: Question, software: str) -> dict[str, Any]:
    """What is kept of the report: what was asked, the figures and definitions, and the program that made them.

    In Swedish, whoever asks: the same question gives the same text.
    """
    with in_swedish():
        document = kept(kind.build(question))
    return {"question": address_of(question, kind), "software": software, "document": document}


def withdraw(actor: Actor, frozen: FrozenReport, reason: str) -> None:
    """Say that the frozen report no longer holds. It can still be read."""
    permit(actor, Permission.FREEZE_REPORT)
    if frozen.voided_at is not None:
        raise RuleBroken(_("Rapporten är redan återkallad."))
    frozen.voided_at, frozen.voided_by_id, frozen.void_reason = clock.now(), actor.id, reason
    db.session.flush()

"""The areas that are scored to begin with; an administrator adds and closes areas later."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.cases.models import AssessmentArea
from caseflow.extensions import db

AREAS = (
    "Arbetslivserfarenhet",
    "Svenska i arbetet",
    "Hälsa och ork",
    "Motivation och mål",
    "Samarbete",
    "Struktur i vardagen",
    "Digital vana",
    "Ekonomi och boende",
)


def add_missing() -> None:
    """Add the areas that are not there."""
    known = set(db.session.scalars(select(AssessmentArea.name)))
    for position, name in enumerate(AREAS):
        if name not in known:
            db.session.add(AssessmentArea(name=name, position=position))
    db.session.flush()

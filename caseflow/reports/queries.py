"""Reads of frozen reports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.database import find_row
from caseflow.extensions import db
from caseflow.reports.document import Document
from caseflow.reports.frozen import checksum, restored
from caseflow.reports.kinds import Question, ReportKind, get_report
from caseflow.reports.models import FrozenReport
from caseflow.reports.reading import QuestionForm

LATEST = 5


@dataclass(frozen=True)
class FrozenPage:
    """A frozen report, read back. `intact`: its checksum is that of its content."""

    row: FrozenReport

    @property
    def intact(self) -> bool:
        return checksum(self.row.content) == self.row.sha256

    @cached_property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.row.content)
        return found

    @cached_property
    def document(self) -> Document:
        return restored(self.content["document"])

    @property
    def kind(self) -> ReportKind:
        return get_report(self.row.report)

    @property
    def question(self) -> Question | None:
        """What was asked; None when a unit or programme of it has another code today."""
        return QuestionForm(self.content["question"], self.kind).read()


def list_frozen() -> Select[tuple[FrozenReport]]:
    """Every frozen report without its content, the latest first."""
    query = select(FrozenReport).options(defer(FrozenReport.content), joinedload(FrozenReport.frozen_by))
    return query.order_by(FrozenReport.frozen_at.desc(), FrozenReport.id.desc())


def list_latest_frozen() -> list[FrozenReport]:
    """The few that were frozen last and still hold."""
    return list(db.session.scalars(list_frozen().where(FrozenReport.voided_at.is_(None)).limit(LATEST)))


def get_frozen(public_id: UUID) -> FrozenPage:
    """The frozen report. Raises NotFound."""
    row = find_row(FrozenReport, public_id)
    if row is None:
        raise NotFound(_("Den frysta rapporten finns inte."))
    return FrozenPage(row)

"""What the jobs have computed. Everything here can be thrown away and computed again from the log."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.core.personnummer import Sex
from caseflow.database import Choice, Day, Instant
from caseflow.extensions import Base
from caseflow.measures.rules import Wait


class CaseWait(Base):
    """One wait of one case that has begun: it has ended, was stopped unfinished, or is open (neither).

    `began_on` None: the wait has ended but its beginning was never recorded; counted as unknown. `unit_id` is the unit
    that the wait lies with. `household_id` and `left_wholly` belong to W7, which counts once per household.
    """

    __tablename__ = "case_wait"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR stopped_on IS NULL", name="one_end"),
        CheckConstraint("began_on IS NOT NULL OR ended_on IS NOT NULL", name="some_day"),
        CheckConstraint("ended_on >= began_on", name="order"),
        CheckConstraint("stopped_on >= began_on", name="stop_order"),
        Index("ix_case_wait_wait_ended_on", "wait", "ended_on"),
        Index("ix_case_wait_wait_began_on", "wait", "began_on"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    wait: Mapped[Wait] = mapped_column(Choice(Wait), primary_key=True)
    began_on: Mapped[Day | None]
    ended_on: Mapped[Day | None]
    stopped_on: Mapped[Day | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    sex: Mapped[Sex] = mapped_column(Choice(Sex))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    left_wholly: Mapped[bool | None]


class RunKind(StrEnum):
    """What was computed: everything, or one case."""

    ALL = "all"
    CASE = "case"


class MeasureRun(Base):
    """When the waits were last computed, one row per kind. `known_at`: what had been recorded by then is counted."""

    __tablename__ = "measure_run"

    kind: Mapped[RunKind] = mapped_column(Choice(RunKind), primary_key=True)
    known_at: Mapped[Instant]
    waits_n: Mapped[int]


class MeasureResult(Base):
    """A whole report as a job computed it. `measure`: F5, or programme:<code>."""

    __tablename__ = "measure_result"

    measure: Mapped[str] = mapped_column(String(80), primary_key=True)
    as_of_on: Mapped[Day]
    known_at: Mapped[Instant]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)

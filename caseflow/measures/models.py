"""What the jobs have computed. Everything here can be thrown away and computed again from the log."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.core.personnummer import Sex
from caseflow.database import Choice, Day, Instant, Key, RecordedAt
from caseflow.extensions import Base
from caseflow.measures.rules import Goal, Wait
from caseflow.organisation.models import Unit


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
        Index("ix_case_wait_household_id", "household_id", postgresql_where=text("household_id IS NOT NULL")),
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


class WaitCount(Base):
    """How many waits there are of each length, for one wait, unit, sex and year: every figure follows from these.

    W7 once per household. `ended`: by month of the year and length, of the waits that ended in it. `begun_ended` and
    `begun_stopped`: the same, of those that began in it and have ended or been stopped. `open`: by the day on which
    they began, of those that began in it and are open. How the numbers are packed: `counting`.
    """

    __tablename__ = "wait_count"

    wait: Mapped[Wait] = mapped_column(Choice(Wait), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    sex: Mapped[Sex] = mapped_column(Choice(Sex), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ended: Mapped[bytes]
    begun_ended: Mapped[bytes]
    begun_stopped: Mapped[bytes]
    open: Mapped[bytes]


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


class GoalOverride(Base):
    """A colour that a controller has chosen for a figure in place of the computed one, with the reason.

    It holds for one measure and unit (None: all), and for the very period and cut-off it was chosen for. Appended,
    never changed: another choice, or none, voids it. `computed`: what the rule said when the choice was made.
    """

    __tablename__ = "goal_override"
    __table_args__ = (
        Index(
            "uq_goal_override_current",
            "measure",
            text("coalesce(unit_id, 0)"),
            "from_on",
            "to_on",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    measure: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    from_on: Mapped[Day]
    to_on: Mapped[Day]
    computed: Mapped[Goal] = mapped_column(Choice(Goal))
    chosen: Mapped[Goal] = mapped_column(Choice(Goal))
    comment: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[RecordedAt]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    unit: Mapped[Unit | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])

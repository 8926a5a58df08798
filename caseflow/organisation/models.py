"""Units, employers, workplaces, programmes and targets."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.database import Addressed, Choice, Day, Instant, Key, Kronor, RecordedAt
from caseflow.extensions import Base
from caseflow.history import Edited, Versioned
from caseflow.organisation.rules import Ground, Sector, UnitKind


class Unit(Addressed, Edited, Versioned, Base):
    """A unit of the municipality that refers (AFI, TuA, …) or receives (AMC, AMS, OSA)."""

    __tablename__ = "unit"
    HISTORY = ("name", "kind", "closed_at")
    FIXED = ("code",)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[UnitKind] = mapped_column(Choice(UnitKind))
    purpose: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[Instant | None]


class DisclosureRule(Edited, Base):
    """The grounds on which a unit may hand over what a referral says to another. Without one it cannot refer there."""

    __tablename__ = "disclosure_rule"
    __table_args__ = (
        UniqueConstraint("from_unit_id", "to_unit_id"),
        CheckConstraint("default_ground = ANY (grounds) OR grounds = '{}'", name="default_ground"),
    )

    id: Mapped[Key]
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    grounds: Mapped[list[Ground]] = mapped_column(ARRAY(Choice(Ground)))
    default_ground: Mapped[Ground | None] = mapped_column(Choice(Ground))


class UnitCost(Base):
    """What a unit cost one calendar year, net, kronor. A changed sum voids the row and adds another."""

    __tablename__ = "unit_cost"
    __table_args__ = (
        Index("uq_unit_cost_current", "unit_id", "year", unique=True, postgresql_where=text("voided_at IS NULL")),
    )

    id: Mapped[Key]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    net_cost_kr: Mapped[Kronor]
    recorded_at: Mapped[RecordedAt]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voided_at: Mapped[Instant | None]

    unit: Mapped[Unit] = relationship()


class Employer(Addressed, Edited, Versioned, Base):
    """Who runs workplaces. `department` is the förvaltning or nämnd when it is the own municipality."""

    __tablename__ = "employer"
    HISTORY = ("name", "sector", "department")

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(160), unique=True)
    sector: Mapped[Sector | None] = mapped_column(Choice(Sector))
    department: Mapped[str] = mapped_column(String(160), default="")

    workplaces: Mapped[list[Workplace]] = relationship(back_populates="employer", order_by="Workplace.name")


class Workplace(Addressed, Edited, Versioned, Base):
    """Where a placement is."""

    __tablename__ = "workplace"
    __table_args__ = (UniqueConstraint("employer_id", "name"),)
    HISTORY = ("employer_id", "name")

    id: Mapped[Key]
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    name: Mapped[str] = mapped_column(String(160))
    supervisor: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    closed_at: Mapped[Instant | None]

    employer: Mapped[Employer] = relationship(back_populates="workplaces", lazy="joined")

    @property
    def label(self) -> str:
        """The workplace with its employer, once when they bear the same name."""
        return self.name if self.name == self.employer.name else f"{self.name}, {self.employer.name}"


class Programme(Addressed, Edited, Versioned, Base):
    """A programme or project that cases can be in, several at once."""

    __tablename__ = "programme"
    HISTORY = ("name", "starts_on", "ends_on", "place_goal", "of_which_workplace")
    FIXED = ("code",)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    starts_on: Mapped[Day | None]
    ends_on: Mapped[Day | None]
    place_goal: Mapped[int | None]
    # The report shows the places at workplaces of this name on a line of their own ("varav Återbruket").
    of_which_workplace: Mapped[str] = mapped_column(String(160), default="")

    budgets: Mapped[list[ProgrammeBudget]] = relationship(order_by="ProgrammeBudget.year")
    goals: Mapped[list[ProgrammeGoal]] = relationship(order_by="ProgrammeGoal.year, ProgrammeGoal.board")


class ProgrammeBudget(Edited, Versioned, Base):
    """What a programme was given one year, and how far the assistance budget was lowered on the strength of it."""

    __tablename__ = "programme_budget"
    __table_args__ = (UniqueConstraint("programme_id", "year"),)
    HISTORY = ("granted_kr", "assistance_reduction_kr")
    FIXED = ("programme_id", "year")

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    granted_kr: Mapped[Kronor]
    assistance_reduction_kr: Mapped[Kronor]


class ProgrammeGoal(Edited, Versioned, Base):
    """How many places a programme should begin one year; 0: the goal has been taken back. `board`: at workplaces of
    that förvaltning or nämnd (`Employer.department`), "" all together. `Programme.place_goal` is of its whole time."""

    __tablename__ = "programme_goal"
    __table_args__ = (UniqueConstraint("programme_id", "year", "board"), CheckConstraint("places >= 0", name="places"))
    HISTORY = ("places",)
    FIXED = ("programme_id", "year", "board")

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    board: Mapped[str] = mapped_column(String(160), default="")
    places: Mapped[int]


class Target(Addressed, Edited, Versioned, Base):
    """What a measure should reach, for the time the target was valid. An old target stays.

    `measure` is a code of DOMAIN.md (W1 …, F5) or `stage:<stage>` for the days a case should spend in a stage.
    `value` is in the measure's own unit (days, placements). `unit_id` None: for every unit.
    """

    __tablename__ = "target"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),)
    HISTORY = ("measure", "unit_id", "value", "wording", "valid_from", "valid_to")

    id: Mapped[Key]
    measure: Mapped[str] = mapped_column(String(40), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    value: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    wording: Mapped[str] = mapped_column(String(120), default="")
    valid_from: Mapped[Day]
    valid_to: Mapped[Day | None]

    unit: Mapped[Unit | None] = relationship()

"""The case, its log of events, and the rows that events concern."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.accounts.models import User
from caseflow.cases.rules import CaseState, Fact, PlacementFact, replay
from caseflow.cases.terms import (
    DisclosedField,
    EmploymentForm,
    EventKind,
    ExitOutcome,
    HouseholdEffect,
    PlacementKind,
    Stage,
)
from caseflow.core.language import _
from caseflow.database import Addressed, Choice, Day, Instant, Key, Kronor, RecordedAt
from caseflow.extensions import Base
from caseflow.history import Versioned
from caseflow.organisation.models import Programme, Unit, Workplace
from caseflow.organisation.rules import Ground
from caseflow.people.models import Participant


class CaseNumber(Base):
    """The last case number given in a year."""

    __tablename__ = "case_number"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int]


# What an index of cases has along besides what it is ordered by.
ALONG = ["id", "number", "participant_id", "thinned_at", "closed_on", "protected"]


class Case(Addressed, Versioned, Base):
    """One passage of one participant through the flow.

    `stage`, `stage_since_on`, `referred_on`, `closed_on` and `follow_up_due_on` are caches of the replay.
    `version` rises with every change; a form brings back the one it was opened with.
    """

    __tablename__ = "cases"
    __table_args__ = (
        # Lists are counted and put in order out of these alone, without a look at the cases.
        *(
            Index(f"ix_cases_{'_'.join(columns)}", *columns, postgresql_include=ALONG)
            for columns in (
                ("stage", "stage_since_on", "to_unit_id"),
                ("to_unit_id", "stage", "stage_since_on"),
                ("from_unit_id", "stage", "stage_since_on"),
            )
        ),
        Index("ix_cases_protected", "to_unit_id", "from_unit_id", postgresql_where=text("protected")),
    )
    HISTORY = ("participant_id", "from_unit_id", "to_unit_id")
    FIXED = ("number", "created_at")

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    social_worker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[RecordedAt]
    version: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Stage] = mapped_column(Choice(Stage), default=Stage.NEW)
    stage_since_on: Mapped[Day | None]
    referred_on: Mapped[Day | None] = mapped_column(index=True)
    closed_on: Mapped[Day | None]
    follow_up_due_on: Mapped[Day | None]
    # Whether the person is protected. Kept by triggers: an UPDATE of either row cannot make the two differ.
    protected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # When the person was taken out of the case (gallring): its dates still count, but nobody can open it.
    thinned_at: Mapped[Instant | None]

    participant: Mapped[Participant] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])
    social_worker: Mapped[User | None] = relationship(foreign_keys=[social_worker_id])
    counsellor: Mapped[User | None] = relationship(foreign_keys=[counsellor_id])
    programmes: Mapped[list[CaseProgramme]] = relationship(back_populates="case")
    events: Mapped[list[CaseEvent]] = relationship(
        back_populates="case", order_by="CaseEvent.sequence", foreign_keys="CaseEvent.case_id"
    )
    placements: Mapped[list[Placement]] = relationship(back_populates="case", order_by="Placement.id")
    assessments: Mapped[list[Assessment]] = relationship(back_populates="case", order_by="Assessment.id")
    disclosures: Mapped[list[ReferralDisclosure]] = relationship(
        back_populates="case", order_by="ReferralDisclosure.id"
    )

    @property
    def title(self) -> str:
        """What pages call the case: the participant's name, or the case number where the person is protected."""
        return _("Ärende %(number)s", number=self.number) if self.participant.protected else self.participant.name

    @property
    def valid_events(self) -> list[CaseEvent]:
        """The events that have not been voided."""
        return [event for event in self.events if event.voided_at is None]

    @property
    def facts(self) -> list[Fact]:
        return [event.fact for event in self.valid_events]

    @property
    def state(self) -> CaseState:
        return replay(self.facts)


class ReferralDisclosure(Base):
    """What a referral handed over, to whom and on which ground. A referral that was read in from a file has none: on
    which ground it was made is not known."""

    __tablename__ = "referral_disclosure"
    __table_args__ = (CheckConstraint(f"consent_on IS NOT NULL OR ground <> '{Ground.CONSENT}'", name="consent_on"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"), unique=True)
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    ground: Mapped[Ground] = mapped_column(Choice(Ground))
    consent_on: Mapped[Day | None]
    fields: Mapped[list[DisclosedField]] = mapped_column(ARRAY(Choice(DisclosedField)))
    recorded_at: Mapped[RecordedAt]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    case: Mapped[Case] = relationship(back_populates="disclosures")
    event: Mapped[CaseEvent] = relationship()
    to_unit: Mapped[Unit] = relationship(lazy="joined")
    recorded_by: Mapped[User] = relationship(lazy="joined")


class SavedView(Addressed, Base):
    """A filter of the list of cases that a user has given a name. `query`: as the list's address has it."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[RecordedAt]


class CaseProgramme(Base):
    """A case's time in a programme. Left or corrected: `voided_at` or `to_on`."""

    __tablename__ = "case_programme"
    __table_args__ = (
        Index(
            "uq_case_programme_current",
            "case_id",
            "programme_id",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="span"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    from_on: Mapped[Day]
    to_on: Mapped[Day | None]
    recorded_at: Mapped[RecordedAt]
    voided_at: Mapped[Instant | None]

    case: Mapped[Case] = relationship(back_populates="programmes")
    programme: Mapped[Programme] = relationship(lazy="joined")


class CaseEvent(Addressed, Base):
    """One dated fact of a case. Appended, never changed: a correction voids it and appends another.

    `sequence` is the order of registration within the case; a replacement takes the sequence of what it replaces.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        Index("ix_case_event_case_id_sequence", "case_id", "sequence"),
        Index("ix_case_event_kind_occurred_on", "kind", "occurred_on"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void"),
    )

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind))
    occurred_on: Mapped[Day]
    sequence: Mapped[int]
    recorded_at: Mapped[RecordedAt]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), index=True)
    outcome: Mapped[ExitOutcome | None] = mapped_column(Choice(ExitOutcome))
    household_effect: Mapped[HouseholdEffect | None] = mapped_column(Choice(HouseholdEffect))
    # Assistance per month before the exit, typed in where no payment is known. Kronor.
    typed_baseline_kr: Mapped[Kronor | None]
    voided_at: Mapped[Instant | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("case_event.id"))

    case: Mapped[Case] = relationship(back_populates="events", foreign_keys=[case_id])
    placement: Mapped[Placement | None] = relationship()
    assessment: Mapped[Assessment | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])
    replaces: Mapped[CaseEvent | None] = relationship(remote_side="CaseEvent.id")

    @property
    def fact(self) -> Fact:
        """The event as the rules see it."""
        placement = self.placement.fact if self.placement is not None else None
        return Fact(self.kind, self.occurred_on, self.sequence, placement, self.outcome)


class Placement(Addressed, Base):
    """Where and how somebody is placed. Its real start and end are events; a changed fact is a new placement row."""

    __tablename__ = "placement"
    __table_args__ = (CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(String(80), index=True)
    kind: Mapped[PlacementKind] = mapped_column(Choice(PlacementKind))
    form: Mapped[EmploymentForm | None] = mapped_column(Choice(EmploymentForm))
    workplace_id: Mapped[int] = mapped_column(ForeignKey("workplace.id"), index=True)
    percent: Mapped[int]
    supervisor: Mapped[str] = mapped_column(String(120), default="")
    planned_end_on: Mapped[Day | None]

    case: Mapped[Case] = relationship(back_populates="placements")
    workplace: Mapped[Workplace] = relationship(lazy="joined")
    wage_costs: Mapped[list[WageCost]] = relationship(back_populates="placement")

    @property
    def fact(self) -> PlacementFact:
        # A row that is not yet saved has no id; the object itself tells it apart.
        return PlacementFact(self, self.kind, self.percent)

    @property
    def label(self) -> str:
        """The kind, or the form of an employment: "Praktik", "Extratjänst"."""
        return self.form.label if self.form else self.kind.label


class WageCost(Base):
    """What a subsidised employment cost one month, and who paid. A changed sum voids the row and adds another."""

    __tablename__ = "wage_cost"
    __table_args__ = (
        Index(
            "uq_wage_cost_current", "placement_id", "month_on", unique=True, postgresql_where=text("voided_at IS NULL")
        ),
        CheckConstraint("extract(day from month_on) = 1", name="month_on"),
    )

    id: Mapped[Key]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    month_on: Mapped[Day]
    wage_kr: Mapped[Kronor]
    af_kr: Mapped[Kronor] = mapped_column(default=Decimal(0))
    programme_kr: Mapped[Kronor] = mapped_column(default=Decimal(0))
    recorded_at: Mapped[RecordedAt]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voided_at: Mapped[Instant | None]

    placement: Mapped[Placement] = relationship(back_populates="wage_costs")


class AssessmentArea(Addressed, Base):
    """An area that is scored, FIA-like. A closed area keeps its old scores."""

    __tablename__ = "assessment_area"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
    closed_at: Mapped[Instant | None]


class Assessment(Base):
    """One scoring of a participant; its day is its event's. The first of a case is the baseline."""

    __tablename__ = "assessment"

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)

    case: Mapped[Case] = relationship(back_populates="assessments")
    scores: Mapped[list[AssessmentScore]] = relationship(back_populates="assessment", cascade="all, delete-orphan")


class AssessmentScore(Base):
    """The score of one area, 1 (large need of support) to 5 (manages alone)."""

    __tablename__ = "assessment_score"
    __table_args__ = (
        UniqueConstraint("assessment_id", "area_id"),
        CheckConstraint("value BETWEEN 1 AND 5", name="value"),
    )

    id: Mapped[Key]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("assessment_area.id"), index=True)
    value: Mapped[int]

    assessment: Mapped[Assessment] = relationship(back_populates="scores")
    area: Mapped[AssessmentArea] = relationship(lazy="joined")

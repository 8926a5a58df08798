"""Participants, households and the assistance paid to them."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.core.language import _l
from caseflow.core.periods import age_on
from caseflow.core.personnummer import Identity, Sex
from caseflow.database import LETTERS_AFTER_Z, SWEDISH_LETTERS, Choice, Day, Instant, Key, Kronor, RecordedAt
from caseflow.extensions import Base
from caseflow.history import Versioned
from caseflow.security import crypto


class Protection(StrEnum):
    """How the Tax Agency protects somebody's data: a warning to whoever asks, or another registration than where the
    person lives. Here both are kept alike: seen by named persons alone."""

    NONE = "none"
    MARKING = "marking"
    REGISTRATION = "registration"

    @property
    def label(self) -> str:
        return str(PROTECTION_LABELS[self])


PROTECTION_LABELS = {
    Protection.NONE: _l("Nej"),
    Protection.MARKING: _l("Sekretessmarkering"),
    Protection.REGISTRATION: _l("Skyddad folkbokföring"),
}


class Household(Versioned, Base):
    """The unit that social assistance is paid to. `number` is the assistance system's."""

    __tablename__ = "household"
    __table_args__ = (
        # Lists count the households with children without reading the tables.
        Index("ix_household_id_children", "id", "children"),
        CheckConstraint("children >= 0", name="children"),
    )
    HISTORY = ("number", "children", "assistance_since_on")

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    children: Mapped[int | None]
    assistance_since_on: Mapped[Day | None]
    reason_code: Mapped[str] = mapped_column(String(40), default="")

    participants: Mapped[list[Participant]] = relationship(back_populates="household")

    @property
    def has_children(self) -> bool:
        return bool(self.children)


_NAME_KEY = f"translate(lower(first_name || ' ' || last_name), '{SWEDISH_LETTERS}', '{LETTERS_AFTER_Z}')"
TITLE_KEY = f"CASE WHEN protected THEN '{LETTERS_AFTER_Z[1]}rende' ELSE {_NAME_KEY} END"


class Participant(Versioned, Base):
    """A person in the flow. Sex and birth date follow from the number."""

    __tablename__ = "participant"
    # Search by part of a name.
    __table_args__ = (
        Index(
            "ix_participant_name_trgm",
            text("lower(first_name || ' ' || last_name) gin_trgm_ops"),
            postgresql_using="gin",
        ),
        Index("ix_participant_id_household_id", "id", "household_id"),
        CheckConstraint("protected OR NOT protected_registration", name="protection"),
    )
    HISTORY = ("birth_on", "sex", "household_id")

    id: Mapped[Key]
    number_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    number_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    birth_on: Mapped[Day]
    sex: Mapped[Sex] = mapped_column(Choice(Sex))
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    protected: Mapped[bool] = mapped_column(default=False)
    # The stronger kind (skyddad folkbokföring); protected without it is sekretessmarkering.
    protected_registration: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # None: not known. The target group needs one of the two.
    af_registered: Mapped[bool | None]
    leaves_establishment: Mapped[bool | None]
    activity_hours: Mapped[int | None]
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    created_at: Mapped[RecordedAt]
    # When everything that tells who it is was taken away (gallring).
    thinned_at: Mapped[Instant | None]
    # The name as lists are sorted by it: Swedish order, protected persons together under "Ärende".
    title_key: Mapped[str] = mapped_column(
        String(collation="C"), Computed(TITLE_KEY, persisted=True), index=True, deferred=True
    )

    household: Mapped[Household | None] = relationship(back_populates="participants")

    def set_identity(self, identity: Identity) -> None:
        """Take over number, birth date and sex."""
        self.number_hash = crypto.lookup_hash(identity.number)
        self.number_encrypted = crypto.encrypt(identity.number)
        self.birth_on = identity.birth_on
        self.sex = identity.sex

    @property
    def number(self) -> str:
        """The number in clear, ÅÅÅÅMMDD-NNNN. Showing it is logged by whoever shows it."""
        digits = crypto.decrypt(self.number_encrypted)
        return f"{digits[:8]}-{digits[8:]}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def protection(self) -> Protection:
        if not self.protected:
            return Protection.NONE
        return Protection.REGISTRATION if self.protected_registration else Protection.MARKING

    @protection.setter
    def protection(self, kind: Protection) -> None:
        self.protected = kind != Protection.NONE
        self.protected_registration = kind == Protection.REGISTRATION

    def age_on(self, day: Day) -> int:
        return age_on(self.birth_on, day)


class AssistancePayment(Base):
    """Kronor paid to a household for one calendar month. A changed sum voids the row and adds another."""

    __tablename__ = "assistance_payment"
    __table_args__ = (
        Index(
            "uq_assistance_payment_current",
            "household_id",
            "month_on",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
        # A report as known earlier looks among the voided too.
        Index("ix_assistance_payment_household_id_month_on", "household_id", "month_on"),
        CheckConstraint("paid_kr >= 0", name="paid_kr"),
        CheckConstraint("extract(day from month_on) = 1", name="month_on"),
    )

    id: Mapped[Key]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    month_on: Mapped[Day]
    paid_kr: Mapped[Kronor]
    recorded_at: Mapped[RecordedAt]
    voided_at: Mapped[Instant | None]

    household: Mapped[Household] = relationship()

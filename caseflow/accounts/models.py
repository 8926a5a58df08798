"""Users, their sessions and what they have not sent yet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.core.language import Language
from caseflow.database import Addressed, Choice, Instant, Key, RecordedAt
from caseflow.extensions import Base
from caseflow.history import Edited
from caseflow.security.permissions import Actor, Role

if TYPE_CHECKING:
    from caseflow.organisation.models import Unit


class User(Addressed, Edited, Base):
    """Somebody who signs in. A user is never deleted, only closed: the log names them."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(Choice(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[Instant | None]
    created_at: Mapped[RecordedAt]
    single_key_shortcuts: Mapped[bool] = mapped_column(default=True)
    language: Mapped[Language] = mapped_column(
        Choice(Language), default=Language.SWEDISH, server_default=Language.SWEDISH.value
    )

    # When the user put the guide of the first visit away; until then the start page shows it.
    guided_at: Mapped[Instant | None]

    unit: Mapped[Unit | None] = relationship(lazy="joined")

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @property
    def actor(self) -> Actor:
        return Actor(id=self.id, role=self.role, unit_id=self.unit_id, name=self.name)

    @property
    def keyboard_shortcuts(self) -> bool:
        """Whether single keys do things on the pages (WCAG 2.1.4 asks that they can be turned off)."""
        return self.single_key_shortcuts

    @property
    def role_label(self) -> str:
        return self.role.label

    @property
    def unit_label(self) -> str:
        return self.unit.code if self.unit else ""


class UserSession(Base):
    """One browser in which a user has signed in. It is over when it has ended, been idle or lasted too long."""

    __tablename__ = "user_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # SHA-256 of what the browser's cookie holds.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[RecordedAt] = mapped_column(index=True)
    # When the user last did something, to the minute.
    seen_at: Mapped[Instant]
    # When the user last proved who they are.
    confirmed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    # The browser and the system, so that the user knows it again in a list.
    device: Mapped[str] = mapped_column(String(80))
    # The password was right, the second step is still to be taken: nobody is signed in.
    pending: Mapped[bool] = mapped_column(default=False)
    # Whether a second factor was shown in this session.
    two_factors: Mapped[bool] = mapped_column(default=False)
    # What Flask keeps between requests: the token of forms, messages for the next page.
    data: Mapped[str] = mapped_column(Text)


class AuthenticatorApp(Base):
    """The key of the app that shows a user one-time codes."""

    __tablename__ = "authenticator_app"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[RecordedAt]
    # The half-minute whose code was taken last: no code is taken twice.
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code on paper for the day when app and passkey are lost. Used once."""

    __tablename__ = "recovery_code"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # SHA-256 of 79 random bits.
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[Instant | None]


class Passkey(Base):
    """A public key whose other half lies in the user's phone, computer or security key."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often the key has signed, by its own count; one that goes backwards is a copy.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[RecordedAt]
    used_at: Mapped[RecordedAt]


class MunicipalAccount(Base):
    """The user's account at the municipality's own sign-in, known by what the provider never gives to another."""

    __tablename__ = "municipal_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    added_at: Mapped[RecordedAt]
    # What was asked before this has been answered: no answer is taken twice.
    used_at: Mapped[RecordedAt]


class Draft(Base):
    """What a user has filled in in a form without sending it. Encrypted: it may say anything about a person."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "address"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # The path of the form's page.
    address: Mapped[str] = mapped_column(String(200))
    fields_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[Instant] = mapped_column(index=True)

"""The administration of users: who they are, what they may do and at which unit. Lock, permit, rule, flush.

It lives here and not in `accounts`, since a user's role decides what kind of unit they need.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.exc import IntegrityError

from caseflow.accounts import factors, passwords, sessions
from caseflow.accounts.models import User
from caseflow.accounts.services import normal_username, set_password
from caseflow.core import clock
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import find_row, swedish
from caseflow.extensions import db
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import check_unit_of
from caseflow.security.permissions import Actor, Permission, Role
from caseflow.security.policy import permit

log = logging.getLogger(__name__)
# Who changed a user that no administrator did.
BY_THE_MUNICIPALITY = "Kommunens inloggning"
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
SORTS = {"name": swedish(User.name), "username": User.username, "role": User.role, "unit": Unit.code}


@dataclass(frozen=True)
class StaffInput:
    """What an administrator says about a user."""

    name: str
    role: Role
    unit: Unit | None


def list_users(
    sort: str = "name", *, role: Role | None = None, unit_id: UUID | None = None, closed: bool = False
) -> Select[tuple[User]]:
    """The users as a query to page through: open accounts, or with `closed` the closed ones."""
    key = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    order = key.desc().nulls_last() if sort.startswith("-") else key.asc().nulls_last()
    query = select(User).outerjoin(Unit, Unit.id == User.unit_id).order_by(order, swedish(User.name), User.id)
    query = query.where(User.closed_at.is_not(None) if closed else User.closed_at.is_(None))
    if role is not None:
        query = query.where(User.role == role)
    return query if unit_id is None else query.where(Unit.public_id == unit_id)


def get_user(public_id: UUID) -> User:
    """The user. Raises NotFound."""
    user = find_row(User, public_id)
    if user is None:
        raise NotFound(_("Användaren finns inte."))
    return user


def add_user(actor: Actor, username: str, given: StaffInput) -> tuple[User, str]:
    """A new user and the one-time password, which is stored nowhere and shown once. Raises RuleBroken."""
    permit(actor, Permission.ADMINISTER)
    password = passwords.one_time_password()
    taken = _("Användarnamnet %(username)s finns redan. Välj ett annat.", username=normal_username(username))
    return _add(username, given, password, taken=taken), password


def add_from_municipality(username: str, given: StaffInput) -> User:
    """A new user who signs in by the municipality's own sign-in, with no password that anybody knows."""
    taken = _(
        "Det finns redan ett konto i Caseflow med användarnamnet %(username)s. Logga in med lösenordet, och koppla"
        " kommunens konto på Min sida.",
        username=normal_username(username),
    )
    user = _add(username, given, token_urlsafe(), taken=taken)
    user.must_change_password = False
    db.session.flush()
    return user


def _add(username: str, given: StaffInput, password: str, *, taken: str) -> User:
    check_unit_of(given.role, given.unit.kind if given.unit else None)
    username = _check_username(username)
    user = User(username=username, name=given.name, role=given.role, unit=given.unit, must_change_password=True)
    set_password(user, password)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise RuleBroken(taken, field="username") from None
    return user


def edit_user(actor: Actor, public_id: UUID, given: StaffInput, version: int | None) -> User:
    """Another name, role or unit. A changed unit holds from the user's next page, a role from their next sign-in."""
    permit(actor, Permission.ADMINISTER)
    user = _lock(public_id)
    user.begin_edit(version, actor.name)
    _give(user, given)
    return user


def follow(user: User, given: StaffInput) -> None:
    """What the municipality's own sign-in says now, where it is another name, role or unit. Raises RuleBroken."""
    if (user.name, user.role, user.unit) != (given.name, given.role, given.unit):
        user = _lock(user.public_id)
        user.begin_edit(user.version, BY_THE_MUNICIPALITY)
        _give(user, given)


def _give(user: User, given: StaffInput) -> None:
    check_unit_of(given.role, given.unit.kind if given.unit else None)
    if given.role != Role.ADMINISTRATOR:
        _check_not_last_administrator(user)
    if given.role != user.role:
        # Another role is another sign-in: no page of the old one stays open.
        sessions.end_all(user)
    user.name, user.role, user.unit = given.name, given.role, given.unit
    db.session.flush()


def close_account(actor: Actor, public_id: UUID) -> User:
    """The user can no longer sign in; what they are signed in to ends. The log keeps their name."""
    permit(actor, Permission.ADMINISTER)
    user = _lock(public_id)
    if user.id == actor.id:
        raise RuleBroken(_("Du kan inte stänga ditt eget konto. Be en annan systemförvaltare."))
    _check_not_last_administrator(user)
    if user.closed_at is None:
        user.closed_at = clock.now()
        sessions.end_all(user)
    db.session.flush()
    return user


def reopen_account(actor: Actor, public_id: UUID) -> tuple[User, str]:
    """The user can sign in again, with a new one-time password."""
    permit(actor, Permission.ADMINISTER)
    user = _lock(public_id)
    check_unit_of(user.role, user.unit.kind if user.unit else None)
    user.closed_at = None
    return user, _give_one_time_password(user)


def reset_password(actor: Actor, public_id: UUID) -> tuple[User, str]:
    """A new one-time password, which the user changes at the next sign-in."""
    permit(actor, Permission.ADMINISTER)
    user = _lock(public_id)
    if user.closed_at is not None:
        raise RuleBroken(_("Kontot är stängt. Öppna det i stället: då får användaren ett nytt engångslösenord."))
    return user, _give_one_time_password(user)


def reset_factors(actor: Actor, public_id: UUID) -> User:
    """Take the user's second factors away; what they are signed in to ends. Written to the process log."""
    permit(actor, Permission.ADMINISTER)
    user = _lock(public_id)
    factors.reset(user)
    log.warning("second factors of user %s removed by user %s", user.id, actor.id)
    return user


def _check_username(text: str) -> str:
    username = normal_username(text)
    if not USERNAME.fullmatch(username):
        raise RuleBroken(
            _("Skriv användarnamnet med små bokstäver a–z, siffror, punkt eller bindestreck, minst två tecken."),
            field="username",
        )
    return username


def _give_one_time_password(user: User) -> str:
    password = passwords.one_time_password()
    set_password(user, password)
    user.must_change_password = True
    db.session.flush()
    return password


def _lock(public_id: UUID) -> User:
    """The user and every open administrator, locked in one order: two of them cannot take each other away."""
    administrators = (User.role == Role.ADMINISTRATOR) & User.closed_at.is_(None)
    query = select(User).where((User.public_id == public_id) | administrators).order_by(User.id)
    found = db.session.scalars(query.with_for_update(of=User).execution_options(populate_existing=True)).all()
    for user in found:
        if user.public_id == public_id:
            return user
    raise NotFound(_("Användaren finns inte."))


def _check_not_last_administrator(user: User) -> None:
    """Call with the administrators locked."""
    if user.role != Role.ADMINISTRATOR or user.closed_at is not None:
        return
    others = select(User.id).where(User.role == Role.ADMINISTRATOR, User.closed_at.is_(None), User.id != user.id)
    if db.session.scalar(others.limit(1)) is None:
        raise RuleBroken(
            _("%(name)s är den enda systemförvaltaren. Lägg till en annan systemförvaltare först.", name=user.name),
            field="role",
        )


def add_first_administrator(username: str) -> str:
    """The first administrator; returns the one-time password. Raises RuleBroken when there is one already."""
    db.session.execute(text("LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE"))
    if db.session.scalar(select(User.id).where(User.role == Role.ADMINISTRATOR).limit(1)) is not None:
        raise RuleBroken(_("Det finns redan en systemförvaltare. Låt den personen lägga upp fler på sidan Användare."))
    username = _check_username(username)
    password = passwords.one_time_password()
    user = User(username=username, name=_("Systemförvaltare"), role=Role.ADMINISTRATOR, must_change_password=True)
    set_password(user, password)
    db.session.add(user)
    db.session.flush()
    return password

"""Whose the accounts at the municipality's own sign-in are, and what the municipality's groups give."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from caseflow.accounts.models import MunicipalAccount, User
from caseflow.accounts.oidc import Account
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.organisation import staff
from caseflow.organisation.queries import list_units
from caseflow.organisation.staff import StaffInput


def user_of(account: Account, asked_at: datetime) -> User:
    """The user whose account it is, as the municipality has them now; a new one the first time. Raises RuleBroken."""
    given = _given(account)
    user = confirmed_user(account, asked_at)
    if user is None:
        user = staff.add_from_municipality(account.username, given)
        _link(user, account)
    else:
        staff.follow(user, given)
    return user


def confirmed_user(account: Account, asked_at: datetime) -> User | None:
    """The user whose account it is, None when it is nobody's. Raises RuleBroken."""
    query = select(MunicipalAccount).where(
        MunicipalAccount.issuer == account.issuer, MunicipalAccount.subject == account.subject
    )
    # Locked, so that of two who send the same answer one comes in.
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        return None
    if asked_at <= found.used_at:
        raise RuleBroken(_("Svaret från kommunens inloggning är redan använt. Börja om."))
    found.used_at = clock.now()
    user = db.session.get_one(User, found.user_id)
    if not user.is_active:
        raise RuleBroken(_("Ditt konto i Caseflow är stängt. Fråga systemförvaltaren."))
    db.session.flush()
    return user


def link(user: User, account: Account) -> None:
    """Let the user, who is signed in, sign in by the account from now on. Raises RuleBroken."""
    _given(account)
    taken = (MunicipalAccount.issuer == account.issuer) & (MunicipalAccount.subject == account.subject)
    query = select(MunicipalAccount.id).where(taken | (MunicipalAccount.user_id == user.id))
    if db.session.scalar(query.limit(1)) is not None:
        raise RuleBroken(
            _("Kommunens konto är redan kopplat till någon, eller du till ett annat. Fråga systemförvaltaren.")
        )
    _link(user, account)


def _link(user: User, account: Account) -> None:
    db.session.add(MunicipalAccount(user_id=user.id, issuer=account.issuer, subject=account.subject))
    db.session.flush()


def _given(account: Account) -> StaffInput:
    """Name, role and unit by the account's groups. Raises RuleBroken."""
    granted = {
        current_app.config["OIDC_ROLES"][group] for group in account.groups & {*current_app.config["OIDC_ROLES"]}
    }
    if not granted:
        raise RuleBroken(
            _("Kommunens inloggning ger dig ingen roll i Caseflow. Be din chef om behörighet, och försök sedan igen.")
        )
    if len(granted) > 1:
        raise RuleBroken(
            _("Kommunens inloggning ger dig mer än en roll i Caseflow. Fråga systemförvaltaren vilken som gäller.")
        )
    role, code = granted.pop()
    unit = next((unit for unit in list_units() if unit.code == code), None)
    if code and unit is None:
        raise RuleBroken(_("Enheten %(code)s finns inte i Caseflow. Fråga systemförvaltaren.", code=code))
    return StaffInput(account.name or account.username, role, unit)

"""The second factor: codes of an authenticator app, codes on paper for when it is lost, and which of these a user has.

Passkeys are in `passkeys.py`; one of them is both factors at once.
"""

from __future__ import annotations

import hashlib
import hmac

import pyotp
import segno
from sqlalchemy import delete, func, select

from caseflow.accounts import passwords, sessions
from caseflow.accounts.models import AuthenticatorApp, Passkey, RecoveryCode, User
from caseflow.accounts.signing_in import must_have_two
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.security import crypto

STEP_SECONDS = 30
RECOVERY_CODES = 10
ISSUER = "Caseflow"


def new_secret() -> str:
    """A key for an authenticator app."""
    return pyotp.random_base32()


def qr_code(secret: str, user: User) -> str:
    """The picture that an app reads the key from, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(scale=4, border=4, omitsize=True, light="white")


def find_app(user: User) -> AuthenticatorApp | None:
    """The user's authenticator app."""
    return db.session.scalar(select(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))


def list_passkeys(user: User) -> list[Passkey]:
    """The user's passkeys, the oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.added_at)))


def has_any(user: User) -> bool:
    """Whether the password alone does not sign the user in."""
    return find_app(user) is not None or bool(list_passkeys(user))


def add_app(user: User, secret: str, code: str) -> None:
    """The user's app, in place of an earlier one, once it has shown a right code. Raises RuleBroken."""
    step = _step_of(secret, code, later_than=0)
    if step is None:
        told = _("Koden stämmer inte. Skriv den som appen visar nu, och se till att telefonens klocka går rätt.")
        raise RuleBroken(told, field="code")
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    encrypted = crypto.encrypt(secret)
    db.session.add(AuthenticatorApp(user_id=user.id, secret_encrypted=encrypted, added_at=clock.now(), last_step=step))
    db.session.flush()


def take_code(user: User, code: str) -> bool:
    """Whether the code is one that the user's app shows now, and has not been taken before."""
    query = select(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id)
    # Locked, so that two who send the same code at once do not both come in.
    app = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if app is None:
        return False
    step = _step_of(crypto.decrypt(app.secret_encrypted), code, later_than=app.last_step)
    if step is None:
        return False
    app.last_step = step
    db.session.flush()
    return True


def new_recovery_codes(user: User) -> list[str]:
    """New codes on paper, in place of the earlier ones. Shown once: only their hashes are kept."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [passwords.one_time_password() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(code)) for code in codes)
    db.session.flush()
    return codes


def take_recovery_code(user: User, code: str) -> bool:
    """Whether the code is one of the user's, not used before. Now it is."""
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    )
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        return False
    found.used_at = clock.now()
    db.session.flush()
    return True


def recovery_codes_left(user: User) -> int:
    """How many of the codes on paper can still be used."""
    unused = (RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def remove_app(user: User) -> None:
    """Take the app away. Raises RuleBroken when the user's role has to have something in its place."""
    if not list_passkeys(user):
        _check_may_be_without(user)
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    _tidy(user)


def remove_passkey(user: User, passkey: Passkey) -> None:
    """Take a passkey away. Raises RuleBroken when the user's role has to have something in its place."""
    if find_app(user) is None and len(list_passkeys(user)) == 1:
        _check_may_be_without(user)
    db.session.delete(passkey)
    db.session.flush()
    _tidy(user)


def reset(user: User) -> None:
    """Take every second factor away and end the user's sessions: phone and paper are lost."""
    for model in (AuthenticatorApp, Passkey, RecoveryCode):
        db.session.execute(delete(model).where(model.user_id == user.id))
    sessions.end_all(user)
    db.session.expire_all()


def _check_may_be_without(user: User) -> None:
    if must_have_two(user):
        raise RuleBroken(_("Din roll måste ha en kod-app eller en nyckel. Lägg till en annan först."))


def _tidy(user: User) -> None:
    """Codes on paper open nothing when there is no second factor."""
    db.session.expire_all()
    if not has_any(user):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _step_of(secret: str, code: str, *, later_than: int) -> int | None:
    """The half-minute that the code belongs to: this one, the one before or the one after, as clocks differ."""
    written = "".join(code.split()).encode()
    now = int(clock.real_now().timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        if step > later_than and hmac.compare_digest(codes.generate_otp(step).encode(), written):
            return step
    return None


def _hash(code: str) -> bytes:
    return hashlib.sha256("".join(code.lower().split()).replace("-", "").encode()).digest()

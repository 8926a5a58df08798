"""Passkeys (WebAuthn): a key in the user's phone, computer or security key, opened by its own PIN or fingerprint.

It belongs to the site's address, so it cannot be given away to another site; and since it asks for PIN or fingerprint
itself, it is both factors at once. What the browser answers is checked by `webauthn`.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import request, session
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from caseflow.accounts import factors
from caseflow.accounts.models import Passkey, User
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db

# Where the session keeps what the browser was asked to sign, and when.
ASKED = "passkey_asked"
ANSWERED_WITHIN_SECONDS = 300
VERIFIED = UserVerificationRequirement.REQUIRED


def are_offered() -> bool:
    """Whether the site is reached by a name: keys belong to one, never to an address in numbers."""
    return not re.fullmatch(r"[\d.]+|.*:.*", _site())


def options_to_add(user: User) -> str:
    """What the browser is asked when a key is added, as JSON."""
    return _ask(
        webauthn.generate_registration_options(
            rp_id=_site(),
            rp_name=factors.ISSUER,
            user_id=str(user.id).encode(),
            user_name=user.username,
            user_display_name=user.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
            ),
            exclude_credentials=_known(user),
        )
    )


def options_to_sign_in(user: User | None = None) -> str:
    """What the browser is asked when somebody signs in, as JSON. Without a user: any key that it has for the site."""
    known = _known(user) if user else None
    return _ask(
        webauthn.generate_authentication_options(rp_id=_site(), allow_credentials=known, user_verification=VERIFIED)
    )


def add(user: User, name: str, answer: str) -> Passkey:
    """Keep the key that the browser made. Raises RuleBroken."""
    challenge, _asked_at = _asked()
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except WebAuthnException:
        raise RuleBroken(_("Nyckeln gick inte att lägga till. Försök igen.")) from None
    passkey = Passkey(
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        added_at=clock.now(),
        used_at=clock.now(),
    )
    db.session.add(passkey)
    db.session.flush()
    return passkey


def take(answer: str) -> User | None:
    """The user whose key has signed what was asked; None when it has not, or the account is closed."""
    challenge, asked_at = _asked()
    passkey = _named_in(answer)
    # What was asked before the key was last used has been answered: nobody comes in by sending an old answer again.
    if passkey is None or asked_at <= passkey.used_at:
        return None
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    passkey.sign_count, passkey.used_at = signed.new_sign_count, clock.now()
    db.session.flush()
    user = db.session.get_one(User, passkey.user_id)
    return user if user.is_active else None


def _named_in(answer: str) -> Passkey | None:
    """The key that the answer says it comes from, locked."""
    try:
        credential_id = base64url_to_bytes(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError):
        return None
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _ask(options: Any) -> str:
    """Remember what is asked, and when."""
    session[ASKED] = [bytes_to_base64url(options.challenge), clock.now().isoformat()]
    return webauthn.options_to_json(options)


def _asked() -> tuple[bytes, datetime]:
    """What was asked last, once. Raises RuleBroken when nothing was, or long ago."""
    challenge, at = session.pop(ASKED, ("", ""))
    if not challenge or (clock.now() - datetime.fromisoformat(at)).total_seconds() > ANSWERED_WITHIN_SECONDS:
        raise RuleBroken(_("Sidan hade legat öppen för länge. Försök igen med nyckeln."))
    return base64url_to_bytes(challenge), datetime.fromisoformat(at)


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in factors.list_passkeys(user)]


def _origin() -> str:
    # One of CASEFLOW_HOSTS: no other is answered.
    return request.host_url.rstrip("/")


def _site() -> str:
    return urlsplit(_origin()).hostname or ""

"""The municipality's own sign-in (OpenID Connect), by Authlib: the way there, and what it answers.

Authorization code with PKCE, state and nonce. What is asked lies in the session that asked, and is answered once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import select

from caseflow.accounts.models import MunicipalAccount, User
from caseflow.accounts.sessions import LONGEST
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.extensions import db

log = logging.getLogger(__name__)

# Signed by a key that the provider alone has: never by the secret, never not at all.
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
PATIENCE_SECONDS = 5
CLOCKS_DIFFER = timedelta(seconds=60)
ANSWERED_WITHIN = timedelta(minutes=15)
FAILURES = (AuthlibBaseError, JoseError, RequestException, ValueError, RuntimeError)


class Errand(StrEnum):
    """What somebody is sent to the municipality's own sign-in for."""

    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    LINK = "link"


@dataclass(frozen=True)
class Asked:
    """What was asked, and the page to go on to."""

    errand: Errand
    wanted: str | None
    asked_at: datetime


@dataclass(frozen=True)
class Account:
    """Who the municipality says that it is."""

    issuer: str
    subject: str
    username: str
    name: str
    groups: frozenset[str]
    two_factors: bool


def is_offered() -> bool:
    """Whether the municipality has a sign-in of its own."""
    return bool(current_app.config["OIDC_ISSUER"])


def is_linked(user: User) -> bool:
    """Whether the user can sign in there."""
    return db.session.scalar(select(MunicipalAccount.id).where(MunicipalAccount.user_id == user.id)) is not None


def way_there(errand: Errand, wanted: str | None) -> str:
    """The address to send the browser to. Raises RuleBroken when the provider does not answer."""
    longest_ago = int(LONGEST.total_seconds())
    how: dict[str, Any] = {"max_age": longest_ago}
    if errand is not Errand.SIGN_IN:
        # `max_age` has the time of signing in come along; 0 has some providers ask for ever.
        how = {"prompt": "login", "max_age": 60}
    callback = url_for("organisation.municipal_answer", _external=True)
    try:
        kept = _client().create_authorization_url(callback, **how)
    except FAILURES as error:
        raise _not_answering(error) from None
    address = str(kept.pop("url"))
    for earlier in [key for key in session if key.startswith("_state_")]:
        del session[earlier]
    times = {"asked_at": clock.now().isoformat(), "really_at": clock.real_now().isoformat()}
    _integration.set_state_data(
        session, kept.pop("state"), {**kept, **times, "redirect_uri": callback, "errand": errand, "wanted": wanted}
    )
    return address


def answer() -> tuple[Asked, Account]:
    """What the provider answers to what this session asked. Raises RuleBroken when it did not ask, or is not told."""
    state = request.args.get("state", "")
    kept = _integration.get_state_data(session, state)
    _integration.clear_state_data(session, state)
    if kept is None or clock.now() - datetime.fromisoformat(kept["asked_at"]) > ANSWERED_WITHIN:
        raise RuleBroken(_("Inloggningen påbörjades inte här, eller för länge sedan. Börja om."))
    asked = Asked(Errand(kept["errand"]), kept["wanted"], datetime.fromisoformat(kept["asked_at"]))
    if "code" not in request.args:
        raise RuleBroken(_("Du avbröt inloggningen hos kommunen, eller så släppte den inte in dig. Försök igen."))
    try:
        claims = _claims(kept)
    except FAILURES as error:
        raise _not_answering(error) from None
    _check_recent(asked.errand, claims, datetime.fromisoformat(kept["really_at"]))
    return asked, _account(claims)


def address_to_leave() -> str | None:
    """Where the municipality's own session is ended, when the provider says where."""
    if not is_offered():
        return None
    back = url_for("accounts.sign_in", _external=True)
    try:
        return str(_client().create_logout_url(back, client_id=current_app.config["OIDC_CLIENT_ID"])["url"])
    except FAILURES:
        return None


def _claims(kept: dict[str, Any]) -> dict[str, Any]:
    """The claims of the token that the code is given for, checked."""
    client, issuer = _client(), current_app.config["OIDC_ISSUER"]
    if request.args.get("iss", issuer) != issuer:
        raise ValueError("another issuer answered")
    token = client.fetch_access_token(
        kept["redirect_uri"], code=request.args["code"], code_verifier=kept["code_verifier"]
    )
    demanded = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client.client_id},
    }
    leeway = int(CLOCKS_DIFFER.total_seconds())
    claims = client.parse_id_token(token, nonce=kept["nonce"], claims_options=demanded, leeway=leeway)
    if not claims or not claims.get("sub"):
        raise ValueError("no token of a user")
    if current_app.config["OIDC_ROLES_CLAIM"] in claims or "userinfo_endpoint" not in client.server_metadata:
        return dict(claims)
    told = client.userinfo(token=token)
    if told.get("sub") != claims["sub"]:
        raise ValueError("told of another user")
    return {**told, **claims}


def _check_recent(errand: Errand, claims: dict[str, Any], really_asked_at: datetime) -> None:
    """Raise RuleBroken when the user signed in there too long ago: before being asked to prove it, or at all."""
    at = claims.get("auth_time")
    earliest = really_asked_at if errand is not Errand.SIGN_IN else clock.real_now() - LONGEST
    if (at is None and errand is not Errand.SIGN_IN) or (
        at is not None and at < (earliest - CLOCKS_DIFFER).timestamp()
    ):
        raise RuleBroken(_("Kommunens inloggning frågade inte efter dig på nytt. Logga ut där och försök igen."))


def _account(claims: dict[str, Any]) -> Account:
    config = current_app.config
    groups = claims.get(config["OIDC_ROLES_CLAIM"]) or []
    shown = {str(claims.get("acr")), *map(str, claims.get("amr") or [])}
    return Account(
        issuer=claims["iss"],
        subject=str(claims["sub"]),
        username=str(claims.get("preferred_username") or "").partition("@")[0],
        name=" ".join(str(claims.get("name") or "").split())[:120],
        groups=frozenset([groups] if isinstance(groups, str) else map(str, groups)),
        two_factors=bool(shown & config["OIDC_TWO_FACTORS"]),
    )


def _not_answering(error: Exception) -> RuleBroken:
    # The kind only: its text may quote what was sent.
    log.warning("the municipality's sign-in failed: %s", type(error).__name__)
    return RuleBroken(
        _("Kommunens inloggning svarade inte som den ska. Försök igen, eller logga in på ett annat sätt.")
    )


_integration = FlaskIntegration("oidc")


def _client() -> Any:
    """The client, with what the provider says about itself. Raises what is among FAILURES."""
    config = current_app.config
    client = _made(config["OIDC_ISSUER"], config["OIDC_CLIENT_ID"], config["OIDC_CLIENT_SECRET"], config["OIDC_SCOPES"])
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != config["OIDC_ISSUER"]:
        raise ValueError("another issuer")
    metadata["id_token_signing_alg_values_supported"] = SIGNED_BY
    return client


@lru_cache(maxsize=1)
def _made(issuer: str, client_id: str, client_secret: str, scopes: str) -> Any:
    return FlaskOAuth2App(
        _integration,
        name="oidc",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": scopes, "code_challenge_method": "S256", "default_timeout": PATIENCE_SECONDS},
    )

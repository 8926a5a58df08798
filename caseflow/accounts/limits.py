"""How many guesses get as far as the password. Counted in Redis, in memory while it is stopped.

Three counts stop somebody who guesses: one per address, one per address and user name, one per user name from wherever.
They would also let anybody lock a colleague out, an office that shares one address above all. So a browser in which
the user has signed in before is known by a cookie (OWASP: device cookie) and has a count of its own alone, and a
passkey is not counted per user name at all.
"""

from __future__ import annotations

import secrets

from flask import current_app, request
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from caseflow.accounts import sessions
from caseflow.accounts.services import normal_username
from caseflow.security.crypto import lookup_hash

# An office may share one address; a guesser at one user name waits longer the more they try.
OF_ADDRESS = "60/minute;600/hour"
OF_PAIR = "5/minute;10/15 minutes"
OF_USERNAME = "20/hour;60/day"
OF_DEVICE = "10/15 minutes;40/day"
CODES = "5/minute;20/hour"

DEVICE_SECONDS = 365 * 24 * 3600


def address() -> str:
    """Who tries many user names. Hashed, as all of these: what was typed may be anything, and Redis holds the count."""
    return lookup_hash(get_remote_address()).hex()


def address_and_username() -> str:
    """Who tries many passwords."""
    return lookup_hash(f"{get_remote_address()} {_username()}").hex()


def username() -> str:
    """Whose password is tried, from wherever."""
    return lookup_hash(f"username {_username()}").hex()


def device() -> str:
    """The known browser from which somebody tries."""
    return lookup_hash(f"device {_device_of(_username())}").hex()


def user_in_second_step() -> str:
    """Whose codes are tried. Whoever gets there has the password."""
    live = sessions.current().live
    return f"code {live.user.id}" if live else address()


def is_known_device() -> bool:
    """Whether the user has signed in from this browser before."""
    return _device_of(_username()) is not None


def is_unknown_device() -> bool:
    return not is_known_device()


def remember_device(answer: Response, user_name: str) -> None:
    """Let the browser be known at the user's next sign-in. It opens nothing; it only has a count of its own."""
    config = current_app.config
    answer.set_cookie(
        _cookie_of(user_name),
        _signed().dumps([_cookie_of(user_name), secrets.token_urlsafe(16)]),
        max_age=DEVICE_SECONDS,
        httponly=True,
        secure=config["SESSION_COOKIE_SECURE"],
        samesite="Strict",
        path="/logga-in",
    )


def _device_of(user_name: str) -> str | None:
    """The browser's own word, when it has been given one for the user."""
    try:
        named, word = _signed().loads(request.cookies.get(_cookie_of(user_name), ""))
    except (BadSignature, ValueError):
        return None
    return str(word) if named == _cookie_of(user_name) else None


def _cookie_of(user_name: str) -> str:
    return f"device_{lookup_hash(f'device of {user_name}').hex()[:16]}"


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known device")


def _username() -> str:
    return normal_username(request.form.get("username", ""))

"""Deny by default: an endpoint that names no permission cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TypeVar, cast

from flask import Flask, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.core import clock
from caseflow.core.errors import CaseflowError, NotAllowed
from caseflow.core.language import _
from caseflow.extensions import login
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

View = TypeVar("View", bound=Callable[..., object])

CONFIRMED = timedelta(minutes=15)
# Endpoints that anyone may reach, signed in or not.
PUBLIC = frozenset(
    {
        "static",
        "accounts.sign_in",
        "accounts.second_step",
        "accounts.sign_in_with_passkey",
        "organisation.sign_in_at_municipality",
        "organisation.municipal_answer",
        "web.healthz",
        "guide.accessibility",
    }
)


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


class ConfirmFirst(CaseflowError):
    """The user has to prove again that it is them. `is_file`: they asked for a file, not for a page."""

    status = 403

    def __init__(self, *, is_file: bool) -> None:
        super().__init__(_("Bekräfta först att det är du, på sidan /bekrafta, och försök sedan igen."))
        self.is_file = is_file


def recently_confirmed(view: View) -> View:
    """Put under `requires`: the user must have given password or second factor in the last 15 minutes. Else they are
    asked to, and come back to what they did; what they sent in a form is sent again.
    """
    return _confirmed(view, is_file=False)


def recently_confirmed_for_file(view: View) -> View:
    """The same before a file: they come back to the page where it is fetched."""
    return _confirmed(view, is_file=True)


def is_recently_confirmed() -> bool:
    """Whether the user has proved who they are in the last 15 minutes."""
    confirmed_at: datetime | None = session.confirmed_at  # type: ignore[attr-defined]
    return confirmed_at is not None and clock.now() - confirmed_at <= CONFIRMED


def _confirmed(view: View, *, is_file: bool) -> View:
    @wraps(view)
    def asked_first(*args: object, **values: object) -> object:
        if not is_recently_confirmed():
            raise ConfirmFirst(is_file=is_file)
        return view(*args, **values)

    return cast(View, asked_first)


def current_actor() -> Actor:
    """The signed-in user as an actor."""
    actor: Actor = current_user.actor
    return actor


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that the endpoint names, None where it names none."""
    return getattr(app.view_functions[endpoint], "permission", None)


def install(app: Flask) -> None:
    """Refuse every request whose endpoint the user may not reach. Who changes what is administered
    proves first that it is still them.
    """

    @app.before_request
    def refuse_unless_permitted() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint in PUBLIC:
            return None
        if not current_user.is_authenticated:
            answer: ResponseReturnValue = login.unauthorized()
            return answer
        permission = permission_of(app, request.endpoint)
        if permission is None:
            raise NotAllowed(_("Sidan är inte öppnad för någon roll."))
        permit(current_actor(), permission)
        if permission == Permission.ADMINISTER and request.method == "POST" and not is_recently_confirmed():
            raise ConfirmFirst(is_file=False)
        return None

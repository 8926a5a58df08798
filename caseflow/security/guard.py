"""Deny by default: an endpoint that names no permission cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.core.errors import NotAllowed
from caseflow.core.language import _
from caseflow.extensions import login
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import permit

View = TypeVar("View", bound=Callable[..., object])

# Endpoints that anyone may reach, signed in or not.
PUBLIC = frozenset({"static", "accounts.sign_in", "web.healthz", "guide.accessibility"})


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def current_actor() -> Actor:
    """The signed-in user as an actor."""
    actor: Actor = current_user.actor
    return actor


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that the endpoint names, None where it names none."""
    return getattr(app.view_functions[endpoint], "permission", None)


def install(app: Flask) -> None:
    """Refuse every request whose endpoint the user may not reach."""

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
        return None

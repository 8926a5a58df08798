"""Signing in and out, the own page, and the administration of users."""

from __future__ import annotations

from flask import Blueprint

from caseflow.accounts import signing_in  # noqa: F401  registers the hooks

bp = Blueprint("accounts", __name__)

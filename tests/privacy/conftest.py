"""The populated installation of the meta tests."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from tests.meta.conftest import read_world, world
from tests.signing_in import sign_in

__all__ = ["read_world", "signed_in", "world"]


def signed_in(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client

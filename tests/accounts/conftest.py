"""A provider for the municipality's own sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from config import _granted
from tests.accounts.forger import CLIENT_ID, CLIENT_SECRET, ROLES, Forger, forging


@pytest.fixture
def forger(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forger]:
    with forging() as made:
        settings = {
            "OIDC_ISSUER": made.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_ROLES": _granted(ROLES),
        }
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        yield made

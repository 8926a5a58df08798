"""Tests of the administration are done by an administrator."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in


@pytest.fixture
def administrator(client: FlaskClient) -> User:
    return sign_in(client, factories.make_user(Role.ADMINISTRATOR, None, "Ulrika Nyman"))

"""Users and their clients."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in


@pytest.fixture
def karin(app: Flask) -> User:
    return factories.make_user(Role.COUNSELLOR, "AMC", "Karin Lindqvist")


@pytest.fixture
def maria(app: Flask) -> User:
    return factories.make_user(Role.SOCIAL_WORKER, "AFI", "Maria Ekdahl")


@pytest.fixture
def counsellor(app: Flask, karin: User) -> FlaskClient:
    return sign_in(app.test_client(), karin)


@pytest.fixture
def social_worker(app: Flask, maria: User) -> FlaskClient:
    return sign_in(app.test_client(), maria)

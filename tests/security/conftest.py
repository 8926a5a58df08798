"""What the tests of security share."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.meta.world import World, make_world


@pytest.fixture
def world(app: Flask) -> World:
    """Somebody of every role, cases in every stage of their units, and one of two other units."""
    return make_world(app)

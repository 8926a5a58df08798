"""The populated installation of the meta tests."""

from __future__ import annotations

from tests.meta.conftest import read_world, world

__all__ = ["read_world", "world"]

"""docs/permissions.md says what the table says, and the table says something about everything."""

from __future__ import annotations

from pathlib import Path

from caseflow.security.permissions import Matter, Permission, Role
from caseflow.security.permissions_document import DEEDS, WORDS, permissions_document
from caseflow.security.policy import POLICY, SEES, SHARES


def test_the_printed_permissions_equal_the_table() -> None:
    printed = Path("docs/permissions.md").read_text()
    assert printed == permissions_document(), "run: flask --app wsgi permissions-doc > docs/permissions.md"


def test_every_role_matter_and_permission_stands_in_the_table() -> None:
    assert set(SEES) == set(Role)
    assert set(SHARES) == set(WORDS) == set(Matter)
    assert set(POLICY) == set(DEEDS) == set(Permission)

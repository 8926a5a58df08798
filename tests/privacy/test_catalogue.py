"""The data catalogue tells of every column, and the record of processing activities is what it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from caseflow.extensions import Base
from caseflow.privacy.activities import ACTIVITIES, Category
from caseflow.privacy.catalogue import TABLES
from caseflow.privacy.entries import entries
from caseflow.privacy.record import markdown
from caseflow.security.permissions import Role
from tests.meta.world import World

ADD = "tell of it in caseflow/privacy/catalogue.py, then: flask --app wsgi art30 > docs/art30.md"


def columns() -> set[tuple[str, str]]:
    return {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns}


def test_every_column_is_told_of_and_none_that_is_gone(migrated_app: Flask) -> None:
    told = {(entry.table, entry.column) for entry in entries()}
    assert (columns() - told, told - columns()) == (set(), set()), ADD


def test_no_column_is_told_of_twice() -> None:
    counted = Counter((entry.table, entry.column) for entry in entries())
    assert [column for column, times in counted.items() if times > 1] == []


def test_every_column_has_a_purpose_and_its_activity_says_ground_recipients_and_retention() -> None:
    assert [entry for entry in entries() if not entry.purpose] == []
    assert {activity for _, activity, _ in TABLES} == set(ACTIVITIES)
    for activity in ACTIVITIES:
        assert all((activity.purpose, activity.ground, activity.subjects, activity.recipients, activity.retention))


def test_what_names_a_person_is_called_identity() -> None:
    """The columns that the rest of the program calls by these names, wherever a new table has them."""
    naming = {"first_name", "last_name", "number_hash", "number_encrypted", "birth_on", "sex"}
    named = [entry for entry in entries() if entry.column in naming and entry.table != "wait_count"]
    assert {entry.category for entry in named} == {Category.IDENTITY}


def test_the_document_is_what_the_catalogue_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "CASEFLOW_CONTROLLER", "")
    monkeypatch.setitem(app.config, "CASEFLOW_DATA_PROTECTION_OFFICER", "")
    assert Path("docs/art30.md").read_text() == markdown(), "run: flask --app wsgi art30 > docs/art30.md"


def test_the_page_names_who_answers_and_every_activity(read_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(read_world.app.config, "CASEFLOW_CONTROLLER", "Arbetsmarknadsnämnden, an@example.org")
    page = read_world.client(Role.CONTROLLER).get("/dataskydd/registerforteckning").text
    assert "Arbetsmarknadsnämnden, an@example.org" in page
    assert [activity.name for activity in ACTIVITIES if activity.name not in page] == []


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.MANAGER])
def test_the_page_is_the_controllers_and_the_administrators(read_world: World, role: Role) -> None:
    assert read_world.client(role).get("/dataskydd/registerforteckning").status_code == 403

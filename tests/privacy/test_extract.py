"""Registerutdrag: everything of the person, nothing of another, and nothing handed out that was not looked through."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.extensions import Base, db
from caseflow.privacy import extract, extract_pdf, extract_services, holds
from caseflow.privacy.activities import ABOUT_THE_PARTICIPANT
from caseflow.privacy.entries import entries
from caseflow.privacy.others import Choice
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.looks import looks
from tests.privacy.canaries import planted
from tests.privacy.conftest import signed_in


@pytest.fixture
def case(app: Flask) -> Case:
    planted("annan", date(1984, 6, 9))
    return planted("egen", date(1981, 4, 7))


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    return signed_in(app, factories.make_user(Role.MANAGER, "AMC"))


def test_the_extract_holds_every_personal_column_of_the_person_and_nothing_of_another(case: Case) -> None:
    holds.place(factories.make_user(Role.MANAGER, "AMC").actor, case, "Överklagat", date(2021, 6, 30))
    factories.let_in(factories.make_user(Role.COUNSELLOR, "AMC"), case)
    content = extract.about(case.participant)
    told = {table["table"]: table["rows"] for table in content["tables"]}
    assert {table for table, rows in told.items() if not rows} <= {"register_version", "case_wait"}
    for entry in entries():
        left_out = entry.table in extract.LEFT_OUT or (entry.table, entry.column) in extract.MADE_OF_OTHERS
        if entry.category in ABOUT_THE_PARTICIPANT and not left_out:
            assert all(entry.column in row for row in told[entry.table]), entry
    written = json.dumps(content, ensure_ascii=False)
    wanted = ("Förnamnegen", "Efternamnegen", "H-egen", "R-egen", "E-egen", "P-egen", "Handledare egen", "7007.00")
    assert [
        one for one in (*wanted, "Anteckning egen.", "24007.00", case.participant.number) if one not in written
    ] == []
    assert [one for one in ("annan", "7009.00", "24009.00", "1984-06-09") if one in written] == []


def test_every_table_that_holds_something_about_a_participant_says_which_rows_are_theirs(case: Case) -> None:
    for name in extract.tables_about():
        extract.rows_of(Base.metadata.tables[name], case.participant)
    named = {entry.table for entry in entries() if entry.category in ABOUT_THE_PARTICIPANT}
    assert set(extract.LEFT_OUT) <= named


def test_every_table_and_column_has_a_name_in_words_on_paper(migrated_app: Flask) -> None:
    tables = extract.tables_about()
    shown = {column for table in tables for column in extract.columns_about(table)}
    assert (set(tables) - set(extract_pdf.TABLES), shown - set(extract_pdf.COLUMNS) - extract_pdf.SERIALS) == (
        set(),
        set(),
    )


def test_who_has_read_is_in_it_by_name_and_unit(app: Flask, case: Case, manager: FlaskClient) -> None:
    reader = factories.make_user(Role.COUNSELLOR, "AMC", name="Nyfiken Nilsson")
    signed_in(app, reader).get(f"/arenden/{case.public_id}")
    readers = extract.about(case.participant)["readers"]
    assert ("Nyfiken Nilsson", "AMC", "Öppnade ärendet") in [(one["who"], one["unit"], one["what"]) for one in readers]


def test_names_of_family_and_staff_are_marked_and_masked_as_chosen(case: Case, manager: FlaskClient) -> None:
    factories.make_participant(name=("Vendela", "Ekström"), household=case.participant.household)
    staff = factories.make_user(Role.COUNSELLOR, "AMC", name="Torsten Grankvist")
    services.add_note(staff.actor, case, "Vendelas skola ringde. Torsten Grankvist svarade Förnamnegen.")
    db.session.commit()
    made = extract_services.make(factories.make_user(Role.MANAGER, "AMC").actor, case)
    db.session.commit()
    page = manager.get(f"/registerutdrag/{made.id}").text
    assert "<mark>Vendelas</mark> skola ringde. <mark>Torsten Grankvist</mark> svarade Förnamnegen." in page
    unanswered = manager.post(f"/registerutdrag/{made.id}", data={})
    assert unanswered.status_code == 422
    texts = extract_services.texts_of(made)
    answers = {f"text_{place}": "mask" if text.names_others else "keep" for place, text in enumerate(texts)}
    manager.post(f"/registerutdrag/{made.id}", data=answers)
    content = handed_out(manager, made.id)
    assert "[maskerat] skola ringde. [maskerat] svarade Förnamnegen." in content
    assert "Vendela" not in content
    assert "Anteckning egen." in content


def handed_out(client: FlaskClient, extract_id: object) -> str:
    return client.get(f"/registerutdrag/{extract_id}/fil.json").text


def test_nothing_is_handed_out_before_it_was_reviewed(case: Case, manager: FlaskClient) -> None:
    answer = manager.post(f"/arenden/{case.public_id}/registerutdrag")
    address = answer.headers["Location"]
    assert manager.get(f"{address}/fil.json").status_code == 404
    assert manager.get(f"{address}/fil.pdf").status_code == 404


def test_the_files_are_what_the_protocol_says_and_every_fetching_is_logged(case: Case, manager: FlaskClient) -> None:
    actor = factories.make_user(Role.MANAGER, "AMC").actor
    made = extract_services.make(actor, case)
    extract_services.hand_out(actor, made, [Choice.KEEP for _ in extract_services.texts_of(made)])
    db.session.commit()
    written = manager.get(f"/registerutdrag/{made.id}/fil.json").data
    assert hashlib.sha256(written).hexdigest() == made.sha256
    assert made.sha256 in manager.get(f"/registerutdrag/{made.id}").text
    pdf = PdfReader(BytesIO(manager.get(f"/registerutdrag/{made.id}/fil.pdf").data))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert [word for word in ("Förnamnegen", "Anteckning egen", "H-egen") if word not in text] == []
    assert {row.detail for row in looks(AccessKind.DOWNLOADED)} == {"registerutdrag.json", "registerutdrag.pdf"}


@pytest.mark.parametrize("unit", ["AMS", "OSA"])
def test_another_units_manager_finds_no_extract(app: Flask, case: Case, unit: str) -> None:
    made = extract_services.make(factories.make_user(Role.MANAGER, "AMC").actor, case)
    db.session.commit()
    stranger: Any = signed_in(app, factories.make_user(Role.MANAGER, unit))
    assert stranger.get(f"/registerutdrag/{made.id}").status_code == 404
    assert stranger.post(f"/arenden/{case.public_id}/registerutdrag").status_code == 404

"""Registerutdrag: everything of the person, nothing of another, and nothing handed out that was not looked through."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import String, select

from caseflow.accounts.models import User
from caseflow.cases import corrections, placements, services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind
from caseflow.extensions import Base, db
from caseflow.people.models import Participant
from caseflow.privacy import extract, extract_pdf, extract_services, holds
from caseflow.privacy.activities import ABOUT_THE_PARTICIPANT
from caseflow.privacy.entries import entries
from caseflow.privacy.extract_scope import View
from caseflow.privacy.others import TEXTS, Choice
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import SYSTEM, Role
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
    content = extract.about(SYSTEM, case.participant)
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
    view = View(SYSTEM, case.participant)
    for name in extract.tables_about():
        extract.rows_of(Base.metadata.tables[name], view)
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
    readers = extract.about(SYSTEM, case.participant)["readers"]
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


# What AMC writes of its case, what OSA writes of the one after it, and what everybody who has the first is to see.
OF_AMC = ("AMC-NOTE", "AMC-MEETING", "AMC-VOID", "AMC-END", "31007.00")
OF_OSA = ("OSA-NOTE", "OSA-FOLLOW-UP")
SHARED = ("first_meeting", "exited", "studies", "AFI-NOTE", "Behöver praktik.")


@pytest.fixture
def written(app: Flask) -> Case:
    """A case that AFI referred to AMC and that is closed, and the same person's next one, from TuA to OSA."""
    worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_met_case(date(2020, 3, 2), date(2020, 3, 12), counsellor, social_worker=worker)
    meeting = next(event for event in case.valid_events if event.kind == EventKind.FIRST_MEETING)
    corrections.correct_date(counsellor.actor, case, meeting, date(2020, 3, 11), "AMC-VOID", "AMC-MEETING")
    services.register_assessment(counsellor.actor, case, date(2020, 3, 20), {factories.areas()[0]: 3})
    services.add_note(counsellor.actor, case, "AMC-NOTE")
    services.add_note(worker.actor, case, "AFI-NOTE")
    job = factories.start_placement(case, date(2020, 4, 1), PlacementKind.SUBSIDISED_EMPLOYMENT)
    placements.register_wage_cost(
        counsellor.actor, case, job, date(2020, 4, 1), Decimal(31007), Decimal(9000), Decimal(0)
    )
    placements.end_placement(counsellor.actor, case, job, date(2020, 5, 4), "AMC-END")
    services.close(counsellor.actor, case, date(2020, 6, 1), ExitOutcome.STUDIES, None)
    db.session.commit()
    _next_case(case.participant)
    return case


def _next_case(person: Participant) -> None:
    counsellor = factories.make_user(Role.COUNSELLOR, "OSA")
    case = factories.make_case(
        date(2020, 9, 1),
        participant=person,
        social_worker=factories.make_user(Role.SOCIAL_WORKER, "TuA"),
        to_unit="OSA",
    )
    services.accept(counsellor.actor, case, date(2020, 9, 2))
    services.register_first_meeting(counsellor.actor, case, date(2020, 9, 8))
    services.register_follow_up(counsellor.actor, case, date(2020, 10, 1), "OSA-FOLLOW-UP")
    services.add_note(counsellor.actor, case, "OSA-NOTE")
    db.session.commit()


def made_by(user: User, case: Case) -> dict[str, Any]:
    return extract_services.content_of(extract_services.make(user.actor, case))


def test_a_referring_manager_takes_out_what_the_case_page_shows_them_and_names_who_has_more(written: Case) -> None:
    content = made_by(factories.make_user(Role.MANAGER, "AFI"), written)
    said = json.dumps(content, ensure_ascii=False)
    assert [words for words in SHARED if words not in said] == []
    assert [words for words in (*OF_AMC, *OF_OSA) if words in said] == []
    rows = {table["table"]: len(table["rows"]) for table in content["tables"]}
    assert (rows["wage_cost"], rows["assessment"], rows["assessment_score"]) == (0, 0, 0)
    assert rows["placement"] == 1
    assert "assessed" not in {row["kind"] for row in _rows(content, "case_event")}
    assert set(content["elsewhere"]["units"]) == set(_names("AMC", "TuA", "OSA"))


def test_a_receiving_manager_takes_out_the_own_case_whole_and_nothing_of_another_units(written: Case) -> None:
    content = made_by(factories.make_user(Role.MANAGER, "AMC"), written)
    said = json.dumps(content, ensure_ascii=False)
    assert [words for words in (*SHARED, *OF_AMC) if words not in said] == []
    assert [words for words in OF_OSA if words in said] == []
    assert [row["number"] for row in _rows(content, "cases")] == [written.number]
    assert content["elsewhere"]["units"] == _names("OSA", "TuA")


def test_a_manager_of_every_unit_takes_out_everything_and_is_told_of_nobody_else(written: Case) -> None:
    content = made_by(factories.make_user(Role.MANAGER, None), written)
    said = json.dumps(content, ensure_ascii=False)
    assert [words for words in (*SHARED, *OF_AMC, *OF_OSA) if words not in said] == []
    assert content["elsewhere"] == {"said": "", "units": []}


def test_page_pdf_and_json_say_at_which_other_units_the_person_asks(app: Flask, written: Case) -> None:
    user = factories.make_user(Role.MANAGER, "AMC")
    client = signed_in(app, user)
    address = client.post(f"/arenden/{written.public_id}/registerutdrag").headers["Location"]
    review = client.get(address).text
    made = extract_services.get_extract(user.actor, address.rsplit("/", 1)[1])
    client.post(address, data={f"text_{place}": "keep" for place, _ in enumerate(extract_services.texts_of(made))})
    done = client.get(address).text
    pdf = PdfReader(BytesIO(client.get(f"{address}/fil.pdf").data))
    paper = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for told in (review, done, paper, client.get(f"{address}/fil.json").text):
        assert [name for name in _names("OSA", "TuA") if name not in told] == []
        assert "egna uppgifter om personen" in told


def test_the_extract_of_one_unit_is_not_opened_by_the_other_unit_of_the_case(app: Flask, written: Case) -> None:
    made = extract_services.make(factories.make_user(Role.MANAGER, "AMC").actor, written)
    db.session.commit()
    found = {}
    for unit in ("AMC", "AFI", None):
        client = signed_in(app, factories.make_user(Role.MANAGER, unit))
        listed = str(made.id) in client.get(f"/arenden/{written.public_id}/registerutdrag").text
        found[unit] = (client.get(f"/registerutdrag/{made.id}").status_code, listed)
    assert found == {"AMC": (200, True), "AFI": (404, False), None: (200, True)}


def test_a_protected_persons_extract_is_not_opened_by_who_sees_fewer_of_the_cases(app: Flask, written: Case) -> None:
    later = db.session.scalars(select(Case).where(Case.participant == written.participant, Case.id > written.id)).one()
    written.participant.protected = True
    db.session.commit()
    both, one = (factories.make_user(Role.MANAGER, None) for _ in range(2))
    for user, case in ((both, written), (both, later), (one, written)):
        factories.let_in(user, case)
    made = {user.id: extract_services.make(user.actor, written) for user in (both, one)}
    db.session.commit()
    fewer = extract_services.content_of(made[one.id])
    assert [row["number"] for row in _rows(fewer, "cases")] == [written.number]
    assert fewer["elsewhere"]["units"] == _names("OSA", "TuA")
    client = signed_in(app, one)
    assert client.get(f"/registerutdrag/{made[both.id].id}").status_code == 404
    assert client.get(f"/registerutdrag/{made[one.id].id}").status_code == 200


def _rows(content: dict[str, Any], table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(one["rows"] for one in content["tables"] if one["table"] == table)
    return found


def _names(*codes: str) -> list[str]:
    return sorted(factories.unit(code).name for code in codes)


# Columns of words that nobody writes freely: names, numbers and codes.
NOT_FREE = {
    ("participant", "first_name"),
    ("participant", "last_name"),
    ("household", "number"),
    ("household", "reason_code"),
    ("cases", "number"),
    ("cases", "external_id"),
    ("placement", "external_id"),
}


def test_every_text_in_the_extract_is_reviewed(migrated_app: Flask) -> None:
    """A new column of words is either looked through for other people, or said here to be no text."""
    written = {
        (table, column)
        for table in extract.tables_about()
        for column in extract.columns_about(table)
        # Terms of a closed list are kept by a type of their own.
        if isinstance(Base.metadata.tables[table].c[column].type, String)
    }
    reviewed = {(table, column) for table, columns in TEXTS.items() for column in columns}
    assert (written - reviewed - NOT_FREE, reviewed - written) == (set(), set())


def test_reasons_of_holds_and_grants_are_reviewed_too(case: Case) -> None:
    factories.make_participant(name=("Vendela", "Ekström"), household=case.participant.household)
    holds.place(factories.make_user(Role.MANAGER, "AMC").actor, case, "Vendela har överklagat", date(2021, 6, 30))
    factories.let_in(factories.make_user(Role.COUNSELLOR, "AMC"), case).reason = "Känner Vendela"
    made = extract_services.make(factories.make_user(Role.MANAGER, "AMC").actor, case)
    texts = {"".join(part for part, _ in text.parts): text.names_others for text in extract_services.texts_of(made)}
    assert (texts["Vendela har överklagat"], texts["Känner Vendela"]) == (True, True)

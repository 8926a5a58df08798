"""A frozen report stays as it was, can be proved to, and says what has changed since and why."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from caseflow.accounts.models import User
from caseflow.cases import corrections
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.history import registers
from caseflow.organisation.models import Target, UnitCost
from caseflow.reports import services
from caseflow.reports.as_json import as_json
from caseflow.reports.changes import WORDS, list_changes
from caseflow.reports.difference import compare
from caseflow.reports.document import Cell, Column, Document, Kind, Row, Table
from caseflow.reports.frozen import canonical, checksum, kept, restored
from caseflow.reports.models import FrozenReport
from caseflow.security.crypto import pseudonym
from caseflow.security.permissions import Role
from tests import factories
from tests.reports import sample
from tests.reports.pages import tables_of, text_of
from tests.signing_in import sign_in

ASKED = "fran=2020-01-01&till=2020-12-31&brytdag=2020-12-01"
GIVEN = {"request": "once", "comment": "Delårsrapport 2"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has recorded a moment ago counts."""
    monkeypatch.setattr(services, "settled_at", clock.now)


@pytest.fixture
def controller(app: Flask, client: FlaskClient) -> User:
    return sign_in(client, factories.make_user(Role.CONTROLLER, None))


def meet(days: int, sex: Sex = Sex.WOMAN, to_unit: str = "AMC") -> Case:
    """A case referred on the 1st of June and met so many days later."""
    person = factories.make_participant(sex=sex)
    return factories.make_met_case(
        date(2020, 6, 1), date(2020, 6, 1) + timedelta(days), participant=person, to_unit=to_unit
    )


def freeze(client: FlaskClient, **given: str) -> str:
    """The address of the frozen report."""
    answer = client.post(f"/rapporter/moten/frys?{ASKED}", data=GIVEN | given)
    assert answer.status_code == 303
    return str(answer.location)


def meeting_of(case: Case) -> CaseEvent:
    return next(event for event in case.valid_events if event.kind == EventKind.FIRST_MEETING)


def lines_of(page: str) -> dict[str, list[str]]:
    """What the page of differences says, by table, row and column: then, now and why."""
    found = {}
    for place, cells in re.findall(r'<tr data-line="([^"]+)">(.*?)</tr>', page, re.S):
        found[place] = [text_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.S)][2:]
    return found


def test_a_frozen_report_is_what_the_report_was(controller: User, client: FlaskClient) -> None:
    meet(10)
    before = client.get(f"/rapporter/moten?{ASKED}").text
    page = client.get(freeze(client)).text
    assert tables_of(page) == tables_of(before) != {}
    row = db.session.scalars(select(FrozenReport)).one()
    content = json.loads(row.content)
    assert content["question"]["brytdag"] == "2020-12-01"
    assert datetime.fromisoformat(content["question"]["kant"]) == row.known_at
    assert content["document"]["definitions"] == [["Första möten", "Första möten i perioden.", "DOMAIN.md"]]
    assert re.fullmatch(r"[\d.]+\+[0-9a-f]{12}", row.software)
    assert (row.frozen_by_id, row.comment, row.sha256) == (controller.id, "Delårsrapport 2", checksum(row.content))
    assert row.sha256 in page
    assert "Siffrorna är orörda ja" in text_of(page).replace("oröradja", "orörda ja").replace("orördaja", "orörda ja")


def test_later_facts_change_today_and_not_the_frozen_report(controller: User, client: FlaskClient) -> None:
    meet(10)
    address = freeze(client)
    before = tables_of(client.get(address).text)
    meet(20)
    assert tables_of(client.get(address).text) == before
    assert tables_of(client.get(f"/rapporter/moten?{ASKED}").text) != before
    for form in ("json", "csv", "xlsx", "pdf"):
        assert client.get(f"{address}/hamta?format={form}").status_code == 200
    assert client.get(f"{address}/hamta?format=json").json["tables"]["meetings"]["rows"]["total"]["n"]["value"] == 1


def test_a_double_click_freezes_once_and_another_form_again(controller: User, client: FlaskClient) -> None:
    first = freeze(client)
    assert freeze(client, comment="Andra klicket") == first
    assert freeze(client, request="another") != first
    assert db.session.scalar(select(func.count()).select_from(FrozenReport)) == 2
    assert client.get(first).text.count("Delårsrapport 2") >= 1


def test_each_empty_form_has_a_request_of_its_own_and_needs_a_comment(controller: User, client: FlaskClient) -> None:
    found = [
        re.findall(r'name="request"[^>]*value="(\w+)"', client.get(f"/rapporter/moten/frys?{ASKED}").text)[0]
        for _ in range(2)
    ]
    assert found[0] != found[1]
    answer = client.post(f"/rapporter/moten/frys?{ASKED}", data={"request": "x", "comment": " "})
    assert answer.status_code == 422
    assert "Skriv vad rapporten fryses för" in text_of(answer.text)
    assert client.post("/rapporter/moten/frys?brytdag=strunt", data=GIVEN).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(FrozenReport)) == 0


def test_only_a_controller_freezes_and_a_manager_reads(controller: User, client: FlaskClient) -> None:
    address = freeze(client)
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    assert client.post(f"/rapporter/moten/frys?{ASKED}", data=GIVEN).status_code == 403
    assert client.post(f"{address}/aterkalla", data={"reason": "x"}).status_code == 403
    assert client.get(address).status_code == 200
    assert "Delårsrapport 2" in client.get("/rapporter/frysta").text
    sign_in(client, factories.make_user(Role.COUNSELLOR, "AMC"))
    for where in (address, f"{address}/skillnad", f"{address}/hamta", "/rapporter/frysta"):
        assert client.get(where).status_code == 403


def test_a_changed_figure_or_question_breaks_the_checksum(controller: User, client: FlaskClient) -> None:
    meet(10)
    address = freeze(client)
    for old, new in (('"value":1', '"value":2'), ("2020-12-01", "2020-11-01")):
        assert "Kontrollsumman stämmer inte" not in client.get(address).text
        tampered = text("UPDATE frozen_report SET content = replace(content, :old, :new)")
        db.session.execute(tampered, {"old": old, "new": new})
        db.session.commit()
        assert "Kontrollsumman stämmer inte" in client.get(address).text
        db.session.execute(tampered, {"old": new, "new": old})
        db.session.commit()


def test_a_withdrawn_report_says_so_and_can_still_be_read(controller: User, client: FlaskClient) -> None:
    address = freeze(client)
    assert client.post(f"{address}/aterkalla", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/aterkalla", data={"reason": "Fel brytdag"}).status_code == 303
    page = text_of(client.get(address).text)
    assert "Återkallad 2020-12-01" in page
    assert "Fel brytdag" in page
    assert client.post(f"{address}/aterkalla", data={"reason": "Igen"}).status_code == 422
    assert "Igen" not in text_of(client.get(address).text)


def test_nothing_has_changed_while_nothing_is_recorded(controller: User, client: FlaskClient) -> None:
    meet(10)
    page = text_of(client.get(f"{freeze(client)}/skillnad").text)
    assert "Räknas om till samma siffror: ja." in page
    assert "Inga siffror har ändrats sedan rapporten frystes." in page


def test_the_difference_names_the_changed_cells_and_what_changed_them(controller: User, client: FlaskClient) -> None:
    corrected, voided, kept_case = meet(10), meet(30, Sex.MAN), meet(50)
    address = freeze(client)
    late = meet(4, to_unit="OSA")
    counsellor = corrected.counsellor
    assert counsellor is not None
    corrections.correct_date(counsellor.actor, corrected, meeting_of(corrected), date(2020, 6, 13), "Fel dag, Zebrina")
    assert voided.counsellor is not None
    corrections.void_event(voided.counsellor.actor, voided, meeting_of(voided), "Mötet blev inte av")
    db.session.commit()
    page = client.get(f"{address}/skillnad").text
    lines = lines_of(page)
    assert set(lines) == {
        *(f"meetings/AMC/{column}" for column in ("n", "men", "mean_days", "share")),
        *(f"meetings/OSA/{column}" for column in ("n", "women", "mean_days", "share")),
        *(f"meetings/total/{column}" for column in ("women", "men", "mean_days")),
    }
    assert lines["meetings/AMC/n"][:2] == ["3", "2"]
    assert lines["meetings/OSA/mean_days"][:2] == ["uppgift saknas", "4,0"]
    mean = lines["meetings/AMC/mean_days"]
    assert mean[:2] == ["30,0", "31,0"]
    assert (
        f"ärende {pseudonym('case', voided.id)} räknas inte längre: Första möte 2020-07-01 gäller inte sedan" in mean[2]
    )
    assert "(makulering)" in mean[2]
    assert "räknas på annat sätt" not in lines["meetings/AMC/n"][2]
    assert f"ärende {pseudonym('case', corrected.id)} räknas på annat sätt" in mean[2]
    assert "Första möte 2020-06-11 gäller inte sedan" in mean[2]
    assert "Första möte 2020-06-13 registrerades" in mean[2]
    assert mean[2].count("(rättelse)") == 2
    assert pseudonym("case", kept_case.id) not in page
    osa = lines["meetings/OSA/n"][2]
    assert f"ärende {pseudonym('case', late.id)} räknas nu" in osa
    assert "Första möte 2020-06-05 registrerades" in osa
    assert "(sen registrering)" in osa
    assert lines["meetings/AMC/share"][2] == "Räknas ur Antal, Män, Medel, dagar på samma rad."
    assert "Räknas om till samma siffror: ja." in text_of(page)
    assert "Zebrina" not in page
    assert corrected.number not in page


def test_a_manager_sees_reasons_and_the_own_cases_and_how_many_others_there_are(
    controller: User, client: FlaskClient
) -> None:
    own, other = meet(10), meet(20, to_unit="OSA")
    address = freeze(client)
    for case in (own, other):
        assert case.counsellor is not None
        corrections.void_event(case.counsellor.actor, case, meeting_of(case), "Mötet blev inte av")
    db.session.commit()
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    page = client.get(f"{address}/skillnad").text
    total = lines_of(page)["meetings/total/n"][2]
    assert f"ärende {own.number} räknas inte längre" in total
    assert "(makulering: Mötet blev inte av)" in total
    assert "och 1 ärende utanför din enhet" in total
    assert other.number not in page


def test_the_referring_units_manager_does_not_see_why_the_receiver_corrected(
    controller: User, client: FlaskClient
) -> None:
    own = meet(10)
    address = freeze(client)
    assert own.counsellor is not None
    corrections.void_event(own.counsellor.actor, own, meeting_of(own), "Mötet blev inte av")
    db.session.commit()
    sign_in(client, factories.make_user(Role.MANAGER, "AFI"))
    page = client.get(f"{address}/skillnad").text
    assert f"ärende {own.number} räknas inte längre" in lines_of(page)["meetings/total/n"][2]
    assert "(makulering)" in page
    assert "Mötet blev inte av" not in page


def test_what_has_changed_in_another_units_case_of_the_same_household_is_not_told(app: Flask) -> None:
    household = factories.make_household()
    cases = [
        factories.make_met_case(
            date(2020, 6, 1),
            date(2020, 6, 11),
            participant=factories.make_participant(household=household),
            to_unit=unit,
            social_worker=factories.make_user(Role.SOCIAL_WORKER, referrer),
        )
        for unit, referrer in (("AMC", "AFI"), ("OSA", "TuA"))
    ]
    since = clock.now()
    for case in cases:
        assert case.counsellor is not None
        corrections.void_event(case.counsellor.actor, case, meeting_of(case), "Mötet blev inte av")
    db.session.commit()

    def told_to(role: Role, unit: str | None) -> set[int | None]:
        actor = factories.make_user(role, unit).actor
        return {one.case_id for one in list_changes(set(), {household.id}, since, date(2020, 12, 1), actor)}

    own, other = (case.id for case in cases)
    assert told_to(Role.MANAGER, "AMC") == {own}
    assert told_to(Role.MANAGER, "TuA") == {other}
    assert told_to(Role.CONTROLLER, None) == {own, other}, "by pseudonym"


def test_a_report_frozen_as_known_earlier_is_as_known_then(controller: User, client: FlaskClient) -> None:
    meet(10)
    answer = client.post(f"/rapporter/moten/frys?{ASKED}&kant=2020-11-30", data=GIVEN)
    assert tables_of(client.get(answer.location).text)["meetings"]["total"][1] == "0"
    assert lines_of(client.get(f"{answer.location}/skillnad").text)["meetings/total/n"][:2] == ["0", "1"]


def test_what_is_kept_is_the_whole_document(app: Flask) -> None:
    document: Any = sample.SAMPLE
    text_kept = canonical(kept(document))
    again = restored(json.loads(text_kept))
    assert again == document
    assert canonical(kept(again)) == text_kept
    assert as_json(again) == as_json(document)


def test_a_changed_cost_and_a_changed_target_are_named_beside_the_figures(
    controller: User, client: FlaskClient
) -> None:
    address = freeze(client)
    factories.save(UnitCost(unit_id=factories.unit("AMC").id, year=2020, net_cost_kr=Decimal(7)))
    target = db.session.scalars(select(Target).where(Target.measure == "W3")).first()
    assert target is not None
    target.value = Decimal(3)
    db.session.commit()
    page = text_of(client.get(f"{address}/skillnad").text)
    assert "Enhetens kostnad AMC 2020, 2020-12-01" in page
    assert "Målvärde W3, 2020-12-01" in page


def test_every_register_that_remembers_has_a_word(app: Flask) -> None:
    assert {model.__tablename__ for model in registers()} <= set(WORDS)


def test_a_line_of_the_difference_says_unit_and_sex(app: Flask) -> None:
    columns = (Column("unit", "Enhet"), Column("sex", "Kön"), Column("n", "Antal", Kind.COUNT))

    def told(n: int) -> Document:
        rows = (Row("AMC.women", (Cell("AMC"), Cell("Kvinnor"), Cell(n, n))),)
        return Document("x", "X", date(2020, 12, 1), None, (), (Table("t", "T", columns, rows),))

    [line] = compare(told(1), told(2))
    assert (line.row_label, line.then_words, line.now_words) == ("AMC, Kvinnor", "1", "2")
    assert compare(told(1), told(1)) == []

"""Units, workplaces, employers, programmes and areas."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases.areas import list_all_areas
from caseflow.extensions import db
from caseflow.organisation import targets
from caseflow.organisation.models import Employer, Programme, Target, Unit, Workplace
from caseflow.organisation.queries import get_programme, list_units, list_workplaces
from caseflow.organisation.rules import Sector, UnitKind
from caseflow.organisation.services import code_from
from caseflow.security.permissions import Role
from tests import factories
from tests.organisation.addresses import programme_address, unit_address
from tests.signing_in import sign_in
from tests.statements import statements_for

PLACE = {"name": "Kafé Solsidan", "employer": "Solsidan AB", "sector": "private", "supervisor": "", "phone": ""}


def test_a_unit_is_registered_closed_and_opened_again(client: FlaskClient, administrator: User) -> None:
    facts = {"code": "JOBB", "name": "Jobbcentrum", "kind": "receives", "purpose": "Praktik"}
    assert client.post("/forvaltning/enheter/ny", data=facts).status_code == 303
    assert "JOBB" in {unit.code for unit in list_units(UnitKind.RECEIVES)}
    client.post(unit_address("JOBB", "stang"))
    assert "JOBB" not in {unit.code for unit in list_units(UnitKind.RECEIVES)}
    assert "JOBB" in client.get("/forvaltning/enheter").text
    client.post(unit_address("JOBB", "oppna"))
    assert "JOBB" in {unit.code for unit in list_units(UnitKind.RECEIVES)}


def test_a_taken_unit_code_is_refused(client: FlaskClient, administrator: User) -> None:
    answer = client.post("/forvaltning/enheter/ny", data={"code": "AMC", "name": "Annan", "kind": "refers"})
    assert answer.status_code == 422
    assert "Enheten AMC finns redan" in answer.text


def test_a_unit_changes_its_name_and_keeps_its_code(client: FlaskClient, administrator: User) -> None:
    client.post(
        unit_address("AMC"),
        data={"name": "Nytt namn", "purpose": "", "code": "XXX"},
    )
    assert db.session.scalars(select(Unit.name).where(Unit.code == "AMC")).one() == "Nytt namn"


def test_a_counsellor_registers_a_workplace_with_a_new_employer(client: FlaskClient) -> None:
    sign_in(client, factories.make_user())
    assert client.post("/arbetsplatser/ny", data=PLACE).status_code == 303
    workplace = db.session.scalars(select(Workplace)).one()
    assert (workplace.label, workplace.employer.sector) == ("Kafé Solsidan, Solsidan AB", Sector.PRIVATE)


def test_a_second_workplace_joins_the_employer_that_is_there(client: FlaskClient, administrator: User) -> None:
    client.post("/arbetsplatser/ny", data=PLACE)
    client.post("/arbetsplatser/ny", data={**PLACE, "name": "Lagret", "sector": ""})
    assert len(db.session.scalars(select(Employer)).all()) == 1
    assert {place.name for place in list_workplaces()} == {"Kafé Solsidan", "Lagret"}


def test_a_new_employer_needs_a_sector(client: FlaskClient, administrator: User) -> None:
    answer = client.post("/arbetsplatser/ny", data={**PLACE, "sector": ""})
    assert answer.status_code == 422
    assert "Välj sektor: arbetsgivaren är ny." in answer.text


def test_the_same_workplace_twice_is_refused(client: FlaskClient, administrator: User) -> None:
    client.post("/arbetsplatser/ny", data=PLACE)
    answer = client.post("/arbetsplatser/ny", data=PLACE)
    assert answer.status_code == 422
    assert "har redan en arbetsplats som heter Kafé Solsidan" in answer.text


def test_an_edited_workplace_cannot_take_the_name_of_another(client: FlaskClient, administrator: User) -> None:
    client.post("/arbetsplatser/ny", data=PLACE)
    client.post("/arbetsplatser/ny", data={**PLACE, "name": "Lagret"})
    other = db.session.scalars(select(Workplace).where(Workplace.name == "Lagret")).one()
    assert client.post(f"/arbetsplatser/{other.public_id}", data=PLACE).status_code == 422
    assert client.post(f"/arbetsplatser/{other.public_id}", data={**PLACE, "name": "Köket"}).status_code == 303
    db.session.refresh(other)
    assert other.name == "Köket"


def test_a_closed_workplace_is_not_offered_but_is_listed_as_closed(client: FlaskClient, administrator: User) -> None:
    place = factories.make_workplace("Biblioteket")
    client.post(f"/arbetsplatser/{place.public_id}/stang")
    assert list_workplaces() == []
    assert place.name not in client.get("/arbetsplatser").text
    assert place.name in client.get("/arbetsplatser?stangda=1").text
    client.post(f"/arbetsplatser/{place.public_id}/oppna")
    assert [one.id for one in list_workplaces()] == [place.id]


def test_workplaces_are_found_by_words_of_place_or_employer(client: FlaskClient, administrator: User) -> None:
    factories.make_workplace("Centralköket", "Leanlink")
    factories.make_workplace("Återbruket", "Tekniska verken")
    for words, found in (("LEAN central", ["Centralköket"]), ("återbruket", ["Återbruket"]), ("100%", [])):
        text = client.get("/arbetsplatser", query_string={"q": words}).text
        assert re.findall(r">(Centralköket|Återbruket) \d+</a>", text) == found


def test_an_employer_changes_for_all_its_workplaces(client: FlaskClient, administrator: User) -> None:
    place = factories.make_workplace("Centralköket", "Leanlink")
    facts = {"name": "Leanlink Måltid", "sector": "municipality", "department": "Utbildningsförvaltningen"}
    assert client.post(f"/arbetsgivare/{place.employer.public_id}", data=facts).status_code == 303
    assert "Leanlink Måltid" in client.get("/arbetsplatser").text


def test_a_manager_sees_workplaces_and_cannot_change_them(client: FlaskClient) -> None:
    place = factories.make_workplace("Biblioteket")
    sign_in(client, factories.make_user(Role.MANAGER, None))
    text = client.get("/arbetsplatser").text
    assert place.name in text
    assert "Registrera arbetsplats" not in text
    assert client.get(f"/arbetsplatser/{place.public_id}").status_code == 403
    assert client.post("/arbetsplatser/ny", data=PLACE).status_code == 403


def test_a_programme_gets_an_address_goal_and_yearly_budget(client: FlaskClient, administrator: User) -> None:
    facts = {"name": "Grön väg 2", "starts_on": "2020-01-01", "ends_on": "2021-12-31", "place_goal": "40"}
    assert client.post("/forvaltning/program/nytt", data=facts).status_code == 303
    money = {"year": "2020", "granted_kr": "1 250 000,50", "assistance_reduction_kr": "0"}
    assert client.post(programme_address("gron-vag-2", "budget"), data=money).status_code == 303
    client.post(
        programme_address("gron-vag-2", "budget"),
        data={**money, "granted_kr": "900 000", "version": "1"},
    )
    programme = get_programme("gron-vag-2")
    assert (programme.place_goal, programme.ends_on) == (40, date(2021, 12, 31))
    assert [(one.year, one.granted_kr) for one in programme.budgets] == [(2020, Decimal(900_000))]


def test_a_programme_has_goals_per_year_and_board(client: FlaskClient, administrator: User) -> None:
    page = programme_address("500-uppdraget", "mal")
    assert [(one.year, one.board, one.places) for one in get_programme("500-uppdraget").goals] == [(2021, "", 484)]
    for board, places, version in (("Bildningsnämnden", "60", ""), ("Bildningsnämnden", "65", "1"), ("", "0", "0")):
        goal = {"goal_year": "2021", "board": board, "places": places, "version": version}
        assert client.post(page, data=goal).status_code == 303
    db.session.expire_all()
    goals = [(one.year, one.board, one.places) for one in get_programme("500-uppdraget").goals]
    assert goals == [(2021, "", 0), (2021, "Bildningsnämnden", 65)]
    shown = client.get(programme_address("500-uppdraget")).text
    assert "<td>Bildningsnämnden</td>" in shown
    assert "<td>alla tillsammans</td>" not in shown
    answer = client.post(page, data={"goal_year": "2021", "board": "", "places": "många"})
    assert answer.status_code == 422
    assert "Målet är inte registrerat" in answer.text


def test_a_programme_cannot_end_before_it_starts(client: FlaskClient, administrator: User) -> None:
    facts = {"name": "Bakvänt", "starts_on": "2020-02-01", "ends_on": "2020-01-31"}
    answer = client.post("/forvaltning/program/nytt", data=facts)
    assert answer.status_code == 422
    assert "Slutet kan inte ligga före starten 2020-02-01" in answer.text


def test_a_programme_changes_its_name_and_keeps_its_address(client: FlaskClient, administrator: User) -> None:
    client.post(
        programme_address("visa"),
        data={"name": "VISA 2", "starts_on": "2017-01-01"},
    )
    assert db.session.scalars(select(Programme.name).where(Programme.code == "visa")).one() == "VISA 2"


@pytest.mark.parametrize(
    ("name", "code"), [("Korta etableringen", "korta-etableringen"), ("Öppna Åk/Ä!", "oppna-ak-a")]
)
def test_an_address_is_made_of_plain_letters(name: str, code: str) -> None:
    assert code_from(name) == code


def test_areas_are_added_last_moved_up_and_closed(client: FlaskClient, administrator: User) -> None:
    first, second = list_all_areas()[:2]
    assert client.post("/forvaltning/omraden", data={"name": "Körkort"}).status_code == 303
    assert list_all_areas()[-1].name == "Körkort"
    client.post(f"/forvaltning/omraden/{second.public_id}/upp")
    assert [area.id for area in list_all_areas()[:2]] == [second.id, first.id]
    client.post(f"/forvaltning/omraden/{second.public_id}/stang")
    assert list_all_areas()[0].id == first.id
    assert list_all_areas()[-1].id == second.id
    client.post(f"/forvaltning/omraden/{second.public_id}/oppna")
    assert list_all_areas()[0].id == second.id


def test_an_area_that_is_there_is_refused(client: FlaskClient, administrator: User) -> None:
    answer = client.post("/forvaltning/omraden", data={"name": "Samarbete"})
    assert answer.status_code == 422
    assert "Området Samarbete finns redan" in answer.text


def test_every_page_of_the_administration_opens_with_one_heading(client: FlaskClient, administrator: User) -> None:
    place = factories.make_workplace("Biblioteket")
    other = factories.make_user()
    target = targets.list_all_targets()[0]
    pages = [
        "/min-sida",
        "/forvaltning/anvandare",
        "/forvaltning/anvandare/ny",
        f"/forvaltning/anvandare/{other.public_id}",
        f"/forvaltning/anvandare/{other.public_id}/stang",
        "/forvaltning/enheter",
        "/forvaltning/enheter/ny",
        unit_address("AMC"),
        "/forvaltning/program",
        "/forvaltning/program/nytt",
        programme_address("500-uppdraget"),
        "/forvaltning/mal",
        f"/forvaltning/mal/nytt?efter={target.public_id}",
        f"/forvaltning/mal/{target.public_id}/avsluta",
        "/forvaltning/omraden",
        "/arbetsplatser",
        "/arbetsplatser/ny",
        f"/arbetsplatser/{place.public_id}",
        f"/arbetsgivare/{place.employer.public_id}",
        "/jobb",
    ]
    answers = {page: client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 200)
    assert {page: answer.text.count("<h1") for page, answer in answers.items()} == dict.fromkeys(pages, 1)


def test_lists_cost_as_many_statements_for_fifty_rows_as_for_one(client: FlaskClient, administrator: User) -> None:
    pages = ("/arbetsplatser", "/forvaltning/anvandare", "/forvaltning/mal")
    factories.make_workplace("Biblioteket", "Arbetsgivare 0")
    factories.save(Target(measure="W2", unit=factories.unit("AMC"), value=1, valid_from=date(2020, 1, 1)))
    factories.make_user(Role.COUNSELLOR, "AMC")
    one = {page: statements_for(client, page) for page in pages}
    for number in range(50):
        factories.make_workplace("Biblioteket", f"Arbetsgivare {number}")
        factories.make_user(Role.COUNSELLOR, "AMC")
        db.session.add(Target(measure="W2", unit=factories.unit("AMC"), value=number, valid_from=date(2020, 1, 1)))
    db.session.commit()
    assert {page: statements_for(client, page) for page in pages} == one

"""Search, and who is found and listed at all: own units only, protected persons by number only."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in
from tests.cases.list_client import LIVE, SECRET, met, names, person
from tests.looks import looks


def test_other_units_cases_are_neither_listed_nor_found(app: Flask, karin: User, maria: User) -> None:
    own = met(karin, maria, "Egen Person")
    foreign = factories.make_met_case(
        date(2020, 11, 1),
        date(2020, 11, 5),
        social_worker=factories.make_user(Role.SOCIAL_WORKER, "TuA"),
        to_unit="AMS",
        participant=person("Annans Person"),
    )
    factories.start_placement(foreign, date(2020, 11, 10), planned_end_on=date(2020, 12, 5))
    number = foreign.participant.number
    for user in (karin, maria):
        client = sign_in(app.test_client(), user)
        pages = ["/arenden?status=alla", "/arenden?status=alla&enhet=AMS"]
        pages += (
            ["/min-dag", "/placeringar", "/anvisningar/mottagna"]
            if user is karin
            else ["/anvisningar/skickade?vems=enheten&visa=arbetas"]
        )
        for address in pages:
            assert "Annans" not in client.get(address).text, address
            assert foreign.number not in client.get(address).text, address
        for text in ("Annans Person", number, foreign.number):
            html = client.post("/sok", data={"q": text}).text
            assert "Inget ärende som du kan se" in html, text
        assert names(client.post("/sok", data={"q": "person"}).text) == ["Egen Person"]
        assert str(own.public_id) in client.get("/arenden").text


def test_a_protected_name_is_in_no_list_and_no_search_by_name(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    secret = person(" ".join(SECRET), protected=True, birth_on=date(1976, 3, 2))
    case = factories.make_met_case(date(2020, 10, 1), date(2020, 10, 5), karin, social_worker=maria, participant=secret)
    factories.start_placement(case, date(2020, 10, 10), planned_end_on=date(2020, 12, 5))
    waiting = person("Hemlig Skyddsson", protected=True)
    for one in (case, factories.make_case(date(2020, 11, 25), social_worker=maria, participant=waiting)):
        factories.let_in(karin, one)
    worker = sign_in(app.test_client(), maria)
    looks = [
        (counsellor, "/min-dag"),
        (counsellor, "/arenden"),
        (counsellor, "/arenden?sort=namn"),
        (counsellor, "/placeringar"),
        (counsellor, "/anvisningar/mottagna"),
        (worker, "/anvisningar/skickade"),
        (worker, "/anvisningar/skickade?visa=arbetas"),
    ]
    for client, address in looks:
        html = client.get(address).text
        assert not any(part in html for part in (*SECRET, "1976")), address
        assert "Skyddad" in html, address
    for text in ("Hemlig", "skydds", "Hemlig Skyddsson"):
        assert case.number not in counsellor.post("/sok", data={"q": text}).text
    for text in (secret.number, case.number):
        for headers in ({}, LIVE):
            # The page shows what was typed, which is the number itself.
            html = counsellor.post("/sok", data={"q": text}, headers=headers).text.replace(f'value="{text}"', "")
            assert f"Ärende {case.number}" in html
            assert not any(part in html for part in (*SECRET, "1976"))


def test_a_protected_person_is_sorted_by_what_is_shown(counsellor: FlaskClient, karin: User, maria: User) -> None:
    met(karin, maria, "Östen Östlund")
    met(karin, maria, "Zara Zetterlund")
    secret = person("Aron Aronsson", protected=True, birth_on=date(1950, 1, 1))
    case = factories.make_met_case(date(2020, 11, 1), date(2020, 11, 5), karin, social_worker=maria, participant=secret)
    factories.let_in(karin, case)
    in_order = ["Zara Zetterlund", f"Ärende {case.number}", "Östen Östlund"]
    assert names(counsellor.get("/arenden?sort=namn").text) == in_order
    # The oldest of all, but the birth year is not told by the order.
    for sort in ("fodd", "-fodd"):
        assert names(counsellor.get(f"/arenden?sort={sort}").text)[-1] == f"Ärende {case.number}"


def test_search_finds_parts_of_names_in_any_order_and_whole_numbers(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met(karin, maria, "Amina Öberg")
    met(karin, maria, "Bo Alm")
    for text in ("öber", "ÖBERG amina", "ami", case.number, case.participant.number, case.participant.number[2:]):
        assert names(counsellor.post("/sok", data={"q": text}).text) == ["Amina Öberg"], text
    assert "Skriv minst två tecken" in counsellor.post("/sok", data={"q": "a"}).text
    assert names(counsellor.post("/sok", data={"q": "%%"}).text) == []
    wrong = case.participant.number[:-1] + str((int(case.participant.number[-1]) + 1) % 10)
    assert "Personnumret stämmer inte" in counsellor.post("/sok", data={"q": wrong}).text


def test_search_is_logged_without_what_was_searched_for(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met(karin, maria, "Amina Öberg")
    counsellor.post("/sok", data={"q": "amina"}, headers=LIVE)
    counsellor.post("/sok", data={"q": case.participant.number})
    counsellor.post("/sok", data={"q": "x"})
    searches = looks(AccessKind.SEARCHED, AccessKind.LOOKED_UP_PERSON)
    assert [(row.kind, row.participant_id, row.detail, row.user_id) for row in searches] == [
        (AccessKind.SEARCHED, None, "", karin.id),
        (AccessKind.LOOKED_UP_PERSON, case.participant_id, "", karin.id),
    ]


def test_the_live_search_answers_a_fragment_and_the_last_opened_when_empty(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    first, second = met(karin, maria, "Första Person"), met(karin, maria, "Andra Person")
    for case in (second, first, first):
        counsellor.get(f"/arenden/{case.public_id}")
    live = counsellor.post("/sok", data={"q": "andra"}, headers=LIVE).text
    assert "<html" not in live
    assert second.number in live
    assert first.number not in live
    recent = counsellor.post("/sok", data={"q": ""}, headers=LIVE).text
    assert [found.group() for found in re.finditer(r"\w+ Person", recent)] == ["Första Person", "Andra Person"]
    other = sign_in(app.test_client(), factories.make_user(Role.COUNSELLOR, "AMC"))
    assert "Person" not in other.post("/sok", data={"q": ""}, headers=LIVE).text
    karin.unit_id = factories.unit("AMS").id
    factories.save(karin)
    assert "Person" not in counsellor.post("/sok", data={"q": ""}, headers=LIVE).text


def test_controllers_and_administrators_search_and_list_no_persons(app: Flask) -> None:
    for role in (Role.CONTROLLER, Role.ADMINISTRATOR):
        client = sign_in(app.test_client(), factories.make_user(role, None))
        assert client.post("/sok", data={"q": "an"}).status_code == 403
        assert client.get("/arenden").status_code == 403
        assert client.get("/placeringar").status_code == 403
        assert client.get("/min-dag").status_code == 403

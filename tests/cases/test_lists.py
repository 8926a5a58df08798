"""Min dag, the lists and the search: what stands in them, in which order, for whom, at what cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from caseflow.accounts.models import User
from caseflow.cases import list_queries, placement_queries, placements, services, steps, work_queries
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind, Stage
from caseflow.cases.work_queries import Work
from caseflow.extensions import db
from caseflow.people.models import Household, Participant
from caseflow.security.audit import AccessKind, AccessLog
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in
from tests.conftest import TODAY

LIVE = {"HX-Request": "true"}
SECRET = ("Hemlig", "Skyddsson")


def person(
    name: str, *, protected: bool = False, household: Household | None = None, birth_on: date | None = None
) -> Participant:
    first, _, last = name.partition(" ")
    participant = factories.make_participant(birth_on, name=(first, last), household=household)
    participant.protected = protected
    return factories.save(participant)


def met(karin: User, maria: User, name: str, met_on: date = date(2020, 11, 20), **facts: object) -> Case:
    participant = person(name)
    return factories.make_met_case(
        met_on - timedelta(days=5), met_on, karin, social_worker=maria, participant=participant, **facts
    )


def names(html: str) -> list[str]:
    """The first cell of every row of the page's case table."""
    return re.findall(r'<th scope="row" class="name"><a[^>]*>([^<]+)</a>', html)


def section(html: str, work: Work) -> str:
    """One part of Min dag."""
    found = re.search(rf'<section class="cf-sec" id="{work.value}".*?</section>', html, re.S)
    assert found
    return found.group()


def who(part: str) -> list[str]:
    return re.findall(r'<div class="cf-task__who"><a[^>]*>([^<]+)</a>', part)


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_names_are_sorted_in_swedish_order_and_turn_round(counsellor: FlaskClient, karin: User, maria: User) -> None:
    for name in ("Östen Öberg", "Zara Zetterlund", "Åsa Åkesson", "adam Alm", "Ärla Äng"):
        met(karin, maria, name)
    in_order = ["adam Alm", "Zara Zetterlund", "Åsa Åkesson", "Ärla Äng", "Östen Öberg"]
    assert names(counsellor.get("/arenden?sort=namn").text) == in_order
    assert names(counsellor.get("/arenden?sort=-namn").text) == in_order[::-1]


def test_the_default_order_is_most_days_over_target_first(counsellor: FlaskClient, karin: User, maria: User) -> None:
    met(karin, maria, "Under Målet", date(2020, 11, 25))
    met(karin, maria, "Långt Över", date(2020, 7, 1))
    placed = met(karin, maria, "Placerad Längst", date(2020, 5, 1))
    factories.start_placement(placed, date(2020, 8, 1))
    # 153 days of 45, 122 of 90, 6 of 45.
    assert names(counsellor.get("/arenden").text) == ["Långt Över", "Placerad Längst", "Under Målet"]


def test_every_column_sorts_both_ways(counsellor: FlaskClient, karin: User, maria: User) -> None:
    first = met(karin, maria, "Anna Alm", date(2020, 7, 1))
    first.participant.birth_on = date(1970, 1, 1)
    factories.start_placement(first, date(2020, 8, 1))
    second = factories.make_case(date(2020, 11, 1), social_worker=maria, participant=person("Bo Berg"))
    services.accept(factories.make_user(name="Östen Ö").actor, second, date(2020, 11, 2))
    db.session.commit()
    for sort in list_queries.SORTS:
        up, down = (names(counsellor.get(f"/arenden?sort={sign}{sort}").text) for sign in ("", "-"))
        assert sorted(up) == ["Anna Alm", "Bo Berg"] == sorted(down), sort
        # Missing values stay last either way; the unit and the referrer are the same for both.
        assert sort in ("enhet", "fran", "placering") or up == down[::-1], sort


def test_filters_pick_out_stage_programme_children_target_and_owner(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    family = factories.make_household(children=2)
    met(karin, maria, "Vanlig Person")
    late = met(karin, maria, "Sen Person", date(2020, 6, 1), programmes=["500-uppdraget"])
    factories.start_placement(met(karin, maria, "Placerad Person"), date(2020, 11, 25))
    waiting = person("Barn Person", household=family)
    factories.make_case(date(2020, 11, 20), social_worker=maria, participant=waiting)
    johan = factories.make_user(name="Johan")
    met(johan, maria, "Johans Person")

    def shown(query: str) -> set[str]:
        return {name.split()[0] for name in names(counsellor.get(f"/arenden?{query}").text)}

    assert shown("") == {"Vanlig", "Sen", "Placerad", "Barn", "Johans"}
    assert shown("etapp=assessment") == {"Vanlig", "Sen", "Johans"}
    assert shown("etapp=placement") == {"Placerad"}
    assert shown("program=500-uppdraget") == {"Sen"}
    assert shown("over=1") == {"Sen"}
    assert shown("barn=1") == {"Barn"}
    assert shown("konsulent=mina") == {"Vanlig", "Sen", "Placerad"}
    assert shown(f"konsulent={johan.id}") == {"Johans"}
    assert shown("etapp=nonsens&konsulent=xyz&page=abc&sort=--x") == {"Vanlig", "Sen", "Placerad", "Barn", "Johans"}
    services.close(karin.actor, late, date(2020, 11, 30), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    assert shown("status=avslutade") == {"Sen"}
    assert len(shown("status=alla")) == 5


def test_chips_count_what_a_press_on_them_shows(counsellor: FlaskClient, karin: User, maria: User) -> None:
    for name in ("Ett Ett", "Två Två"):
        met(karin, maria, name, date(2020, 6, 1))
    factories.make_case(date(2020, 11, 20), social_worker=maria)
    html = counsellor.get("/arenden").text
    chips = dict(re.findall(r'class="cf-chip[^>]*>(?:<svg.*?</svg>)?([^<]+?) <span>(\d+)</span>', html))
    assert (chips["Alla"], chips["Kartläggning"], chips["Anvisad"], chips["Över måltid"]) == ("3", "2", "1", "2")


def test_a_list_has_pages_of_25_and_a_page_past_the_end_is_the_last(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    for number in range(27):
        met(karin, maria, f"Person {number:02}")
    html = counsellor.get("/arenden?sort=namn").text
    assert names(html) == [f"Person {number:02}" for number in range(25)]
    assert "Visar 1–25 av 27" in html
    for page in (2, 99):
        assert names(counsellor.get(f"/arenden?sort=namn&page={page}").text) == ["Person 25", "Person 26"]


def test_an_empty_list_says_so_and_offers_a_way_out(counsellor: FlaskClient) -> None:
    assert "Inga ärenden passar urvalet." in counsellor.get("/arenden?etapp=placement").text
    assert "Du har inga pågående ärenden." in counsellor.get("/min-dag").text


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
        assert own.number in client.get("/arenden").text


def test_a_manager_of_everything_sees_every_unit_and_can_pick_one(app: Flask, karin: User, maria: User) -> None:
    met(karin, maria, "På Amc")
    worker = factories.make_user(Role.SOCIAL_WORKER, "TuA")
    factories.make_case(date(2020, 11, 20), social_worker=worker, to_unit="OSA", participant=person("På Osa"))
    manager = sign_in(app.test_client(), factories.make_user(Role.MANAGER, None))
    assert names(manager.get("/arenden?sort=namn").text) == ["På Amc", "På Osa"]
    assert names(manager.get("/arenden?enhet=OSA").text) == ["På Osa"]


def test_a_protected_name_is_in_no_list_and_no_search_by_name(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    secret = person(" ".join(SECRET), protected=True, birth_on=date(1976, 3, 2))
    case = factories.make_met_case(date(2020, 10, 1), date(2020, 10, 5), karin, social_worker=maria, participant=secret)
    factories.start_placement(case, date(2020, 10, 10), planned_end_on=date(2020, 12, 5))
    waiting = person("Hemlig Skyddsson", protected=True)
    factories.make_case(date(2020, 11, 25), social_worker=maria, participant=waiting)
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
    logged = db.session.scalars(select(AccessLog).order_by(AccessLog.id)).all()
    assert [(row.kind, row.participant_id, row.detail, row.user_id) for row in logged] == [
        (AccessKind.SEARCHED, None, "", karin.id),
        (AccessKind.LOOKED_UP_PERSON, case.participant_id, "", karin.id),
    ]


def test_the_live_search_answers_a_fragment_and_the_last_opened_when_empty(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    first, second = met(karin, maria, "Första Person"), met(karin, maria, "Andra Person")
    for case in (second, first, first):
        counsellor.get(f"/arenden/{case.number}")
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


def test_min_dag_puts_every_case_where_it_belongs(counsellor: FlaskClient, karin: User, maria: User) -> None:
    factories.make_case(date(2020, 11, 10), social_worker=maria, participant=person("Väntat Förlänge"))
    factories.make_case(date(2020, 11, 17), social_worker=maria, participant=person("Nytt Fall"))
    accepted = factories.make_case(date(2020, 11, 25), social_worker=maria, participant=person("Mottaget Fall"))
    services.accept(karin.actor, accepted, date(2020, 11, 26))
    # Followed up within 60 days: 2020-10-01 is one day late, 2020-10-02 and 2020-10-16 are due in 0 and 14 days.
    met(karin, maria, "Sen Uppföljning", date(2020, 10, 1))
    met(karin, maria, "Uppföljning Idag", date(2020, 10, 2))
    met(karin, maria, "Uppföljning Fjorton", date(2020, 10, 16))
    met(karin, maria, "Uppföljning Femton", date(2020, 10, 17))
    for name, end in (("Slutade Igår", 30), ("Slutar Idag", 31), ("Slutar Trettio", 61), ("Slutar Trettioen", 62)):
        case = met(karin, maria, name, date(2020, 11, 2))
        planned = date(2020, 10, 31) + timedelta(days=end)
        factories.start_placement(case, date(2020, 11, 3), planned_end_on=planned)
    met(factories.make_user(name="Johan"), maria, "Johans Försenade", date(2020, 6, 1))
    db.session.commit()
    html = counsellor.get("/min-dag").text
    assert set(who(section(html, Work.LATE))) == {"Väntat Förlänge", "Sen Uppföljning", "Slutade Igår"}
    assert who(section(html, Work.REFERRALS)) == ["Nytt Fall"]
    assert who(section(html, Work.MEETINGS)) == ["Mottaget Fall"]
    assert who(section(html, Work.ENDING)) == ["Slutar Idag", "Slutar Trettio"]
    assert who(section(html, Work.FOLLOW_UPS)) == ["Uppföljning Idag", "Uppföljning Fjorton"]
    assert "7\N{NO-BREAK SPACE}dagar försenad" in section(html, Work.LATE)
    assert "Johans" not in html


def test_taking_a_referral_is_one_press_on_min_dag(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Nytt Fall"))
    part = section(counsellor.get("/min-dag").text, Work.REFERRALS)
    address = re.search(r'action="([^"]+)"', part)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part))
    assert address
    assert counsellor.post(address.group(1), data=fields).status_code == 303
    db.session.expire_all()
    assert (case.stage, case.counsellor_id) == (Stage.ACCEPTED, karin.id)
    assert who(section(counsellor.get("/min-dag").text, Work.MEETINGS)) == ["Nytt Fall"]


def test_min_dag_lists_own_open_cases_only(counsellor: FlaskClient, karin: User, maria: User) -> None:
    met(karin, maria, "Min Egen")
    met(factories.make_user(name="Johan"), maria, "Johans Fall")
    done = met(karin, maria, "Min Avslutade")
    services.close(karin.actor, done, date(2020, 11, 30), ExitOutcome.STUDIES, None)
    db.session.commit()
    html = counsellor.get("/min-dag").text
    assert names(html) == ["Min Egen"]
    assert "1 avslutade i år" in html


def test_the_next_step_and_lateness_in_sql_are_those_of_the_rules(app: Flask, karin: User, maria: User) -> None:
    """Every kind of state: the list's SQL must say what `steps.likely` and `late_by` say of the same case."""
    plans = [None, date(2020, 11, 30), date(2020, 12, 20)]
    for met_on in (date(2020, 9, 1), date(2020, 10, 2), date(2020, 11, 20)):
        for assessed in (False, True):
            for placed in (None, *plans):
                case = met(karin, maria, "Någon Någonsson", met_on)
                if assessed:
                    services.register_assessment(karin.actor, case, met_on, {factories.areas()[0]: 3})
                if placed is not None or met_on.month == 10:
                    factories.start_placement(case, met_on, planned_end_on=placed)
    for day in (1, 16, 17, 25):
        factories.make_case(date(2020, 11, day), social_worker=maria)
        services.accept(karin.actor, factories.make_case(date(2020, 11, day), social_worker=maria), date(2020, 11, 26))
    db.session.commit()
    query = list_queries.rows_query(TODAY, [visible_to(karin.actor)])
    query = query.add_columns(work_queries.lateness(TODAY).label("late"))
    found = {row.number: (list_queries.to_row(row), row.late) for row in db.session.execute(query)}
    cases = list(db.session.scalars(select(Case)))
    assert len(cases) == len(found) >= 32
    for case in cases:
        row, late = found[case.number]
        planned = min((place.planned_end_on for place in steps.ongoing(case) if place.planned_end_on), default=None)
        assert row.next_kind == steps.likely(case.state, case.follow_up_due_on, planned, TODAY), case.number
        expected = work_queries.late_by(row, TODAY)
        assert max(late or 0, 0) == (expected.days if expected else 0), case.number


def test_a_case_with_two_placements_shows_the_one_that_ends_first_once(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met(karin, maria, "Dubbel Placering")
    late = factories.make_workplace("Sena stället")
    early = factories.make_workplace("Tidiga stället")
    factories.start_placement(case, date(2020, 11, 21), workplace=late, planned_end_on=date(2021, 5, 1))
    factories.start_placement(case, date(2020, 11, 22), workplace=early, planned_end_on=date(2021, 1, 1))
    html = counsellor.get("/arenden").text
    assert names(html) == ["Dubbel Placering"]
    assert "Tidiga stället" in html
    assert "Sena stället" not in html
    listed = counsellor.get("/placeringar").text
    assert names(listed) == ["Dubbel Placering", "Dubbel Placering"]
    assert listed.index("Tidiga stället") < listed.index("Sena stället")


def test_the_list_of_placements_filters_and_leaves_out_what_has_ended(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    for name, kind, end in (
        ("Passerad Praktik", PlacementKind.INTERNSHIP, date(2020, 11, 27)),
        ("Slutande Plats", PlacementKind.DEVELOPMENT_PLACE, date(2020, 12, 31)),
        ("Lång Anställning", PlacementKind.SUBSIDISED_EMPLOYMENT, date(2021, 6, 30)),
    ):
        factories.start_placement(met(karin, maria, name), date(2020, 11, 21), kind, planned_end_on=end)
    ended = met(karin, maria, "Avslutad Praktik")
    placement = factories.start_placement(ended, date(2020, 11, 21))
    placements.end_placement(karin.actor, ended, placement, date(2020, 11, 25), "enligt plan")
    db.session.commit()

    def shown(query: str) -> list[str]:
        return [name.split()[0] for name in names(counsellor.get(f"/placeringar?{query}").text)]

    assert shown("") == ["Passerad", "Slutande", "Lång"]
    assert shown("sort=-slut") == ["Lång", "Slutande", "Passerad"]
    assert shown("slut=slutar") == ["Slutande"]
    assert shown("slut=passerat") == ["Passerad"]
    assert shown("typ=subsidised_employment") == ["Lång"]
    assert len(shown("konsulent=mina")) == 3


def test_every_column_of_the_placements_sorts(counsellor: FlaskClient, karin: User, maria: User) -> None:
    first, second = met(karin, maria, "Anna Alm"), met(karin, maria, "Bo Berg")
    workplaces = [factories.make_workplace(name) for name in ("Ateljén", "Örtagården")]
    factories.start_placement(first, date(2020, 11, 21), percent=50, workplace=workplaces[0])
    employment = PlacementKind.SUBSIDISED_EMPLOYMENT
    factories.start_placement(
        second, date(2020, 11, 22), employment, 75, workplaces[1], planned_end_on=date(2021, 1, 5)
    )
    for sort in placement_queries.SORTS:
        up, down = (names(counsellor.get(f"/placeringar?sort={sign}{sort}").text) for sign in ("", "-"))
        assert sorted(up) == ["Anna Alm", "Bo Berg"] == sorted(down), sort
        # Without a planned end one stands last either way; the counsellor is the same for both.
        assert sort in ("slut", "konsulent") or up == ["Anna Alm", "Bo Berg"] == down[::-1], sort


def test_a_list_costs_as_many_statements_with_fifty_rows_as_with_one(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    addresses = ["/min-dag", "/arenden", "/placeringar", "/anvisningar/mottagna"]

    def one_more(number: int) -> None:
        case = met(karin, maria, f"Person {number}", date(2020, 9, 1 + number % 28))
        factories.start_placement(case, date(2020, 10, 1), planned_end_on=date(2020, 12, 5))
        factories.make_case(date(2020, 11, 1), social_worker=maria)

    def cost(address: str) -> int:
        with counted() as seen:
            assert counsellor.get(address).status_code == 200
        return len(seen)

    def search() -> int:
        with counted() as seen:
            counsellor.post("/sok", data={"q": "person"})
        return len(seen)

    one_more(0)
    few = {address: cost(address) for address in addresses} | {"/sok": search()}
    for number in range(1, 50):
        one_more(number)
    many = {address: cost(address) for address in addresses} | {"/sok": search()}
    assert many == few
    assert max(many.values()) <= 14

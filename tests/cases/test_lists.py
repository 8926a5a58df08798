"""The lists of cases and placements: what stands in them, in which order, at what cost."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import list_order, list_queries, list_views, placement_queries, placements, services
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.rules import OPEN
from caseflow.cases.target_queries import StageTargets, get_stage_targets
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind, Stage
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in
from tests.cases.list_client import met, names, person
from tests.statements import counted


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
    for sort in list_order.SORTS:
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
    assert shown(f"konsulent={johan.public_id}") == {"Johans"}
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


def test_a_manager_of_everything_sees_every_unit_and_can_pick_one(app: Flask, karin: User, maria: User) -> None:
    met(karin, maria, "På Amc")
    worker = factories.make_user(Role.SOCIAL_WORKER, "TuA")
    factories.make_case(date(2020, 11, 20), social_worker=worker, to_unit="OSA", participant=person("På Osa"))
    manager = sign_in(app.test_client(), factories.make_user(Role.MANAGER, None))
    assert names(manager.get("/arenden?sort=namn").text) == ["På Amc", "På Osa"]
    assert names(manager.get("/arenden?enhet=OSA").text) == ["På Osa"]


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
    assert max(many.values()) <= 16


def test_both_ways_of_counting_the_chips_agree(app: Flask, karin: User, maria: User) -> None:
    met(karin, maria, "Sen Ett", date(2020, 6, 1))
    met(karin, maria, "I Tid", date(2020, 11, 25))
    closed = met(karin, maria, "Stängd Sedan", date(2020, 6, 1))
    services.close(karin.actor, closed, date(2020, 11, 30), ExitOutcome.WORK, HouseholdEffect.LEFT)
    factories.make_case(date(2020, 11, 20), social_worker=maria)
    db.session.commit()
    targets, conditions = get_stage_targets(date(2020, 12, 1)), [visible_to(karin.actor)]
    one, other = (
        list_queries.count_by_stage(targets, conditions, list_queries.ANY_STAGE, of_cases_alone=alone)
        for alone in (True, False)
    )
    assert one == other
    assert one.stages == {Stage.ASSESSMENT: 2, Stage.REFERRED: 1, Stage.EXIT_WORK: 1}
    assert one.over == {Stage.ASSESSMENT: 1}


def test_a_unit_with_a_target_of_its_own_is_held_against_that(app: Flask, maria: User) -> None:
    longest = factories.make_case(date(2020, 11, 1), social_worker=maria, to_unit="AMC")
    latest = factories.make_case(date(2020, 11, 11), social_worker=maria, to_unit="AMS")
    db.session.commit()
    days = {None: 40, latest.to_unit_id: 5}
    targets = StageTargets(date(2020, 12, 1), {f"stage:{Stage.REFERRED}": days})
    page = list_queries.list_page(targets, [Case.thinned_at.is_(None)], "-dagar", 1)
    assert [row.number for row in page.rows] == [latest.number, longest.number]
    for alone in (True, False):
        counts = list_queries.count_by_stage(targets, [Case.thinned_at.is_(None)], OPEN, of_cases_alone=alone)
        assert (counts.stages, counts.over) == ({Stage.REFERRED: 2}, {Stage.REFERRED: 1})
    columns = list_queries.list_columns(targets, [targets.over], [Stage.REFERRED], 1)
    assert [row.number for row in columns[Stage.REFERRED]] == [latest.number]


def test_nothing_is_counted_further_than_a_list_can_be_paged(
    app: Flask, karin: User, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        factories.make_case(date(2020, 11, 20), social_worker=maria)
    db.session.commit()
    monkeypatch.setattr(list_queries, "MOST_LISTED", 2)
    targets = get_stage_targets(date(2020, 12, 1))
    assert list_queries.count_by_stage(targets, [visible_to(karin.actor)], OPEN).stages == {Stage.REFERRED: 3}
    assert list_views.counted(list_order.MOST_LISTED) == "1\N{NO-BREAK SPACE}000"
    assert list_views.counted(list_order.MOST_LISTED + 1) == "fler än 1\N{NO-BREAK SPACE}000"


def test_the_chips_of_placements_count_what_the_list_shows(app: Flask, karin: User, maria: User) -> None:
    today = date(2020, 12, 1)
    for kind, ends_on in (
        (PlacementKind.INTERNSHIP, date(2020, 11, 1)),
        (PlacementKind.INTERNSHIP, date(2020, 12, 15)),
        (PlacementKind.SUBSIDISED_EMPLOYMENT, date(2021, 12, 15)),
    ):
        case = met(karin, maria, "Någon Annan", date(2020, 9, 1))
        factories.start_placement(case, date(2020, 10, 1), kind=kind, planned_end_on=ends_on)
    db.session.commit()
    for kind in (None, *PlacementKind):
        for end in ("", placement_queries.ENDING, placement_queries.PASSED):
            chosen = placement_queries.PlacementFilter(kind=kind, end=end)
            page, counts = placement_queries.list_placements(karin.actor, chosen, today)
            counted = counts.ends[end] if end else counts.kinds
            assert len(page.rows) == sum(n for one, n in counted.items() if kind in (None, one)), (kind, end)

"""The case page: what it shows, to whom, at what cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from caseflow.accounts.models import User
from caseflow.cases import corrections, placements, services
from caseflow.cases.models import Case
from caseflow.cases.placements import PlacementInput
from caseflow.cases.terms import ExitOutcome, PlacementKind
from caseflow.core import clock
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.people.models import AssistancePayment
from caseflow.security.audit import AccessKind
from tests import factories
from tests.cases.case_client import (
    MET_ON,
    REFERRED_ON,
    K,
    address,
    assert_done,
    event_of,
    met_case,
    send,
)
from tests.looks import looks
from tests.statements import counted

UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_the_page_shows_stage_days_target_and_facts(counsellor: FlaskClient, karin: User, maria: User) -> None:
    household = factories.make_household(children=3, since=date(2018, 3, 1))
    person = factories.make_participant(date(1990, 1, 1), Sex.WOMAN, ("Samira", "Daoud"), household)
    case = met_case(karin, maria, participant=person, programmes=["500-uppdraget"])
    html = counsellor.get(address(case)).text
    for words in ("Samira Daoud", "Kartläggning", "mål 45", "19900101-••••", "30 år, kvinna", "3 barn", "2018-03"):
        assert words in html
    assert "(33\N{NO-BREAK SPACE}månader)" in html
    assert "155\N{NO-BREAK SPACE}dagar" in html  # 2020-06-29 to 2020-12-01
    assert "500-uppdraget" in html
    assert "18\N{NO-BREAK SPACE}d" in html or "18&nbsp;d" in html  # W3, over its target
    assert person.number not in html


def test_opening_a_case_is_logged_and_shown(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    counsellor.get(address(case))
    [row] = looks()
    assert (row.kind, row.user_id, row.case_id) == (AccessKind.OPENED_CASE, karin.id, case.id)
    html = counsellor.get(address(case)).text
    assert "Öppnade ärendet" in html
    assert "Ansvarig konsulent" in html


def test_revealing_the_number_is_logged_and_answers_a_fragment_or_a_page(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    fragment = counsellor.post(address(case, "visa"), headers={"HX-Request": "true"}).text
    assert case.participant.number in fragment
    assert "<html" not in fragment
    page = counsellor.post(address(case, "visa")).text
    assert case.participant.number in page
    assert "<html" in page
    assert len(looks(AccessKind.REVEALED_IDENTITY)) == 2
    assert counsellor.get(address(case, "visa")).status_code == 405


def test_a_protected_person_is_named_nowhere_on_the_page_or_its_forms(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    person = factories.make_participant(date(1985, 5, 5), name=("Hemliga", "Hemligsdotter"))
    person.protected = True
    case = met_case(karin, maria, participant=person)
    factories.let_in(karin, case)
    for step in ("", "placering", "avsluta", "anteckning"):
        # Addresses hold any digits.
        html = UUIDS.sub("", counsellor.get(address(case, step)).text)
        assert f"Ärende {case.number}" in html
        for secret in ("Hemliga", "Hemligsdotter", "1985", "35 år", person.number):
            assert secret not in html, step


def test_a_protected_member_of_the_household_is_linked_by_number_for_who_may_see_them(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    household = factories.make_household()
    hidden = factories.make_participant(name=("Hemlig", "Hemligsson"), household=household)
    hidden.protected = True
    other = factories.make_case(REFERRED_ON, participant=hidden, social_worker=maria)
    case = met_case(karin, maria, participant=factories.make_participant(household=household))
    assert other.number not in counsellor.get(address(case)).text
    factories.let_in(karin, other)
    html = counsellor.get(address(case)).text
    assert f"Ärende {other.number}" in html
    assert "Hemlig" not in html


def test_household_payments_are_drawn_with_their_mean_and_listed(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    for back in range(1, 19):
        month_on = add_months(date(2020, 12, 1), -back)
        paid_kr = Decimal(12_000) if back <= 12 else Decimal(9_000)
        db.session.add(
            AssistancePayment(
                household_id=case.participant.household_id, month_on=month_on, paid_kr=paid_kr, recorded_at=clock.now()
            )
        )
    db.session.commit()
    html = counsellor.get(address(case)).text
    assert "snitt 12 månader 12\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in html
    assert '"mean": 12000.0' in html
    assert "2019-06" in html


def test_the_page_costs_the_same_number_of_statements_however_long_the_log(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    short, long = met_case(karin, maria), met_case(karin, maria)
    for case in (short, long):
        factories.start_placement(case, date(2020, 11, 30), percent=10)
        services.register_assessment(karin.actor, case, date(2020, 11, 30), {factories.areas()[0]: 3})
    for day in range(1, 15):
        services.register_follow_up(karin.actor, long, date(2020, 7, day), f"samtal {day}")
        services.add_note(maria.actor, long, f"anteckning {day}")
    for month in (8, 9, 10):
        placement = factories.start_placement(long, date(2020, month, 1))
        placements.end_placement(karin.actor, long, placement, date(2020, month, 20), "enligt plan")
        scores = dict.fromkeys(factories.areas(), month - 6)
        services.register_assessment(karin.actor, long, date(2020, month, 25), scores)
    db.session.commit()
    paths = address(short), address(long)
    counsellor.get(paths[0])
    assert statements(lambda: counsellor.get(paths[1])) == statements(lambda: counsellor.get(paths[0]))


def statements(act: Callable[[], TestResponse]) -> list[str]:
    db.session.remove()
    with counted() as seen:
        assert act().status_code == 200
    return [re.sub(r"\(%\(.*?\)s.*", "", text) for text in seen]


def test_looking_writes_nothing_but_the_audit(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    placement = factories.start_placement(case, date(2020, 8, 10), PlacementKind.SUBSIDISED_EMPLOYMENT, 50)
    note = event_of(case, K.FIRST_MEETING)
    paths = ["", "skattning", "placering", f"placering/{placement.public_id}/avsluta", "lonekostnad", "uppfoljning"]
    paths += ["anteckning", "byt-konsulent", "avsluta", f"handelse/{note.public_id}/ratta"]
    with counted() as seen:
        for path in paths:
            assert counsellor.get(address(case, path)).status_code == 200, path
    writing = [text for text in seen if not text.lstrip().upper().startswith("SELECT")]
    assert [text for text in writing if "audit" not in text] == []


def test_the_way_shows_days_between_milestones_with_the_target_of_the_time(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(
        karin,
        maria,
        first_contact_on=date(2020, 5, 11),
        application_on=date(2020, 5, 14),
        decision_on=date(2020, 5, 25),
    )
    placement = factories.start_placement(case, date(2020, 8, 10), PlacementKind.WORK_TRAINING)
    placements.end_placement(karin.actor, case, placement, date(2020, 10, 16), "avbruten")
    db.session.commit()
    words = re.sub(r"(<[^>]+>|\s|&nbsp;)+", " ", counsellor.get(address(case)).text)
    way = words[words.index("Ärendets väg") :]
    assert "3 d" in way
    assert "över måltid: 18 d mål 14" in way
    assert "42 d mål 45" in way
    assert "113 d hittills, mål 180" in way
    assert "avslutad 2020-10-16" in way


def test_only_milestones_can_be_shown(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    services.register_follow_up(karin.actor, case, date(2020, 9, 14), "Närvaro god")
    db.session.commit()
    assert "Närvaro god" in counsellor.get(address(case)).text
    few = counsellor.get(address(case) + "?visa=milstolpar").text
    assert "Närvaro god" not in few
    assert "Första möte" in few


def test_the_likely_step_follows_the_case(counsellor: FlaskClient, karin: User, maria: User) -> None:
    def primary(case: Case) -> str:
        found = re.findall(r'btn btn-primary btn-big"[^>]*>([^<]+)<', counsellor.get(address(case)).text)
        assert len(found) == 1
        return str(found[0])

    case = factories.make_case(REFERRED_ON, social_worker=maria)
    assert primary(case) == "Ta emot anvisning"
    services.accept(karin.actor, case, REFERRED_ON)
    db.session.commit()
    assert primary(case) == "Registrera första möte"
    services.register_first_meeting(karin.actor, case, MET_ON)
    db.session.commit()
    assert primary(case) == "Registrera skattning"
    services.register_assessment(karin.actor, case, date(2020, 11, 2), {factories.areas()[0]: 3})
    db.session.commit()
    assert primary(case) == "Registrera placering"
    placement = factories.start_placement(case, date(2020, 11, 9), planned_end_on=date(2020, 11, 27))
    assert primary(case) == "Avsluta placering"
    placements.end_placement(karin.actor, case, placement, date(2020, 11, 27), "enligt plan")
    services.close(karin.actor, case, date(2020, 11, 30), ExitOutcome.WORK, None)
    db.session.commit()
    assert primary(case) == "Ny anteckning"


def test_a_twice_corrected_event_tells_both_corrections(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    for on, reason in ((date(2020, 6, 26), "först fel"), (date(2020, 6, 25), "sedan fel")):
        corrections.correct_date(karin.actor, case, event_of(case, K.FIRST_MEETING), on, reason)
        db.session.commit()
    page = counsellor.get(address(case)).text
    assert "Skäl: sedan fel." in page
    assert "Skäl: först fel." in page
    assert page.count("<h3>Första möte</h3>") == 1


def test_a_placement_given_by_name_alone_must_be_the_only_one(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    first = factories.make_workplace("Köket", "Leanlink")
    second = factories.make_workplace("Köket", "Stångåstaden")
    second.name = first.name
    db.session.commit()
    values = {"kind": "internship", "percent": "50", "on": "2020-08-10"}
    answer = send(counsellor, case, "placering", workplace=first.name, **values)
    assert answer.status_code == 422
    assert "Flera arbetsplatser heter" in answer.text
    assert_done(send(counsellor, case, "placering", workplace=second.label, **values), case)
    assert case.placements[0].workplace_id == second.id


def test_the_latest_used_workplace_stands_first(counsellor: FlaskClient, karin: User, maria: User) -> None:
    used, never = factories.make_workplace("Östra gården"), factories.make_workplace("Amiralen")
    case = met_case(karin, maria)
    given = PlacementInput(PlacementKind.INTERNSHIP, used, 50, date(2020, 8, 10))
    placements.register_placement(karin.actor, case, given)
    db.session.commit()
    html = counsellor.get(address(case, "placering")).text
    assert html.index(used.label) < html.index(never.label)

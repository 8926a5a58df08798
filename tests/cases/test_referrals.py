"""A new referral, and the lists of referrals received and sent."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import product
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.referral_forms import AF_CHOICES
from caseflow.cases.terms import EventKind, ExitOutcome, Stage
from caseflow.core import clock
from caseflow.core.language import Language
from caseflow.core.periods import age_on
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.people.models import Household, Participant
from caseflow.people.rules import Answer, Circumstances, target_group
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in
from tests.cases.list_client import names, person
from tests.cases.referral_client import ADDRESS, BORN, FILLED_IN, NEW_PERSON, NUMBER, cases, look_up, send, shown_for
from tests.conftest import TODAY
from tests.looks import looks


def test_a_referral_of_a_new_person_makes_person_household_and_case(social_worker: FlaskClient, maria: User) -> None:
    answer = send(social_worker, **NEW_PERSON)
    [case] = cases()
    assert (answer.status_code, answer.location) == (303, f"/arenden/{case.public_id}")
    participant, household = case.participant, case.participant.household
    assert household is not None
    assert (participant.name, participant.number, participant.sex) == ("Dawit Tesfaye", NUMBER, Sex.MAN)
    assert (participant.af_registered, participant.leaves_establishment, participant.activity_hours) == (
        True,
        False,
        20,
    )
    assert (household.children, household.assistance_since_on) == (2, date(2019, 8, 1))
    assert re.fullmatch(r"N-\d{6}", household.number)
    assert (case.to_unit.code, case.from_unit.code, case.social_worker_id) == ("AMC", "AFI", maria.id)
    assert [(fact.kind, fact.on.isoformat()) for fact in case.facts] == [
        (EventKind.FIRST_CONTACT, "2020-11-03"),
        (EventKind.APPLICATION, "2020-11-05"),
        (EventKind.DECISION, "2020-11-12"),
        (EventKind.REFERRED, "2020-12-01"),
    ]
    assert {one.programme.name for one in case.programmes} == {"500-uppdraget", "VISA"}
    assert case.valid_events[-1].note == FILLED_IN["reason"]
    assert "Anvisning skickad till AMC" in social_worker.get(answer.location).text


def test_a_known_person_is_shown_and_keeps_what_is_known(social_worker: FlaskClient, maria: User) -> None:
    family = factories.make_household(children=2, since=date(2019, 8, 1), number="H77")
    known = factories.make_participant(BORN, Sex.MAN, ("Dawit", "Tesfaye"), family, af_registered=False)
    earlier = factories.make_case(date(2018, 5, 2), participant=known, social_worker=maria)
    services.withdraw(maria.actor, earlier, date(2018, 6, 1), "flyttade")
    db.session.commit()
    html = look_up(social_worker).text
    for words in ("Dawit Tesfaye", "35 år, man", "2019-08", "16 månader", earlier.number, "återkallad", "Barn"):
        assert words in html, words
    assert 'name="first_name"' not in html
    assert 'name="children"' not in html
    assert re.search(r'value="nej"[^>]*checked|checked[^>]*value="nej"', html)
    assert send(social_worker, first_name="Annat", last_name="Namn", children="9").status_code == 303
    case = cases()[-1]
    assert case.participant.name == "Dawit Tesfaye"
    assert case.participant.household is not None
    assert (case.participant.household.number, case.participant.household.children) == ("H77", 2)
    assert case.participant.af_registered is True
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 1


def test_looking_up_a_number_is_logged_with_the_person_and_never_the_number(
    social_worker: FlaskClient, maria: User
) -> None:
    look_up(social_worker)
    known = factories.make_participant(BORN, Sex.MAN)
    look_up(social_worker)
    assert [(row.kind, row.participant_id, row.detail) for row in looks()] == [
        (AccessKind.LOOKED_UP_PERSON, None, ""),
        (AccessKind.LOOKED_UP_PERSON, known.id, ""),
    ]


def test_a_number_that_was_not_looked_up_is_shown_before_anything_is_sent(social_worker: FlaskClient) -> None:
    mark = shown_for(look_up(social_worker).text)
    other = factories.make_participant(date(1970, 2, 3), Sex.WOMAN, ("Annan", "Person"))
    data = {"personnummer": other.number, "shown_for": mark, "send": "1"} | FILLED_IN
    answer = social_worker.post(ADDRESS, data=data)
    assert answer.status_code == 422
    assert "Läs igenom uppgifterna om deltagaren" in answer.text
    assert "Annan Person" in answer.text
    assert cases() == []
    assert str(FILLED_IN["reason"]) in answer.text
    assert len(looks()) == 2


def test_a_protected_persons_name_is_not_shown_to_who_looks_them_up(social_worker: FlaskClient) -> None:
    secret = factories.make_participant(BORN, Sex.MAN, ("Hemlig", "Skyddsson"))
    secret.protected = True
    factories.save(secret)
    html = look_up(social_worker).text
    assert "Skyddade personuppgifter" in html
    assert "Hemlig" not in html


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"to_unit": None}, "Välj mottagande enhet."),
        ({"to_unit": "HR-arbetsmarknad"}, "Välj ett av alternativen."),
        ({"referred_on": ""}, "Skriv datumet för anvisningen."),
        ({"referred_on": "2020-12-02"}, "Anvisningsdatumet kan inte ligga efter i dag, 2020-12-01."),
        ({"referred_on": "1 dec"}, "Skriv datumet som ÅÅÅÅ-MM-DD."),
        ({"decision_on": "2020-11-01"}, "kan inte ligga före"),
        ({"referred_on": "2020-11-01"}, "kan inte ligga före"),
        ({"referred_on": "2018-11-01", "programmes": ["500-uppdraget"]} | dict.fromkeys(
            ("first_contact_on", "application_on", "decision_on")), "500-uppdraget pågår 2019-01-01–2020-12-31"),
        ({"af": None}, "Ange om deltagaren är inskriven på Arbetsförmedlingen."),
        ({"activity_hours": "41"}, "Skriv ett tal från 0 till 40."),
        ({"activity_hours": "tjugo"}, "Skriv ett heltal."),
        ({"reason": "  "}, "Skriv varför du anvisar"),
        ({"reason": "x" * 601}, "Skriv högst 600 tecken."),
        ({"first_name": ""}, "Skriv förnamnet."),
        ({"last_name": None}, "Skriv efternamnet."),
        ({"children": "-1"}, "Skriv hur många barn"),
        ({"assistance_since_on": "2020-12-02"}, "Försörjningsstödet kan inte ha börjat efter i dag, 2020-12-01."),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_is_written_or_lost(
    social_worker: FlaskClient, values: dict[str, object], sentence: str
) -> None:
    answer = send(social_worker, **(NEW_PERSON | {"reason": "Läser sfi."} | values))
    assert answer.status_code == 422
    assert "Anvisningen är inte skickad" in answer.text
    assert answer.text.count(sentence) >= 2  # in the summary and at the field
    if "last_name" not in values:
        assert 'value="Tesfaye"' in answer.text
    if "reason" not in values:
        assert "Läser sfi." in answer.text
    assert cases() == []
    for model in (Participant, Household):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "Skriv personnumret med tolv siffror"),
        ("1985", "Skriv personnumret med tolv siffror"),
        (NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), "Personnumret stämmer inte"),
    ],
)
def test_a_number_that_cannot_be_one_is_refused_with_advice(
    social_worker: FlaskClient, number: str, sentence: str
) -> None:
    answer = look_up(social_worker, number)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'name="reason"' not in answer.text
    assert looks() == []


def test_a_person_with_an_ongoing_case_cannot_be_referred_and_the_case_is_linked_when_it_may_be_seen(
    app: Flask, social_worker: FlaskClient, maria: User
) -> None:
    known = factories.make_participant(BORN, Sex.MAN)
    case = factories.make_case(date(2020, 10, 1), participant=known, social_worker=maria)
    html = look_up(social_worker).text
    assert f'href="/arenden/{case.public_id}"' in html
    assert "Deltagaren har ett pågående ärende" in html
    assert 'name="send"' not in html
    other = sign_in(app.test_client(), factories.make_user(Role.SOCIAL_WORKER, "TuA"))
    html = look_up(other).text
    assert "Vid en annan enhet" in html
    assert case.number not in html
    mark = shown_for(html)
    answer = other.post(ADDRESS, data={"personnummer": NUMBER, "shown_for": mark, "send": "1"} | FILLED_IN)
    assert answer.status_code == 422
    assert len(cases()) == 1


def test_a_form_sent_twice_makes_one_case_and_leads_to_it_both_times(social_worker: FlaskClient) -> None:
    mark = shown_for(look_up(social_worker).text)
    data = {"personnummer": NUMBER, "shown_for": mark, "send": "1"} | FILLED_IN | NEW_PERSON
    answers = [social_worker.post(ADDRESS, data=data) for _ in range(2)]
    [case] = cases()
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"/arenden/{case.public_id}")] * 2


def test_a_second_referral_later_by_the_same_social_worker_is_refused(social_worker: FlaskClient, maria: User) -> None:
    assert send(social_worker, **NEW_PERSON).status_code == 303
    [case] = cases()
    case.created_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    mark = shown_for(look_up(social_worker).text)
    answer = social_worker.post(ADDRESS, data={"personnummer": NUMBER, "shown_for": mark, "send": "1"} | FILLED_IN)
    assert answer.status_code == 422
    assert f"redan ett pågående ärende, {case.number}" in answer.text
    assert len(cases()) == 1


def test_two_social_workers_refer_the_same_new_person_at_once_and_one_of_them_is_told(app: Flask) -> None:
    clients = [sign_in(app.test_client(), factories.make_user(Role.SOCIAL_WORKER, unit)) for unit in ("AFI", "TuA")]
    mark = shown_for(look_up(clients[0]).text)
    data = {"personnummer": NUMBER, "shown_for": mark, "send": "1"} | FILLED_IN | NEW_PERSON
    db.session.remove()
    start = Barrier(2)

    def press(client: FlaskClient) -> TestResponse:
        with app.app_context():
            start.wait()
            return client.post(ADDRESS, data=data)

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, clients), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "redan ett pågående ärende" in answers[1].text
    [case] = cases()
    assert case.participant.name == "Dawit Tesfaye"
    assert db.session.scalar(select(func.count()).select_from(Household)) == 1


def test_only_social_workers_refer(app: Flask, counsellor: FlaskClient) -> None:
    for client in (counsellor, sign_in(app.test_client(), factories.make_user(Role.MANAGER, None))):
        for answer in (client.get(ADDRESS), look_up(client), client.post(f"{ADDRESS}/kontroll")):
            assert answer.status_code == 403
        assert client.get("/anvisningar/skickade").status_code == 403


def check(client: FlaskClient, mark: str, **values: object) -> str:
    data = {"personnummer": NUMBER, "shown_for": mark} | values
    return client.post(f"{ADDRESS}/kontroll", data=data).text


def test_the_target_group_is_judged_anew_as_the_form_changes(social_worker: FlaskClient) -> None:
    page = look_up(social_worker).text
    assert "<b>3 uppgifter saknas.</b>" in page
    mark = shown_for(page)
    assert "En uppgift" in check(social_worker, mark, af="ja", activity_hours="20")
    facts = {"af": "lamnar", "activity_hours": "10", "assistance_since_on": "2019-08-01"}
    assert "Hör till målgruppen." in check(social_worker, mark, **facts)
    assert "Hör inte till målgruppen." in check(social_worker, mark, **facts | {"activity_hours": "9"})
    assert "Programmet är ändå valt." in check(
        social_worker, mark, **facts | {"af": "nej", "programmes": "500-uppdraget"}
    )
    assert "Prioriteras" in check(social_worker, mark, children="1")
    assert "Prioriteras" not in check(social_worker, mark, children="0")


def test_the_check_tells_nothing_of_a_person_who_was_not_looked_up(social_worker: FlaskClient) -> None:
    family = factories.make_household(children=2, since=date(2019, 8, 1))
    factories.make_participant(BORN, Sex.MAN, household=family)
    assert "Prioriteras" in check(social_worker, shown_for(look_up(social_worker).text))
    for mark in ("", "00", "f" * 64):
        html = check(social_worker, mark, to_unit="AMC")
        assert "500-uppdraget" not in html
        assert "Väntan på AMC" in html


def test_the_judgement_is_yes_when_every_condition_holds_and_no_when_any_fails() -> None:
    """Every combination, against the sentence of DOMAIN.md written out a second time."""
    births = [date(1996, 1, 1), date(1995, 12, 1), date(1960, 12, 2), date(1960, 12, 1)]
    since = [None, date(2019, 8, 1), date(2021, 1, 1)]
    hours = [None, 0, 9, 10, 40]
    for birth, began, af, can, children in product(births, since, AF_CHOICES.values(), hours, [None, 0, 3]):
        _, registered, leaves = af
        found = target_group(Circumstances(birth, began, registered, leaves, can, children), TODAY)
        holds = [
            25 <= age_on(birth, TODAY) <= 59,
            None if began is None else began <= TODAY,
            None if registered is None else registered or bool(leaves),
            None if can is None else can >= 10,
        ]
        expected = Answer.NO if False in holds else Answer.UNKNOWN if None in holds else Answer.YES
        assert found.answer == expected
        assert found.priority == bool(children)


def test_the_form_shows_who_waits_where_and_how_long_it_took_last_month(
    social_worker: FlaskClient, maria: User
) -> None:
    factories.make_met_case(date(2020, 11, 1), date(2020, 11, 11), social_worker=maria)
    factories.make_met_case(date(2020, 10, 20), date(2020, 11, 9), social_worker=maria)
    factories.make_met_case(date(2020, 9, 1), date(2020, 10, 31), social_worker=maria)  # not of November
    for day in (1, 2):
        factories.make_case(date(2020, 11, day), social_worker=maria)
    html = look_up(social_worker).text
    assert "2 väntar · i medel 15\N{NO-BREAK SPACE}dagar i november" in html
    assert "0 väntar" in html
    part = check(social_worker, shown_for(html), to_unit="AMC")
    assert "15\N{NO-BREAK SPACE}dagar" in part
    assert "14\N{NO-BREAK SPACE}dagar" in part


def test_the_month_is_named_in_the_readers_language(social_worker: FlaskClient, maria: User) -> None:
    factories.make_met_case(date(2020, 11, 1), date(2020, 11, 11), social_worker=maria)
    maria.language = Language.ENGLISH
    db.session.commit()
    assert "in November" in look_up(social_worker).text


def test_received_referrals_stand_with_the_longest_waiting_first_and_can_be_taken_or_returned(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    family = factories.make_household(children=1)
    for name, day, household in (("Nyast", 25, family), ("Äldst", 1, None), ("Mellan", 10, None)):
        waiting = person(f"{name} Person", household=household)
        factories.make_case(date(2020, 11, day), social_worker=maria, participant=waiting)
    back = factories.make_case(date(2020, 11, 3), social_worker=maria, participant=person("Åter Person"))
    services.return_referral(karin.actor, back, date(2020, 11, 4), "Bor i en annan kommun")
    taken = factories.make_case(date(2020, 11, 3), social_worker=maria, participant=person("Tagen Person"))
    services.accept(karin.actor, taken, date(2020, 11, 4))
    db.session.commit()
    html = counsellor.get("/anvisningar/mottagna").text
    assert names(html) == ["Äldst Person", "Mellan Person", "Nyast Person"]
    assert html.count("Ta emot</button>") == 3
    assert "/aterlamna" in html
    assert names(counsellor.get("/anvisningar/mottagna?barn=1").text) == ["Nyast Person"]
    assert names(counsellor.get("/anvisningar/mottagna?visa=mottagna").text) == ["Tagen Person"]
    returned = counsellor.get("/anvisningar/mottagna?visa=aterlamnade").text
    assert names(returned) == ["Åter Person"]
    assert "Bor i en annan kommun" in returned


def test_sent_referrals_are_ones_own_or_the_units_with_outcome_and_a_way_to_withdraw(
    app: Flask, social_worker: FlaskClient, karin: User, maria: User
) -> None:
    tomas = factories.make_user(Role.SOCIAL_WORKER, "AFI", "Tomas Hjelm")
    factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Min Väntande"))
    factories.make_case(date(2020, 11, 21), social_worker=tomas, participant=person("Tomas Väntande"))
    stranger = factories.make_user(Role.SOCIAL_WORKER, "TuA")
    factories.make_case(date(2020, 11, 21), social_worker=stranger, participant=person("Annan Enhet"))
    done = factories.make_met_case(
        date(2020, 6, 1), date(2020, 6, 10), karin, social_worker=maria, participant=person("Klar Person")
    )
    services.close(karin.actor, done, date(2020, 9, 1), ExitOutcome.STUDIES, None)
    db.session.commit()
    mine = social_worker.get("/anvisningar/skickade").text
    assert names(mine) == ["Min Väntande"]
    assert "Återkalla" in mine
    assert names(social_worker.get("/anvisningar/skickade?vems=enheten").text) == ["Min Väntande", "Tomas Väntande"]
    closed = social_worker.get("/anvisningar/skickade?visa=avslutade").text
    assert names(closed) == ["Klar Person"]
    assert "Studier med rätt till studiemedel" in closed
    assert done.stage == Stage.EXIT_STUDIES
    assert "av 14" in closed  # nine days from referral to first meeting, against W3's target

"""Every step of the flow through its form, and what the forms refuse."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from caseflow.accounts.models import User
from caseflow.cases import programmes, services
from caseflow.cases.models import WageCost
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind, Stage
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.people.models import AssistancePayment
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import (
    REFERRED_ON,
    K,
    address,
    assert_done,
    closed_case,
    event_of,
    kinds,
    met_case,
    send,
    sign_in,
)


def test_a_referral_is_accepted_with_one_press(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    page = counsellor.get(address(case)).text
    assert f'action="{address(case, "ta-emot")}"' in page
    assert_done(send(counsellor, case, "ta-emot"), case)
    assert case.stage == Stage.ACCEPTED
    assert case.counsellor_id == karin.id
    assert event_of(case, K.ACCEPTED).occurred_on == date(2020, 12, 1)


def test_a_referral_is_accepted_for_a_colleague_on_an_earlier_day(counsellor: FlaskClient, maria: User) -> None:
    colleague = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    assert_done(send(counsellor, case, "ta-emot", on="2020-06-12", counsellor=colleague.public_id), case)
    assert case.counsellor_id == colleague.id
    assert event_of(case, K.ACCEPTED).occurred_on == date(2020, 6, 12)


def test_a_counsellor_of_another_unit_cannot_be_chosen(counsellor: FlaskClient, maria: User) -> None:
    stranger = factories.make_user(Role.COUNSELLOR, "OSA")
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    assert send(counsellor, case, "ta-emot", counsellor=stranger.public_id).status_code == 422
    assert case.stage == Stage.REFERRED


def test_a_referral_is_returned_with_a_reason(counsellor: FlaskClient, maria: User) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    refused = send(counsellor, case, "aterlamna", note=" ")
    assert refused.status_code == 422
    assert "Skriv varför anvisningen återlämnas." in refused.text
    assert_done(send(counsellor, case, "aterlamna", note="Behöver läkarkontakt först."), case)
    assert case.stage == Stage.RETURNED
    assert "Behöver läkarkontakt först." in counsellor.get(address(case)).text


def test_a_referral_is_withdrawn_by_the_referrer(social_worker: FlaskClient, maria: User) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    assert_done(send(social_worker, case, "aterkalla", note="Har fått arbete."), case)
    assert case.stage == Stage.WITHDRAWN


def test_a_first_meeting_before_the_referral_is_refused_at_its_field(counsellor: FlaskClient, maria: User) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    answer = send(counsellor, case, "forsta-mote", on="2020-06-10", note="Kom i tid.")
    assert answer.status_code == 422
    sentence = "Första möte 2020-06-10 kan inte ligga före anvisningen 2020-06-11."
    assert re.search(rf'id="on-e">.*{sentence}', answer.text)
    assert "Kom i tid." in answer.text
    assert case.stage == Stage.REFERRED
    assert_done(send(counsellor, case, "forsta-mote", on="2020-06-29", note="Kom i tid."), case)
    assert case.stage == Stage.ASSESSMENT


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("i går", "Skriv datumet som ÅÅÅÅ-MM-DD"), ("", "Ange datumet."), ("2020-12-02", "ligger i framtiden")],
)
def test_a_day_that_cannot_be_says_how_to_write_it(
    counsellor: FlaskClient, maria: User, written: str, sentence: str
) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    answer = send(counsellor, case, "forsta-mote", on=written)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_assessment_takes_the_areas_that_were_scored(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    first, second, *_ = factories.areas()
    assert "Registrera utgångsläge" in counsellor.get(address(case, "skattning")).text
    values = {f"area_{first.public_id}": "2", f"area_{second.public_id}": "4"}
    assert_done(send(counsellor, case, "skattning", on="2020-07-01", **values), case)
    assert {score.area_id: score.value for score in case.assessments[0].scores} == {first.id: 2, second.id: 4}
    assert "Medelvärde 3,0 i två områden." in counsellor.get(address(case)).text
    values = {f"area_{first.public_id}": "3", f"area_{second.public_id}": "4"}
    send(counsellor, case, "skattning", on="2020-09-01", **values)
    assert "Höjd i ett område, oförändrad i ett, sänkt i inget." in counsellor.get(address(case)).text


def test_an_empty_or_impossible_assessment_is_refused(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    area = factories.areas()[0]
    assert "Skatta minst ett område." in send(counsellor, case, "skattning").text
    assert send(counsellor, case, "skattning", **{f"area_{area.public_id}": "6"}).status_code == 422
    assert case.assessments == []


def test_a_placement_is_registered_by_the_workplace_label(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    workplace = factories.make_workplace("Centralköket")
    assert workplace.label in counsellor.get(address(case, "placering")).text
    values = {"kind": "internship", "workplace": workplace.label.upper(), "percent": "75", "on": "2020-08-10"}
    assert_done(
        send(counsellor, case, "placering", planned_end_on="2020-12-18", supervisor="Mats Rydell", **values), case
    )
    assert case.stage == Stage.PLACEMENT
    page = counsellor.get(address(case)).text
    assert "Praktik registrerad" in page
    assert "30 timmar i veckan. Planerad till 2020-12-18. Handledare Mats Rydell." in page


def test_a_placement_is_refused_at_the_field_that_is_wrong(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    factories.start_placement(case, date(2020, 8, 10), percent=50)
    workplace = factories.make_workplace()
    good = {"kind": "work_training", "workplace": workplace.label, "percent": "50", "on": "2020-09-01"}
    wrong = [
        ({"percent": "75"}, "percent", "Omfattningen blir 125 %"),
        ({"percent": "0"}, "percent", "från 1 till 100"),
        ({"percent": "halv"}, "percent", "Skriv omfattningen som ett heltal"),
        ({"workplace": "Okänt ställe"}, "workplace", "Arbetsplatsen finns inte i listan"),
        ({"planned_end_on": "2020-08-31"}, "planned_end_on", "kan inte ligga före starten"),
        ({"kind": "subsidised_employment"}, "form", "Välj anställningsform"),
        ({"on": "2020-06-28"}, "on", "kan inte ligga före första mötet"),
        ({"kind": ""}, "kind", "Välj typ av placering."),
    ]
    for change, field, sentence in wrong:
        answer = send(counsellor, case, "placering", **(good | change))
        assert answer.status_code == 422, change
        assert re.search(rf'id="{field}-e">[^§]*?{sentence}', answer.text), change
    assert len(case.state.ongoing) == 1


def test_the_form_of_an_employment_is_dropped_with_other_kinds(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    workplace = factories.make_workplace()
    values = {"workplace": workplace.label, "percent": "50", "on": "2020-09-01", "form": "extra_service"}
    assert_done(send(counsellor, case, "placering", kind="internship", **values), case)
    assert case.placements[0].form is None


def test_a_placement_ends_with_a_reason_and_only_once(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    placement = factories.start_placement(case, date(2020, 8, 10))
    step = f"placering/{placement.public_id}/avsluta"
    assert "Ange varför placeringen slutade." in send(counsellor, case, step, on="2020-09-30").text
    early = send(counsellor, case, step, on="2020-08-09", note="enligt plan")
    assert early.status_code == 422
    assert "kan inte ligga före placeringens start" in early.text
    assert_done(send(counsellor, case, step, on="2020-09-30", note="enligt plan"), case)
    assert case.stage == Stage.ASSESSMENT
    again = send(counsellor, case, step, on="2020-10-01", note="enligt plan")
    assert again.status_code == 409
    assert "redan avslutad 2020-09-30" in again.text
    assert counsellor.get(address(case, step)).status_code == 409
    assert counsellor.get(address(case, f"placering/{uuid4()}/avsluta")).status_code == 404


def test_a_wage_cost_is_kept_per_month_and_replaced_when_sent_again(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    placement = factories.start_placement(case, date(2020, 8, 10), PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    values = {"placement": placement.public_id, "month_on": "2020-09", "wage_kr": "27 350,50", "af_kr": "18000"}
    assert_done(send(counsellor, case, "lonekostnad", **values), case)
    assert_done(send(counsellor, case, "lonekostnad", **(values | {"wage_kr": "28 000"})), case)
    rows = db.session.scalars(select(WageCost).order_by(WageCost.id)).all()
    assert [(row.wage_kr, row.voided_at is None) for row in rows] == [(Decimal("27350.50"), False), (28_000, True)]
    assert 'value="28000"' in counsellor.get(address(case, "lonekostnad")).text
    assert "28\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in counsellor.get(address(case)).text


def test_a_wage_cost_is_refused_where_it_cannot_be(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    assert counsellor.get(address(case, "lonekostnad")).status_code == 409
    placement = factories.start_placement(case, date(2020, 8, 10), PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    good = {"placement": placement.public_id, "month_on": "2020-09", "wage_kr": "27000", "af_kr": "18000"}
    wrong = [
        ({"month_on": "2020-07"}, "Välj en månad från 2020-08"),
        ({"month_on": "2021-01"}, "till och med 2020-12"),
        ({"month_on": "september"}, "Skriv månaden som ÅÅÅÅ-MM"),
        ({"af_kr": "27001"}, "större än lönekostnaden"),
        ({"wage_kr": "tjugo"}, "Skriv beloppet i kronor"),
        ({"wage_kr": "-5"}, "0 eller mer"),
        ({"wage_kr": "NaN"}, "Skriv beloppet i kronor"),
        ({"wage_kr": ""}, "Ange lönekostnaden."),
    ]
    for change, sentence in wrong:
        answer = send(counsellor, case, "lonekostnad", **(good | change))
        assert answer.status_code == 422, change
        assert sentence in answer.text, change
    assert db.session.scalar(select(func.count()).select_from(WageCost)) == 0


def test_a_follow_up_and_a_note_need_words(
    counsellor: FlaskClient, social_worker: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    assert "Skriv kort vad uppföljningen gav." in send(counsellor, case, "uppfoljning", note="").text
    assert_done(send(counsellor, case, "uppfoljning", on="2020-09-14", note="Närvaro 34 av 40 timmar"), case)
    assert "Skriv anteckningen." in send(social_worker, case, "anteckning", note="").text
    assert_done(send(social_worker, case, "anteckning", note="Ringde <b>AMC</b>"), case)
    page = counsellor.get(address(case)).text
    assert "Närvaro 34 av 40 timmar." in page
    assert "Ringde &lt;b&gt;AMC&lt;/b&gt;." in page


def test_a_case_is_handed_over_within_the_unit_by_counsellor_or_manager(
    app: Flask, counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    johan = factories.make_user(Role.COUNSELLOR, "AMC", "Johan Åkesson")
    stranger = factories.make_user(Role.COUNSELLOR, "OSA", "Olle OSA")
    assert send(counsellor, case, "byt-konsulent", counsellor=stranger.public_id).status_code == 422
    assert_done(send(counsellor, case, "byt-konsulent", counsellor=johan.public_id), case)
    assert case.counsellor_id == johan.id
    manager = sign_in(app.test_client(), factories.make_user(Role.MANAGER, "AMC"))
    assert_done(send(manager, case, "byt-konsulent", counsellor=karin.public_id), case)
    assert case.counsellor_id == karin.id


def test_an_exit_ends_ongoing_placements_and_says_so_beforehand(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    factories.start_placement(case, date(2020, 8, 10))
    assert "pågår och avslutas samma dag" in counsellor.get(address(case, "avsluta")).text
    assert "Välj vad ärendet avslutas till." in send(counsellor, case, "avsluta", on="2020-11-20").text
    values = {"on": "2020-11-20", "outcome": "work", "household_effect": "left", "typed_baseline_kr": "12 974"}
    assert_done(send(counsellor, case, "avsluta", **values), case)
    assert case.stage == Stage.EXIT_WORK
    leave = event_of(case, K.EXITED)
    assert (leave.household_effect, leave.typed_baseline_kr) == (HouseholdEffect.LEFT, 12_974)
    assert kinds(case)[-2:] == [K.PLACEMENT_ENDED, K.EXITED]


def test_a_typed_baseline_is_asked_for_only_where_no_payment_is_known(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    assert "typed_baseline_kr" in counsellor.get(address(case, "avsluta")).text
    household_id = case.participant.household_id
    db.session.add(
        AssistancePayment(household_id=household_id, month_on=date(2020, 10, 1), paid_kr=9000, recorded_at=clock.now())
    )
    db.session.commit()
    assert "typed_baseline_kr" not in counsellor.get(address(case, "avsluta")).text
    values = {"on": "2020-11-20", "outcome": "studies", "household_effect": "", "typed_baseline_kr": "12 974"}
    assert_done(send(counsellor, case, "avsluta", **values), case)
    leave = event_of(case, K.EXITED)
    assert (leave.household_effect, leave.typed_baseline_kr) == (None, None)


def test_a_closed_case_is_reopened_with_a_reason(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = closed_case(karin, maria)
    assert send(counsellor, case, "ateroppna", note="").status_code == 422
    assert_done(send(counsellor, case, "ateroppna", on="2020-11-25", note="Provanställningen bröts."), case)
    assert case.stage == Stage.ASSESSMENT
    assert case.closed_on is None


def test_a_case_joins_and_leaves_programmes_and_the_old_rows_stay(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    programme = factories.programme("VISA")
    early = send(counsellor, case, "program", programme=programme.public_id, on="2020-06-10")
    assert early.status_code == 422
    assert "Ange en dag från anvisningen 2020-06-11" in early.text
    assert_done(send(counsellor, case, "program", programme=programme.public_id, on="2020-07-01"), case)
    assert "sedan 2020-07-01" in counsellor.get(address(case)).text
    step = f"program/{programme.public_id}/lamna"
    assert send(counsellor, case, step, on="2020-06-30").status_code == 422
    assert_done(send(counsellor, case, step, on="2020-11-30"), case)
    [standing] = programmes.memberships(case)
    assert (standing.from_on, standing.to_on) == (date(2020, 7, 1), date(2020, 11, 30))
    assert len(case.programmes) == 2
    assert send(counsellor, case, step, on="2020-11-30").status_code == 409
    other = factories.programme("500-uppdraget").public_id
    assert send(counsellor, case, f"program/{other}/lamna", on="2020-11-30").status_code == 404


def test_a_programme_has_its_own_time_and_a_mistaken_membership_is_voided(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria, programmes=["500-uppdraget"])
    [membership] = programmes.memberships(case)
    assert (
        send(counsellor, case, "program", programme=membership.programme.public_id, on="2020-07-01").status_code == 422
    )
    assert_done(
        send(counsellor, case, f"program/{membership.programme.public_id}/lamna", on="2020-12-01", mistaken="y"), case
    )
    assert programmes.memberships(case) == []
    ended = factories.programme("Korta etableringen")
    ended.ends_on = date(2020, 6, 30)
    db.session.commit()
    assert (
        "Ange en dag däremellan." in send(counsellor, case, "program", programme=ended.public_id, on="2020-07-01").text
    )
    services.close(karin.actor, case, date(2020, 11, 20), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    assert "/program" not in counsellor.get(address(case)).text.replace("/programme", "")
    assert send(counsellor, case, "program", programme=ended.public_id, on="2020-06-29").status_code == 409


def test_a_form_opened_before_another_change_shows_the_change_above_what_was_written(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = met_case(karin, maria)
    opened = case.version
    services.add_note(maria.actor, case, "Ny telefon.")
    db.session.commit()
    answer = send(counsellor, case, "uppfoljning", version=opened, on="2020-09-14", note="Närvaro god")
    assert answer.status_code == 409
    for words in ("Någon annan hann före", "Närvaro god", "Anteckning 2020-12-01", "Maria Ekdahl", "2020-09-14"):
        assert words in answer.text
    assert f'href="{address(case)}"' in answer.text
    assert K.FOLLOW_UP not in kinds(case)


def test_a_form_sent_twice_counts_once(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    values = {"version": case.version, "on": "2020-09-14", "note": "Närvaro god"}
    assert_done(send(counsellor, case, "uppfoljning", **values), case)
    assert_done(send(counsellor, case, "uppfoljning", **values), case)
    assert kinds(case).count(K.FOLLOW_UP) == 1


def test_a_form_without_its_version_is_not_taken(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    answer = counsellor.post(address(case, "uppfoljning"), data={"note": "Närvaro god"})
    assert answer.status_code == 422
    assert "Öppna ärendet igen" in answer.text
    db.session.expire_all()
    assert K.FOLLOW_UP not in kinds(case)

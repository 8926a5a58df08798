"""What a report says about cases made by the services: definitions, knowledge, jobs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from caseflow.cases import corrections, placements
from caseflow.cases import services as case_services
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.jobs import dispatch, runner
from caseflow.jobs.models import Job, JobStatus
from caseflow.measures.models import CaseWait, MeasureResult
from caseflow.measures.placements import placements_begun
from caseflow.measures.programme import programme_report
from caseflow.measures.queries import WaitReport, computed_at, is_computing, mean_of, month_means, wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation.models import Target
from caseflow.people.models import AssistancePayment, Household
from caseflow.security.permissions import Actor
from tests import factories

YEAR = Period(date(2020, 1, 1), date(2020, 12, 31))
TODAY = Cut(date(2020, 12, 1))


EVERYBODY = Filter()


def report(wait: Wait = Wait.W3, cut: Cut = TODAY, chosen: Filter = EVERYBODY, period: Period = YEAR) -> WaitReport:
    return wait_report(wait, period, cut, chosen)


def counsellor_of(case: Case) -> Actor:
    assert case.counsellor is not None
    return case.counsellor.actor


def event_of(case: Case, kind: EventKind) -> CaseEvent:
    return next(event for event in case.valid_events if event.kind == kind)


def test_a_wait_belongs_to_the_period_in_which_it_ended(app: Flask) -> None:
    factories.make_met_case(date(2019, 12, 20), date(2020, 1, 10))
    assert report().all_units.total.n == 1
    assert report(period=Period(date(2019, 1, 1), date(2019, 12, 31))).all_units.total.n == 0
    cohort = wait_report(Wait.W3, Period(date(2019, 1, 1), date(2019, 12, 31)), TODAY, Filter(begun=True))
    assert cohort.all_units.total.n == 1


def test_month_means_follow_the_month_of_the_end_or_of_the_beginning(app: Flask) -> None:
    factories.make_met_case(date(2020, 5, 20), date(2020, 6, 9))
    factories.make_met_case(date(2020, 5, 30), date(2020, 6, 9))
    for chosen, month in ((Filter(), 6), (Filter(begun=True), 5)):
        rows = month_means([Wait.W3], YEAR, TODAY, chosen)
        assert [(row.month_on, row.n, row.days) for row in rows] == [(date(2020, month, 1), 2, 30)]
        assert mean_of(rows) == 15


def test_the_open_ones_are_shown_beside_the_mean(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    factories.make_case(date(2020, 9, 2))
    factories.make_case(date(2020, 11, 21))
    figures = report().all_units.total
    assert (figures.n, figures.mean_days, figures.open_n, figures.open_median_age_days) == (1, 10, 2, 50)
    assert figures.longest_open_days == 90


def test_groups_without_a_wait_stand_as_zero(app: Flask) -> None:
    found = report()
    assert list(found.units) == ["AMC", "AMS", "OSA"]
    assert {(group.total.n, group.women.n, group.total.mean_days) for group in found.units.values()} == {(0, 0, None)}
    assert list(report(Wait.W1).units) == ["AFI", "Etableringsteamet", "JKT", "TuA"]


def test_a_wait_whose_beginning_nobody_knows_is_counted_as_unknown(app: Flask) -> None:
    factories.make_case(date(2020, 6, 1), decision_on=date(2020, 5, 20))
    factories.make_case(date(2020, 6, 1), first_contact_on=date(2020, 5, 1), decision_on=date(2020, 5, 20))
    figures = report(Wait.W1).all_units.total
    assert (figures.n, figures.mean_days, figures.unknown_n) == (1, 19, 1)


def test_a_returned_referral_no_longer_waits(app: Flask) -> None:
    case = factories.make_case(date(2020, 6, 1))
    actor = factories.make_user().actor
    case_services.return_referral(actor, case, date(2020, 6, 9), "Fel målgrupp.")
    db.session.commit()
    figures = report().all_units.total
    assert (figures.n, figures.open_n, figures.begun_n) == (0, 0, 1)
    assert report(cut=Cut(date(2020, 6, 8))).all_units.total.open_n == 1


def test_straight_to_an_employment_is_no_wait_for_a_placement(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10))
    job = factories.start_placement(case, date(2020, 3, 2), PlacementKind.SUBSIDISED_EMPLOYMENT)
    placements.end_placement(counsellor_of(case), case, job, date(2020, 4, 30), "enligt plan")
    factories.start_placement(case, date(2020, 5, 4))
    assert (report(Wait.W4).all_units.total.n, report(Wait.W4).all_units.total.open_n) == (0, 0)
    assert (report(Wait.W5).all_units.total.n, report(Wait.W5).all_units.total.open_n) == (0, 0)


def test_placement_employment_and_exit_end_their_waits(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10))
    first = factories.start_placement(case, date(2020, 3, 2))
    placements.end_placement(counsellor_of(case), case, first, date(2020, 4, 30), "enligt plan")
    factories.start_placement(case, date(2020, 5, 4), PlacementKind.SUBSIDISED_EMPLOYMENT)
    case_services.close(counsellor_of(case), case, date(2020, 10, 1), ExitOutcome.STUDIES, None)
    db.session.commit()
    assert [report(wait).all_units.total.mean_days for wait in (Wait.W3, Wait.W4, Wait.W5, Wait.W6)] == [7, 21, 63, 241]


def test_a_household_counts_once_in_months(app: Flask) -> None:
    household = factories.make_household(since=date(2017, 11, 20))
    for day in (date(2020, 9, 30), date(2020, 11, 5)):
        person = factories.make_participant(household=household)
        case = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10), participant=person)
        case_services.close(counsellor_of(case), case, day, ExitOutcome.WORK, HouseholdEffect.LEFT)
        db.session.commit()
    figures = report(Wait.W7).all_units.total
    assert (figures.n, figures.mean_days) == (1, 34)


def test_the_target_is_the_one_valid_at_the_end_of_the_period_and_a_units_own_wins(app: Flask) -> None:
    amc = factories.unit("AMC")
    factories.save(Target(measure="W3", unit_id=amc.id, value=Decimal(7), valid_from=date(2020, 1, 1)))
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    found = report()
    assert found.all_units.total.target_days == 14
    assert found.units["AMC"].total.target_days == 7
    assert (found.all_units.total.share_within_target, found.units["AMC"].total.share_within_target) == (1, 0)
    assert report(Wait.W1, period=Period(date(2019, 1, 1), date(2019, 12, 31))).all_units.total.target_days == 15


def test_unit_programme_and_sex_choose_the_cases(app: Flask) -> None:
    woman, man = factories.make_participant(sex=Sex.WOMAN), factories.make_participant(sex=Sex.MAN)
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11), participant=woman, programmes=["VISA"])
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 21), participant=man, to_unit="OSA")
    assert report(chosen=Filter(unit=factories.unit("OSA"))).all_units.total.mean_days == 20
    assert report(chosen=Filter(programme=factories.programme("VISA"))).all_units.total.mean_days == 10
    assert report(chosen=Filter(sex=Sex.MAN)).all_units.women.n == 0
    found = report().all_units
    assert (found.women.mean_days, found.men.mean_days, found.total.mean_days) == (10, 20, 15)


def test_a_later_correction_does_not_change_what_was_known(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29))
    known_at = clock.now()
    meeting = event_of(case, EventKind.FIRST_MEETING)
    corrections.correct_date(counsellor_of(case), case, meeting, date(2020, 6, 26), "fel dag")
    db.session.commit()
    assert report().all_units.total.mean_days == 15
    assert report(cut=Cut(TODAY.as_of, known_at)).all_units.total.mean_days == 18
    assert report(cut=Cut(TODAY.as_of, known_at - timedelta(days=1))).all_units.total.n == 0


def test_a_fact_after_the_cut_off_day_does_not_count(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29))
    figures = report(cut=Cut(date(2020, 6, 28))).all_units.total
    assert (figures.n, figures.open_n, figures.open_median_age_days) == (0, 1, 17)


def pay(household: Household | None, month: date, kr: int, recorded_at: datetime | None = None) -> AssistancePayment:
    assert household is not None
    payment = AssistancePayment(household=household, month_on=month, paid_kr=Decimal(kr))
    if recorded_at is not None:
        payment.recorded_at = recorded_at
    return factories.save(payment)


def employed_case() -> Case:
    case = factories.make_met_case(date(2020, 1, 7), date(2020, 1, 20), programmes=["500-uppdraget"])
    placement = factories.start_placement(case, date(2020, 2, 3), PlacementKind.SUBSIDISED_EMPLOYMENT)
    for month in (2, 3):
        placements.register_wage_cost(
            counsellor_of(case), case, placement, date(2020, month, 1), Decimal(20_000), Decimal(12_000), Decimal(5_000)
        )
    db.session.commit()
    return case


def test_the_programmes_kronor_follow_payments_and_wages(app: Flask) -> None:
    case = employed_case()
    for back in range(1, 4):
        pay(case.participant.household, add_months(date(2020, 8, 1), -back), 9_000)
    case_services.close(counsellor_of(case), case, date(2020, 8, 14), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    found = programme_report(factories.programme(), Cut(date(2020, 11, 30))).as_json()
    assert found["placements"]["employment_or_internship"]["2020"] == {"women": 1, "men": 0, "total": 1}
    assert found["avoided_kr"] == {"2019": 0, "2020": 27_000}
    assert found["employment_cost"]["2020"] == {"wage": 40_000, "programme": -10_000, "af": -24_000, "net": 6_000}
    assert found["net_effect_kr"] == 21_000
    assert found["households_left"] == {
        "total": 1, "by_year": {"2019": 0, "2020": 1}, "topped_up": 0, "unknown": 0,
        "months_mean": 29, "months_max": 29, "months_min": 29,
    }  # fmt: skip
    assert found["warnings"] == []


def test_a_household_without_known_payments_is_counted_and_warned_of(app: Flask) -> None:
    case = employed_case()
    case_services.close(counsellor_of(case), case, date(2020, 8, 14), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    found = programme_report(factories.programme(), Cut(date(2020, 11, 30))).as_json()
    assert (found["households_left"]["total"], found["households_left"]["unknown"]) == (1, 1)
    assert found["avoided_total_kr"] == 0
    assert [(one["code"], one["count"]) for one in found["warnings"]] == [("payments_unknown", 1)]


def test_a_corrected_placement_keeps_its_costs_now_and_as_known_before(app: Flask) -> None:
    case = employed_case()
    known_at = clock.now()
    started = event_of(case, EventKind.PLACEMENT_STARTED)
    given = placements.PlacementInput(
        PlacementKind.SUBSIDISED_EMPLOYMENT,
        factories.make_workplace(),
        75,
        date(2020, 2, 1),
        started.placement.form,  # type: ignore[union-attr]
    )
    corrections.correct_placement(counsellor_of(case), case, started, given, "fel omfattning")
    db.session.commit()
    for cut in (TODAY, Cut(TODAY.as_of, known_at)):
        assert programme_report(factories.programme(), cut).cost_of(2020).net_kr == 6_000


def test_f5_counts_each_placement_begun_but_no_development_place(app: Flask) -> None:
    case = factories.make_met_case(date(2019, 1, 7), date(2019, 1, 20))
    for kind, year in (
        (PlacementKind.INTERNSHIP, 2019),
        (PlacementKind.DEVELOPMENT_PLACE, 2019),
        (PlacementKind.WORK_TRAINING, 2020),
        (PlacementKind.SUBSIDISED_EMPLOYMENT, 2020),
    ):
        factories.start_placement(case, date(year, 2, 3), kind, percent=10)
    assert placements_begun(TODAY).as_json() == {
        "2019": {"women": 1, "men": 0, "total": 1},
        "2020": {"women": 2, "men": 0, "total": 2},
    }


def run(task: str) -> JobStatus | None:
    job_id = db.session.scalars(select(Job.id).where(Job.task == task, Job.status == JobStatus.QUEUED)).first()
    assert job_id is not None
    return runner.run_job(job_id)


def test_the_job_of_a_changed_case_renews_its_waits_and_the_reports(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29), programmes=["500-uppdraget"])
    assert is_computing()
    assert run("measures.renew_case") == JobStatus.DONE
    rows = {row.wait: row.ended_on for row in db.session.scalars(select(CaseWait).where(CaseWait.case_id == case.id))}
    assert rows[Wait.W3] == date(2020, 6, 29)
    assert is_computing()
    assert run("measures.reports") == JobStatus.DONE
    stored = db.session.get(MeasureResult, "programme:500-uppdraget")
    assert stored is not None
    assert stored.as_of_on == date(2020, 11, 30)
    assert computed_at() is not None
    assert not is_computing()


def test_a_rebuild_twice_is_a_rebuild_once_and_heals_what_is_wrong(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 11), date(2020, 6, 29))
    outcomes = []
    for key in ("first", "second"):
        dispatch.enqueue("measures.rebuild", {}, key=key)
        db.session.commit()
        assert run("measures.rebuild") == JobStatus.DONE
        outcomes.append(
            [
                (row.case_id, row.wait, row.began_on, row.ended_on, row.stopped_on)
                for row in db.session.scalars(select(CaseWait).order_by(CaseWait.case_id, CaseWait.wait))
            ]
        )
        db.session.execute(CaseWait.__table__.delete())  # type: ignore[attr-defined]
        db.session.commit()
    assert outcomes[0] == outcomes[1]
    assert [row[1] for row in outcomes[0]] == [Wait.W3, Wait.W4, Wait.W6, Wait.W7]

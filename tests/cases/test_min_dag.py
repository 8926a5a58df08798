"""Min dag: what a counsellor has to do, and the steps that lists offer."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import list_rows, services, steps, work_queries
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.target_queries import get_stage_targets
from caseflow.cases.terms import ExitOutcome, Stage
from caseflow.cases.work_queries import Work
from caseflow.extensions import db
from tests import factories
from tests.cases.list_client import met, names, person, section, who
from tests.conftest import TODAY


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
    assert set(who(section(html, Work.LATE))) == {"Sen Uppföljning", "Slutade Igår"}
    assert who(section(html, Work.REFERRALS)) == ["Väntat Förlänge", "Nytt Fall"]
    assert who(section(html, Work.MEETINGS)) == ["Mottaget Fall"]
    assert who(section(html, Work.ENDING)) == ["Slutar Idag", "Slutar Trettio"]
    assert who(section(html, Work.FOLLOW_UPS)) == ["Uppföljning Idag", "Uppföljning Fjorton"]
    assert "1\N{NO-BREAK SPACE}dag försenad" in section(html, Work.LATE)
    assert "väntat 21\N{NO-BREAK SPACE}dagar" in section(html, Work.REFERRALS)
    assert "Johans" not in html


def test_taking_a_referral_is_one_press_on_min_dag(counsellor: FlaskClient, karin: User, maria: User) -> None:
    case = factories.make_case(date(2020, 11, 20), social_worker=maria, participant=person("Nytt Fall"))
    part = section(counsellor.get("/min-dag").text, Work.REFERRALS)
    address = re.search(r'action="([^"]+)"', part)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part))
    assert address
    assert 'aria-label="Ta emot: Nytt Fall"' in part
    assert counsellor.post(address.group(1), data=fields).status_code == 303
    db.session.expire_all()
    assert (case.stage, case.counsellor_id) == (Stage.ACCEPTED, karin.id)
    meetings = section(counsellor.get("/min-dag").text, Work.MEETINGS)
    assert who(meetings) == ["Nytt Fall"]
    assert 'Registrera första möte<span class="visually-hidden">: Nytt Fall</span>' in meetings


def test_a_step_within_reach_is_called_what_it_shows_and_whose_it_is(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    met(karin, maria, "Min Egen")
    db.session.commit()
    html = counsellor.get("/min-dag").text
    for word in ("Placera", "Avsluta"):
        assert re.search(
            rf'class="cf-quick" href="[^"]+">{word}<span class="visually-hidden">: Min Egen</span></a>', html
        )


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
    targets = get_stage_targets(TODAY)
    query = list_rows.rows_query(TODAY, [visible_to(karin.actor)])
    query = query.add_columns(work_queries.lateness(TODAY).label("late"))
    found = {row.number: (list_rows.to_rows([row], targets)[0], row.late) for row in db.session.execute(query)}
    cases = list(db.session.scalars(select(Case)))
    assert len(cases) == len(found) >= 32
    for case in cases:
        row, late = found[case.number]
        planned = min((place.planned_end_on for place in steps.ongoing(case) if place.planned_end_on), default=None)
        assert row.next_kind == steps.likely(case.state, case.follow_up_due_on, planned, TODAY), case.number
        expected = work_queries.late_by(row, TODAY)
        assert max(late or 0, 0) == (expected.days if expected else 0), case.number

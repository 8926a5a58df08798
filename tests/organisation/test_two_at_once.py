"""Two administrators with the same thing open: nothing is written over unseen."""

from __future__ import annotations

import re
import threading
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.core.errors import CaseflowError, StaleEdit
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.organisation import services, targets
from caseflow.organisation.models import Employer, Programme, Target, Unit, UnitCost, Workplace
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.security.permissions import Role
from tests import factories
from tests.organisation.addresses import programme_address, unit_address
from tests.signing_in import sign_in

HIDDEN = re.compile(r'<input[^>]*name="version"[^>]*value="(\d*)"')


def opened(client: FlaskClient, address: str) -> str:
    """The version that the page's first form was opened with."""
    found = HIDDEN.search(client.get(address).text)
    assert found is not None
    return found[1]


def told_apart(text: str) -> list[tuple[str, str, str]]:
    """What the page says differs: label, yours, stored."""
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td><b>([^<]*)</b></td><td>([^<]*)</td></tr>', text)
    return [(label, yours, stored) for label, yours, stored in rows]


@pytest.fixture
def colleague(app: Flask) -> FlaskClient:
    other = app.test_client()
    sign_in(other, factories.make_user(Role.ADMINISTRATOR, None, "Anna Berg"))
    return other


def test_the_second_sees_what_the_first_saved_and_may_then_replace_it(
    client: FlaskClient, administrator: User, colleague: FlaskClient
) -> None:
    page = unit_address("AMC")
    version = opened(client, page)
    colleague.post(page, data={"name": "Arbetsmarknad", "purpose": "Praktik", "version": opened(colleague, page)})
    mine = {"name": "Jobbcentrum", "purpose": "Praktik", "version": version}
    answer = client.post(page, data=mine)
    assert answer.status_code == 409
    assert "Anna Berg ändrade uppgifterna" in answer.text
    assert told_apart(answer.text) == [("Namn", "Jobbcentrum", "Arbetsmarknad")]
    assert 'value="Jobbcentrum"' in answer.text
    assert db.session.get(Unit, get_unit("AMC").id, populate_existing=True).name == "Arbetsmarknad"
    seen = HIDDEN.search(answer.text)
    assert seen is not None
    assert client.post(page, data={**mine, "version": seen[1]}).status_code == 303
    assert db.session.get(Unit, get_unit("AMC").id, populate_existing=True).name == "Jobbcentrum"


def test_a_form_that_was_sent_twice_is_no_quarrel(client: FlaskClient, administrator: User) -> None:
    page = unit_address("AMC")
    mine = {"name": "Jobbcentrum", "purpose": "", "version": opened(client, page)}
    assert [client.post(page, data=mine).status_code for _ in range(2)] == [303, 303]


def test_every_form_of_a_row_asks_before_it_replaces(
    client: FlaskClient, administrator: User, colleague: FlaskClient
) -> None:
    place, user = factories.make_workplace("Biblioteket", "Leanlink"), factories.make_user()
    target = factories.save(Target(measure="W2", value=1, valid_from=date(2020, 1, 1)))
    forms = {
        f"/arbetsplatser/{place.public_id}": {"name": "Köket", "employer": place.employer.name, "sector": ""},
        f"/arbetsgivare/{place.employer.public_id}": {"name": "Lean", "sector": "private"},
        programme_address("visa"): {"name": "VISA 2"},
        f"/forvaltning/anvandare/{user.public_id}": {"name": "Karin Ny", "role": "counsellor", "unit": "AMC"},
        f"/forvaltning/mal/{target.public_id}/avsluta": {"last_on": "2020-11-30"},
    }
    theirs = {"last_on": "2020-10-31", "name": "Deras"}
    for page, mine in forms.items():
        version = opened(client, page)
        first = {key: theirs.get(key, value) for key, value in mine.items()}
        assert colleague.post(page, data={**first, "version": version}).status_code == 303, page
        answer = client.post(page, data={**mine, "version": version})
        assert (answer.status_code, len(told_apart(answer.text))) == (409, 1), page


def test_a_sum_is_replaced_only_by_who_has_seen_it(
    client: FlaskClient, administrator: User, colleague: FlaskClient
) -> None:
    cost, programme = unit_address("AMC", "kostnad"), programme_address("500-uppdraget")
    forms = {
        cost: ({"year": "2019", "net_cost_kr": "9 000 000"}, {"net_cost_kr": "9 100 000"}),
        f"{programme}/budget": (
            {"year": "2030", "granted_kr": "5", "assistance_reduction_kr": "1"},
            {"granted_kr": "6"},
        ),
        f"{programme}/mal": ({"goal_year": "2030", "board": "", "places": "10"}, {"places": "20"}),
    }
    for page, (first, change) in forms.items():
        assert colleague.post(page, data={**first, "version": ""}).status_code == 303
        answer = client.post(page, data={**first, **change, "version": ""})
        assert answer.status_code == 409
        assert len(told_apart(answer.text)) == 1
        versions = [found for found in HIDDEN.findall(answer.text) if found]
        sent = [client.post(page, data={**first, **change, "version": one}).status_code for one in versions]
        assert 303 in sent
    assert "9\N{NO-BREAK SPACE}100\N{NO-BREAK SPACE}000" in client.get(unit_address("AMC")).text


def test_the_sum_that_a_link_opens_is_replaced_at_once(client: FlaskClient, administrator: User) -> None:
    page = unit_address("AMC")
    client.post(f"{page}/kostnad", data={"year": "2018", "net_cost_kr": "1", "version": ""})
    shown = client.get(f"{page}?ar=2018").text
    row = db.session.query(UnitCost).one()
    assert f'name="version" value="{row.id}"' in shown
    assert 'value="2018"' in shown
    sent = {"year": "2018", "net_cost_kr": "2", "version": str(row.id)}
    assert client.post(f"{page}/kostnad", data=sent).status_code == 303


def test_a_target_does_not_end_one_that_came_meanwhile(
    client: FlaskClient, administrator: User, colleague: FlaskClient
) -> None:
    page = "/forvaltning/mal/nytt"
    version = opened(client, page)
    theirs = {"measure": "W6", "unit": "", "value": "30", "valid_from": "2021-01-01", "version": version}
    assert colleague.post(page, data=theirs).status_code == 303
    answer = client.post(page, data={**theirs, "value": "20", "valid_from": "2021-02-01"})
    assert answer.status_code == 409
    assert ("Värde", "20", "30") in [(a, b, c.removesuffix(",00")) for a, b, c in told_apart(answer.text)]


def test_two_who_save_at_the_same_moment_do_not_both_get_through(app: Flask) -> None:
    programme, unit, place = get_programme("visa"), get_unit("AMC"), factories.make_workplace("Biblioteket")
    target = factories.save(Target(measure="W2", value=1, valid_from=date(2020, 1, 1)))
    actor = factories.make_user(Role.ADMINISTRATOR, None).actor
    ids = place.employer.public_id, target.public_id
    steps = {
        Unit: lambda mine: services.edit_unit(actor, "AMC", mine, "", unit_version),
        Employer: lambda mine: services.edit_employer(actor, ids[0], mine, place_sector, "", 0),
        Programme: lambda mine: services.set_budget(actor, "visa", 2025, Decimal(len(mine)), Decimal(0)),
        Target: lambda mine: targets.end_target(actor, ids[1], date(2020, 11, len(mine)), 0),
    }
    unit_version, place_sector = unit.version, place.employer.sector
    assert programme.version == 0
    for model, step in steps.items():
        assert refusals(app, step) == [StaleEdit], model


def refusals(app: Flask, step: object) -> list[type[CaseflowError]]:
    """Take the step twice at once, with different words; the refusals."""
    barrier, refused = threading.Barrier(2), []

    def run(mine: str) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    step(mine)  # type: ignore[operator]
            except CaseflowError as refusal:
                refused.append(type(refusal))

    threads = [threading.Thread(target=run, args=[mine]) for mine in ("Ett", "Annat")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_closing_says_what_goes_on_and_can_be_taken_back(client: FlaskClient, administrator: User) -> None:
    factories.make_case(date(2020, 11, 20))
    question = client.get(unit_address("AMC", "stang")).text
    assert "1 öppet ärende hos enheten." in question
    done = client.post(unit_address("AMC", "stang"), follow_redirects=True).text
    assert f'action="{unit_address("AMC", "oppna")}"' in done
    assert "Ångra" in done


def test_a_workplace_says_how_many_are_there_before_it_closes(client: FlaskClient, administrator: User) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 10))
    placement = factories.start_placement(case, date(2020, 7, 1))
    page = f"/arbetsplatser/{placement.workplace.public_id}/stang"
    assert "1 placering pågår där." in client.get(page).text
    assert db.session.get(Workplace, placement.workplace_id).closed_at is None
    assert client.post(page).status_code == 303


def test_an_area_is_asked_for_before_it_closes(client: FlaskClient, administrator: User) -> None:
    area = factories.areas()[0]
    page = f"/forvaltning/omraden/{area.public_id}/stang"
    assert f"Stäng området {area.name}?" in client.get(page).text
    assert f'action="/forvaltning/omraden/{area.public_id}/oppna"' in client.post(page, follow_redirects=True).text


def test_a_user_says_how_many_cases_bear_their_name(client: FlaskClient, administrator: User) -> None:
    counsellor = factories.make_user()
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 10), counsellor)
    assert "1 öppet ärende." in client.get(f"/forvaltning/anvandare/{counsellor.public_id}/stang").text

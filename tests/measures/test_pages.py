"""The pages of lead times and programmes: who may see them, what they say, what they cost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from caseflow.cases.models import Case
from caseflow.extensions import db
from caseflow.jobs import runner
from caseflow.jobs.models import Job, JobStatus
from caseflow.measures import services
from caseflow.security.crypto import pseudonym
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in

PAGES = (
    "/ledtider",
    "/ledtider?matt=W7&period=2019-01-01..2019-12-31&program=visa",
    "/ledtider?matt=W4&kon=kvinnor&rakna=borjan&enhet=AMC&sida=1",
    "/program?program=500-uppdraget",
    "/program?program=visa&brytdag=2019-12-31",
    "/program/hushall?program=500-uppdraget",
)
# The report of a programme also counts its savings in other ways, and follows its cohort.
MOST_STATEMENTS = 32


def waiting_cases(count: int) -> list[Case]:
    """Cases that wait for their first meeting at AMC, the first since longest."""
    worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
    return [
        factories.make_case(date(2020, 9, 1) + timedelta(day), social_worker=worker, programmes=["500-uppdraget"])
        for day in range(count)
    ]


def rebuild() -> None:
    services.rebuild()
    db.session.commit()


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def text_of(page: str) -> str:
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTROLLER])
def test_managers_and_controllers_see_every_page_empty_or_not(
    app: Flask, client: FlaskClient, role: Role, address: str
) -> None:
    sign_in(client, factories.make_user(role, None))
    empty = client.get(address)
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    factories.start_placement(case, date(2020, 7, 1))
    rebuild()
    full = client.get(address)
    assert (empty.status_code, full.status_code) == (200, 200)
    html5lib.HTMLParser(strict=True).parse(full.text)
    assert full.text.count("<h1") == 1


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SOCIAL_WORKER])
def test_others_are_refused(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, factories.make_user(role, "AMC" if role is Role.COUNSELLOR else "AFI"))
    assert {client.get(address).status_code for address in PAGES} == {403}
    assert client.post("/matt/rakna-om").status_code == 403


def test_the_page_shows_the_computed_figures_and_when_they_were_computed(app: Flask, client: FlaskClient) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    rebuild()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    text = text_of(client.get("/ledtider").text)
    assert "10,0 dagar i medel, median 10" in text
    assert re.search(r"Beräknat 2020-12-01 kl\. \d\d\.\d\d", text)
    # The change is in the job table and not yet in the figures, and the page says so.
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 21))
    text = text_of(client.get("/ledtider").text)
    assert "10,0 dagar i medel" in text
    assert "ändringar räknas in just nu" in text
    # The job of the case leaves one behind that makes the reports.
    while waiting := db.session.scalars(select(Job.id).where(Job.status == JobStatus.QUEUED)).all():
        for job_id in waiting:
            runner.run_job(job_id)
    text = text_of(client.get("/ledtider").text)
    assert "15,0 dagar i medel" in text
    assert "räknas in just nu" not in text


def test_the_placements_of_a_year_open_to_their_rows(app: Flask, client: FlaskClient) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    for day in (1, 20):
        factories.start_placement(case, date(2020, 7, day), percent=25)
    db.session.commit()
    rebuild()
    sign_in(client, factories.make_user(Role.MANAGER, None))
    placements = client.get("/ledtider").text.partition('id="placeringar"')[2]
    addresses = [html.unescape(found) for found in re.findall(r'href="(/underlag[^"]*matt=F5[^"]*)">2</a>', placements)]
    assert len(addresses) == 2, "one of the sex, one of both"
    for address in addresses:
        assert client.get(address).text.count(f'href="/arenden/{case.public_id}"') == 2


def test_open_waits_link_to_cases_for_those_who_may_see_them(app: Flask, client: FlaskClient) -> None:
    [case] = waiting_cases(1)
    elsewhere = factories.make_case(date(2020, 9, 1), to_unit="OSA")
    rebuild()
    link = f'href="/arenden/{case.public_id}"'
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    page = client.get("/ledtider").text
    assert link in page
    assert elsewhere.number not in page
    assert pseudonym("case", elsewhere.id) in page
    assert f'href="/arenden/{elsewhere.public_id}"' not in page
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    page = client.get("/ledtider").text
    assert case.number not in page
    assert pseudonym("case", case.id) in page
    assert "/arenden/" not in page


def test_no_name_stands_on_any_page(app: Flask, client: FlaskClient) -> None:
    person = factories.make_participant(name=("Zebrina", "Xylofonsson"))
    factories.make_case(date(2020, 9, 1), participant=person, programmes=["500-uppdraget"])
    rebuild()
    sign_in(client, factories.make_user(Role.MANAGER, None))
    for address in PAGES:
        assert "Xylofonsson" not in client.get(address).text


def test_all_open_waits_can_be_paged_through(app: Flask, client: FlaskClient) -> None:
    numbers = [pseudonym("case", case.id) for case in waiting_cases(9)]
    rebuild()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    few, every = client.get("/ledtider").text, client.get("/ledtider?sida=1").text
    assert [number in few for number in numbers] == [True] * 7 + [False] * 2
    assert all(number in every for number in numbers)
    assert "Visa alla 9" in few


def test_a_page_costs_as_many_statements_with_one_case_as_with_fifty(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.MANAGER, None))

    def costs() -> dict[str, int]:
        rebuild()
        found = {}
        for address in PAGES:
            # A context of its own, as a real request has: nothing that an earlier page loaded is at hand.
            with statements() as seen, app.app_context():
                assert client.get(address).status_code == 200
            found[address] = len(seen)
        return found

    waiting_cases(1)
    with_one = costs()
    waiting_cases(49)
    assert costs() == with_one
    assert max(with_one.values()) <= MOST_STATEMENTS


def test_recompute_starts_one_job_and_shows_its_progress(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    for _ in range(2):
        answer = client.post("/matt/rakna-om", data={"matt": "W4", "period": "2019-01-01..2019-12-31", "enhet": "AMC"})
    assert answer.status_code == 303
    jobs = list(db.session.scalars(select(Job).where(Job.task == "measures.rebuild")))
    assert len(jobs) == 1
    assert answer.location == f"/ledtider?job={jobs[0].public_id}&matt=W4&period=2019-01-01..2019-12-31&enhet=AMC"
    assert "Väntar på sin tur" in client.get(answer.location).text
    runner.run_job(jobs[0].id)
    assert "Alla mått är räknade" in client.get(answer.location).text
    back = client.post("/matt/rakna-om", data={"rapport": "500-uppdraget"})
    assert back.location.startswith("/program?program=500-uppdraget&job=")


def test_an_unknown_programme_or_job_is_not_found(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get("/program?program=finns-inte").status_code == 404
    assert client.get(f"/ledtider?job={uuid4()}").status_code == 404


def test_an_address_that_cannot_be_read_falls_back(app: Flask, client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    page = client.get("/ledtider?matt=W99&period=strunt&kon=x&enhet=y&program=z&rakna=q&sida=0")
    assert page.status_code == 200
    assert "Året hittills, 2020-01-01–2020-12-01" in page.text
    assert client.get("/program?program=500-uppdraget&brytdag=strunt").status_code == 200
    assert 'Brytdag <b class="num">2020-12-01' in client.get("/program?program=500-uppdraget&brytdag=2031-01-01").text


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_in_a_year_that_cannot_be_asked_for_is_read_as_not_given(
    app: Flask, client: FlaskClient, day: str
) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    rebuild()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    for address in ("/program?program=500-uppdraget", "/program/hushall?program=500-uppdraget"):
        assert "2020-11-30" in client.get(f"{address}&brytdag={day}").text
    for period in (f"{day}..{day}", f"{day}..2020-12-01", f"1990-01-01..{day}"):
        assert 'value="2020-01-01..2020-12-01" selected' in client.get(f"/ledtider?period={period}").text


def test_the_first_and_the_last_day_that_can_be_asked_for_are_answered(app: Flask, client: FlaskClient) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    rebuild()
    sign_in(client, factories.make_user(Role.CONTROLLER, None))
    assert client.get("/program?program=500-uppdraget&brytdag=1990-01-01").status_code == 200
    for period in ("1990-01-01..1990-01-02", "1990-01-01..2100-12-31", "2100-12-30..2100-12-31"):
        page = client.get(f"/ledtider?period={period}")
        assert page.status_code == 200
        assert f'value="{period}" selected' in page.text

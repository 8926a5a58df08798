"""The page of workload: what each counsellor has, and that each number opens the cases it counts."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.terms import ExitOutcome, Stage
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.measures.few import few_words
from caseflow.measures.workload import Load, in_order, list_loads, summed
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in

TODAY = date(2020, 12, 1)


def load_of(user: User, actor: User) -> Load:
    return next(load for load in list_loads(actor.actor, TODAY) if load.counsellor_id == user.public_id)


def test_cases_are_counted_with_whoever_has_them(app: Flask) -> None:
    busy, idle = factories.make_user(name="Anna Ask"), factories.make_user(name="Bo Berg")
    factories.make_met_case(date(2020, 11, 2), date(2020, 12, 1), busy)
    placed = factories.make_met_case(date(2020, 10, 1), date(2020, 10, 8), busy)
    factories.start_placement(placed, date(2020, 11, 2), planned_end_on=date(2020, 12, 20))
    factories.make_case(date(2020, 11, 20))
    chef = factories.make_user(Role.MANAGER, "AMC")
    found = load_of(busy, chef)
    assert (found.total, found.stages[Stage.ASSESSMENT], found.stages[Stage.PLACEMENT]) == (2, 1, 1)
    assert (found.ending, found.met) == (1, 1)
    assert load_of(idle, chef).total == 0
    [nobody] = [load for load in list_loads(chef.actor, TODAY) if load.counsellor_id is None]
    assert (nobody.unit, nobody.to_accept, nobody.total) == ("AMC", 1, 1)


def test_a_step_past_its_day_is_late(app: Flask) -> None:
    user = factories.make_user()
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11), user)
    factories.start_placement(case, date(2020, 7, 1), planned_end_on=date(2020, 11, 30))
    assert load_of(user, factories.make_user(Role.MANAGER, None)).late == 1


def test_a_manager_sees_the_own_unit_alone(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    elsewhere = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11), to_unit="OSA")
    found = list_loads(factories.make_user(Role.MANAGER, "AMC").actor, TODAY)
    assert {load.unit for load in found} == {"AMC"}
    everything = list_loads(factories.make_user(Role.MANAGER, None).actor, TODAY)
    assert summed(everything).total == summed(found).total + 1
    assert elsewhere.counsellor is not None
    assert elsewhere.counsellor.public_id in {load.counsellor_id for load in everything}


def test_others_are_refused(app: Flask, client: FlaskClient) -> None:
    for role, unit in ((Role.CONTROLLER, None), (Role.COUNSELLOR, "AMC"), (Role.SOCIAL_WORKER, "AFI")):
        sign_in(client, factories.make_user(role, unit))
        assert client.get("/arbetsbelastning").status_code == 403


def test_each_number_opens_as_many_cases(app: Flask, client: FlaskClient) -> None:
    user = factories.make_user(name="Anna Ask")
    for day in (1, 2, 3):
        case = factories.make_met_case(date(2020, 6, day), date(2020, 6, 11), user)
    factories.start_placement(case, date(2020, 11, 2), planned_end_on=date(2020, 12, 20))
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    factories.make_met_case(date(2020, 11, 2), TODAY, user)
    met_and_closed = factories.make_met_case(date(2020, 11, 3), TODAY, user)
    services.close(user.actor, met_and_closed, TODAY, ExitOutcome.STUDIES, None)
    db.session.commit()
    # Somebody who has left and has no open case left met one this month, too.
    left = factories.make_user(name="Vera Vik")
    services.close(
        left.actor, factories.make_met_case(date(2020, 11, 3), TODAY, left), TODAY, ExitOutcome.STUDIES, None
    )
    left.closed_at = clock.now()
    # Of another unit, and so not of this manager's sums.
    factories.start_placement(
        factories.make_met_case(date(2020, 11, 2), TODAY, to_unit="OSA"), TODAY, planned_end_on=date(2020, 12, 20)
    )
    db.session.commit()
    sign_in(client, factories.make_user(Role.MANAGER, "AMC"))
    page = client.get("/arbetsbelastning").text
    row = page[page.index("Anna Ask") :].partition("</tr>")[0]
    tasks = {"forsenat": "2", "slutar": "1", "hallna-moten": "2"}
    assert_opens(client, row, tasks)
    assert_opens(client, page.partition("<tfoot>")[2], tasks | {"forsenat": "3", "hallna-moten": "3"})


def assert_opens(client: FlaskClient, row: str, tasks: dict[str, str]) -> None:
    """Each number of the row opens as many cases; `tasks`: those of the tasks."""
    links = re.findall(r'href="([^"]+)">(\d+)</a>', row)
    assert len(links) >= 5
    assert {address.partition("att=")[2].partition("&")[0]: n for address, n in links if "att=" in address} == tasks
    for address, n in links:
        listed = client.get(unescape(address)).text
        assert len(set(re.findall(r'href="/arenden/([0-9a-f-]{36})"', listed))) == int(n), address


def test_what_nobody_has_stands_last_in_every_order() -> None:
    def load(name: str, n: int) -> Load:
        return Load(UUID(int=1) if name else None, name, "AMC", {Stage.ASSESSMENT: n}, 0, 0, 0)

    loads = [load("", 9), load("Bo", 1), load("Anna", 5)]
    for sort, names in (("antal", ["Bo", "Anna", ""]), ("-antal", ["Anna", "Bo", ""]), ("annat", ["Anna", "Bo", ""])):
        assert [one.name for one in in_order(loads, sort)] == names


def test_a_figure_of_few_says_so(app: Flask) -> None:
    assert few_words(3, "3 väntetider") == ["Bygger på bara 3 väntetider: säger inget säkert"]
    assert few_words(19, "19 väntetider") == ["Bygger på 19 väntetider: enstaka ärenden syns"]
    assert few_words(20, "20 väntetider") == few_words(0, "0 väntetider") == []

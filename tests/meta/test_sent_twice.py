"""A form that is sent many times at once writes one row, and of edits at once none is lost unseen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from caseflow.accounts.models import User
from caseflow.cases.models import Assessment, AssessmentArea, CaseEvent, CaseProgramme, SavedView, WageCost
from caseflow.extensions import Base, db
from caseflow.imports.models import ImportRun
from caseflow.organisation.models import Employer, Programme, ProgrammeGoal, Target, Unit, UnitCost, Workplace
from caseflow.reports.models import FrozenReport
from caseflow.security.permissions import Role
from tests import factories
from tests.meta.forms import Form, forms_on
from tests.meta.world import World
from tests.security_figures import SecurityFigure, tries

THREADS = 8
GOOD_FILE = b"hushallsnr;antal_barn\r\nN-9;2\r\n"
SENT_AT_ONCE, EDITS_AT_ONCE, ROWS = 500, 200, 50


@dataclass(frozen=True)
class Writing:
    """A form that writes one row of the model: who sends it, from which page to which address, with which values."""

    role: Role
    model: type[Base]
    page: str
    values: dict[str, str]
    address: str = ""


def writings(world: World) -> list[Writing]:
    """Each on a page where the step may be taken when the ones before it have been."""
    case = {name: f"/arenden/{one.public_id}" for name, one in world.cases.items()}
    counsellor, worker, admin = Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.ADMINISTRATOR
    programme = f"/forvaltning/program/{factories.programme().public_id}"
    unit = f"/forvaltning/enheter/{factories.unit('AMC').public_id}"
    return [
        Writing(counsellor, CaseEvent, f"{case['waiting']}/ta-emot", {}),
        Writing(counsellor, CaseEvent, f"{case['accepted']}/forsta-mote", {}),
        Writing(counsellor, CaseEvent, f"{case['placed']}/anteckning", {}),
        Writing(counsellor, CaseEvent, f"{case['placed']}/uppfoljning", {}),
        Writing(counsellor, Assessment, f"{case['placed']}/skattning", {}),
        Writing(counsellor, CaseProgramme, f"{case['placed']}/program", {}),
        Writing(counsellor, WageCost, f"{case['placed']}/lonekostnad", {"month_on": "2020-10"}),
        Writing(counsellor, CaseEvent, f"{case['closed']}/ateroppna", {}),
        Writing(worker, CaseEvent, f"{case['met']}/anteckning", {}),
        Writing(counsellor, SavedView, "/arenden/vyer/ny?over=1", {"name": "Ny vy"}),
        Writing(counsellor, Workplace, "/arbetsplatser/ny", {"name": "Nytt kök", "employer": "Testbolaget"}),
        Writing(Role.MANAGER, ImportRun, "/inlasning", {"way": "read"}),
        Writing(Role.CONTROLLER, FrozenReport, "/rapporter/namndindikatorer/frys", {}),
        Writing(admin, AssessmentArea, "/forvaltning/omraden", {"name": "Nytt område"}),
        Writing(admin, Unit, "/forvaltning/enheter/ny", {}),
        Writing(admin, Programme, "/forvaltning/program/nytt", {"name": "Nytt program"}),
        Writing(admin, User, "/forvaltning/anvandare/ny", {"role": "administrator", "unit": ""}),
        Writing(admin, Target, "/forvaltning/mal/nytt", {"value": "30", "unit": "", "valid_to": ""}),
        Writing(admin, UnitCost, unit, {"year": "2021", "net_cost_kr": "1"}, "/kostnad"),
        Writing(admin, ProgrammeGoal, programme, {"goal_year": "2020", "places": "3"}, "/mal"),
    ]


@pytest.fixture(autouse=True)
def tokens(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSRF protection on, as in use: the same form carries the same token each time."""
    monkeypatch.setitem(migrated_app.config, "WTF_CSRF_ENABLED", True)


def opened(client: FlaskClient, page: str, end: str = "") -> Form:
    """The form on the page that is sent to the page's own address, or to one below it."""
    text = client.get(page).text
    address = re.sub(r"\?.*", "", page) + end
    return next(form for form in forms_on(page, text) if form.address == address)


def at_once(client: FlaskClient, sends: list[Callable[[FlaskClient], int]]) -> list[int]:
    """What each sending is answered, the same signed-in browser in several threads."""
    app = client.application

    def send(one: Callable[[FlaskClient], int]) -> int:
        browser = FlaskClient(app, app.response_class, use_cookies=True)
        browser._cookies = dict(client._cookies)  # type: ignore[attr-defined]
        return one(browser)

    db.session.rollback()
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(send, sends))


def count(model: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.security
def test_a_form_that_is_sent_many_times_at_once_writes_one_row(world: World, security_figure: SecurityFigure) -> None:
    times = tries(SENT_AT_ONCE, 6)
    wrong: list[str] = []
    clients = {role: world.client(role) for role in Role}
    every = writings(world)
    for one in every:
        client = clients[one.role]
        form = opened(client, one.page, one.address)
        before = count(one.model)
        statuses = at_once(client, [sending(form, one)] * times)
        added = count(one.model) - before
        if added != 1 or max(statuses) >= 500:
            wrong.append(f"{one.page}: {added} rows, {sorted(set(statuses))}")
    assert wrong == [], wrong
    security_figure(
        f"{len(every)} forms sent {times} times at once: rows written", measured=len(every) - len(wrong), ideal=20
    )


def sending(form: Form, one: Writing) -> Callable[[FlaskClient], int]:
    def send(browser: FlaskClient) -> int:
        data: dict[str, Any] = {**form.fields, **one.values}
        if one.model is ImportRun:
            data["files"] = [(io.BytesIO(GOOD_FILE), "hushall.csv")]
        # Buffered: an answer that is still open would hold its connection.
        return browser.post(
            form.address, data=data, query_string=form.page.partition("?")[2], buffered=True
        ).status_code

    return send


@pytest.mark.security
def test_of_edits_at_once_none_is_lost_unseen(world: World, security_figure: SecurityFigure) -> None:
    rows, edits = tries(ROWS, 4), tries(EDITS_AT_ONCE, 6)
    client = world.client(Role.ADMINISTRATOR)
    places = [factories.make_workplace() for _ in range((rows + 1) // 2)]
    edited = [(f"/arbetsplatser/{place.public_id}", Workplace, place.id, "supervisor") for place in places]
    employers = [place.employer for place in places]
    edited += [(f"/arbetsgivare/{one.public_id}", Employer, one.id, "department") for one in employers]
    lost: list[str] = []
    for page, model, key, field in edited[:rows]:
        form = opened(client, page)
        texts = [f"Ändring {number}" for number in range(edits)]
        statuses = at_once(client, [edit(form, field, text) for text in texts])
        db.session.rollback()
        kept = getattr(db.session.get_one(model, key, populate_existing=True), field)
        accepted = [text for text, status in zip(texts, statuses, strict=True) if status == 303]
        if accepted != [kept] or set(statuses) - {303, 409}:
            lost.append(f"{page}: {len(accepted)} accepted, {kept} kept, {sorted(set(statuses))}")
    assert lost == []
    security_figure(f"{rows} rows edited {edits} times at once: edits lost unseen", measured=len(lost), ideal=0)


def edit(form: Form, field: str, text: str) -> Callable[[FlaskClient], int]:
    return lambda browser: browser.post(form.address, data={**form.fields, field: text}, buffered=True).status_code

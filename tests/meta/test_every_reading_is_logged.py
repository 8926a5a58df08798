"""A page that names somebody leaves a row that says so: a new page without it fails here."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import func, select

from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.extensions import db
from caseflow.people.models import Participant
from caseflow.security.audit import AuditRow
from caseflow.security.permissions import Role
from tests import factories
from tests.conftest import TODAY
from tests.meta.addresses import permitted_pages
from tests.meta.world import World

# One's own log: which cases one has opened oneself, by number.
OWN_LOG = "accounts.my_page"


@dataclass(frozen=True)
class Named:
    """Whom a page names, by what it calls them: the name, or the case number."""

    participant_id: int
    called: re.Pattern[str]


@pytest.fixture
def people(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Named]:
    """The world's participants and one whose record is due, each with a name that nobody else and no text has."""
    worker = world.users[Role.SOCIAL_WORKER]
    monkeypatch.setenv("CASEFLOW_TODAY", "2013-03-05")
    due = factories.make_case(date(2013, 3, 4), social_worker=worker)
    services.withdraw(worker.actor, due, date(2013, 3, 5), "Har flyttat.")
    db.session.commit()
    monkeypatch.setenv("CASEFLOW_TODAY", TODAY.isoformat())
    found = []
    for number, case in enumerate(db.session.scalars(select(Case).order_by(Case.id))):
        person = db.session.get_one(Participant, case.participant_id)
        person.first_name, person.last_name = "Qvinn" + chr(ord("a") + number) * 4, "Xylander" + chr(ord("a") + number)
        found.append(Named(person.id, re.compile(rf"{person.first_name}|{person.last_name}|\b{case.number}\b")))
    db.session.commit()
    return found


@pytest.mark.parametrize("role", Role)
def test_whoever_a_page_names_is_in_the_audit(world: World, people: list[Named], role: Role) -> None:
    client, named, wrong = world.client(role), 0, []
    for endpoint, address in permitted_pages(world, role):
        before = db.session.scalar(select(func.max(AuditRow.id))) or 0
        text = html.unescape(client.get(address).get_data(as_text=True))
        rows = select(AuditRow.participant_id).where(AuditRow.id > before, AuditRow.user_id == world.user_ids[role])
        read = set(db.session.scalars(rows))
        for person in people:
            # The address itself may stand on the page: in the way back, in forms.
            if endpoint != OWN_LOG and person.called.search(text.replace(address, "")):
                named += 1
                if person.participant_id not in read:
                    wrong.append(f"{endpoint} names participant {person.participant_id}")
    assert wrong == []
    assert named > 0 or role in (Role.CONTROLLER, Role.ADMINISTRATOR)


@pytest.mark.parametrize("live", [True, False])
def test_whoever_a_search_finds_is_in_the_audit(world: World, people: list[Named], live: bool) -> None:
    client = world.client(Role.COUNSELLOR)
    before = db.session.scalar(select(func.max(AuditRow.id))) or 0
    answer = client.post("/sok", data={"q": "xylander"}, headers={"HX-Request": "true"} if live else {})
    shown = {person.participant_id for person in people if person.called.search(answer.text)}
    assert len(shown) > 1
    assert shown <= set(db.session.scalars(select(AuditRow.participant_id).where(AuditRow.id > before)))

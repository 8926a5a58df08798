"""Somebody else's person in a small installation: words that nobody of the own unit may read, and rows to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from caseflow.cases.models import Case, SavedView
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.meta.addresses import Values, values_for
from tests.meta.world import World, add_saved_view, sign_in

FIRST_NAME, LAST_NAME, NOTE, SUPERVISOR = "Qvistoria", "Zackrisdotter", "Xylofonkurs på tisdagar", "Yngvilda Handledare"
# What a step writes into the log of the case that it is taken in.
WRITTEN = "Skrivet av en främling"
OWNED = ("case_event", "case_programme", "placement", "assessment")
# After these forms somebody is no longer signed in.
SIGNED_OUT_BY = {
    "accounts.change_password",
    "accounts.end_session",
    "accounts.sign_out",
    "accounts.sign_out_everywhere",
    "organisation.user_close",
    "organisation.user_edit",
    "organisation.user_reset_factors",
    "organisation.user_reset_password",
}


@dataclass(frozen=True)
class Foreign:
    """The other units' case with its rows, by the names of the addresses' parameters. `secrets`: what it must not show.

    Case and household numbers are left out: reports of figures name them.
    """

    case_id: int
    ids: dict[str, UUID]
    secrets: tuple[str, ...]

    def shown_in(self, answer: TestResponse) -> list[str]:
        """Which of the person's secrets the answer holds."""
        found = answer.get_data()
        return [secret for secret in self.secrets if secret.encode() in found]

    def content(self) -> list[tuple[str, ...]]:
        """Every row of the case as text, to be compared with itself."""
        db.session.rollback()
        rows = [f"SELECT * FROM cases WHERE id = {self.case_id}"]
        rows += [f"SELECT * FROM {table} WHERE case_id = {self.case_id}" for table in OWNED]
        rows.append(
            f"SELECT p.* FROM participant p JOIN cases c ON c.participant_id = p.id WHERE c.id = {self.case_id}"
        )
        rows.append(
            f"SELECT w.* FROM wage_cost w JOIN placement p ON p.id = w.placement_id AND p.case_id = {self.case_id}"
        )
        rows.append(f"SELECT * FROM saved_view WHERE public_id = '{self.ids['view_id']}'")
        return [tuple(sorted(str(row) for row in db.session.execute(text(query)))) for query in rows]


def plant(world: World) -> Foreign:
    """Give the foreign case's person words that are found nowhere else, and a manager one unit of their own."""
    case = world.cases["foreign"]
    person = case.participant
    person.first_name, person.last_name = FIRST_NAME, LAST_NAME
    for event in case.events:
        event.note = NOTE
    for placement in case.placements:
        placement.supervisor = SUPERVISOR
    stranger = factories.make_user(Role.COUNSELLOR, "AMS")
    view = factories.save(SavedView(user_id=stranger.id, name="Främlingens vy", query="over=1"))
    manager = factories.make_user(Role.MANAGER, "AMC")
    world.user_ids[Role.MANAGER] = manager.id
    world.ids[f"view_id_of_{Role.MANAGER}"] = add_saved_view(manager).public_id
    db.session.commit()
    ids = {
        "case_id": case.public_id,
        "event_id": case.valid_events[0].public_id,
        "placement_id": case.placements[0].public_id,
        "view_id": view.public_id,
    }
    secrets = (FIRST_NAME, LAST_NAME, NOTE, SUPERVISOR, view.name, person.number, person.number.replace("-", ""))
    return Foreign(case.id, ids, secrets)


def foreign_values(rule: Rule, role: Role, world: World, foreign: Foreign) -> Values | None:
    """The route's parameters with the other units' rows; None where it names none of them."""
    values = values_for(rule, role, world)
    theirs: Values = {name: foreign.ids[name] for name in values if name in foreign.ids}
    return values | theirs if theirs else None


def clients(world: World) -> dict[Role, FlaskClient]:
    """One signed-in client of every role."""
    found = {}
    for role, user in world.users.items():
        found[role] = world.app.test_client()
        sign_in(found[role], user)
    return found


def case_version(case_id: UUID) -> int:
    return db.session.scalar(select(Case.version).where(Case.public_id == case_id)) or 0

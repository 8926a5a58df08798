"""Every role at every route, with the rows of a protected person of the own unit, whom nobody has been let in to."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from caseflow.cases.grant_models import CaseGrant
from caseflow.core import clock
from caseflow.extensions import Base, db
from caseflow.security.permissions import Role
from tests import factories
from tests.meta.addresses import NOT_PAGES, address_of, roles_of, routes, values_for
from tests.meta.world import World
from tests.security.foreign import (
    FIRST_NAME,
    LAST_NAME,
    NOTE,
    SIGNED_OUT_BY,
    SUPERVISOR,
    Foreign,
    case_version,
    clients,
    foreign_values,
)
from tests.security_figures import SecurityFigure, tries

# Made for those who may not see the case: they show nothing of the person.
ABOUT_IT = frozenset({"cases.break_glass", "cases.grant_case"})
# What tells where somebody lives. `draft.address` is a page's.
PLACES = ("address", "street", "postal", "postcode", "zip", "city", "adress", "gata", "postnummer", "postort")
Cell = tuple[Role, str, str, str, bool, bool]


def plant(world: World) -> Foreign:
    """A protected person of the own units with words of their own. Nobody sees the case, its referrer neither."""
    case = world.cases["unopened"]
    person = case.participant
    person.first_name, person.last_name = FIRST_NAME, LAST_NAME
    for event in case.events:
        event.note = NOTE
    for placement in case.placements:
        placement.supervisor = SUPERVISOR
    world.user_ids[Role.MANAGER] = factories.make_user(Role.MANAGER, "AMC").id
    world.ids[f"view_id_of_{Role.MANAGER}"] = world.ids[f"view_id_of_{Role.COUNSELLOR}"]
    db.session.execute(update(CaseGrant).where(CaseGrant.case_id == case.id).values(revoked_at=clock.now()))
    db.session.commit()
    ids = {
        "case_id": case.public_id,
        "event_id": case.valid_events[0].public_id,
        "placement_id": case.placements[0].public_id,
    }
    secrets = (FIRST_NAME, LAST_NAME, NOTE, SUPERVISOR, person.number, person.number.replace("-", ""))
    return Foreign(case.id, ids, secrets)


def cells(world: World, hidden: Foreign) -> Iterator[Cell]:
    """Role, endpoint, method, address, whether the rows are the protected person's, whether the role may."""
    for rule in routes(world.app):
        if rule.endpoint in NOT_PAGES:
            continue
        for role in Role:
            may = role in roles_of(world.app, rule.endpoint)
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield role, rule.endpoint, method, address_of(rule, values_for(rule, role, world)), False, may
                theirs = foreign_values(rule, role, world, hidden)
                if theirs is not None:
                    yield role, rule.endpoint, method, address_of(rule, theirs), True, may


@pytest.mark.security
def test_no_role_gets_anything_of_a_protected_person_without_a_grant(
    world: World, security_figure: SecurityFigure
) -> None:
    hidden = plant(world)
    version = case_version(hidden.ids["case_id"])
    form = {"version": version, "on": "2020-12-01", "note": "Hej", "reason": "Fel"}
    signed_in = clients(world)
    every = list(cells(world, hidden))
    tried = random.Random(20201201).sample(every, tries(len(every), 120))
    tried.sort(key=lambda cell: (cell[2], cell[1] in SIGNED_OUT_BY))
    leaks = []
    for role, endpoint, method, address, is_hidden, may in tried:
        answer = signed_in[role].open(address, method=method, data=form if method == "POST" else None)
        refused = answer.status_code == (404 if may else 403) or endpoint in ABOUT_IT
        if hidden.shown_in(answer) or (is_hidden and not refused):
            leaks.append(f"{role} {method} {endpoint} {answer.status_code} {hidden.shown_in(answer)}")
    assert leaks == []
    assert case_version(hidden.ids["case_id"]) == version
    security_figure(
        f"Role × route × protected person of the own unit: leaks in {len(tried)} of {len(every)} cells",
        measured=len(leaks),
        ideal=0,
    )


def test_who_is_let_in_gets_the_page(world: World) -> None:
    hidden = plant(world)
    factories.let_in(world.users[Role.COUNSELLOR], world.cases["unopened"])
    answers = {
        role: client.get(f"/arenden/{hidden.ids['case_id']}").status_code for role, client in clients(world).items()
    }
    assert answers == {
        Role.COUNSELLOR: 200,
        Role.SOCIAL_WORKER: 404,
        Role.MANAGER: 404,
        Role.CONTROLLER: 403,
        Role.ADMINISTRATOR: 403,
    }


def test_no_column_holds_where_somebody_lives() -> None:
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    found = {name for name in columns if any(word in name.partition(".")[2] for word in PLACES)}
    assert found == {"draft.address"}

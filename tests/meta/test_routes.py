"""Who reaches what. The policy says it once; here every door is tried as everybody."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.cli import routes_lines
from caseflow.security.guard import PUBLIC, permission_of
from caseflow.security.permissions import Role
from tests.meta.addresses import FILL, Values, address_of, addresses, roles_of, routes, values_for
from tests.meta.world import World
from tests.security_figures import SecurityFigure

TABLE = Path(__file__).with_name("routes.tsv")
OPENED = frozenset({200, 302, 303})
# A wish that is understood and turned down (nothing filled in, not possible now) is no refusal of the role.
HANDLED = OPENED | {204, 400, 409, 422}
NOWHERE: dict[str, tuple[str | int | UUID, ...]] = {
    "key": ("finns-inte", "x" * 300),
    "topic_key": ("finns-inte", "x" * 300),
    "address": ("finns-inte", "min-sida", "x" * 300),
    "filename": ("finns-inte.css", "../config.py"),
}
# No row has these, and the last is no UUID at all.
NO_SUCH_ID = (uuid4(), UUID(int=0), "2020-9999")


@pytest.mark.security
def test_every_endpoint_names_a_permission_or_is_public(migrated_app: Flask, security_figure: SecurityFigure) -> None:
    every = [rule.endpoint for rule in routes(migrated_app)]
    guarded = [one for one in every if permission_of(migrated_app, one) is not None]
    assert set(every) - set(guarded) == PUBLIC
    security_figure(
        f"Routes guarded, or open to anyone ({', '.join(sorted(PUBLIC))}) / total",
        measured=f"{len(guarded) + sum(one in PUBLIC for one in every)} / {len(every)}",
        ideal=f"{len(every)} / {len(every)}",
    )


def test_the_table_of_routes_is_the_committed_one(migrated_app: Flask) -> None:
    """After a change that is meant: flask --app wsgi routes-table > tests/meta/routes.tsv, and read the difference."""
    assert routes_lines() == TABLE.read_text().splitlines()


def test_every_parameter_of_an_address_is_known_to_these_tests(migrated_app: Flask) -> None:
    assert {name for rule in routes(migrated_app) for name in rule.arguments} - set(FILL) == set()


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_pages_of_the_policy_and_no_other(read_world: World, role: Role) -> None:
    client = read_world.client(role)
    wrong = []
    for rule, address in addresses(read_world, role):
        status = client.get(address).status_code
        expected = OPENED if role in roles_of(read_world.app, rule.endpoint) else {403}
        if status not in expected:
            wrong.append(f"{rule.endpoint} {address}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_a_role_sends_the_forms_of_the_policy_and_no_other(world: World, role: Role) -> None:
    wrong = []
    for rule, address in addresses(world, role, "POST"):
        status = world.client(role).post(address).status_code
        expected = HANDLED if role in roles_of(world.app, rule.endpoint) else {403}
        if status not in expected:
            wrong.append(f"{rule.endpoint} {address}: {status}")
    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_asked_to_sign_in_everywhere_but_on_public_pages(read_world: World, method: str) -> None:
    wrong = []
    for rule, address in addresses(read_world, Role.COUNSELLOR, method):
        answer = read_world.app.test_client().open(address, method=method)
        asked = answer.status_code == 303 and answer.location.startswith("/logga-in")
        if asked == (rule.endpoint in PUBLIC):
            wrong.append(f"{rule.endpoint} {address}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_what_does_not_exist_is_not_found(read_world: World, role: Role) -> None:
    wrong = []
    for rule in routes(read_world.app):
        if role not in roles_of(read_world.app, rule.endpoint):
            continue
        known = values_for(rule, role, read_world)
        for name in rule.arguments:
            for value in NOWHERE.get(name, NO_SUCH_ID):
                wrong += not_404(read_world.client(role), rule.methods, address_of(rule, known | {name: value}))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SOCIAL_WORKER])
def test_a_case_of_other_units_is_not_found(read_world: World, role: Role) -> None:
    wrong = []
    for rule in routes(read_world.app):
        if "case_id" in rule.arguments and role in roles_of(read_world.app, rule.endpoint):
            values = values_for(rule, role, read_world) | {"case_id": read_world.cases["foreign"].public_id}
            wrong += not_404(read_world.client(role), rule.methods, address_of(rule, values))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.MANAGER])
def test_a_row_of_another_case_is_not_found_through_the_own_case(read_world: World, role: Role) -> None:
    foreign = read_world.cases["foreign"]
    of_another: Values = {
        "event_id": foreign.events[0].public_id,
        "placement_id": foreign.placements[0].public_id,
    }
    wrong = []
    for rule in routes(read_world.app):
        if role not in roles_of(read_world.app, rule.endpoint):
            continue
        for name in rule.arguments & set(of_another):
            values = values_for(rule, role, read_world) | {name: of_another[name]}
            wrong += not_404(read_world.client(role), rule.methods, address_of(rule, values))
    assert wrong == []


def not_404(client: FlaskClient, methods: set[str] | None, address: str) -> list[str]:
    """The ways of asking for the address that are answered with something else than 404."""
    asked = [(method, client.open(address, method=method).status_code) for method in sorted(methods or ())]
    return [f"{method} {address}: {status}" for method, status in asked if status != 404 and method != "OPTIONS"]

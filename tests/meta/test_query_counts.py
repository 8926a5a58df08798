"""A page costs as many statements with fifty rows as with one."""

from __future__ import annotations

from datetime import date

import pytest
from flask import current_app
from flask.testing import FlaskClient

from caseflow.jobs.models import JobStatus
from caseflow.security.permissions import Role
from tests import factories
from tests.meta.addresses import permitted_pages
from tests.meta.conftest import Recorder
from tests.meta.world import World, add_frozen, add_job, add_upload, make_placed_case

MANY = 50
CEILING = 40
# Holds two tellings of a whole report against each other.
HIGHER = {"reports.frozen_difference": 86}


@pytest.mark.slow
def test_a_page_costs_the_same_number_of_statements_with_one_row_and_with_fifty(
    world: World, count_queries: Recorder
) -> None:
    few = costs(world, count_queries)
    add_many(world)
    many = costs(world, count_queries)
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}
    assert {page: count for page, count in many.items() if count > HIGHER.get(page.split()[0], CEILING)} == {}


def costs(world: World, count_queries: Recorder) -> dict[str, int]:
    """Statements per page and role."""
    found = {}
    for role in Role:
        client = world.client(role)
        for endpoint, address in permitted_pages(world, role):
            found[f"{endpoint} as {role}"] = cost(client, address, count_queries)
    return found


def cost(client: FlaskClient, address: str, count_queries: Recorder) -> int:
    """In a context of its own, as a real request has: nothing that an earlier page loaded is at hand."""
    with count_queries() as statements, current_app.app_context():
        client.get(address)
    return len(statements)


def add_many(world: World) -> None:
    """Fifty more of what the pages list; half as many of the cases that take long to make."""
    counsellor, worker = world.users[Role.COUNSELLOR], world.users[Role.SOCIAL_WORKER]
    for number in range(MANY):
        factories.make_case(date(2020, 10, 1), social_worker=worker)
        factories.make_user(Role.COUNSELLOR, "AMC")
        add_job(world, JobStatus.DONE)
        if number % 2 == 0:
            make_placed_case(counsellor, worker, protected=False)
        if number % 10 == 0:
            add_upload(world)
            add_frozen(world)

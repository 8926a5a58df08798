"""Every role at every route, with rows of the own unit and with those of another."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from caseflow.security.permissions import Role
from tests.meta.addresses import NOT_PAGES, address_of, roles_of, routes, values_for
from tests.meta.world import World
from tests.security.foreign import SIGNED_OUT_BY, Foreign, case_version, clients, foreign_values, plant
from tests.security_figures import SecurityFigure, tries

Cell = tuple[Role, str, str, str, bool, bool]


def cells(world: World, foreign: Foreign) -> Iterator[Cell]:
    """Role, endpoint, method, address, whether the rows are another unit's, whether the role may use the route."""
    for rule in routes(world.app):
        if rule.endpoint in NOT_PAGES:
            continue
        for role in Role:
            may = role in roles_of(world.app, rule.endpoint)
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield role, rule.endpoint, method, address_of(rule, values_for(rule, role, world)), False, may
                theirs = foreign_values(rule, role, world, foreign)
                if theirs is not None:
                    yield role, rule.endpoint, method, address_of(rule, theirs), True, may


@pytest.mark.security
def test_no_role_gets_anything_of_another_units_person(world: World, security_figure: SecurityFigure) -> None:
    foreign = plant(world)
    # What would be taken, were it not for the scope.
    form = {"version": case_version(foreign.ids["case_id"]), "on": "2020-12-01", "note": "Hej", "reason": "Fel"}
    before, signed_in = foreign.content(), clients(world)
    every = list(cells(world, foreign))
    tried = random.Random(20201201).sample(every, tries(len(every), 120))
    # Forms are sent after the pages are read: they close cases. Last those after which somebody is no longer signed in.
    tried.sort(key=lambda cell: (cell[2], cell[1] in SIGNED_OUT_BY))
    leaks = []
    for role, endpoint, method, address, is_foreign, may in tried:
        answer = signed_in[role].open(address, method=method, data=form if method == "POST" else None)
        refused = {404} if may else {403}
        if foreign.shown_in(answer) or (is_foreign and answer.status_code not in refused):
            leaks.append(f"{role} {method} {endpoint} {answer.status_code} {foreign.shown_in(answer)}")
    assert leaks == []
    assert foreign.content() == before
    security_figure(
        f"Role × route × own or other unit: leaks in {len(tried)} of {len(every)} cells", measured=len(leaks), ideal=0
    )

"""Requests that are in order, with one id in each swapped: nothing of another unit is shown or changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases.models import AssessmentArea, Case
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.meta.addresses import NOT_PAGES, address_of, roles_of, routes, values_for
from tests.meta.world import World
from tests.security.foreign import Foreign, clients, plant
from tests.security_figures import SecurityFigure, tries

SEED = 20201201
# They end the session, or take the signed-in user's account: nothing would be asked for after that.
LEFT_OUT = NOT_PAGES | {"accounts.sign_out", "accounts.sign_in", "organisation.user_close", "organisation.user_edit"}


@dataclass(frozen=True)
class Request:
    """A request with its ids by place: in the path, the query and the form. Versions are those of the case it names."""

    role: Role
    method: str
    path: str
    ids: tuple[UUID, ...]
    query: str = ""
    form: tuple[tuple[str, str], ...] = ()

    def swapped(self, old: UUID, new: UUID) -> Request:
        def turn(text: str) -> str:
            return text.replace(str(old), str(new))

        form = tuple((turn(name), turn(value)) for name, value in self.form)
        return replace(self, path=turn(self.path), query=turn(self.query), form=form)


def requests(world: World) -> list[Request]:
    """What every role may send in its own unit that names a row."""
    found = []
    for rule in routes(world.app):
        if rule.endpoint in LEFT_OUT:
            continue
        for role in roles_of(world.app, rule.endpoint):
            values = values_for(rule, role, world)
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                asked = Request(role, method, address_of(rule, values), uuids(values.values()))
                found.append(with_fields(world, rule.endpoint, asked))
    return [asked for asked in found if asked.ids]


def with_fields(world: World, endpoint: str, asked: Request) -> Request:
    """The request with the ids that its endpoint takes in the query or the form, and what the form demands beside."""
    placed, colleague = world.cases["placed"], world.users[Role.COUNSELLOR]
    query = {
        "cases.wage_cost": f"?placering={placed.placements[-1].public_id}",
        "cases.case_list": f"?konsulent={colleague.public_id}",
        "cases.board": f"?konsulent={colleague.public_id}",
        "cases.hand_over_many_cases": f"?arende={placed.public_id}.{placed.version}",
        "measures.lead_times": f"?job={world.ids['job_id']}",
    }.get(endpoint, "")
    form = {
        "cases.accept": {"counsellor": str(colleague.public_id)},
        "cases.hand_over": {"counsellor": str(colleague.public_id)},
        "cases.hand_over_many_cases": {"counsellor": str(colleague.public_id)},
        "cases.wage_cost": {"placement": str(placed.placements[-1].public_id), "month_on": "2020-10", "wage_kr": "1"},
        "cases.join_programme": {"programme": str(factories.programme("VISA").public_id)},
        "cases.assess": {f"area_{factories.areas()[0].public_id}": "3"},
        "cases.rename_view": {"name": "Nytt namn"},
    }.get(endpoint, {})
    every = {"on": "2020-12-01", "note": "Ändrat", "reason": "Ändrat", "outcome": "work", "household_effect": "left"}
    fields = tuple((every | form).items()) if asked.method == "POST" else ()
    ids = {*asked.ids, *uuids([query.removeprefix("?").partition("=")[2].partition(".")[0]])}
    ids |= {*uuids(form.values()), *uuids(name.removeprefix("area_") for name in form)}
    return replace(asked, query=query, form=fields, ids=tuple(sorted(ids)))


def uuids(values: object) -> tuple[UUID, ...]:
    """Those of the values that are UUIDs."""
    found = []
    for value in values:  # type: ignore[attr-defined]
        try:
            found.append(UUID(str(value)))
        except ValueError:
            continue
    return tuple(found)


def strange_ids(world: World, foreign: Foreign) -> list[UUID]:
    """Rows of other units, and rows of other kinds of the own."""
    rows = [*foreign.ids.values(), *world.ids.values(), *(case.public_id for case in world.cases.values())]
    rows += [event.public_id for event in world.cases["foreign"].events]
    rows += db.session.scalars(select(User.public_id))
    return [*rows, *db.session.scalars(select(AssessmentArea.public_id))]


def own_units_kept(world: World) -> bool:
    """Whether every counsellor is still of the unit that has the case."""
    db.session.rollback()
    return all(case.counsellor is None or case.counsellor.unit_id == case.to_unit_id for case in world.cases.values())


@pytest.mark.security
def test_a_swapped_id_shows_and_changes_nothing_of_another_unit(world: World, security_figure: SecurityFigure) -> None:
    foreign, dice, count = plant(world), random.Random(SEED), tries(10_000, 100)
    every, strange, signed_in = requests(world), strange_ids(world, foreign), clients(world)
    before, hits = foreign.content(), []
    versions = dict(db.session.execute(select(Case.public_id, Case.version)).tuples().all())
    for _ in range(count):
        asked = dice.choice(every)
        old, new = dice.choice(asked.ids), dice.choice([*strange, UUID(int=dice.getrandbits(128), version=4)])
        sent = asked.swapped(old, new)
        # As if the version of the case were known, which stands in no page of one's own.
        named = next((UUID(part) for part in sent.path.split("/") if uuids([part])), None)
        form = [*sent.form, ("version", str(versions.get(named, 0)))]
        if sent.query.startswith("?arende") and sent.form:
            form.append(("arende", sent.query.removeprefix("?arende=")))
        answer = signed_in[sent.role].open(
            sent.path + sent.query, method=sent.method, data=dict(form) if sent.method == "POST" else None
        )
        if foreign.shown_in(answer):
            hits.append(f"{sent.role} {sent.method} {sent.path}{sent.query} showed {foreign.shown_in(answer)}")
    if foreign.content() != before:
        hits.append("rows of another unit have changed")
    if not own_units_kept(world):
        hits.append("a case has a counsellor of another unit")
    assert hits == []
    security_figure(f"{count} swapped ids (seed {SEED}): hits", measured=len(hits), ideal=0)

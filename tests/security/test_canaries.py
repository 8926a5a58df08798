"""Canaries in every personal text are found where their readers may read them, and nowhere else."""

from __future__ import annotations

import io
import logging
import os
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from caseflow.cases import services
from caseflow.cases.grant_models import CaseGrant
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import EventKind as K
from caseflow.extensions import Base, db
from caseflow.jobs import runner
from caseflow.jobs.dispatch import enqueue
from caseflow.measures.registry import MEASURES
from caseflow.reports.kinds import REPORTS
from caseflow.security.permissions import Actor, Role
from tests import factories
from tests.meta.addresses import addresses
from tests.meta.world import World, add_saved_view, run_waiting_jobs
from tests.security.canaries import CASES_OF, Canaries, Canary, columns, plant, undecided, words_of
from tests.security.foreign import clients
from tests.security_figures import SecurityFigure, tries
from tests.signing_in import sign_in

ADDRESS = re.compile(r'(?:href|action|src|hx-get|hx-post|data-draft)="([^"]*)"')
FORMATS = ("json", "csv", "xlsx", "pdf")
PERIOD = "period=2020-01-01..2020-12-01"
LISTS = (
    "/arenden?status=alla",
    "/anvisningar/skickade?visa=arbetas&vems=enheten",
    "/anvisningar/mottagna?visa=mottagna",
    "/ledtider",
)
# What the referring unit writes; every other kind of event is the receiving unit's to write about.
REFERRERS = frozenset({K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.REFERRED, K.WITHDRAWN})
# Held to those who may read it by the case's scope; what was known earlier is days, kinds and keys.
OF_PERSONS = frozenset({*CASES_OF, "register_version"})


def test_every_personal_column_is_looked_for() -> None:
    planted = columns()
    assert {("participant", "first_name"), ("case_event", "note"), ("case_event", "void_reason")} <= set(planted)
    assert {table for table, _column in planted} == set(CASES_OF)
    assert undecided() == []


@pytest.mark.security
def test_no_canary_is_found_where_it_must_not_be(
    world: World, caplog: pytest.LogCaptureFixture, security_figure: SecurityFigure, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    manager = factories.make_user(Role.MANAGER, "AMC")
    world.user_ids[Role.MANAGER] = manager.id
    world.ids[f"view_id_of_{Role.MANAGER}"] = add_saved_view(manager).public_id
    canaries, signed_in = plant(world), clients(world)
    hits: list[str] = []
    seen: set[Role] = set()
    looked = 0
    for role, client in signed_in.items():
        actor = world.users[role].actor
        for address in addresses_of(world, role):
            answer = client.get(address)
            words, looked = words_of(answer), looked + 1
            found = canaries.found_in(words)
            seen |= {role} if found else set()
            hits += [f"{role} {address} {one}" for one in found if not may_read(actor, one, address)]
            hits += [f"{role} address on {address} {one}" for one in canaries.found_in(addresses_in(answer, words))]
    hits += [f"typed: {one}" for one in typed(world, signed_in, canaries)]
    fail_with_canaries(world, signed_in[Role.COUNSELLOR], monkeypatch)
    enqueue("measures.rebuild", {}, key="the measures among canaries")
    db.session.commit()
    run_waiting_jobs("measures.rebuild")
    others = sorted(set(Base.metadata.tables) - OF_PERSONS)
    places = {"log": caplog.text, "Redis": kept(), **{f"table {name}": rows_of(name) for name in others}}
    hits += [f"{place} {one}" for place, words in places.items() for one in canaries.found_in(words)]
    assert sorted(set(hits)) == []
    # Who may read is shown them: the test looks where there is something to be seen.
    assert seen == {Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.MANAGER}
    security_figure(
        f"Canary values in {len(columns())} personal columns, personnummer and birth days, looked for as every role in "
        f"{looked} answers (pages, JSON, CSV, Excel, PDF; their headers, cookies and addresses), logs, Redis and every "
        f"row of {len(others)} tables (jobs with their arguments, audit, sessions, drafts); no mail is sent: hits",
        measured=len(hits),
        ideal=0,
    )


def addresses_of(world: World, role: Role) -> Iterator[str]:
    """Every page for the role, whether it may open it or not, about every case; every report, its files and rows.

    In the ordinary suite the lists, the cases' pages and some of the others.
    """
    pages = [address for _rule, address in addresses(world, role)]
    placed = str(world.cases["placed"].public_id)
    cases = [str(case.public_id) for case in world.cases.values()]
    pages += [address.replace(placed, case) for address in pages if placed in address for case in cases]
    pages += [f"/rapporter/{key}/fil?format={form}" for key in REPORTS for form in FORMATS]
    pages += [f"/rapporter/{key}" for key in REPORTS] + [f"/api/rapporter/{key}" for key in REPORTS]
    pages += [f"{root}/underlag?matt={key}&{PERIOD}" for key in MEASURES for root in ("", "/api")]
    always = [*LISTS, *(f"/arenden/{case}" for case in cases)]
    rest = [address for address in dict.fromkeys(pages) if address not in {"/logga-ut", *always}]
    yield from always
    yield from random.Random(20201201).sample(rest, min(len(rest), tries(len(rest), 25)))


def typed(world: World, signed_in: dict[Role, FlaskClient], canaries: Canaries) -> set[Canary]:
    """Type canaries where one types about a person: what the answers' addresses and headers hold of them."""
    case = world.cases["placed"]
    name, number = case.participant.first_name, case.participant.number
    counsellor, worker = signed_in[Role.COUNSELLOR], signed_in[Role.SOCIAL_WORKER]
    reader = world.app.test_client()
    sign_in(reader, factories.make_user(Role.MANAGER, None))
    rows = f"hushallsnr;antal_barn\n{name};2\n{name}-{name};tre\n".encode()
    upload = {"way": "check", "files": [(io.BytesIO(rows), "hushall.csv")]}
    answers = [
        *(counsellor.post("/sok", data={"q": words}) for words in (name, number)),
        counsellor.post(f"/utkast/spara/arenden/{case.public_id}/anteckning", data={"note": name, "version": "1"}),
        counsellor.post(f"/arenden/{case.public_id}/anteckning", data={"note": f"Om {name}", "version": "0"}),
        worker.post("/anvisningar/ny", data={"personnummer": number, "look_up": "1"}),
        worker.post("/anvisningar/ny", data={"personnummer": number, "send": "1", "reason": name}),
        reader.post("/inlasning", data=upload, content_type="multipart/form-data"),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert answers[-1].status_code == 303
    run_waiting_jobs("imports.run")
    return {canary for answer in answers for canary in canaries.found_in(addresses_in(answer, answer.text))}


def fail_with_canaries(world: World, counsellor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page and a job break with a person's name in the error."""
    case = world.cases["placed"]
    name = case.participant.first_name

    def fail(*_given: object) -> None:
        raise RuntimeError(name)

    with monkeypatch.context() as broken:
        broken.setattr(services, "add_note", fail)
        form = {"note": "Hej", "version": str(case.version)}
        assert counsellor.post(f"/arenden/{case.public_id}/anteckning", data=form).status_code == 500
        broken.setitem(runner.TASKS, "measures.rebuild", fail)
        job_id = enqueue("measures.rebuild", {}, key="breaks")
        db.session.commit()
        assert runner.run_job(job_id) is None


def addresses_in(answer: TestResponse, words: str) -> str:
    """Every address on the page, and the headers: cookies and where it leads on."""
    return " ".join([*ADDRESS.findall(words), str(answer.headers)])


def may_read(actor: Actor, canary: Canary, address: str) -> bool:
    """The rule in a few words of its own, beside the one that the program follows."""
    case = db.session.get_one(Case, canary.case_id)
    if actor.role in (Role.CONTROLLER, Role.ADMINISTRATOR):
        return False
    if case.participant.protected and not is_let_in(actor, case):
        return (
            is_managers(canary) and actor.role == Role.MANAGER and actor.unit_id in (case.from_unit_id, case.to_unit_id)
        )
    if case.participant.protected and canary.table == "participant" and not address.endswith("/personuppgifter"):
        # Who is let in works by case number, and sees the name where it is corrected.
        return False
    if actor.role == Role.SOCIAL_WORKER:
        return case.from_unit_id == actor.unit_id and not is_receivers(canary)
    return case.to_unit_id == actor.unit_id


def is_let_in(actor: Actor, case: Case) -> bool:
    """Nobody's leave is withdrawn, and none ends, before the test does."""
    let_in = select(CaseGrant.id).where(CaseGrant.case_id == case.id, CaseGrant.user_id == actor.id)
    return db.session.scalar(let_in.limit(1)) is not None


def is_managers(canary: Canary) -> bool:
    """What a manager is told of a protected case: its number, and why somebody sees it."""
    return canary.table == "case_grant" or (canary.table, canary.column) == ("cases", "number")


def is_receivers(canary: Canary) -> bool:
    """Whether it is the receiving unit's own: what it wrote of its accord, and its manager's holds."""
    if canary.table == "retention_hold":
        return True
    return canary.table == "case_event" and db.session.get_one(CaseEvent, canary.row_id).kind not in REFERRERS


def rows_of(table: str) -> str:
    """Every row of the table as text."""
    return "\n".join(db.session.scalars(text(f'SELECT "{table}"::text FROM "{table}"')))


def kept() -> str:
    """Every key and value in Redis or Valkey."""
    server: Any = redis.from_url(os.environ["REDIS_URL"])
    read = {b"string": server.get, b"hash": server.hgetall, b"set": server.smembers}
    lists = {b"list": lambda key: server.lrange(key, 0, -1), b"zset": lambda key: server.zrange(key, 0, -1)}
    kinds = {key: server.type(key) for key in list(server.scan_iter())}
    # A count that has run out meanwhile is no more.
    return "\n".join(f"{key!r} {(read | lists)[kind](key)!r}" for key, kind in kinds.items() if kind != b"none")

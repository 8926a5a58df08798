"""A form changes what its own fields say and nothing that is added to it; no field has the program fetch anything."""

from __future__ import annotations

import ast
import re
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Date, DateTime, Integer, Numeric, text

from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests.conftest import start_over
from tests.meta.forms import Fields, Form, forms_of
from tests.meta.sources import ROOT, named
from tests.meta.world import World, make_world
from tests.security_figures import SecurityFigure, tries

Changed = set[tuple[str, str]]
Rows = dict[tuple[str, str], dict[str, str]]
SIGNS_OUT = "/logga-ut"
PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CANARY = "http://127.0.0.1:{port}/kanarie"
# In the ordinary suite the role with most forms, else all.
ROLES = [Role.ADMINISTRATOR, *(role for role in Role if role != Role.ADMINISTRATOR)]


@pytest.mark.security
def test_a_form_changes_nothing_but_what_its_own_fields_say(app: Flask, security_figure: SecurityFigure) -> None:
    wrong, sent = [], 0
    for role in ROLES[: tries(len(ROLES), 1)]:
        plain, with_more = (sent_forms(app, role, added) for added in (lambda form: {}, every_other_column))
        sent += len(plain)
        wrong += [
            f"{role} {address}: {sorted(with_more[address] ^ changed)}"
            for address, changed in plain.items()
            if with_more[address] != changed
        ]
    assert sent > 20
    assert wrong == []
    columns = len(every_other_column(Form("", "", {}, frozenset())))
    security_figure(
        f"mass assignment: {sent} forms with the names of {columns} columns added, columns changed by that",
        measured=len(wrong),
        ideal=0,
    )


def sent_forms(app: Flask, role: Role, added: Callable[[Form], Fields]) -> dict[str, Changed]:
    """Which columns each form of the role changes, the forms sent one after the other in a new world. Those at
    addresses that differ by ids alone come in any order: they are told together."""
    start_over()
    world = make_world(app)
    client = world.client(role)
    changed: dict[str, Changed] = defaultdict(set)
    for address, form in sorted(forms_of(world, role).items(), key=lambda one: without_ids(one[0])):
        if address == SIGNS_OUT:
            continue
        before = rows()
        more = added(form)
        client.post(address, data={**more, **form.fields}, query_string=more)
        db.session.rollback()
        changed[without_ids(address)] |= differences(before, rows())
    return changed


def without_ids(address: str) -> str:
    """The same in every world."""
    return PUBLIC_ID.sub("", address)


def every_other_column(form: Form) -> Fields:
    """A value for the name of every column of every model, but for the form's own fields."""
    values: Fields = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            values[column.name] = (
                "y"
                if isinstance(kind, Boolean)
                else "1999-09-09"
                if isinstance(kind, Date | DateTime)
                else "7"
                if isinstance(kind, Integer | Numeric)
                else "kanarie"
            )
    return {name: value for name, value in values.items() if name not in form.own}


def rows() -> Rows:
    """Every row, by its table and its key."""
    with db.engine.connect() as connection:
        return {
            (table.name, str([row[column.name] for column in table.primary_key])): {
                name: str(value) for name, value in row.items()
            }
            for table in db.metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()
        }


def differences(before: Rows, after: Rows) -> Changed:
    """The columns that hold something else in some row, and those that a new row fills in."""
    nothing: dict[str, str] = {}
    return {
        (table, column)
        for table, key in before.keys() | after.keys()
        for column in before.get((table, key), nothing).keys() | after.get((table, key), nothing).keys()
        if before.get((table, key), nothing).get(column, "None") != after.get((table, key), nothing).get(column, "None")
    }


@pytest.fixture
def doorstep() -> Iterator[socket.socket]:
    """A server that nobody has any reason to call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.mark.security
def test_no_field_has_the_program_fetch_anything(
    world: World, doorstep: socket.socket, monkeypatch: pytest.MonkeyPatch, security_figure: SecurityFigure
) -> None:
    canary = CANARY.format(port=doorstep.getsockname()[1])
    looked_up: list[str] = []
    look_up = socket.getaddrinfo

    def noted(host: str, *rest: Any, **more: Any) -> Any:
        looked_up.append(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    sent = 0
    for role in ROLES[: tries(len(ROLES), 1)]:
        client = world.client(role)
        for address, form in sorted(forms_of(world, role).items()):
            if address != SIGNS_OUT:
                kept = {"version", "opened_at", "request"}
                written = {name: value if name in kept else canary for name, value in form.fields.items()}
                client.post(address, data=written, headers={"Referer": canary, "X-Forwarded-Host": canary})
                sent += 1
    with pytest.raises(BlockingIOError):
        doorstep.accept()
    own = {"127.0.0.1", "localhost", "::1"}
    security_figure(f"addresses in the fields of {sent} forms: fetched", measured=len(set(looked_up) - own), ideal=0)


def test_no_source_copies_a_request_into_a_model() -> None:
    """Forms name their fields: what is sent is read by name, never poured into a row."""
    copying = []
    for path in sorted(Path(ROOT, "caseflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("populate_obj", "get_json"):
                copying.append(f"{named(path)}: {node.attr}")
            if isinstance(node, ast.keyword) and node.arg is None and ast.unparse(node.value).startswith("request."):
                copying.append(f"{named(path)}: {ast.unparse(node.value)}")
    assert copying == []

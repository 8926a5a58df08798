"""Schemathesis makes up requests to every address as every role: whatever is asked, the program does not break."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from caseflow.security.permissions import Role
from caseflow.web.openapi import description
from tests.meta.addresses import address_of, routes, values_for
from tests.meta.forms import Form, forms_of
from tests.meta.world import World
from tests.security_figures import SecurityFigure, tries

FULL_EXAMPLES = 8
# In the ordinary suite a few addresses by one role, for the sake of time.
EVERY_WHEN_FEW = 20
PHASES = (Phase.generate,)


@pytest.mark.security
def test_no_request_that_is_made_up_breaks_the_program(world: World, security_figure: SecurityFigure) -> None:
    broken: list[str] = []
    sent = 0
    for role in list(Role)[: tries(len(Role), 1)]:
        for rule, case in made_up(world, role):
            for address in {case.formatted_path, address_of(rule, values_for(rule, role, world))}:
                status = send(world.client(role), case, address)
                sent += 1
                if status >= 500:
                    broken.append(f"{role} {case.method} {rule.endpoint}: {status} {case.query} {case.body!r:.200}")
    assert sent > 5
    assert broken == []
    security_figure(f"{sent} requests made up by Schemathesis: answered with 5xx", measured=len(broken), ideal=0)


def made_up(world: World, role: Role) -> Iterator[tuple[Rule, Case]]:
    """Requests that fit the description and requests that do not, to every address."""
    every = routes(world.app)
    described = description(world.app, fields_by_rule(world.app, forms_of(world, role)))
    schema = schemathesis.openapi.from_dict(described)
    for found in islice(schema.get_all_operations(), 0, None, tries(1, EVERY_WHEN_FEW)):
        operation = found.ok()
        endpoint = operation.definition.raw["operationId"].rpartition(" ")[0]
        rule = next(one for one in every if one.endpoint == endpoint and operation.method.upper() in one.methods)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in examples(operation, mode):
                yield rule, case


def examples(operation: Any, mode: GenerationMode) -> list[Case]:
    """Some requests to the address. None where nothing about it can be wrong."""
    made: list[Case] = []

    @settings(
        max_examples=tries(FULL_EXAMPLES, 1),
        phases=PHASES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def make(case: Case) -> None:
        made.append(case)

    try:
        make()
    except Unsatisfiable:
        return made
    return made


def fields_by_rule(app: Flask, forms: dict[str, Form]) -> dict[str, list[str]]:
    """The fields of each form by the text of the rule that it is sent to."""
    found: dict[str, list[str]] = {}
    for address, form in forms.items():
        try:
            rule, _values = app.url_map.bind("").match(address, method="POST", return_rule=True)
        except HTTPException:
            continue
        found.setdefault(rule.rule, sorted(form.own))
    return found


def send(client: FlaskClient, case: Case, address: str) -> int:
    query = case.query if isinstance(case.query, dict) else {}
    headers = {name: value for name, value in (case.headers or {}).items() if str(value).isprintable()}
    return client.open(
        address,
        method=case.method,
        query_string={name: str(value) for name, value in query.items()},
        headers=headers,
        data=body_of(case.body),
        buffered=True,
    ).status_code


def body_of(body: object) -> Any:
    """The fields as a form has them; what is no set of fields is sent as it is."""
    if isinstance(body, dict):
        return {str(name): str(value) for name, value in body.items()}
    return str(body).encode("utf-8", "surrogatepass") if isinstance(body, str | int | float | list) else None

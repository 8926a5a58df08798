"""`flask openapi`: every address as the url map has it, with the fields of its form, for tools that make up requests.

Made from the program, never by hand. Forms stand in views, so whoever wants their fields brings them.
"""

from __future__ import annotations

import json
import re
from typing import Any

import click
from flask import Flask, current_app
from werkzeug.routing import Rule

TYPES = {"IntegerConverter": {"type": "integer", "minimum": 0}, "UUIDConverter": {"type": "string", "format": "uuid"}}
NO_BODY = frozenset({"HEAD", "OPTIONS"})


def description(app: Flask, forms: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """OpenAPI 3.0 of every route. `forms` gives the fields that a POST address takes, by the rule's own text."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - NO_BODY):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, method, (forms or {}).get(rule.rule, []))
    return {"openapi": "3.0.3", "info": {"title": "Caseflow", "version": "1"}, "paths": paths}


def _operation(rule: Rule, method: str, fields: list[str]) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": TYPES.get(type(rule._converters[name]).__name__, {"type": "string", "minLength": 1}),
        }
        for name in sorted(rule.arguments)
    ]
    made: dict[str, Any] = {
        "operationId": f"{rule.endpoint} {method}",
        "parameters": parameters,
        "responses": {"default": {"description": "a page"}},
    }
    if method == "POST":
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
        made["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    return made


@click.command("openapi")
def print_openapi() -> None:
    """Print the description of every address (OpenAPI 3.0)."""
    click.echo(json.dumps(description(current_app), ensure_ascii=False, indent=1))

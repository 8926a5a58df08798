"""Commands of `flask --app wsgi`. Features bring their own in `commands.py`; here are those that span all of them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask, current_app

from caseflow.cases import areas
from caseflow.cases.flow_document import flow_document
from caseflow.database import unit_of_work
from caseflow.organisation import base_data
from caseflow.security.guard import PUBLIC, permission_of
from caseflow.security.permissions_document import permissions_document
from caseflow.security.policy import POLICY
from caseflow.web.language import renew_translations
from caseflow.web.openapi import print_openapi
from caseflow.web.vendor import renew_vendored

FEATURES = ("security", "accounts", "organisation", "cases", "imports", "measures", "reports", "privacy")


def install(app: Flask) -> None:
    """Register every command."""
    app.cli.add_command(routes_table)
    app.cli.add_command(setup)
    app.cli.add_command(print_flow_document)
    app.cli.add_command(print_openapi)
    app.cli.add_command(print_permissions_document)
    app.cli.add_command(renew_translations)
    app.cli.add_command(renew_vendored)
    for feature in FEATURES:
        if find_spec(f"caseflow.{feature}.commands"):
            for command in import_module(f"caseflow.{feature}.commands").COMMANDS:
                app.cli.add_command(command)


@click.command("setup")
def setup() -> None:
    """Add the units, programmes, targets and areas that every installation starts with."""
    with unit_of_work():
        base_data.add_missing()
        areas.add_missing()


@click.command("flow-document")
def print_flow_document() -> None:
    """Print docs/flow.md from the table of the flow."""
    click.echo(flow_document(), nl=False)


@click.command("permissions-doc")
def print_permissions_document() -> None:
    """Print docs/permissions.md from the table of who sees and does what."""
    click.echo(permissions_document(), nl=False)


@click.command("routes-table")
def routes_table() -> None:
    """Print endpoint, methods, permission, roles and scope of every route."""
    for line in routes_lines():
        click.echo(line)


def routes_lines() -> list[str]:
    """The table as tab-separated lines, sorted by endpoint."""
    lines = ["endpoint\tmethods\tpermission\troles\tscope"]
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        permission = permission_of(current_app, rule.endpoint)
        if rule.endpoint in PUBLIC:
            granted, roles, scopes = "public", "alla", "-"
        elif permission is None:
            granted, roles, scopes = "-", "-", "-"
        else:
            row = POLICY[permission]
            granted, roles = permission.value, ",".join(row)
            scopes = ",".join(sorted({scope.value for scope in row.values()}))
        lines.append(f"{rule.endpoint}\t{methods}\t{granted}\t{roles}\t{scopes}")
    return lines

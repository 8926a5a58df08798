"""Commands that add users."""

from __future__ import annotations

import click
from sqlalchemy import select

from caseflow.accounts import demo
from caseflow.accounts.models import User
from caseflow.accounts.services import set_password
from caseflow.core.errors import RuleBroken
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.organisation import staff
from caseflow.organisation.queries import get_unit


@click.command("demo-users")
def demo_users() -> None:
    """Add the demo's users. Adds only those that are missing; refuses where there are other users."""
    with unit_of_work():
        known = set(db.session.scalars(select(User.username)))
        if known - {user.username for user in demo.EVERYBODY}:
            raise click.ClickException("Databasen har egna användare. Demons användare läggs bara upp i en demo.")
        for given in demo.EVERYBODY:
            if given.username not in known:
                user = User(username=given.username, name=given.name, role=given.role)
                user.unit = get_unit(given.unit) if given.unit else None
                set_password(user, demo.PASSWORD)
                db.session.add(user)


@click.command("create-administrator")
@click.option("--username", default="administrator", show_default=True)
def create_administrator(username: str) -> None:
    """Add the first administrator, and print the one-time password once."""
    try:
        with unit_of_work():
            password = staff.add_first_administrator(username)
    except RuleBroken as error:
        raise click.ClickException(error.message) from None
    click.echo(f"Logga in som {username} med engångslösenordet {password}")
    click.echo("Lösenordet visas bara nu. Du väljer ett eget när du loggar in.")


COMMANDS = [demo_users, create_administrator]

"""Commands of data protection."""

from __future__ import annotations

import click

from caseflow.core.errors import RuleBroken
from caseflow.database import unit_of_work
from caseflow.privacy import thinning
from caseflow.privacy.record import markdown


@click.command("art30")
def art30() -> None:
    """Print docs/art30.md: the record of processing activities, from the data catalogue."""
    click.echo(markdown(), nl=False)


@click.command("gallra")
@click.option("--again", is_flag=True, required=True, help="Gallra på nytt dem som gallrats förut.")
def gallra(again: bool) -> None:
    """Gallra på nytt efter en återläsning, från listan utanför databasen."""
    try:
        with unit_of_work():
            found = thinning.again()
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{found} personer gallrade på nytt.")


COMMANDS = (art30, gallra)

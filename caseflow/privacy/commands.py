"""Commands of data protection."""

from __future__ import annotations

import click

from caseflow.privacy.record import markdown


@click.command("art30")
def art30() -> None:
    """Print docs/art30.md: the record of processing activities, from the data catalogue."""
    click.echo(markdown(), nl=False)


COMMANDS = (art30,)

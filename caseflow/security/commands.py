"""Commands of the audit: proving that its chain holds, and noting where it ends."""

from __future__ import annotations

import sys

import click

from caseflow.core.arguments import PlainCommand
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.security import anchors, chain, roles

NO_ANCHOR = "Inget ankare finns, så att rader tagits bort från slutet kan inte upptäckas. Kör flask audit anchor."
MOST_TOLD = 50


@click.group("audit")
def audit() -> None:
    """Loggen över läsningar och ändringar."""


@audit.command("verify", cls=PlainCommand)
def verify() -> None:
    """Kontrollera att ingenting i loggen är ändrat, inskjutet, borttaget eller omskrivet."""
    found = 0
    for fault in anchors.all_faults():
        found += 1
        if found <= MOST_TOLD:
            click.echo(fault.sentence)
    if found > MOST_TOLD:
        click.echo(f"… och {found - MOST_TOLD} fel till.")
    head = chain.read_head(db.session.connection())
    click.echo(f"Loggen, {head.id} rader: {f'{found} fel' if found else 'inga fel'}", err=True)
    path = anchors.file()
    if path is None or not path.exists():
        click.echo(NO_ANCHOR, err=True)
    if roles.may_rewrite_audit(db.session.connection()):
        click.echo(roles.OWNS_THE_AUDIT, err=True)
    if found:
        sys.exit(1)


@audit.command("anchor", cls=PlainCommand)
@click.option("--begin", is_flag=True, help="Börja en ny fil för en logg som redan är gammal.")
def anchor(begin: bool) -> None:
    """Anteckna utanför databasen var loggen slutar nu."""
    try:
        dropped = anchors.drop_anchor(begin=begin)
    except RuleBroken as broken:
        click.echo(broken.message, err=True)
        sys.exit(1)
    click.echo(f"Förankrad vid rad {dropped.id}." if dropped else "Ingenting nytt att förankra.", err=True)


COMMANDS = [audit]

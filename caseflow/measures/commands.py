"""Commands: computing the measures, and the check of all invariants."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from caseflow.core.arguments import PlainCommand
from caseflow.database import unit_of_work
from caseflow.measures import checks, services
from caseflow.organisation.queries import list_programmes


@click.group("measures")
def measures() -> None:
    """Måtten."""


@measures.command("rebuild", cls=PlainCommand)
def rebuild() -> None:
    """Räkna om alla mått nu."""
    services.renew_statistics()
    programmes = list_programmes()
    parts: list[tuple[str, Callable[[], object]]] = [
        ("väntetider", services.rebuild_waits),
        ("påbörjade placeringar", services.store_placements_begun),
    ]
    for number, (name, compute) in enumerate(parts, start=1):
        click.echo(f"{number} av {len(parts) + len(programmes)}: {name}", err=True)
        with unit_of_work():
            compute()
    for number, programme in enumerate(programmes, start=len(parts) + 1):
        click.echo(f"{number} av {len(parts) + len(programmes)}: {programme.name}", err=True)
        with unit_of_work():
            services.store_programme(programme)
    click.echo("Alla mått är räknade.", err=True)


@click.command("check", cls=PlainCommand)
def check() -> None:
    """Kontrollera att allt som räknats fram stämmer med händelserna."""
    broken = 0
    for check_name, sentences in checks.all_checks():
        found = 0
        for sentence in sentences:
            click.echo(sentence)
            found += 1
        click.echo(f"{check_name}: {'inga fel' if not found else f'{found} fel'}", err=True)
        broken += found
    if broken:
        sys.exit(1)


COMMANDS = [measures, check]

"""Commands: reports as JSON, computing the measures, and the check of all invariants."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NoReturn

import click

from caseflow.core import clock
from caseflow.core.errors import NotFound
from caseflow.database import unit_of_work
from caseflow.measures import checks, services
from caseflow.measures.answers import wait_json
from caseflow.measures.programme import programme_report
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation.queries import get_programme, get_unit, list_programmes

BAD_ARGUMENT = 2


class PlainCommand(click.Command):
    """A command that answers a wrong argument with one sentence and exit code 2."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except click.UsageError as error:
            refuse(_sentence(error))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NotFound as error:
            refuse(error.message)


def refuse(sentence: str) -> NoReturn:
    """Say what is wrong and stop."""
    click.echo(sentence, err=True)
    sys.exit(BAD_ARGUMENT)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"Ange {error.param.opts[0]}."
    if isinstance(error, click.NoSuchOption):
        return f"Det finns inget val {error.option_name}. Se --help."
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} kräver ett värde."
    return error.message if isinstance(error, click.BadParameter) else "Kommandot gick inte att läsa. Se --help."


class Day(click.ParamType):
    """A day, 2020-11-30."""

    name = "ÅÅÅÅ-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} är inget datum. Skriv det som 2020-11-30.", param, ctx)


class Moment(click.ParamType):
    """An instant, 2020-12-01T09:14 (Stockholm time unless it says otherwise); a day alone means its end."""

    name = "TIDPUNKT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} är ingen tidpunkt. Skriv den som 2020-12-01T09:14.", param, ctx)
        if len(value) == len("2020-12-01"):
            given = datetime.combine(given, time.max)
        return given if given.tzinfo else given.replace(tzinfo=clock.STOCKHOLM)


class WaitName(click.ParamType):
    """W1 to W7."""

    name = "W1–W7"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wait:
        try:
            return Wait(value.upper())
        except ValueError:
            self.fail(f"{value} är ingen ledtid. Välj en av {', '.join(Wait)}.", param, ctx)


class Format(click.ParamType):
    """json."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value != "json":
            self.fail(f"Formatet {value} finns inte. Välj json.", param, ctx)
        return str(value)


as_of_option = click.option("--as-of", type=Day(), help="Brytdag: fakta till och med den dagen.")
known_at_option = click.option("--known-at", type=Moment(), help="Som det var känt då.")
format_option = click.option("--format", "form", type=Format(), default="json", help="json.")


@click.group("report")
def report() -> None:
    """Rapporter."""


@report.command("ledtider", cls=PlainCommand)
@click.option("--wait", type=WaitName(), required=True, help="Ledtiden, W1 till W7.")
@click.option("--from", "from_on", type=Day(), required=True, help="Periodens första dag.")
@click.option("--to", "to_on", type=Day(), required=True, help="Periodens sista dag.")
@as_of_option
@known_at_option
@click.option("--unit", help="Enhet, till exempel AMC.")
@click.option("--programme", help="Program, till exempel 500-uppdraget.")
@format_option
def lead_times(
    wait: Wait,
    from_on: date,
    to_on: date,
    as_of: date | None,
    known_at: datetime | None,
    unit: str | None,
    programme: str | None,
    form: str,
) -> None:
    """En ledtid för en period, per kön och enhet."""
    if to_on < from_on:
        refuse(f"Perioden slutar {to_on}, före sin början {from_on}. Byt plats på --from och --to.")
    chosen = Filter(get_unit(unit) if unit else None, get_programme(programme) if programme else None)
    found = wait_report(wait, Period(from_on, to_on), Cut(as_of or clock.today(), known_at), chosen)
    _print(wait_json(found))


@report.command("500-uppdraget", cls=PlainCommand)
@click.option("--as-of", type=Day(), required=True, help="Brytdag: fakta till och med den dagen.")
@known_at_option
@format_option
def programme_500(as_of: date, known_at: datetime | None, form: str) -> None:
    """Rapporten om 500-uppdraget."""
    _print(programme_report(get_programme("500-uppdraget"), Cut(as_of, known_at)).as_json())


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


@click.group("measures")
def measures() -> None:
    """Måtten."""


@measures.command("rebuild", cls=PlainCommand)
def rebuild() -> None:
    """Räkna om alla mått nu."""
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


COMMANDS = [report, measures, check]

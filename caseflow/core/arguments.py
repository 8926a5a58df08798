"""Arguments of commands: read strictly, and refused in one Swedish sentence with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NoReturn

import click

from caseflow.core import clock
from caseflow.core.errors import NotFound

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


class Year(click.ParamType):
    """A year of the calendar, 2020."""

    name = "ÅÅÅÅ"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not (value.isascii() and value.isdecimal() and 1900 <= int(value) <= 2999):
            self.fail(f"{value} är inget år. Skriv det som 2020.", param, ctx)
        return int(value)


class OneOf(click.ParamType):
    """One of some words, whatever their case. `words`: from the word to what it means; `refusal`: "är ingen ledtid"."""

    def __init__(self, name: str, refusal: str, words: Mapping[str, Any]) -> None:
        self.name, self.refusal = name, refusal
        self.words = {word.casefold(): meaning for word, meaning in words.items()}
        self.shown = ", ".join(words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value.casefold() not in self.words:
            self.fail(f"{value} {self.refusal}. Välj en av {self.shown}.", param, ctx)
        return self.words[value.casefold()]

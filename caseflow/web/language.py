"""Every user's own language, and the command that renews the catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from babel.messages.frontend import CommandLineInterface
from flask import Flask
from flask_babel import Babel
from flask_login import current_user
from markupsafe import Markup

from caseflow.core.language import FOLDER, Language, catalogue, current

ROOT = Path(__file__).parents[2]
CATALOGUE = FOLDER / Language.ENGLISH / "LC_MESSAGES" / "messages.po"
# No line numbers and one order, so that two who add texts seldom meet; one line per text.
EXTRACT = ("-k", "_l", "-k", "_n:1,2", "--no-location", "--sort-output", "--no-wrap")
UPDATE = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--no-wrap")


def install(app: Flask) -> None:
    """Let every request speak the language of who is signed in."""
    Babel(app, default_locale=Language.SWEDISH, locale_selector=chosen)
    app.jinja_env.globals |= {"language": current, "_": gettext, "gettext": gettext, "ngettext": ngettext}


def gettext(text: str, /, **values: Any) -> Markup:
    """`_` of the templates: what is put into the text is escaped."""
    return _marked(catalogue(current()).gettext(text)) % values if values else _whole(current(), text)


def ngettext(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """The text for so many, as templates say it."""
    return _marked(catalogue(current()).ngettext(one, many, number)) % {"num": number, **values}


@lru_cache(maxsize=4096)
def _whole(language: Language, text: str) -> Markup:
    # A percent sign is written twice in every text of a template.
    return _marked(catalogue(language).gettext(text)) % {}


def _marked(text: str) -> Markup:
    return Markup(text)  # noqa: S704  # nosec B704 (a text of the source)


def chosen() -> str:
    """The signed-in user's, else Swedish."""
    return current_user.language if current_user and current_user.is_authenticated else Language.SWEDISH.value


@click.command("translations")
def renew_translations() -> None:
    """Bring the English catalogue up to date with the source, and compile it."""
    template = FOLDER / "messages.pot"
    extract(template)
    run("update", "-i", str(template), "-d", str(FOLDER), "-l", Language.ENGLISH, *UPDATE)
    template.unlink()
    run("compile", "-d", str(FOLDER), "-l", Language.ENGLISH)


def extract(to: Path) -> None:
    """Every text of the source, without translations."""
    run("extract", "-F", str(ROOT / "pyproject.toml"), *EXTRACT, "-o", str(to), str(ROOT))


def run(*arguments: str) -> None:
    """One of Babel's own commands."""
    CommandLineInterface().run(["pybabel", "-q", *arguments])  # type: ignore[no-untyped-call]

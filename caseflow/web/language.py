"""Every user's own language, and the command that renews the catalogue."""

from __future__ import annotations

from pathlib import Path

import click
from babel.messages.frontend import CommandLineInterface
from flask import Flask
from flask_babel import Babel
from flask_login import current_user

from caseflow.core.language import Language, current

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "caseflow" / "translations"
CATALOGUE = FOLDER / Language.ENGLISH / "LC_MESSAGES" / "messages.po"
# No line numbers and one order, so that two who add texts seldom meet; one line per text.
EXTRACT = ("-k", "_l", "-k", "_n:1,2", "--no-location", "--sort-output", "--no-wrap")
UPDATE = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--no-wrap")


def install(app: Flask) -> None:
    """Let every request speak the language of who is signed in."""
    Babel(app, default_locale=Language.SWEDISH, locale_selector=chosen)
    app.jinja_env.globals["language"] = current


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

"""The language of what people read. Texts are written in Swedish in the source; the catalogue holds the English.

`_("Registrera praktik")` is said in the reader's language, `_("Registrera %(kind)s", kind=…)` with values in it, and
`_n("%(num)s dag", "%(num)s dagar", n)` by number. `_l` waits with the translation until the text is shown: for texts
that are made when a module is loaded (labels of forms, tables of words). Nobody reads: Swedish.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations
from flask import g, has_app_context
from flask_babel import LazyString, force_locale, get_locale, refresh

__all__ = ["FOLDER", "Language", "_", "_l", "_n", "ask_anew", "catalogue", "current", "in_swedish"]

FOLDER = Path(__file__).parents[1] / "translations"


def _(text: str, **values: object) -> str:
    """The text in the reader's language."""
    said = catalogue(current()).gettext(text)
    return said % values if values else said


def _n(one: str, many: str, number: int, **values: object) -> str:
    """The text for so many, in the reader's language."""
    return catalogue(current()).ngettext(one, many, number) % {"num": number, **values}


def _l(text: str, **values: object) -> LazyString:
    """The text in the language of whoever reads it then."""
    return LazyString(_, text, **values)


class Language(StrEnum):
    """A language that users can choose."""

    SWEDISH = "sv"
    ENGLISH = "en"

    @property
    def label(self) -> str:
        """Its name in the language itself."""
        return {"sv": "Svenska", "en": "English"}[self]


@cache
def catalogue(language: Language) -> NullTranslations:
    """The texts in the language, read once. A page says hundreds: Flask-Babel would look for the catalogue at each."""
    if language is Language.SWEDISH:
        return NullTranslations()
    return Translations.load(FOLDER, [language.value])


def current() -> Language:
    """The reader's. A page asks hundreds of times, so Flask-Babel is asked once in each context."""
    if not has_app_context():
        return Language.SWEDISH
    known: Language | None = g.get("language")
    if known is None:
        locale = get_locale()
        english = locale is not None and locale.language == Language.ENGLISH
        known = g.language = Language.ENGLISH if english else Language.SWEDISH
    return known


def ask_anew() -> None:
    """The reader has chosen another language, or is another."""
    g.pop("language", None)
    refresh()


@contextmanager
def in_swedish() -> Iterator[None]:
    """What is kept or compared is said in one language, whoever asks for it."""
    if not has_app_context():
        yield
        return
    before = g.pop("language", None)
    try:
        with force_locale(Language.SWEDISH):
            yield
    finally:
        g.language = before

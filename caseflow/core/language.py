"""The language of what people read. Texts are written in Swedish in the source; the catalogue holds the English.

`_("Registrera praktik")` is said in the reader's language, `_("Registrera %(kind)s", kind=…)` with values in it, and
`_n("%(num)s dag", "%(num)s dagar", n)` by number. `_l` waits with the translation until the text is shown: for texts
that are made when a module is loaded (labels of forms, tables of words). Nobody reads: Swedish.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import flask_babel
from flask_babel import force_locale, get_locale
from flask_babel import lazy_gettext as _l

__all__ = ["Language", "_", "_l", "_n", "current", "in_swedish"]


def _(text: str, **values: object) -> str:
    """The text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def _n(one: str, many: str, number: int, **values: object) -> str:
    """The text for so many, in the reader's language."""
    return str(flask_babel.ngettext(one, many, number, **values))


class Language(StrEnum):
    """A language that users can choose."""

    SWEDISH = "sv"
    ENGLISH = "en"

    @property
    def label(self) -> str:
        """Its name in the language itself."""
        return {"sv": "Svenska", "en": "English"}[self]


def current() -> Language:
    """The reader's."""
    locale = get_locale()
    return Language(locale.language) if locale else Language.SWEDISH


@contextmanager
def in_swedish() -> Iterator[None]:
    """What is kept or compared is said in one language, whoever asks for it."""
    with force_locale(Language.SWEDISH):
        yield

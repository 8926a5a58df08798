"""The reader's formats as template filters. Numbers come from Babel (in Swedish: no-break space, comma, real minus)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from caseflow.core import clock
from caseflow.core.language import Language, _, _n, current

LOCALES = {Language.SWEDISH: "sv_SE", Language.ENGLISH: "en_GB"}
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def locale() -> str:
    """Whose way of writing numbers and days the reader has."""
    return LOCALES[current()]


def unknown() -> str:
    """What stands for a value that nobody has given."""
    return _("uppgift saknas")


def dat(day: date | None) -> str:
    """2020-08-31."""
    return unknown() if day is None else day.isoformat()


def klockslag(instant: datetime | None) -> str:
    """2020-10-21 kl. 10.42, Stockholm time."""
    if instant is None:
        return unknown()
    moment = clock.local(instant)
    time = f"{moment:%H.%M}" if current() is Language.SWEDISH else f"{moment:%H:%M}"
    return _("%(day)s kl.\N{NO-BREAK SPACE}%(time)s", day=dat(moment.date()), time=time)


def tal(number: Decimal | float | None, decimals: int | None = None) -> str:
    """1 875 726 or 8,3; `decimals` fixes how many, else as many as the number has, one at most."""
    if number is None:
        return unknown()
    return _written(number, decimals, locale())


# A page writes the same few numbers many times, and Babel takes its time over each.
@lru_cache(maxsize=4096)
def _written(number: Decimal | float, decimals: int | None, locale: str) -> str:
    # Half goes up, as people round; binary fractions by the digits that people see.
    rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-(1 if decimals is None else decimals)), ROUND_HALF_UP)
    pattern = "#,##0.#" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    # Without sign when it rounds to zero; Babel writes a pattern's minus as a hyphen.
    return format_decimal(rounded or Decimal(0), format=pattern, locale=locale).replace("-", MINUS)


def kr(amount: Decimal | float | None, decimals: int = 0) -> str:
    """1 875 726 kr."""
    return unknown() if amount is None else f"{tal(amount, decimals)}{NBSP}kr"


def dagar(days: Decimal | float | None) -> str:
    """1 dag, 8,3 dagar."""
    if days is None:
        return unknown()
    return f"{tal(days)}{NBSP}{_n('dag', 'dagar', 1 if days == 1 else 2)}"


def procent(share: Decimal | float | None, decimals: int = 0) -> str:
    """55 %, from 0.55."""
    if share is None:
        return unknown()
    return f"{tal(Decimal(str(share)) * 100, decimals)}{NBSP if current() is Language.SWEDISH else ''}%"


def veckodag(day: date | None) -> str:
    """tisdag 1 december."""
    return unknown() if day is None else format_date(day, "EEEE d MMMM", locale=locale())


def manad(day: date | None) -> str:
    """2020-08, for months."""
    return unknown() if day is None else f"{day:%Y-%m}"


FILTERS = (dat, klockslag, tal, kr, dagar, procent, veckodag, manad)


def install(app: Flask) -> None:
    """Register the filters."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

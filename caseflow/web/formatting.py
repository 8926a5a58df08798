"""Swedish formats as template filters. Numbers come from Babel (no-break space, comma, real minus)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from caseflow.core import clock

UNKNOWN = "uppgift saknas"
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def dat(day: date | None) -> str:
    """2020-08-31."""
    return UNKNOWN if day is None else day.isoformat()


def klockslag(instant: datetime | None) -> str:
    """2020-10-21 kl. 10.42, Stockholm time."""
    if instant is None:
        return UNKNOWN
    return f"{clock.local(instant):%Y-%m-%d kl.{NBSP}%H.%M}"


def tal(number: Decimal | float | None, decimals: int | None = None) -> str:
    """1 875 726 or 8,3; `decimals` fixes how many, else as many as the number has, one at most."""
    if number is None:
        return UNKNOWN
    # Half goes up, as people round; binary fractions by the digits that people see.
    rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-(1 if decimals is None else decimals)), ROUND_HALF_UP)
    pattern = "#,##0.#" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    # Without sign when it rounds to zero; Babel writes a pattern's minus as a hyphen.
    return format_decimal(rounded or Decimal(0), format=pattern, locale="sv_SE").replace("-", MINUS)


def kr(amount: Decimal | float | None, decimals: int = 0) -> str:
    """1 875 726 kr."""
    return UNKNOWN if amount is None else f"{tal(amount, decimals)}{NBSP}kr"


def dagar(days: Decimal | float | None) -> str:
    """1 dag, 8,3 dagar."""
    if days is None:
        return UNKNOWN
    return f"{tal(days)}{NBSP}{'dag' if days == 1 else 'dagar'}"


def procent(share: Decimal | float | None, decimals: int = 0) -> str:
    """55 %, from 0.55."""
    return UNKNOWN if share is None else f"{tal(Decimal(str(share)) * 100, decimals)}{NBSP}%"


def veckodag(day: date | None) -> str:
    """tisdag 1 december."""
    return UNKNOWN if day is None else format_date(day, "EEEE d MMMM", locale="sv_SE")


def manad(day: date | None) -> str:
    """2020-08, for months."""
    return UNKNOWN if day is None else f"{day:%Y-%m}"


FILTERS = (dat, klockslag, tal, kr, dagar, procent, veckodag, manad)


def install(app: Flask) -> None:
    """Register the filters."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

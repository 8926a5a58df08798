"""What a cell says: text in, value out. Every reader raises BadValue with the sentence that says what to mend."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from caseflow.core import clock, personnummer
from caseflow.core.errors import RuleBroken
from caseflow.core.periods import first_of_month
from caseflow.core.personnummer import Identity
from caseflow.people.models import Protection

Reader = Callable[[str], Any]

_FOLDED = str.maketrans("åäöéü", "aaoeu")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01(?:[T ]00:00(?::00)?)?)?")
_PROTECTION = {
    **dict.fromkeys(("ja", "j", "sekretessmarkering"), Protection.MARKING),
    **dict.fromkeys(("nej", "n"), Protection.NONE),
    "skyddad_folkbokforing": Protection.REGISTRATION,
}
_SPACES = re.compile(r"\s+")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_GROUPED_BY_POINT = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GROUPED_BY_COMMA = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_AMBIGUOUS = re.compile(r"-?\d{1,3}[.,]\d{3}")
# More than the column holds, and than any sum of this kind can be.
_TOO_MANY_KR = Decimal(10) ** 10


class BadValue(ValueError):
    """The cell cannot be read; the argument is the Swedish sentence."""


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """The word without case, dots over letters and kind of space: "Första möte" and "forsta_mote" are one."""
    plain = unicodedata.normalize("NFC", word).strip().strip("*").strip().lower().translate(_FOLDED)
    return re.sub(r"[\s_-]+", "_", plain)


def text(limit: int) -> Reader:
    """Text of at most `limit` characters."""

    def read(cell: str) -> str:
        clean = _SPACES.sub(" ", unicodedata.normalize("NFC", cell)).strip()
        if any(unicodedata.category(character) == "Cc" for character in clean):
            raise BadValue("Texten innehåller styrtecken. Skriv om den.")
        if len(clean) > limit:
            raise BadValue(f"Texten är {len(clean)} tecken. Korta den till högst {limit}.")
        return clean

    return read


def day(cell: str) -> date:
    """A calendar day, ISO; a spreadsheet's midnight after it is allowed."""
    found = _DATE.fullmatch(cell.strip())
    try:
        if found is None:
            raise ValueError
        value = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise BadValue("Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2020-11-30.") from None
    if not 1900 <= value.year <= 2100:
        raise BadValue("Årtalet är orimligt. Kontrollera datumet.")
    return value


def past_day(cell: str) -> date:
    """A calendar day, today at the latest."""
    value = day(cell)
    if value > clock.today():
        raise BadValue(f"Datumet ligger i framtiden. I dag är det {clock.today()}. Ange en dag till och med i dag.")
    return value


def past_month(cell: str) -> date:
    """A calendar month as its first day, the present month at the latest; a date that begins the month is allowed."""
    found = _MONTH.fullmatch(cell.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2100:
        raise BadValue("Skriv månaden som ÅÅÅÅ-MM, till exempel 2020-11.")
    month = date(int(found[1]), int(found[2]), 1)
    if month > first_of_month(clock.today()):
        raise BadValue("Månaden ligger i framtiden. Kontrollera årtal och månad.")
    return month


def kronor(cell: str) -> Decimal:
    """Kronor with at most two decimals, not negative."""
    value = _number(cell, "Skriv beloppet i kronor med siffror, till exempel 12500,50.")
    if value < 0:
        raise BadValue("Ange beloppet utan minustecken.")
    if value != value.quantize(Decimal("0.01")):
        raise BadValue("Ange beloppet i kronor med högst två decimaler.")
    if value >= _TOO_MANY_KR:
        raise BadValue("Beloppet är orimligt stort. Kontrollera siffrorna.")
    return value.quantize(Decimal("0.01"))


def whole(low: int, high: int) -> Reader:
    """A whole number from `low` to `high`."""

    def read(cell: str) -> int:
        told = f"Skriv ett heltal från {low} till {high}."
        value = _number(cell.strip().removesuffix("%"), told)
        if value != value.to_integral_value() or not low <= value <= high:
            raise BadValue(told)
        return int(value)

    return read


def yes_no(cell: str) -> bool:
    """ja or nej."""
    answers = {"ja": True, "j": True, "nej": False, "n": False}
    if fold(cell) not in answers:
        raise BadValue("Skriv ja eller nej.")
    return answers[fold(cell)]


def protection(cell: str) -> Protection:
    """ja or nej, or the kind. A plain ja is sekretessmarkering."""
    if fold(cell) not in _PROTECTION:
        raise BadValue("Skriv ja, nej, sekretessmarkering eller skyddad folkbokföring.")
    return _PROTECTION[fold(cell)]


def choice(words: Mapping[str, StrEnum]) -> Reader:
    """One of the words."""
    values = {fold(word): value for word, value in words.items()}

    def read(cell: str) -> StrEnum:
        if fold(cell) not in values:
            raise BadValue(f"Skriv ett av orden {spoken_list(words)}.")
        return values[fold(cell)]

    return read


def identity(cell: str) -> Identity:
    """A personnummer or samordningsnummer."""
    try:
        return personnummer.parse(cell)
    except RuleBroken as error:
        raise BadValue(error.message) from None


def several(cell: str) -> tuple[str, ...]:
    """Names with "|" between, each once, in alphabetical order."""
    return tuple(sorted({text(120)(name) for name in cell.split("|") if name.strip()}))


def spoken_list(words: Iterable[str]) -> str:
    """a, b eller c."""
    *first, last = words
    return f"{', '.join(first)} eller {last}" if first else last


def _number(cell: str, told: str) -> Decimal:
    compact = _SPACES.sub("", cell).replace("−", "-").lower().removesuffix("kr")
    if _AMBIGUOUS.fullmatch(compact):
        raise BadValue(f"{cell.strip()} kan läsas på två sätt. Skriv talet utan punkt eller komma mellan tusentalen.")
    if _PLAIN_NUMBER.fullmatch(compact):
        return Decimal(compact.replace(",", "."))
    if _GROUPED_BY_POINT.fullmatch(compact):
        return Decimal(compact.replace(".", "").replace(",", "."))
    if _GROUPED_BY_COMMA.fullmatch(compact):
        return Decimal(compact.replace(",", ""))
    raise BadValue(told)

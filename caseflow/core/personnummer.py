"""Swedish personal identity numbers, checked by the `personnummer` library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from personnummer import personnummer as library

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _


class Sex(StrEnum):
    """Legal sex as the birth number says it."""

    WOMAN = "woman"
    MAN = "man"

    @property
    def label(self) -> str:
        return _("kvinna") if self is Sex.WOMAN else _("man")


@dataclass(frozen=True)
class Identity:
    """A checked personnummer or samordningsnummer: twelve digits, and what follows from them."""

    number: str
    birth_on: date
    sex: Sex

    @property
    def masked(self) -> str:
        """For pages: the birth date and dots."""
        return f"{self.number[:8]}-••••"


def parse(text: str) -> Identity:
    """Read a number as people write it (ten or twelve digits, with or without hyphen).

    Raises RuleBroken with a sentence that says what to mend.
    """
    compact = text.strip().replace(" ", "").replace("–", "-").replace("−", "-")
    try:
        found = library.Personnummer(compact)
    except library.PersonnummerException:
        raise RuleBroken(_advice(compact), field="personnummer") from None
    birth_on = date(int(found.full_year), int(found.month), _day(found))
    if birth_on > clock.today():
        raise RuleBroken(_("Personnumret har ett födelsedatum i framtiden. Kontrollera årtalet."), field="personnummer")
    sex = Sex.WOMAN if found.is_female() else Sex.MAN
    return Identity(found.format(long_format=True).replace("-", "").replace("+", ""), birth_on, sex)


def _day(found: library.Personnummer) -> int:
    day = int(found.day)
    return day - 60 if day > 60 else day


def _advice(compact: str) -> str:
    digits = sum(character.isdigit() for character in compact)
    if digits not in (10, 12):
        return _("Skriv personnumret med tolv siffror, ÅÅÅÅMMDD-NNNN.")
    return _("Personnumret stämmer inte: datumet eller den sista siffran är fel. Kontrollera siffrorna.")

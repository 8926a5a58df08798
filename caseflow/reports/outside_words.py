"""Which sentences may leave the organisation: those that tell no number of persons. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from caseflow.reports.protection import SMALLEST_SHOWN
from caseflow.web.formatting import NBSP

WITHHELD = "En upplysning med antal visas inte här."
CASE_NUMBER = re.compile(r"\b(?:19|20)\d\d-\d{4,}\b|\bH\d{4,}\b")
# Numbers that count nobody: days and years, times, codes such as W3 and "95 %".
NAMES = re.compile(
    r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b"
    r"|\bkl\. \d\d\.\d\d"
    r"|\b95 %"
    r"|\b[A-ZÅÄÖ]{1,3} ?\d+\b"
    r"|\b500-uppdraget"
    r"|\(färre än 5\)"
)
# Sizes: lengths of time, money, decimals.
SIZES = re.compile(r"\b\d[\d ]*(?:,\d+)?(?:[–-]\d+)? (?:dag|månad|veck|år|tim|kr|tkr|mnkr|tusen)\w*|\b\d+,\d+")

NUMBER = re.compile(r"\d+(?: \d{3})*")
SMALL = {str(number) for number in range(1, SMALLEST_SHOWN)}


@dataclass(frozen=True)
class Figures:
    """The figures of a report as they are written: those that are only hidden, and those shown somewhere."""

    hidden: frozenset[str]
    shown: frozenset[str]


def may_leave(text: str, figures: Figures, nothing_hidden: bool = False) -> bool:
    """Whether the text tells no figure that is hidden in the report, nor any number of persons but those it shows.

    `nothing_hidden`: in what the text is about; only then may it tell a percentage that does not stand there.
    """
    plain = NAMES.sub(" ", text.replace(NBSP, " "))
    if names_a_case(text) or any(_says(plain, secret.replace(NBSP, " ")) for secret in figures.hidden):
        return False
    shares = [share.replace(" ", NBSP) for share in re.findall(r"\d+(?:,\d+)? %", plain)]
    if not nothing_hidden and not figures.shown.issuperset(shares):
        return False
    said = NUMBER.findall(SIZES.sub(" ", re.sub(r"\d+(?:,\d+)? %", " ", plain)))
    # A small number is no number of persons only if somebody has read the sentence; here nobody has.
    return all(number not in SMALL and number.replace(" ", NBSP) in figures.shown for number in said)


def word_may_leave(text: str, figures: Figures) -> bool:
    """The same for a few words, such as a target: a number in them that is neither hidden nor small is let through."""
    said = NUMBER.findall(SIZES.sub(" ", NAMES.sub(" ", text.replace(NBSP, " "))))
    return not names_a_case(text) and not SMALL.intersection(said) and not figures.hidden.intersection(said)


def without_numbers(text: str, figures: Figures, nothing_hidden: bool = False) -> str:
    """The text, or a sentence in its place where it tells a number."""
    return text if may_leave(text, figures, nothing_hidden) else WITHHELD


def names_a_case(text: str) -> bool:
    """Whether the text has the number of a case or a household in it."""
    return bool(CASE_NUMBER.search(text))


def _says(text: str, figure: str) -> bool:
    return bool(re.search(rf"(?<![\d,]){re.escape(figure)}(?![\d,])", text)) if re.search(r"\d", figure) else False

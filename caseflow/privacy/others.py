"""Other people in an extract: every text in it, with the names of household members and staff that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.core.language import _l
from caseflow.extensions import db
from caseflow.people.models import Participant

# Texts that somebody has written in their own words, by table. A test fails on one that is in the extract and not here.
TEXTS = {
    "case_event": ("note", "void_reason"),
    "placement": ("supervisor",),
    "retention_hold": ("reason",),
    "case_grant": ("reason",),
}
# What stands in place of somebody else's name, and of a text that is not handed out.
MASK, MASKED_TEXT = "[maskerat]", "[texten är maskerad]"


class Choice(StrEnum):
    """What the reviewer decides of a text."""

    KEEP = "keep"
    MASK = "mask"
    HIDE = "hide"

    @property
    def label(self) -> str:
        return str(CHOICE_LABELS[self])


CHOICE_LABELS = {
    Choice.KEEP: _l("Lämna ut som den är"),
    Choice.MASK: _l("Maskera namnen"),
    Choice.HIDE: _l("Maskera hela texten"),
}


@dataclass(frozen=True)
class Passage:
    """A text of the extract. `parts`: its pieces in order, each with whether it is somebody else's name."""

    row: dict[str, Any]
    column: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def names_others(self) -> bool:
        return any(is_name for _, is_name in self.parts)

    @property
    def day(self) -> str:
        """When it happened; of a hold and a grant, until when and from when they last."""
        return str(self.row.get("occurred_on") or self.row.get("until_on") or self.row.get("from_at") or "")[:10]

    def apply(self, choice: Choice) -> None:
        """Write what is handed out into the extract's row."""
        if choice == Choice.HIDE:
            self.row[self.column] = MASKED_TEXT
        elif choice == Choice.MASK:
            self.row[self.column] = "".join(MASK if is_name else text for text, is_name in self.parts)


def passages(content: dict[str, Any], person: Participant) -> list[Passage]:
    """Every text in the extract, those that name others first."""
    pattern = _pattern(names_of_others(person))
    found = [
        Passage(row, column, tuple(_split(row[column], pattern)))
        for table in content["tables"]
        for row in table["rows"]
        for column in TEXTS.get(table["table"], ())
        if row[column]
    ]
    return sorted(found, key=lambda passage: not passage.names_others)


def names_of_others(person: Participant) -> set[str]:
    """First and last names of household members and staff, lower case; without the person's own."""
    family = select(Participant.first_name, Participant.last_name).where(
        Participant.household_id == person.household_id, Participant.id != person.id
    )
    words = [word for row in db.session.execute(family) for name in row for word in name.split()]
    words += [word for name in db.session.scalars(select(User.name)) for word in name.split()]
    own = {word.lower() for word in person.name.split()}
    return {word.lower() for word in words if len(word) > 1} - own


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the names as a whole word, with its genitive; names that follow each other are one."""
    each = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\b(?:{each})s?\b(?:\s+(?:{each})s?\b)*", re.IGNORECASE) if each else None


def _split(text: str, pattern: re.Pattern[str] | None) -> Iterator[tuple[str, bool]]:
    end = 0
    for match in pattern.finditer(text) if pattern else ():
        if match.start() > end:
            yield text[end : match.start()], False
        yield match.group(), True
        end = match.end()
    if end < len(text):
        yield text[end:], False

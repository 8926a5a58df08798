"""Every page as somebody reads it who has chosen English: none of the catalogue's Swedish is left on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

import pytest

from caseflow.core.language import Language
from caseflow.extensions import db
from caseflow.security.permissions import Role
from caseflow.web import language
from tests.meta.addresses import permitted_pages
from tests.meta.html import Page
from tests.meta.test_language import SHOWN, VALUE, catalogue
from tests.meta.world import World, is_page

UNREAD = ("script", "style")
# Named like something in the catalogue: areas, a unit, a saved view, a report; kinds of files, and a cell of one.
DATA = frozenset(
    {
        *("Digital vana", "Hälsa och ork", "Motivation och mål", "Samarbete"),
        *("Tillfälligt utan arbete", "Över måltid", "Nämndindikatorer", "nämndindikatorer"),
        *("deltagare", "placeringar", "avslut", "tre"),
    }
)
# A sentence with values is told by its words; with fewer letters than this it may be anything.
TELLING = 4


@pytest.mark.parametrize("role", Role)
def test_no_page_says_in_swedish_what_the_catalogue_has_in_english(world: World, role: Role) -> None:
    world.users[role].language = Language.ENGLISH
    db.session.commit()
    client = world.client(role)
    wrong = []
    for endpoint, address in permitted_pages(world, role):
        answer = client.get(address)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            page = Page(answer.text, whole=is_page(answer))
            wrong += [f"{endpoint}: {text}" for text in said(page.root) if is_swedish(text)]
    assert not wrong, "\n".join(wrong)


def said(element: Element) -> Iterator[str]:
    """What can be read or heard of the element. What says that it is in Swedish may be."""
    if not isinstance(element.tag, str) or element.tag in UNREAD or element.get("lang") == Language.SWEDISH:
        return
    texts = [element.text, *(child.tail for child in element), *(element.get(name) for name in SHOWN)]
    yield from (" ".join(text.split()) for text in texts if text and text.strip())
    for child in element:
        yield from said(child)


def is_swedish(text: str) -> bool:
    whole, patterns = swedish()
    return text not in DATA and (text in whole or any(pattern.fullmatch(text) for pattern in patterns))


@cache
def swedish() -> tuple[set[str], list[re.Pattern[str]]]:
    """The Swedish texts that read differently in English: whole ones, and those with places for values."""
    pairs = [
        pair for message in catalogue(language.CATALOGUE) if message.id for pair in forms(message.id, message.string)
    ]
    english = {to for _, to in pairs}
    differing = {text for text, to in pairs if text not in english}
    plain = {" ".join(text.split()) for text in differing if not VALUE.search(text)}
    rest = [text for text in differing if VALUE.search(text) and is_telling(text)]
    return plain, [pattern_of(text) for text in rest]


def forms(text: str | tuple[str, ...], english: str | tuple[str, ...]) -> list[tuple[str, str]]:
    """Each number's text with its English."""
    if isinstance(text, str) or isinstance(english, str):
        return [(str(text), str(english))]
    return list(zip(text, english, strict=True))


def is_telling(text: str) -> bool:
    return len(re.findall(r"[a-zåäö]", VALUE.sub("", text))) >= TELLING


def pattern_of(text: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in VALUE.split(" ".join(text.split()))))

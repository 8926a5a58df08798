"""What HTML allows inside what, beyond what a parser refuses: the rules of the standard that templates can break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol
from xml.etree.ElementTree import Element


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS = _named("h1 h2 h3 h4 h5 h6")
BLOCKS = HEADINGS | _named(
    """
    address article aside blockquote details dialog div dl fieldset figure footer form header hgroup hr main nav
    ol p pre section table ul
    """
)
# Hold words and what stands in a line, never a block.
ONLY_WORDS = HEADINGS | _named(
    """
    abbr b bdi bdo button cite code dfn em i kbd label mark output p pre q s samp small span strong sub sup time
    u var
    """
)
INTERACTIVE = _named("a button details input label select textarea")
# Which children an element may have; None: no such rule here.
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup", "hr"},
    "datalist": {"option"},
}
ANYWHERE = {"script", "template"}
# An element that must stand in one of these.
PARENTS = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "legend": {"fieldset"},
    "figcaption": {"figure"},
    "summary": {"details"},
    "caption": {"table"},
    "option": {"select", "datalist", "optgroup"},
    "source": {"picture", "audio", "video"},
}
FIRST = {"legend", "summary", "caption"}
OBSOLETE = _named("center font big strike tt marquee acronym basefont frame frameset")
OBSOLETE_ATTRIBUTES = frozenset(
    {"align", "valign", "bgcolor", "border", "cellpadding", "cellspacing", "nowrap", "color"}
)
SCOPES = {"col", "row", "colgroup", "rowgroup"}
INPUTS = _named(
    """
    button checkbox color date datetime-local email file hidden image month number password radio range reset
    search submit tel text time url week
    """
)
ROLES = _named(
    """
    alert alertdialog application article banner button checkbox combobox complementary contentinfo dialog
    document feed figure form grid gridcell group heading img link list listbox listitem log main meter
    navigation none note option presentation progressbar radio radiogroup region row rowgroup rowheader search
    searchbox separator slider status switch tab table tablist tabpanel term textbox timer toolbar tooltip tree
    treeitem
    """
)
STATES = _named(
    """
    activedescendant atomic autocomplete busy checked colcount colindex colspan controls current describedby
    description details disabled errormessage expanded flowto haspopup hidden invalid keyshortcuts label
    labelledby level live modal multiline multiselectable orientation owns placeholder posinset pressed readonly
    relevant required roledescription rowcount rowindex rowspan selected setsize sort valuemax valuemin valuenow
    valuetext
    """
)
NAME_OF_ELEMENT = re.compile(r"\S+")


class Parsed(Protocol):
    """A page, as `html.Page` holds it."""

    root: Element
    parents: dict[Element, Element]

    def ancestors(self, element: Element) -> Iterator[Element]: ...


def misplaced(page: Parsed) -> Iterator[str]:
    """Elements where the standard has no place for them, and attributes that it does not know."""
    for element in page.root.iter():
        # Comments; and drawings, which have rules of their own.
        if not isinstance(element.tag, str) or element.tag.startswith("{"):
            continue
        yield from _place_of(page, element)
        yield from _children_of(element)
        yield from _attributes_of(page, element)


def _place_of(page: Parsed, element: Element) -> Iterator[str]:
    tag = element.tag
    around = [one.tag for one in page.ancestors(element)]
    parent = page.parents.get(element)
    if tag in OBSOLETE:
        yield f"{tag} is obsolete"
    if tag in INTERACTIVE and {"a", "button"} & set(around):
        yield f"{tag} in a link or a button"
    if parent is None:
        return
    if tag in BLOCKS and parent.tag in ONLY_WORDS:
        yield f"{tag} in {parent.tag}, which holds words only"
    if tag in PARENTS and parent.tag not in PARENTS[tag]:
        yield f"{tag} in {parent.tag}"
    if tag in FIRST and next(iter(parent)) is not element:
        yield f"{tag} is not the first in {parent.tag}"


def _children_of(element: Element) -> Iterator[str]:
    allowed = CHILDREN.get(str(element.tag))
    if allowed is None:
        return
    for child in element:
        if isinstance(child.tag, str) and child.tag not in allowed | ANYWHERE:
            yield f"{child.tag} in {element.tag}"
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        yield f"words straight in {element.tag}"


def _attributes_of(page: Parsed, element: Element) -> Iterator[str]:
    tag, attributes = element.tag, element.attrib
    yield from (f"{name} on {tag} is obsolete" for name in OBSOLETE_ATTRIBUTES & set(attributes))
    if "id" in attributes and not NAME_OF_ELEMENT.fullmatch(attributes["id"]):
        yield f"id {attributes['id']!r} on {tag}"
    if int(attributes.get("tabindex", "0")) > 0:
        yield f"tabindex {attributes['tabindex']} on {tag}"
    if attributes.get("role", "group") not in ROLES:
        yield f"role {attributes['role']} on {tag}"
    for name in attributes:
        if name.startswith("aria-") and name.removeprefix("aria-") not in STATES:
            yield f"{name} on {tag}"
    if tag == "th" and attributes.get("scope") not in SCOPES:
        yield f"th {''.join(element.itertext()).strip()!r} without scope"
    if tag == "input" and attributes.get("type", "text") not in INPUTS:
        yield f"input of type {attributes['type']}"
    if tag == "button" and attributes.get("type", "submit") == "submit" and not _is_sent(page, element):
        yield f"button {''.join(element.itertext()).strip()!r} that sends nothing"


def _is_sent(page: Parsed, button: Element) -> bool:
    """Whether it sends a form, or closes a dialog that it stands in."""
    return "form" in button.attrib or any(one.tag in ("form", "dialog") for one in page.ancestors(button))

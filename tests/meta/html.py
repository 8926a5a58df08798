"""What is wrong with a page, as sentences: a strict HTML5 parser, the standard's content models, and our rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from tests.meta.content_models import misplaced

CONTROLS = ("input", "select", "textarea")
WITHOUT_LABEL = ("hidden", "submit", "button")
REFERENCES = (
    *("for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"),
    *("aria-activedescendant", "aria-details", "aria-errormessage", "aria-flowto"),
)
HTMX = {"hx-get": "GET", "hx-post": "POST"}


class Page:
    """A parsed answer: a whole page, or a block that goes into one."""

    def __init__(self, text: str, *, whole: bool) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(text) if whole else parser.parseFragment(text, container="div")
        self.errors = [f"line {place[0]}: {code} {facts}" for place, code, facts in parser.errors]
        self.whole = whole
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.ids = [element.attrib["id"] for element in self.root.iter() if "id" in element.attrib]

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.root.iter() if element.tag in tags)

    def ancestors(self, element: Element) -> Iterator[Element]:
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent


def faults(app: Flask, text: str, *, whole: bool = True) -> list[str]:
    """Everything that is wrong with the answer."""
    page = Page(text, whole=whole)
    found = [
        *page.errors,
        *misplaced(page),
        *_identities(page),
        *_labels(page),
        *_names(page),
        *_forms(page),
        *_policy(page),
    ]
    found += _targets(app, page)
    return found + _frame(page) if whole else found


def _frame(page: Page) -> list[str]:
    """Language, title, one h1, and headings that skip no level."""
    found = []
    if page.root.attrib.get("lang") != "sv":
        found.append("no lang")
    if not any(words(title).removesuffix(" – Caseflow").strip() for title in page.all("title")):
        found.append("no title")
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} h1")
    found += [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]
    primary = [
        words(button)
        for button in page.root.iter()
        if "btn-primary" in button.attrib.get("class", "").split()
        and not any(parent.tag == "dialog" for parent in page.ancestors(button))
    ]
    return found if len(primary) < 2 else [*found, f"several primary buttons: {primary}"]


def _identities(page: Page) -> list[str]:
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    found = [f"id {name} twice" for name in sorted(twice)]
    if not page.whole:
        return found
    for element in page.root.iter():
        for attribute in REFERENCES:
            for name in element.attrib.get(attribute, "").split():
                if name not in page.ids:
                    found.append(f"{element.tag} {attribute} names {name}, which is not there")
    return found


def _labels(page: Page) -> list[str]:
    """Every control is named by a label around it, a label for it, or its own aria-label."""
    labelled = {label.attrib["for"] for label in page.all("label") if "for" in label.attrib and words(label)}
    return [
        f"{control.tag} {control.attrib.get('name')} has no label"
        for control in page.all(*CONTROLS)
        if control.attrib.get("type") not in WITHOUT_LABEL
        and control.attrib.get("id") not in labelled
        and not {"aria-label", "aria-labelledby"} & set(control.attrib)
        and not any(parent.tag == "label" for parent in page.ancestors(control))
    ]


def _names(page: Page) -> list[str]:
    """Links, buttons and pictures say what they are to somebody who does not see them."""
    found = [
        f"{element.tag} without words"
        for element in page.all("a", "button", "summary", "legend", "th", "h1", "h2", "h3")
        if not words(element) and not {"aria-label", "aria-labelledby"} & set(element.attrib)
    ]
    return found + ["img without alt" for image in page.all("img") if "alt" not in image.attrib]


def _forms(page: Page) -> list[str]:
    """Whatever posts carries the token."""
    found = []
    for form in page.all("form"):
        if form.attrib.get("method", "get").lower() == "post" and not has_token(form):
            found.append(f"form to {form.attrib.get('action')} without CSRF token")
    for element in page.root.iter():
        if "hx-post" in element.attrib:
            around = [element, *page.ancestors(element)]
            if not any(has_token(one) for one in around if one.tag == "form"):
                found.append(f"hx-post to {element.attrib['hx-post']} without CSRF token")
    return found


def has_token(form: Element) -> bool:
    return any(one.attrib.get("name") == "csrf_token" and one.attrib.get("value") for one in form.iter("input"))


def _policy(page: Page) -> list[str]:
    """What the content policy would stop: code and styles in the page."""
    found = []
    for element in page.root.iter():
        found += [f"{name} on {element.tag}" for name in element.attrib if name.startswith("on")]
        if "style" in element.attrib:
            found.append(f"style on {element.tag}")
        if element.tag == "style":
            found.append("a style element")
        if element.tag == "script" and "src" not in element.attrib and element.attrib.get("type") != "application/json":
            found.append("script in the page")
    return found


def _targets(app: Flask, page: Page) -> list[str]:
    """Every address that the page leads to exists here, and takes the method it will be asked with."""
    wanted = []
    for element in page.root.iter():
        wanted += [(element.attrib[name], "GET") for name in ("href", "src") if element.attrib.get(name)]
        wanted += [(element.attrib[name], method) for name, method in HTMX.items() if name in element.attrib]
        if element.tag == "form" and element.attrib.get("action"):
            wanted.append((element.attrib["action"], element.attrib.get("method", "get").upper()))
        if "formaction" in element.attrib:
            wanted.append((element.attrib["formaction"], "POST"))
    return [fault for address, method in wanted if (fault := dead_end(app, page, address, method))]


def dead_end(app: Flask, page: Page, address: str, method: str) -> str | None:
    """Why the address leads nowhere, None when it does not."""
    path, fragment = urldefrag(address)
    if not path:
        missing = page.whole and fragment and fragment not in page.ids
        return f"link to #{fragment}, which is not on the page" if missing else None
    if path.startswith("?"):
        return None
    parts = urlsplit(path)
    if parts.scheme or parts.netloc:
        return f"link out of the house: {address}"
    try:
        endpoint, values = app.url_map.bind("localhost").match(parts.path, method)
    except (NotFound, MethodNotAllowed, RequestRedirect) as refusal:
        return f"{method} {address}: {type(refusal).__name__}"
    missing_file = endpoint == "static" and not Path(app.static_folder or "", values["filename"]).is_file()
    return f"no file {address}" if missing_file else None


def words(element: Element) -> str:
    """What is read aloud: the text inside, and the names of what is inside."""
    named = [one.attrib.get("aria-label", "") + one.attrib.get("alt", "") for one in element.iter()]
    return " ".join([*"".join(element.itertext()).split(), *filter(None, named)])

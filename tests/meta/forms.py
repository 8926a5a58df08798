"""The forms of the pages, filled in as a hasty user would: what stands there is left, what is empty gets something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from caseflow.security.permissions import Role
from tests.meta.addresses import permitted_pages
from tests.meta.html import Page
from tests.meta.world import World

Fields = dict[str, str]

# What a field without a value gets, by its type; a name of its own wins where the type is not enough.
BY_TYPE = {
    "date": "2020-12-01",
    "month": "2020-11",
    "number": "1",
    "password": "fyra glada grodor 7",
    "email": "a@b.se",
}
BY_NAME = {
    "username": "nyanvandare",
    "code": "NYKOD",
    "year": "2021",
    "planned_end_on": "2021-03-01",
    "pnr": "19750615-2383",
    "contact_email": "",
}


@dataclass(frozen=True)
class Form:
    """Where it stands, where it is sent, and what its fields hold. `own` are the names of its fields."""

    page: str
    address: str
    fields: Fields
    own: frozenset[str]


def forms_of(world: World, role: Role) -> dict[str, Form]:
    """Every form that the role meets on a page, by the address it is sent to. The first met counts."""
    found: dict[str, Form] = {}
    client = world.client(role)
    for _endpoint, page in permitted_pages(world, role):
        answer = client.get(page)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            for form in forms_on(page, answer.text):
                found.setdefault(form.address, form)
    return found


def forms_on(page: str, text: str) -> Iterator[Form]:
    parsed = Page(text, whole=True)
    for element in parsed.all("form"):
        if element.attrib.get("method", "get").lower() != "post":
            continue
        address = element.attrib.get("action") or page
        controls = [
            one for one in element.iter() if one.tag in ("input", "select", "textarea") and "name" in one.attrib
        ]
        identity = element.attrib.get("id")
        controls += [one for one in parsed.root.iter() if identity and one.attrib.get("form") == identity]
        fields: Fields = {}
        for control in controls:
            value = _value(control)
            if value is not None and "name" in control.attrib:
                fields.setdefault(control.attrib["name"], value)
        own = frozenset(one.attrib["name"] for one in controls if "name" in one.attrib)
        yield Form(page, urlsplit(address).path, fields, own)


def _value(control: Element) -> str | None:
    name, kind = control.attrib.get("name", ""), control.attrib.get("type", "text")
    if control.tag == "select":
        options = [option for option in control.iter("option") if option.attrib.get("value")]
        chosen = [option for option in options if "selected" in option.attrib] or options
        return chosen[0].attrib["value"] if chosen else None
    if control.tag == "textarea":
        return control.text or "Ny text."
    if kind in ("submit", "button", "file", "search"):
        return None
    if kind == "checkbox":
        return control.attrib.get("value", "y") if "checked" in control.attrib else None
    given = control.attrib.get("value", "")
    if given or kind == "hidden":
        return given
    return BY_NAME.get(name, BY_TYPE.get(kind, "Nytt ord"))

"""The record of processing activities (article 30 of the GDPR), put together from the data catalogue.

`docs/art30.md` is its Markdown, and a test fails when the two differ. It is the municipality's own document, so it is
in Swedish whatever language the reader has chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app

from caseflow.privacy.activities import ACTIVITIES, Activity, Category
from caseflow.privacy.catalogue import TABLES
from caseflow.privacy.entries import entries

UNKNOWN = "uppgift saknas"
SAFETY = (
    "Behörighet efter roll och enhet, logg över läsning och ändringar, krypterade personnummer och filer, "
    "säkerhetskopior och gallring. Beskrivs i docs/security.md."
)


@dataclass(frozen=True)
class Data:
    """Some columns of one table that hold the same kind of data for the same purpose."""

    table: str
    columns: str
    category: Category
    purpose: str


@dataclass(frozen=True)
class Part:
    """What the record says of one activity."""

    activity: Activity
    facts: list[tuple[str, str]]
    data: list[Data]


def responsible() -> list[tuple[str, str]]:
    """Who answers for the processing: from the settings."""
    return [
        ("Personuppgiftsansvarig", current_app.config["CASEFLOW_CONTROLLER"] or UNKNOWN),
        ("Dataskyddsombud", current_app.config["CASEFLOW_DATA_PROTECTION_OFFICER"] or UNKNOWN),
        ("Säkerhetsåtgärder", SAFETY),
        ("Överföring till tredjeland", "Ingen. Programmet skickar inget till andra värdar."),
    ]


def parts() -> list[Part]:
    """Every activity with its data, in the order of the catalogue."""
    return [Part(activity, _facts(activity), _data(activity)) for activity in ACTIVITIES]


def _facts(activity: Activity) -> list[tuple[str, str]]:
    kinds = {entry.category for entry in entries() if entry.activity is activity}
    return [
        ("Ändamål", activity.purpose),
        ("Rättslig grund", activity.ground),
        ("Registrerade", activity.subjects),
        ("Kategorier av uppgifter", ", ".join(kind.value for kind in Category if kind in kinds)),
        ("Mottagare", activity.recipients),
        ("Gallring", activity.retention),
    ]


def _data(activity: Activity) -> list[Data]:
    return [
        Data(table, columns, category, purpose)
        for table, of, rows in TABLES
        if of is activity
        for category, purpose, columns in rows
    ]


def markdown() -> str:
    """The whole record as `docs/art30.md` has it."""
    return "\n".join([*_head(), *(line for part in parts() for line in _section(part))])


def _head() -> Iterator[str]:
    yield "# Registerförteckning enligt artikel 30 dataskyddsförordningen\n"
    yield "Skrivs av `flask --app wsgi art30 > docs/art30.md` från `caseflow/privacy/catalogue.py`."
    yield "Ändra inte för hand.\n"
    yield from (f"- **{label}:** {words}" for label, words in responsible())
    yield ""


def _section(part: Part) -> Iterator[str]:
    yield f"## {part.activity.name}\n"
    yield from (f"- **{label}:** {words}" for label, words in part.facts)
    yield "\n| tabell | kolumner | kategori | för att |\n|---|---|---|---|"
    for row in part.data:
        yield f"| {row.table} | {row.columns} | {row.category.value} | {row.purpose} |"
    yield ""

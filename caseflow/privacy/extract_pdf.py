"""An extract as a PDF, set like the reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from caseflow.core import clock
from caseflow.core.language import in_swedish
from caseflow.reports.as_pdf import pdf_bytes
from caseflow.reports.document import Cell, Column, Document, Row, Table

# What tables and columns are called in words; a test fails on one that has none.
TABLES = {
    "participant": "Personen",
    "household": "Hushållet",
    "assistance_payment": "Utbetalt försörjningsstöd",
    "cases": "Ärenden",
    "case_event": "Händelser",
    "case_programme": "Program",
    "placement": "Placeringar",
    "wage_cost": "Lönekostnader",
    "assessment": "Skattningar",
    "assessment_score": "Skattningarnas poäng",
    "register_version": "Tidigare uppgifter",
    "case_wait": "Väntetider",
    "retention_hold": "Gallringsstopp",
    "referral_disclosure": "Utlämnade uppgifter",
    "case_grant": "Behörighet till skyddat ärende",
}
COLUMNS = {
    "number": "Nummer",
    "first_name": "Förnamn",
    "last_name": "Efternamn",
    "birth_on": "Född",
    "sex": "Kön",
    "protected": "Skyddade personuppgifter",
    "protected_registration": "Skyddad folkbokföring",
    "af_registered": "Inskriven på Arbetsförmedlingen",
    "leaves_establishment": "Lämnar etableringen",
    "activity_hours": "Timmar i veckan",
    "created_at": "Registrerad",
    "recorded_at": "Registrerad",
    "known_since_at": "Känt sedan",
    "thinned_at": "Gallrad",
    "voided_at": "Rättad",
    "void_reason": "Skäl till rättelse",
    "voided_by_id": "Rättad av",
    "recorded_by_id": "Registrerad av",
    "children": "Antal barn",
    "assistance_since_on": "Försörjningsstöd sedan",
    "reason_code": "Orsak till försörjningsstöd",
    "month_on": "Månad",
    "paid_kr": "Kronor",
    "external_id": "Nummer i annat system",
    "public_id": "Nummer i adresser",
    "from_unit_id": "Anvisande enhet",
    "to_unit_id": "Mottagande enhet",
    "unit_id": "Enhet",
    "stage": "Etapp",
    "stage_since_on": "I etappen sedan",
    "referred_on": "Anvisad",
    "closed_on": "Avslutad",
    "follow_up_due_on": "Nästa uppföljning",
    "social_worker_id": "Socialsekreterare",
    "counsellor_id": "Konsulent",
    "kind": "Slag",
    "occurred_on": "Dag",
    "note": "Text",
    "outcome": "Utfall",
    "household_effect": "Följd för hushållet",
    "typed_baseline_kr": "Försörjningsstöd före avslutet",
    "programme_id": "Program",
    "from_on": "Från",
    "to_on": "Till",
    "form": "Form",
    "workplace_id": "Arbetsplats",
    "percent": "Procent",
    "planned_end_on": "Planerat slut",
    "supervisor": "Handledare",
    "wage_kr": "Lön",
    "af_kr": "Bidrag från Arbetsförmedlingen",
    "programme_kr": "Betalt av programmet",
    "area_id": "Område",
    "value": "Poäng",
    "facts": "Uppgift",
    "wait": "Väntetid",
    "began_on": "Började",
    "ended_on": "Slutade",
    "stopped_on": "Avbröts",
    "left_wholly": "Lämnade försörjningsstödet helt",
    "reason": "Skäl",
    "until_on": "Till och med",
    "from_at": "Från",
    "until_at": "Till",
    "revoked_at": "Indragen",
    "revoked_by_id": "Indragen av",
    "granted_by_id": "Given av",
    "user_id": "Vem",
    "seen_at": "Sedd av chef",
    "seen_by_id": "Sedd av",
    "placed_by_id": "Stoppad av",
    "lifted_by_id": "Släppt av",
    "ground": "Grund för utlämnande",
    "consent_on": "Samtycke lämnat",
    "fields": "Vad som lämnades ut",
}
# Serial numbers that hold rows together: in the JSON, not on paper.
SERIALS = frozenset(
    {
        "participant_id",
        "household_id",
        "case_id",
        "placement_id",
        "assessment_id",
        "replaces_id",
        "public_id",
        "event_id",
    }
)


def extract_pdf(content: dict[str, Any]) -> bytes:
    """The whole file; in Swedish, as the extract itself."""
    made_at = datetime.fromisoformat(content["made_at"])
    with in_swedish():
        return pdf_bytes(
            Document(
                "registerutdrag",
                "Registerutdrag enligt artikel 15 dataskyddsförordningen",
                clock.local(made_at).date(),
                made_at,
                (
                    ("Namn", content["person"]["name"]),
                    ("Personnummer", content["person"]["number"]),
                    *content["responsible"].items(),
                ),
                (
                    *_elsewhere(content.get("elsewhere", {})),
                    *(_table(one) for one in content["tables"] if one["rows"]),
                    _readers(content["readers"]),
                    _processing(content["processing"]),
                ),
            )
        )


def _elsewhere(told: dict[str, Any]) -> Iterator[Table]:
    """Where the person asks for the rest, before everything else."""
    if told.get("units"):
        rows = tuple(Row(name, (Cell(name),)) for name in told["units"])
        heading = "Enheter som har egna uppgifter om personen"
        yield Table("elsewhere", heading, (Column("unit", "Enhet"),), rows, caption=told["said"])


def _table(told: dict[str, Any]) -> Table:
    """Each row of the database as lines of name and value: a table of twenty columns cannot be read on paper."""
    rows = tuple(
        Row(f"{number}.{name}", (Cell(number), Cell(COLUMNS.get(name, name)), Cell(_words(value))))
        for number, row in enumerate(told["rows"], start=1)
        for name, value in row.items()
        if value not in (None, "") and name not in SERIALS
    )
    columns = (Column("row", "Rad"), Column("name", "Uppgift"), Column("value", "Värde"))
    return Table(told["table"], TABLES.get(told["table"], told["table"]), columns, rows, caption=told["purpose"])


def _readers(readers: list[dict[str, Any]]) -> Table:
    """Who has read, once per person, unit and kind of reading."""
    ordered = sorted(readers, key=lambda one: (one["who"], one["unit"], one["what"], one["at"]))
    rows = []
    for key, group in groupby(ordered, key=lambda one: (one["who"], one["unit"], one["what"])):
        days = [one["at"][:10] for one in group]
        rows.append(Row(":".join(key), tuple(Cell(word) for word in (*key, str(len(days)), days[0], days[-1]))))
    labels = ("Vem", "Enhet", "Vad", "Gånger", "Först", "Sist")
    columns = tuple(Column(f"c{place}", label) for place, label in enumerate(labels))
    return Table("readers", "Vem som har läst eller ändrat", columns, tuple(rows))


def _processing(told: list[dict[str, str]]) -> Table:
    """Why the data is there, on what ground, who receives it and when it goes."""
    labels = {"purpose": "Ändamål", "ground": "Rättslig grund", "recipients": "Mottagare", "retention": "Gallring"}
    rows = tuple(
        Row(f"{one['name']}.{key}", (Cell(one["name"]), Cell(label), Cell(one[key])))
        for one in told
        for key, label in labels.items()
    )
    columns = (Column("name", "Behandling"), Column("what", "Vad"), Column("text", "Beskrivning"))
    return Table("processing", "Varför uppgifterna finns", columns, rows)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list):
        return ", ".join(value)
    return ", ".join(f"{name}: {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)

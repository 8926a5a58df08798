"""The exchange format: nine kinds of file, their columns, and what tells their rows apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.imports import values
from caseflow.imports.values import Reader, fold
from caseflow.organisation.rules import Sector


class FileKind(StrEnum):
    """What a file holds. The values are the names of the files; their order is the order of reading."""

    HOUSEHOLDS = "hushall"
    PARTICIPANTS = "deltagare"
    PAYMENTS = "utbetalningar"
    REFERRALS = "anvisningar"
    EVENTS = "handelser"
    SCORES = "skattningar"
    PLACEMENTS = "placeringar"
    WAGE_COSTS = "lonekostnader"
    EXITS = "avslut"


@dataclass(frozen=True)
class Column:
    """One column: its name in the header row, how its cells are read, and whether every row must fill it in."""

    name: str
    read: Reader
    required: bool = False


EVENT_WORDS = {
    "mottagen": EventKind.ACCEPTED,
    "åter": EventKind.RETURNED,
    "första möte": EventKind.FIRST_MEETING,
    "återkallad": EventKind.WITHDRAWN,
}

_id = values.text(80)
_name = values.text(80)
_place = values.text(160)
_long = values.text(2000)

COLUMNS: dict[FileKind, tuple[Column, ...]] = {
    FileKind.HOUSEHOLDS: (
        Column("hushallsnr", values.text(40), required=True),
        Column("antal_barn", values.whole(0, 30)),
        Column("bistand_sedan", values.past_day),
        Column("orsakskod", values.text(40)),
    ),
    FileKind.PARTICIPANTS: (
        Column("personnummer", values.identity, required=True),
        Column("fornamn", _name, required=True),
        Column("efternamn", _name, required=True),
        Column("hushallsnr", values.text(40)),
        Column("skyddad", values.protection),
        Column("af_inskriven", values.yes_no),
        Column("aktivitet_tim_vecka", values.whole(0, 80)),
    ),
    FileKind.PAYMENTS: (
        Column("hushallsnr", values.text(40), required=True),
        Column("manad", values.past_month, required=True),
        Column("belopp", values.kronor, required=True),
    ),
    FileKind.REFERRALS: (
        Column("anvisning_id", _id, required=True),
        Column("personnummer", values.identity, required=True),
        Column("fran_enhet", values.text(40), required=True),
        Column("till_enhet", values.text(40), required=True),
        Column("anvisad", values.day, required=True),
        Column("forsta_kontakt", values.day),
        Column("ansokan", values.day),
        Column("beslut", values.day),
        Column("program", values.several),
        Column("orsak", _long),
    ),
    FileKind.EVENTS: (
        Column("anvisning_id", _id, required=True),
        Column("handelse", values.choice(EVENT_WORDS), required=True),
        Column("datum", values.day, required=True),
        Column("notering", _long),
    ),
    FileKind.SCORES: (
        Column("anvisning_id", _id, required=True),
        Column("datum", values.day, required=True),
        Column("omrade", _name, required=True),
        Column("varde", values.whole(1, 5), required=True),
    ),
    FileKind.PLACEMENTS: (
        Column("placering_id", _id, required=True),
        Column("anvisning_id", _id, required=True),
        Column("typ", values.choice({kind.word: kind for kind in PlacementKind}), required=True),
        Column("anstallningsform", values.choice({form.word: form for form in EmploymentForm})),
        Column("arbetsgivare", _place, required=True),
        Column("arbetsplats", _place),
        Column("sektor", values.choice({sector.label: sector for sector in Sector})),
        Column("omfattning_procent", values.whole(1, 100)),
        Column("start", values.day, required=True),
        Column("planerat_slut", values.day),
        Column("slut", values.day),
        Column("slutorsak", _long),
    ),
    FileKind.WAGE_COSTS: (
        Column("placering_id", _id, required=True),
        Column("manad", values.past_month, required=True),
        Column("lonekostnad", values.kronor, required=True),
        Column("af_bidrag", values.kronor),
        Column("programmedel", values.kronor),
    ),
    FileKind.EXITS: (
        Column("anvisning_id", _id, required=True),
        Column("datum", values.day, required=True),
        Column("utfall", values.choice({outcome.word: outcome for outcome in ExitOutcome}), required=True),
        Column("hushallseffekt", values.choice({effect.word: effect for effect in HouseholdEffect})),
    ),
}

# The columns that tell the rows of a kind apart.
IDENTITY: dict[FileKind, tuple[str, ...]] = {
    FileKind.HOUSEHOLDS: ("hushallsnr",),
    FileKind.PARTICIPANTS: ("personnummer",),
    FileKind.PAYMENTS: ("hushallsnr", "manad"),
    FileKind.REFERRALS: ("anvisning_id",),
    FileKind.EVENTS: ("anvisning_id", "handelse"),
    FileKind.SCORES: ("anvisning_id", "datum", "omrade"),
    FileKind.PLACEMENTS: ("placering_id",),
    FileKind.WAGE_COSTS: ("placering_id", "manad"),
    FileKind.EXITS: ("anvisning_id",),
}

# The column a refusal points at when the rule itself names none of the file's.
USUAL_COLUMN: dict[FileKind, str] = {
    FileKind.HOUSEHOLDS: "hushallsnr",
    FileKind.PARTICIPANTS: "personnummer",
    FileKind.PAYMENTS: "belopp",
    FileKind.REFERRALS: "anvisad",
    FileKind.EVENTS: "datum",
    FileKind.SCORES: "datum",
    FileKind.PLACEMENTS: "start",
    FileKind.WAGE_COSTS: "lonekostnad",
    FileKind.EXITS: "datum",
}

# The last column of a file of refused rows says why; it is not read.
REASON_COLUMN = "fel"


def required_columns(kind: FileKind) -> list[str]:
    """The columns that a file of the kind must have."""
    return [column.name for column in COLUMNS[kind] if column.required]


def known_columns(kind: FileKind) -> set[str]:
    """The columns that a file of the kind may have."""
    return {column.name for column in COLUMNS[kind]}


def kind_of(name: str, header: list[str]) -> FileKind | None:
    """What the file holds, by its columns; its name decides where several fit equally or none does. None: unknown."""
    columns = {fold(column) for column in header}
    named = [kind for kind in FileKind if kind.value in fold(name)]
    fitting = [kind for kind in FileKind if columns.issuperset(required_columns(kind))]
    if fitting:
        return max(fitting, key=lambda kind: (len(columns & known_columns(kind)), kind in named))
    return named[0] if named else None

"""What the organisation consists of, with Swedish labels, and its rules."""

from __future__ import annotations

from enum import StrEnum

from caseflow.core.errors import RuleBroken
from caseflow.security.permissions import Role


class UnitKind(StrEnum):
    """What a unit does in the flow."""

    REFERS = "refers"
    RECEIVES = "receives"
    SUPPORTS = "supports"

    @property
    def label(self) -> str:
        return {"refers": "Anvisar", "receives": "Tar emot", "supports": "Stöd"}[self.value]


class Sector(StrEnum):
    """Who owns a workplace. The values are English, `label` is what files and pages say."""

    MUNICIPALITY = "municipality"
    MUNICIPAL_COMPANY = "municipal_company"
    PRIVATE = "private"
    NON_PROFIT = "non_profit"

    @property
    def label(self) -> str:
        return SECTOR_LABELS[self]


SECTOR_LABELS = {
    Sector.MUNICIPALITY: "kommun",
    Sector.MUNICIPAL_COMPANY: "kommunalt bolag",
    Sector.PRIVATE: "privat",
    Sector.NON_PROFIT: "ideell",
}

# The kind of unit that a role works at; the other roles need none.
UNIT_KIND_OF_ROLE = {Role.COUNSELLOR: UnitKind.RECEIVES, Role.SOCIAL_WORKER: UnitKind.REFERS}
ROLES_WITHOUT_UNIT = frozenset({Role.CONTROLLER, Role.ADMINISTRATOR})


def check_unit_of(role: Role, kind: UnitKind | None) -> None:
    """Raise RuleBroken unless a user of the role can belong to a unit of the kind. A manager may have one."""
    wanted = UNIT_KIND_OF_ROLE.get(role)
    if wanted is not None and kind != wanted:
        what = {UnitKind.RECEIVES: "tar emot anvisningar", UnitKind.REFERS: "anvisar"}[wanted]
        raise RuleBroken(f"Välj en enhet som {what}: {role.label.lower()} arbetar på en sådan.", field="unit")
    if role in ROLES_WITHOUT_UNIT and kind is not None:
        raise RuleBroken(f"Välj ingen enhet: {role.label.lower()} ser inga ärenden.", field="unit")


# What can have a target: code, Swedish name, unit of the value.
MEASURES = {
    "W1": ("Första kontakt till beslut", "dagar"),
    "W2": ("Ansökan till beslut", "dagar"),
    "W3": ("Anvisning till första möte", "dagar"),
    "W4": ("Första möte till första placering", "dagar"),
    "W5": ("Första placering till arbetsmarknadsanställning", "dagar"),
    "W6": ("Anvisning till avslut i arbete eller studier", "dagar"),
    "W7": ("Tid med försörjningsstöd när hushållet lämnar", "månader"),
    "F1": ("Inskrivna deltagare, i genomsnitt per månad", "deltagare"),
    "F2": ("Avslut till arbete eller studier", "avslut"),
    "F3": ("Avslut till varken arbete eller studier", "avslut"),
    "F4": ("Avslut från OSA till arbete eller studier", "avslut"),
    "F5": ("Påbörjade placeringar under året", "placeringar"),
    "F6": ("Deltagare med höjd anställningsbarhet", "deltagare"),
    "F7": ("Avslut till arbete eller studier per miljon kronor", "avslut per mnkr"),
    "H1": ("Hushåll med försörjningsstöd, i genomsnitt per månad", "hushåll"),
    "H2": ("Hushåll med försörjningsstöd i mer än två år", "hushåll"),
    "H3": ("Försörjningsstöd per hushåll och månad", "kr"),
    "H4": ("Utbetalt försörjningsstöd, rullande tolv månader", "kr"),
    "K1": ("Avslut där deltagaren börjat arbeta eller studera (KKiK)", "%"),
    "stage:referred": ("Tid i steget Anvisad", "dagar"),
    "stage:accepted": ("Tid i steget Mottagen", "dagar"),
    "stage:assessment": ("Tid i steget Kartläggning", "dagar"),
    "stage:placement": ("Tid i steget Praktik, arbetsträning, utvecklingsplats", "dagar"),
    "stage:employment": ("Tid i steget Arbetsmarknadsanställning", "dagar"),
}


def measure_label(code: str) -> str:
    """The measure's Swedish name; its code where it has none."""
    return MEASURES.get(code, (code, ""))[0]


def measure_unit(code: str) -> str:
    """What the measure is counted in."""
    return MEASURES.get(code, ("", ""))[1]

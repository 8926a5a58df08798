"""What the organisation consists of, with Swedish labels, and its rules."""

from __future__ import annotations

from enum import StrEnum

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.security.permissions import Role


class UnitKind(StrEnum):
    """What a unit does in the flow."""

    REFERS = "refers"
    RECEIVES = "receives"
    SUPPORTS = "supports"

    @property
    def label(self) -> str:
        return str({"refers": _("Anvisar"), "receives": _("Tar emot"), "supports": _("Stöd")}[self.value])


class Ground(StrEnum):
    """What lets a unit hand over what is secret to another: offentlighets- och sekretesslagen (OSL)."""

    CONSENT = "consent"
    NECESSARY = "necessary"
    NO_HARM = "no_harm"
    DUTY = "duty"

    @property
    def label(self) -> str:
        return str(GROUND_LABELS[self])


GROUND_LABELS = {
    Ground.CONSENT: _l("Samtycke (10 kap. 1 § och 12 kap. 2 § OSL)"),
    Ground.NECESSARY: _l("Nödvändigt för den egna verksamheten (10 kap. 2 § OSL)"),
    Ground.NO_HARM: _l("Det står klart att ingen lider men (26 kap. 1 § OSL)"),
    Ground.DUTY: _l("Uppgiftsskyldighet i lag eller förordning (10 kap. 28 § OSL)"),
}


class Sector(StrEnum):
    """Who owns a workplace. The values are English, `label` is what files and pages say."""

    MUNICIPALITY = "municipality"
    MUNICIPAL_COMPANY = "municipal_company"
    PRIVATE = "private"
    NON_PROFIT = "non_profit"

    @property
    def label(self) -> str:
        return str(SECTOR_LABELS[self])


SECTOR_LABELS = {
    Sector.MUNICIPALITY: _l("kommun"),
    Sector.MUNICIPAL_COMPANY: _l("kommunalt bolag"),
    Sector.PRIVATE: _l("privat"),
    Sector.NON_PROFIT: _l("ideell"),
}

# The kind of unit that a role works at; the other roles need none.
UNIT_KIND_OF_ROLE = {Role.COUNSELLOR: UnitKind.RECEIVES, Role.SOCIAL_WORKER: UnitKind.REFERS}
ROLES_WITHOUT_UNIT = frozenset({Role.CONTROLLER, Role.ADMINISTRATOR})


def check_unit_of(role: Role, kind: UnitKind | None) -> None:
    """Raise RuleBroken unless a user of the role can belong to a unit of the kind. A manager may have one."""
    wanted = UNIT_KIND_OF_ROLE.get(role)
    if wanted is not None and kind != wanted:
        who = role.label.lower()
        told = {
            UnitKind.RECEIVES: _("Välj en enhet som tar emot anvisningar: %(who)s arbetar på en sådan.", who=who),
            UnitKind.REFERS: _("Välj en enhet som anvisar: %(who)s arbetar på en sådan.", who=who),
        }
        raise RuleBroken(told[wanted], field="unit")
    if role in ROLES_WITHOUT_UNIT and kind is not None:
        raise RuleBroken(_("Välj ingen enhet: %(who)s ser inga ärenden.", who=role.label.lower()), field="unit")


# What can have a target: code, Swedish name, unit of the value.
MEASURES = {
    "W1": (_l("Första kontakt till beslut"), _l("dagar")),
    "W2": (_l("Ansökan till beslut"), _l("dagar")),
    "W3": (_l("Anvisning till första möte"), _l("dagar")),
    "W4": (_l("Första möte till första placering"), _l("dagar")),
    "W5": (_l("Första placering till arbetsmarknadsanställning"), _l("dagar")),
    "W6": (_l("Anvisning till avslut i arbete eller studier"), _l("dagar")),
    "W7": (_l("Tid med försörjningsstöd när hushållet lämnar"), _l("månader")),
    "F1": (_l("Inskrivna deltagare, i genomsnitt per månad"), _l("deltagare")),
    "F2": (_l("Avslut till arbete eller studier"), _l("avslut")),
    "F3": (_l("Avslut till varken arbete eller studier"), _l("avslut")),
    "F4": (_l("Avslut från OSA till arbete eller studier"), _l("avslut")),
    "F5": (_l("Påbörjade placeringar under året"), _l("placeringar")),
    "F6": (_l("Deltagare med höjd anställningsbarhet"), _l("deltagare")),
    "F7": (_l("Avslut till arbete eller studier per miljon kronor"), _l("avslut per mnkr")),
    "H1": (_l("Hushåll med försörjningsstöd, i genomsnitt per månad"), _l("hushåll")),
    "H2": (_l("Hushåll med försörjningsstöd i mer än två år"), _l("hushåll")),
    "H3": (_l("Försörjningsstöd per hushåll och månad"), "kr"),
    "H4": (_l("Utbetalt försörjningsstöd, rullande tolv månader"), "kr"),
    "K1": (_l("Avslut där deltagaren börjat arbeta eller studera (KKiK)"), "%"),
    "stage:referred": (_l("Tid i steget Anvisad"), _l("dagar")),
    "stage:accepted": (_l("Tid i steget Mottagen"), _l("dagar")),
    "stage:assessment": (_l("Tid i steget Kartläggning"), _l("dagar")),
    "stage:placement": (_l("Tid i steget Praktik, arbetsträning, utvecklingsplats"), _l("dagar")),
    "stage:employment": (_l("Tid i steget Arbetsmarknadsanställning"), _l("dagar")),
}


def measure_label(code: str) -> str:
    """The measure's name; its code where it has none."""
    return str(MEASURES.get(code, (code, ""))[0])


def measure_unit(code: str) -> str:
    """What the measure is counted in."""
    return str(MEASURES.get(code, ("", ""))[1])

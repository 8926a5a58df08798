"""The table of who sees and does what, in Swedish, for a municipality to read: docs/permissions.md is its output."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.security.permissions import Matter, Permission, Reader, Role, Rows, Scope, Share
from caseflow.security.policy import POLICY, SEES, share

P, M = Permission, Matter

HEAD = """# Vem ser och gör vad

Utskriven ur `caseflow/security/policy.py` med `flask --app wsgi permissions-doc > docs/permissions.md`. Ändra inte för
hand. Det som inte står i tabellerna får ingen se eller göra. Ett ärende som ligger utanför svarar som om det inte
fanns, och försöket loggas.
"""
CASES = """
Nämnder, och självständiga verksamhetsgrenar inom en nämnd, har sekretess mot varandra (8 kap. 1 och 2 §§ offentlighets-
och sekretesslagen). Enheten som anvisar ser därför hur det går i ärendet, men inte vad mottagaren skriver för egen del.
"""
MATTERS = """
- ja: allt.
- egna anvisningar: i de ärenden där hen själv är ansvarig socialsekreterare.
- siffror: bara som en del av siffror. Ärendena bakom en siffra visas med pseudonymer som inte går att söka på.
- tomt: inget.
"""
ROWS = {
    Rows.RECEIVED_BY_UNIT: "ärenden som den egna enheten tar emot",
    Rows.REFERRED_BY_UNIT: "ärenden som den egna enheten anvisar",
    Rows.OF_UNITS: "ärenden som den egna enheten anvisar eller tar emot; utan enhet: alla",
    Rows.NONE: "inga personer",
}
READERS = {
    Reader.COUNSELLOR: "Konsulent",
    Reader.SOCIAL_WORKER: "Socialsekreterare",
    Reader.RECEIVING_MANAGER: "Chef, mottagande enhet eller utan enhet",
    Reader.REFERRING_MANAGER: "Chef, anvisande enhet",
    Reader.CONTROLLER: "Controller",
    Reader.ADMINISTRATOR: "Systemförvaltare",
}
WORDS = {
    M.IDENTITY: "namn, ålder och kön",
    M.STATUS: "etapp, datum för det som har hänt, vem som är ansvarig, program",
    M.REFERRAL: "det som skrivs i anvisningen och före den, och varför den återkallas",
    M.HOUSEHOLD: "hushåll och utbetalt försörjningsstöd",
    M.PLACEMENTS: "placeringar: arbetsplats, form, omfattning, handledare, planerat slut",
    M.WAGE_COSTS: "lönekostnader",
    M.OUTCOME: "utfall: skäl till avslut och vad det betyder för hushållet",
    M.RETURN_REASON: "varför en anvisning återlämnas",
    M.REFERRERS_NOTES: "anteckningar som anvisande enhet gör",
    M.RECEIVERS_NOTES: "det mottagande enhet skriver: anteckningar, texter till möten och annat, skäl till rättelser",
    M.ASSESSMENTS: "skattningar",
}
SHARED = {Share.ALL: "ja", Share.OWN_REFERRALS: "egna anvisningar", Share.FIGURES: "siffror", Share.NONE: ""}
DEEDS = {
    P.USE_OWN_ACCOUNT: "använda sitt eget konto",
    P.VIEW_CASES: "öppna ärenden",
    P.REVEAL_IDENTITY: "visa personnummer (loggas)",
    P.REFER: "anvisa och återkalla anvisningar",
    P.RECEIVE_REFERRAL: "ta emot och återlämna anvisningar",
    P.LOG_CASE: "registrera möten, skattningar, placeringar, kostnader, uppföljningar",
    P.NOTE_CASE: "skriva anteckningar",
    P.CLOSE_CASE: "avsluta och återöppna ärenden",
    P.CORRECT_CASE: "rätta det som den egna rollen registrerar",
    P.CORRECT_PERSON: "rätta personuppgifter",
    P.HAND_OVER: "byta konsulent",
    P.GRANT_PROTECTED: "ge och dra in behörighet till skyddade ärenden (ser bara nummer och dagar)",
    P.BREAK_GLASS: "nödöppna ett skyddat ärende på den egna enheten i 60 minuter (chefen larmas)",
    P.VIEW_WORKPLACES: "se arbetsplatser",
    P.MANAGE_WORKPLACES: "ändra arbetsplatser",
    P.VIEW_WORKLOAD: "se konsulenternas ärenden",
    P.VIEW_MEASURES: "se ledtider och rapporter",
    P.COMPUTE_MEASURES: "räkna om siffror",
    P.ASSESS_GOALS: "sätta färg på mål",
    P.FREEZE_REPORT: "frysa rapporter",
    P.VIEW_READERS: "se vem som har läst om en deltagare",
    P.REVIEW_LOG: "granska loggen över läsningar",
    P.SUBJECT_ACCESS: "ta fram registerutdrag",
    P.THIN_OUT: "föreslå och godkänna gallring",
    P.VIEW_PROCESSING: "se registerförteckningen",
    P.VIEW_JOBS: "se bakgrundsjobb",
    P.IMPORT_FILES: "läsa in filer",
    P.ADMINISTER: "förvalta användare, enheter, program, målvärden och områden",
}
SCOPES = {Scope.UNIT: "ja", Scope.NO_PERSON: "ja", Scope.ALL: "utan enhet"}


def permissions_document() -> str:
    """The whole page, Markdown."""
    return "\n".join([HEAD, *_rows(), "", *_matters(), "", *_deeds(), ""])


def _rows() -> Iterator[str]:
    yield "## Vilka ärenden"
    yield CASES
    yield from _table(["Roll", "Ser"], [[role.label, ROWS[rows]] for role, rows in SEES.items()])


def _matters() -> Iterator[str]:
    yield "## Vad i ett sådant ärende"
    yield MATTERS
    rows = [[words, *(SHARED[share(reader, matter)] for reader in READERS)] for matter, words in WORDS.items()]
    yield from _table(["Uppgift", *READERS.values()], rows)


def _deeds() -> Iterator[str]:
    yield "## Vad rollen får göra"
    yield "\nI de ärenden som rollen ser. Ärendena bakom en siffra öppnas bara av den som ser dem.\n"
    granted = [[SCOPES[POLICY[deed][role]] if role in POLICY[deed] else "" for role in Role] for deed in DEEDS]
    rows = [[words, *cells] for words, cells in zip(DEEDS.values(), granted, strict=True)]
    yield from _table(["Får", *(role.label for role in Role)], rows)


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"

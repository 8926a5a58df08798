"""What personal data is processed for: the municipality's processing activities, as article 30 of the GDPR asks.

The grounds are the program's proposal; the controller's data protection officer answers for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of data a column holds, about whom. NONE: about nobody."""

    IDENTITY = "identitet"
    CASE = "ärendets gång"
    ASSISTANCE = "försörjning och hushåll"
    PLACEMENT = "placering"
    ASSESSMENT = "skattning"
    STAFF = "personal"
    TECHNICAL = "teknisk uppgift"
    NONE = "ingen personuppgift"


# What a participant has a right to know of when it is about them.
ABOUT_THE_PARTICIPANT = frozenset(
    {Category.IDENTITY, Category.CASE, Category.ASSISTANCE, Category.PLACEMENT, Category.ASSESSMENT}
)


@dataclass(frozen=True)
class Activity:
    """One processing activity: why, on what ground, about whom, who receives it and when it goes."""

    name: str
    purpose: str
    ground: str
    subjects: str
    recipients: str
    retention: str


SOCIAL_SERVICES = (
    "Art. 6.1 e dataskyddsförordningen: uppgift av allmänt intresse och myndighetsutövning enligt socialtjänstlagen. "
    "Lagen (2001:454) om behandling av personuppgifter inom socialtjänsten; känsliga uppgifter enligt dess 7 §."
)
THINNED = (
    "Gallras fem år efter den sista anteckningen i hushållets akter, senast vid utgången av året därpå "
    "(12 kap. 1–2 §§ socialtjänstlagen 2001:453). Därefter finns datum, enheter och belopp kvar utan person."
)

RULE = "Personakt i arbetsmarknadsinsatser"
RESEARCH = "12 kap. 2 § andra stycket socialtjänstlagen (2001:453) och 7 kap. 2 § socialtjänstförordningen (2001:937)"

INTERVENTION = Activity(
    "Arbetsmarknadsinsatser",
    "Följa varje deltagare från anvisning till avslut: vem som anvisas vart, vad som görs och vad det leder till.",
    SOCIAL_SERVICES,
    "Deltagare med försörjningsstöd; personal som registrerar",
    "Anvisande och mottagande enhet. Vid registerutdrag: deltagaren själv.",
    THINNED,
)
ASSISTANCE = Activity(
    "Försörjningsstöd och lönekostnader",
    "Bedöma målgruppen och räkna vad insatserna sparar och kostar.",
    SOCIAL_SERVICES,
    "Hushåll med försörjningsstöd; deltagare i arbetsmarknadsanställning",
    "Anvisande och mottagande enhet. Belopp kommer från försörjningssystemet genom inläsning.",
    THINNED,
)
STATISTICS = Activity(
    "Uppföljning och redovisning",
    "Räkna ledtider, utfall och mål för nämnd och ledning. Siffror visas utan person, små tal skyddas utanför huset.",
    "Art. 6.1 e och 89 dataskyddsförordningen: statistik som följer av uppgiften enligt socialtjänstlagen.",
    "Deltagare, utan namn och nummer",
    "Chef, controller, nämnd. Utanför kommunen bara sammanställningar där små tal är dolda.",
    "Siffror bevaras. Rader om ett ärende står utan person när ärendet gallrats.",
)
ACCESS = Activity(
    "Användare och inloggning",
    "Veta vem som arbetar i programmet, med vilken roll och för vilken enhet.",
    "Art. 6.1 c och e, art. 32 dataskyddsförordningen: behörighet och säkerhet i behandlingen.",
    "Personal med konto",
    "Systemförvaltare. Namn på den som registrerat visas för den som får se ärendet.",
    "Kontot stängs när någon slutar. Namn och roll bevaras så länge loggen pekar på dem.",
)
LOG = Activity(
    "Logg över läsning och ändringar",
    "Kunna visa vem som läst eller ändrat vad om vem, och upptäcka den som läser utan skäl.",
    "Art. 5.2, 6.1 c och 32 dataskyddsförordningen: ansvarsskyldighet och säkerhet.",
    "Personal med konto; deltagare genom löpnummer, och i logggranskningens ärendenummer och svar",
    "Chef vid logggranskning. Vid registerutdrag: deltagaren själv.",
    "Bevaras; raderna är låsta i en kedja. När en deltagare gallrats leder löpnumren inte till någon, och "
    "logggranskningens ärendenummer, svar och kommentarer är tömda.",
)
IMPORTS = Activity(
    "Inläsning av filer",
    "Ta in deltagare, hushåll, utbetalningar och händelser från andra system.",
    SOCIAL_SERVICES,
    "De personer som filerna handlar om; den som läser in",
    "Chef utan enhet som läser in",
    "Filen tas bort när den är inläst, senast efter 7 dagar. Avvisade rader efter 30 dagar. Rapporten har bara antal.",
)
DRAFTS = Activity(
    "Utkast och sparade vyer",
    "Spara det som en användare har fyllt i men inte skickat, och urval som en användare gett namn.",
    SOCIAL_SERVICES,
    "Personal; de deltagare som ett utkast handlar om",
    "Bara användaren själv",
    "Utkast tas bort när formuläret skickas, senast efter 30 dagar. Sparade vyer när användaren tar bort dem.",
)
WORKPLACES = Activity(
    "Arbetsplatser och handledare",
    "Veta var deltagare kan placeras och vem som tar emot dem.",
    "Art. 6.1 e dataskyddsförordningen: behövs för uppgiften enligt socialtjänstlagen.",
    "Handledare på arbetsplatser",
    "Mottagande enheter",
    "Ändras när handledaren byts. Arbetsplatsen bevaras.",
)
REGISTERS = Activity(
    "Enheter, program och mål",
    "Beskriva verksamheten: enheter, program, budgetar, mål och skattningsområden.",
    "Innehåller inga personuppgifter utöver vem som ändrat.",
    "Personal som ändrat",
    "Alla användare",
    "Bevaras.",
)
OPERATION = Activity(
    "Bakgrundsarbeten",
    "Räkna mått och läsa in filer i bakgrunden, och visa hur det går.",
    "Art. 6.1 e dataskyddsförordningen.",
    "Personal som begärt ett arbete; ärenden bara genom löpnummer",
    "Chef, controller, systemförvaltare",
    "Tas bort 90 dagar efter att arbetet är klart.",
)
RIGHTS = Activity(
    "Registrerades rättigheter och gallring",
    "Lämna registerutdrag till den som frågar, rätta, och gallra i tid.",
    "Art. 6.1 c, 15–17 dataskyddsförordningen; 12 kap. socialtjänstlagen (2001:453).",
    "Deltagare; personal som tog fram, granskade och beslutade",
    "Chef. Utdraget: deltagaren själv.",
    "Registerutdrag och gallringsstopp gallras med deltagaren. Protokoll över gallring bevaras; de nämner ingen.",
)
ACTIVITIES = (
    INTERVENTION,
    ASSISTANCE,
    STATISTICS,
    RIGHTS,
    LOG,
    IMPORTS,
    DRAFTS,
    ACCESS,
    WORKPLACES,
    REGISTERS,
    OPERATION,
)

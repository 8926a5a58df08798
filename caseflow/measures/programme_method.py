"""How a programme's figures are counted and what they cannot say, in plain Swedish: for the page and the report."""

from __future__ import annotations

from caseflow.core.language import _l

# Term and what it means, in the order they are read.
METHOD = (
    (
        _l("Platser"),
        _l("En deltagare räknas en gång, vid sin första placering som börjat medan ärendet var i programmet."),
    ),
    (
        _l("Hushåll"),
        _l(
            "Ett hushåll räknas en gång även om flera i hushållet deltagit: vid det första avslut då det lämnade "
            "stödet helt, annars vid det första då det har kvar utfyllnad."
        ),
    ),
    (
        _l("Utgångspunkt"),
        _l(
            "Medelvärdet av hushållets utbetalningar de tolv månaderna före månaden då det lämnade stödet. Månader "
            "utan utbetalning räknas inte in. Är ingen utbetalning känd används beloppet som skrivits in vid avslutet, "
            "annars är kronorna okända."
        ),
    ),
    (
        _l("Inte utbetalt"),
        _l(
            "För varje hel månad efter avslutet räknas skillnaden mellan utgångspunkten och det som betalades ut, "
            "aldrig under noll. Räkningen slutar den månad då stödet är tillbaka på utgångspunkten eller högre."
        ),
    ),
    (
        _l("Utfyllnad"),
        _l(
            "Utgångspunkten minus medelutbetalningen efteråt, gånger tolv. Det är ett årsvärde, inte kronor som redan "
            "sparats."
        ),
    ),
    (
        _l("Kostnad"),
        _l(
            "Löner för programmets arbetsmarknadsanställningar, minus det som Arbetsförmedlingen och programmet "
            "betalade. Lönekostnader dras aldrig av i bruttosumman: brutto, nettokostnad och skillnad står bredvid "
            "varandra."
        ),
    ),
    (
        _l("Känslighet"),
        _l(
            "Bruttosumman räknad på fyra sätt: med utgångspunkt av tolv eller sex månader, och med räkning som slutar "
            "eller fortsätter när stödet varit tillbaka. Fortsätter den räknas bara månader under utgångspunkten."
        ),
    ),
    (
        _l("Minskad budget"),
        _l(
            "Så mycket sänktes budgeten för försörjningsstöd med stöd av programmet. Andelen är det som inte betalats "
            "ut till hushåll som lämnat helt, delat med sänkningen. Årsvärdet för utfyllnad ingår inte."
        ),
    ),
    (
        _l("Uppföljning"),
        _l(
            "Var de som börjat en plats stod samma dag 12 och 18 månader senare. Den som inte har hunnit följas upp "
            "till brytdagen står på en egen rad, så att raderna blir alla."
        ),
    ),
)

NO_COMPARISON = _l(
    "Vi vet inte hur många som hade lämnat försörjningsstödet utan programmet. Några hade gjort det ändå, och det "
    "finns ingen jämförelsegrupp. Bruttosumman är därför det mesta som programmet kan ha gett, inte det som det har "
    "gett."
)

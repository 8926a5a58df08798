"""The board's indicators: every figure with women and men, the years before, target, colour and source."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.core.language import _, _l
from caseflow.measures.indicators import (
    ASSISTANCE,
    EFFICIENCY,
    HOUSEHOLDS,
    PARTICIPANTS,
    SHARES,
    WAITS,
    Indicator,
    earlier_periods,
    list_indicators,
    record_begins_on,
    value_of,
)
from caseflow.measures.selection import Selection
from caseflow.reports import board_units, board_waits
from caseflow.reports.asked import definitions_of, facts_of, selection_of
from caseflow.reports.board_tables import indicator_table
from caseflow.reports.document import Definition, Document, Kind, Table
from caseflow.reports.question import Question, ReportKind
from caseflow.web.formatting import tal


def build(question: Question) -> Document:
    """The report of one year, or of the part of it up to the cut-off."""
    selection = selection_of(question)
    found = {one.key: one for one in list_indicators(selection)}
    measures = {one.measure.key: one.measure for one in found.values()}
    return Document(
        key=KIND.key,
        title=_("Nämndindikatorer"),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(*facts_of(question), *_compared_with(selection)),
        tables=tuple(_tables(selection, found)),
        definitions=(*definitions_of(measures.values()), *_definitions()),
        warnings=tuple(_warnings(selection, found)),
    )


def _tables(selection: Selection, found: dict[str, Indicator]) -> Iterator[Table]:
    def of(keys: tuple[str, ...]) -> list[Indicator]:
        return [found[key] for key in keys]

    yield indicator_table("participants", _("Deltagare, avslut och placeringar"), of(PARTICIPANTS), Kind.NUMBER)
    yield indicator_table("shares", _("Andelar"), of(SHARES), Kind.PERCENT, 1)
    yield indicator_table("households", _("Hushåll med försörjningsstöd"), of(HOUSEHOLDS), Kind.NUMBER)
    yield indicator_table("assistance", _("Utbetalt försörjningsstöd"), of(ASSISTANCE), Kind.KRONOR)
    yield indicator_table("waits", _("Väntetider, medel"), of(WAITS), Kind.NUMBER, 1)
    yield board_waits.table(selection)
    yield indicator_table("efficiency", _("Avslut per miljon kronor"), of(EFFICIENCY), Kind.NUMBER, 1)
    if selection.chosen.unit is None:
        yield board_units.table(selection, found)
        yield board_units.efficiency(selection, found["F2"], found["F7"])


def _compared_with(selection: Selection) -> Iterator[tuple[str, str]]:
    same = earlier_periods(selection)[0]
    yield _("Samma period året före"), f"{same.from_on}–{same.to_on}"


def _warnings(selection: Selection, found: dict[str, Indicator]) -> Iterator[str]:
    """What the reader must know before the figures."""
    begins_on = record_begins_on(selection.cut)
    first = earlier_periods(selection)[-1].from_on
    if begins_on is None:
        yield _("Inget ärende är registrerat.")
    elif begins_on > first:
        yield _(
            "Registrets första anvisning är från %(begins_on)s. Tidigare perioder är ofullständiga eller okända.",
            begins_on=begins_on,
        )
    if selection.last_on < selection.period.to_on:
        yield _("Perioden är inte slut: siffrorna gäller till och med %(last_on)s.", last_on=selection.last_on)
    lacking, compared = value_of(found["F6:lacking"].now), value_of(found["F6:compared"].now)
    if lacking:
        yield (
            _(
                "%(lacking)s inskrivna deltagare saknar en andra skattning att jämföra med; %(compared)s kan "
                "jämföras. Höjd anställningsbarhet säger inget om de övriga.",
                lacking=tal(lacking),
                compared=tal(compared),
            )
        )
    if value_of(found["F7"].now) is None:
        yield _("Avslut per miljon kronor kräver ett helt år och en nettokostnad för varje enhet som tar emot.")


def _definitions() -> tuple[Definition, ...]:
    return (
        Definition(
            _("Färg enligt regeln"),
            _(
                "”Ska öka” och ”ska minska” jämförs med samma period året före och är uppfyllda när värdet är bättre. "
                "Annars jämförs värdet med målvärdet på periodens sista dag: uppfyllt när målet nås, delvis inom en "
                "tiondel, annars inte. Det som läggs ihop under året jämförs med så stor del av målet som perioden är "
                "av året. Grått när värdet, målet eller jämförelsen saknas. En controller kan välja en annan färg; "
                "båda visas."
            ),
            _("Caseflows beskrivning av måtten"),
        ),
    )


KIND = ReportKind(
    key="namndindikatorer",
    title=_l("Nämndindikatorer"),
    purpose=_l("Nämndens indikatorer för ett år: värde, kön, åren före, målvärde och färg."),
    answers=_l("Når vi nämndens mål, och åt vilket håll går det?"),
    build=build,
    asks=("unit", "programme", "sex", "ages"),
    whole_years=True,
)

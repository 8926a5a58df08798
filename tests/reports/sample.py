"""A report made by hand, with every kind of column, chart and note: what the writers are held against."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from caseflow.core.personnummer import Sex
from caseflow.measures.rules import Goal
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.reports.document import (
    Addition,
    Cell,
    Chart,
    ChartKind,
    Column,
    Definition,
    Document,
    Kind,
    Row,
    Series,
    Table,
    Trace,
    Value,
)

AS_OF = date(2020, 11, 30)
KNOWN_AT = datetime(2020, 12, 15, 11, 30, tzinfo=UTC)
CUT = Cut(AS_OF, KNOWN_AT)
YEAR = Selection(Period.year(2020), CUT)
FORMULA = '=HYPERLINK("http://example.org","x")'
TYPST = '#panic("x") $x^2$ *fet* [länk] @namn <etikett> // rest `kod` \\ "citat"'
MONTHS = ("2020-06", "2020-07", "2020-08", "2020-09", "2020-10", "2020-11")


def trace(measure: str, sex: Sex | None = None, part: str = "") -> Trace:
    return Trace(measure, Selection(YEAR.period, CUT, Filter(sex=sex), part))


def count(measure: str, number: int, sex: Sex | None = None) -> Cell:
    return Cell(number, number, trace(measure, sex))


def written(*values: Value) -> tuple[Cell, ...]:
    return tuple(Cell(value) for value in values)


def by_sex(key: str, label: str, women: int, men: int) -> Row:
    return Row(
        key,
        (
            Cell(label),
            count(key, women, Sex.WOMAN),
            count(key, men, Sex.MAN),
            count(key, women + men),
            Cell(100 * women / (women + men), women + men, trace(key)),
        ),
    )


SEX_COLUMNS = (
    Column("placement", "Placering"),
    Column("women", "Kvinnor", Kind.COUNT),
    Column("men", "Män", Kind.COUNT),
    Column("total", "Totalt", Kind.COUNT),
    Column("share_women", "Andel kvinnor", Kind.PERCENT, 1),
)
PLACES = Table(
    "placements",
    "Påbörjade placeringar",
    SEX_COLUMNS,
    (
        by_sex("employment", "arbetsmarknadsanställning/praktikplats", 260, 207),
        by_sex("development", "utvecklingsplats", 40, 111),
        by_sex("total", "totalt", 300, 318),
    ),
    caption="618 deltagare började en placering, 300 kvinnor och 318 män.",
    notes=("Av utvecklingsplatserna var 25 på Återbruket.", "En deltagare räknas vid sin första placering."),
    additions=tuple(
        Addition((row, "total"), ((row, "women"), (row, "men"))) for row in ("employment", "development", "total")
    )
    + tuple(Addition(("total", sex), (("employment", sex), ("development", sex))) for sex in ("women", "men", "total")),
    chart=Chart(
        ChartKind.BARS,
        "Flest placeringar är anställningar och praktik.",
        (
            Series("Kvinnor", (("anställning", 260), ("utvecklingsplats", 40))),
            Series("Män", (("anställning", 207), ("utvecklingsplats", 111)), dashed=True),
        ),
        y_label="placeringar",
    ),
)
KINDS = Table(
    "kinds",
    "Alla slags värden",
    (
        Column("measure", "Mått"),
        Column("count", "Antal", Kind.COUNT),
        Column("days", "Dagar i medeltal", Kind.NUMBER, 1),
        Column("share", "Andel inom måltid", Kind.PERCENT),
        Column("kronor", "Ej utbetalt", Kind.KRONOR),
        Column("ore", "Per hushåll", Kind.KRONOR, 2),
        Column("began", "Började", Kind.DAY),
        Column("goal", "Bedömning", Kind.GOAL),
    ),
    (
        Row(
            "W2",
            (
                Cell("Ansökan till beslut"),
                count("W2", 41),
                Cell(8.25, 41, trace("W2"), note="Två ärenden utan ansökningsdag räknas som uppgift saknas."),
                Cell(Decimal("55.4"), 41, trace("W2")),
                Cell(Decimal("1875726"), 29, trace("savings")),
                Cell(Decimal("-1234.56"), 29, trace("savings")),
                Cell(date(2020, 8, 31)),
                Cell(Goal.PARTLY),
            ),
        ),
        Row("none", (Cell("Ingen uppgift"), *(Cell(None) for _ in range(7)))),
        Row("zero", written(FORMULA, 0, -1.4, 0, 0, Decimal("0.1"), AS_OF, Goal.MET)),
        Row("typst", written(TYPST, 9512, 20.3, 100, -7025600, 1, AS_OF, Goal.NOT_MET)),
    ),
    caption="Varje slags kolumn, med och utan värde.",
)
WOMEN_WAIT = ((0, 100.0), (7, 81.5), (14, 60.1), (30, 33.3), (60, 12.5), (90, 5.0))
MEN_WAIT = ((0, 100.0), (7, 90.2), (14, 72.0), (30, 48.4), (60, 30.0), (90, 22.1))
CURVE = Table(
    "survival",
    "Hur länge deltagarna väntar",
    (
        Column("day", "Dag", Kind.COUNT),
        Column("women", "Kvinnor", Kind.PERCENT, 1),
        Column("men", "Män", Kind.PERCENT, 1),
    ),
    tuple(
        Row(str(day), (Cell(day), Cell(women, 40), Cell(men, 52)))
        for (day, women), (_, men) in zip(WOMEN_WAIT, MEN_WAIT, strict=True)
    ),
    chart=Chart(
        ChartKind.STEP,
        "Hälften av kvinnorna hade träffat AMC efter 30 dagar, hälften av männen efter 30.",
        (Series("Kvinnor", WOMEN_WAIT), Series("Män", MEN_WAIT, dashed=True)),
        x_label="dagar sedan anvisningen",
        y_label="väntar fortfarande, %",
    ),
)
CONTROL = Table(
    "control",
    "Styrdiagram per månad",
    (Column("month", "Månad"), Column("mean", "Medel, dagar", Kind.NUMBER, 1)),
    tuple(Row(month, (Cell(month), Cell(20 + place, 12))) for place, month in enumerate(MONTHS)),
    chart=Chart(
        ChartKind.CONTROL,
        "Alla månader ligger inom gränserna: skillnaderna kan bero på slumpen.",
        (
            Series("Medel, dagar", tuple((month, 20.0 + place) for place, month in enumerate(MONTHS))),
            Series("Medelvärde", tuple((month, 22.5) for month in MONTHS)),
            Series("Övre gräns", tuple((month, 25.2) for month in MONTHS), dashed=True),
            Series("Nedre gräns", tuple((month, 19.8) for month in MONTHS), dashed=True),
        ),
        y_label="dagar",
    ),
)
STOCK = Table(
    "stock",
    "Deltagare per månad och etapp, ett namn på en tabell som är längre än ett blad får heta",
    (Column("stage", "Etapp"), *(Column(month, month, Kind.COUNT) for month in MONTHS)),
    tuple(
        Row(stage, (Cell(stage), *(count(f"{stage} {month}", 100 * n + m) for m, month in enumerate(MONTHS))))
        for n, stage in enumerate(("Anvisad", "Kartläggning", "Arbetsmarknadsanställning"), start=1)
    ),
    chart=Chart(
        ChartKind.LINE,
        "Bestånden är jämna.",
        tuple(
            Series(stage, tuple((month, 100.0 * n + m) for m, month in enumerate(MONTHS)))
            for n, stage in enumerate(("Anvisad", "Kartläggning", "Arbetsmarknadsanställning"), start=1)
        ),
        y_label="deltagare",
    ),
)
STEPS = Table(
    "steps",
    "Vägar genom flödet",
    (Column("from", "Från"), Column("to", "Till"), Column("n", "Deltagare", Kind.COUNT)),
    tuple(
        Row(f"{start}>{end}", (Cell(start), Cell(end), count(f"{start}>{end}", n)))
        for start, end, n in (
            ("AFI", "Anvisad", 120),
            ("Anvisad", "Kartläggning", 101),
            ("Anvisad", "Åter till AFI", 19),
            ("Kartläggning", "Placering", 74),
            ("Placering", "Kartläggning", 12),
            ("Placering", "Avslut arbete", 48),
        )
    ),
    chart=Chart(
        ChartKind.SANKEY,
        "Av 120 anvisade gick 48 till arbete.",
        links=(
            ("AFI", "Anvisad", 120),
            ("Anvisad", "Kartläggning", 101),
            ("Anvisad", "Åter till AFI", 19),
            ("Kartläggning", "Placering", 74),
            ("Placering", "Kartläggning", 12),
            ("Placering", "Avslut arbete", 48),
        ),
    ),
)
SAMPLE = Document(
    key="prov",
    title="Prov på en rapport – åäö ÅÄÖ é ž",
    as_of=AS_OF,
    known_at=KNOWN_AT,
    facts=(("Period", "2020-01-01–2020-12-31"), ("Brytdag", "2020-11-30"), ("Enhet", "alla")),
    tables=(PLACES, KINDS, CURVE, CONTROL, STOCK, STEPS),
    definitions=(
        Definition("Ansökan till beslut", "Hela dagar från ansökan till beslut, i medeltal.", "DOMAIN.md, W2"),
        Definition("Försörjningsstöd", "Kronor utbetalda till ett hushåll för en månad.", "Delårsrapport 2020"),
    ),
    warnings=("41 väntar fortfarande; medelvärdet räknar inte dem.",),
    older_json={"placements": {"total": 618}, "title": "Prov på en rapport – åäö ÅÄÖ é ž"},
)


def address_of(one: Trace) -> str:
    """An address as a page gives it."""
    words = "&".join(f"{name}={word}" for name, word in one.address().items())
    return f"https://caseflow.example/underlag?{words}"

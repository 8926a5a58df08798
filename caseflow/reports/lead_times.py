"""The report of one wait: how long, for whom, and who still waits. No mean stands without those it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.measures.answers import wait_json
from caseflow.measures.queries import wait_report
from caseflow.measures.registry import get_measure
from caseflow.reports import lead_time_groups, lead_time_series
from caseflow.reports.asked import definitions_of, facts_of, selection_of
from caseflow.reports.document import Definition, Document
from caseflow.reports.lead_time_groups import Asked
from caseflow.reports.question import Question, ReportKind
from caseflow.web.formatting import tal

# With fewer waits than this the mean turns on single persons.
FEW = 10


def build(question: Question) -> Document:
    """The report. The figures are those of `queries.wait_report`."""
    selection = selection_of(question)
    report = wait_report(question.wait, question.period, question.cut, question.chosen)
    asked = Asked(question.wait, get_measure(question.wait), selection, report)
    groups = list(lead_time_groups.groups_of(asked))
    return Document(
        key=KIND.key,
        title=f"Ledtider: {question.wait.label.lower()}",
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(
            ("Ledtid", f"{question.wait}, {question.wait.label.lower()}"),
            *facts_of(question),
            _counted_by(question),
        ),
        tables=(
            lead_time_groups.finished(asked, groups),
            lead_time_groups.waiting(asked, groups),
            lead_time_groups.survival(asked, groups),
            lead_time_groups.within(asked, groups),
            lead_time_series.years(asked),
            lead_time_series.months(asked),
            lead_time_series.curve(asked),
        ),
        definitions=(*definitions_of([asked.measure]), *DEFINITIONS),
        warnings=tuple(_warnings(asked)),
        older_json=wait_json(report),
    )


def _counted_by(question: Question) -> tuple[str, str]:
    return ("Räknas efter", "när väntan började" if question.chosen.begun else "när väntan tog slut")


def _warnings(asked: Asked) -> Iterator[str]:
    """What the reader must know before the figures."""
    f, unit, selection = asked.report.all_units.total, asked.wait.unit_label, asked.selection
    if f.n == 0:
        yield "Ingen väntan slutade i perioden, så det finns inget medelvärde."
    elif f.n < FEW:
        few = "en enda väntetid" if f.n == 1 else f"bara {f.n} väntetider"
        yield f"Medelvärdet bygger på {few}. Enstaka personer avgör det."
    if f.open_n:
        longest = f"Den som väntat längst har väntat {tal(f.longest_open_days)} {unit}."
        yield f"{f.open_n} väntar fortfarande; medelvärdet räknar inte dem. {longest}"
    if f.unknown_n:
        waits, them = ("väntetid", "den") if f.unknown_n == 1 else ("väntetider", "dem")
        yield f"{f.unknown_n} {waits} slutade i perioden utan känd början. Medelvärdet räknar inte med {them}."
    if f.begun_n and f.survival.median is None:
        yield "Högst hälften av dem som började vänta i perioden har nått målet. Deras median kan ännu inte anges."
    if selection.cut.as_of < selection.period.to_on:
        yield f"Perioden är inte slut: siffrorna gäller till och med {selection.cut.as_of}."


DEFINITIONS = (
    Definition(
        "Medel, median och nio av tio",
        "Av väntan som slutade i perioden. Nio av tio: den längd som högst var tionde väntan överskrider. Mellan två "
        "längder räknas linjärt.",
        "Caseflows beskrivning av måtten",
    ),
    Definition(
        "Kaplan–Meier",
        "Skattar hur länge man väntar när alla inte har väntat färdigt. Den som väntar på brytdagen, eller vars väntan "
        "slutade utan mål, räknas med så länge det är känt. Medianen är den första dag då högst hälften väntar kvar. "
        "Intervallet är 95 %, Greenwoods varians på log-log-skalan.",
        "Kaplan och Meier 1958; Brookmeyer och Crowley 1982",
    ),
    Definition(
        "Väntar på brytdagen",
        "Alla som har börjat vänta och varken har nått målet eller fått sitt ärende stängt.",
        "Caseflows beskrivning av måtten",
    ),
)

KIND = ReportKind(
    key="ledtider",
    title="Ledtider",
    purpose="Hur länge det tar, för vem, och hur många som fortfarande väntar.",
    build=build,
    asks=("unit", "programme", "sex", "ages", "begun", "wait"),
)

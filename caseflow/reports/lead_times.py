"""The report of one wait: how long, for whom, and who still waits. No mean stands without those it leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.core.language import _, _l, _n
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
        title=_("Ledtider: %(label)s", label=question.wait.label.lower()),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(
            (_("Ledtid"), f"{question.wait}, {question.wait.label.lower()}"),
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
        definitions=(*definitions_of([asked.measure]), *_definitions()),
        warnings=tuple(_warnings(asked)),
        older_json=wait_json(report),
    )


def _counted_by(question: Question) -> tuple[str, str]:
    return (_("Räknas efter"), _("när väntan började") if question.chosen.begun else _("när väntan tog slut"))


def _warnings(asked: Asked) -> Iterator[str]:
    """What the reader must know before the figures."""
    f, unit, selection = asked.report.all_units.total, asked.wait.unit_label, asked.selection
    if f.n == 0:
        yield _("Ingen väntan slutade i perioden, så det finns inget medelvärde.")
    elif f.n < FEW:
        yield _n(
            "Medelvärdet bygger på en enda väntetid. Enstaka personer avgör det.",
            "Medelvärdet bygger på bara %(num)s väntetider. Enstaka personer avgör det.",
            f.n,
        )
    if f.open_n:
        yield _(
            "%(open_n)s väntar fortfarande; medelvärdet räknar inte dem. Den som väntat längst har väntat %(longest)s "
            "%(unit)s.",
            open_n=f.open_n,
            longest=tal(f.longest_open_days),
            unit=unit,
        )
    if f.unknown_n:
        yield _n(
            "%(num)s väntetid slutade i perioden utan känd början. Medelvärdet räknar inte med den.",
            "%(num)s väntetider slutade i perioden utan känd början. Medelvärdet räknar inte med dem.",
            f.unknown_n,
        )
    if f.begun_n and f.survival.median is None:
        yield _("Högst hälften av dem som började vänta i perioden har nått målet. Deras median kan ännu inte anges.")
    if selection.cut.as_of < selection.period.to_on:
        yield _("Perioden är inte slut: siffrorna gäller till och med %(as_of)s.", as_of=selection.cut.as_of)


def _definitions() -> tuple[Definition, ...]:
    return (
        Definition(
            _("Medel, median och nio av tio"),
            _(
                "Av väntan som slutade i perioden. Nio av tio: den längd som högst var tionde väntan överskrider. "
                "Mellan två längder räknas linjärt."
            ),
            _("Caseflows beskrivning av måtten"),
        ),
        Definition(
            _("Kaplan–Meier"),
            _(
                "Skattar hur länge man väntar när alla inte har väntat färdigt. Den som väntar på brytdagen, eller "
                "vars väntan slutade utan mål, räknas med så länge det är känt. Medianen är den första dag då högst "
                "hälften väntar kvar. Intervallet är 95 %, Greenwoods varians på log-log-skalan."
            ),
            _("Kaplan och Meier 1958; Brookmeyer och Crowley 1982"),
        ),
        Definition(
            _("Väntar på brytdagen"),
            _("Alla som har börjat vänta och varken har nått målet eller fått sitt ärende stängt."),
            _("Caseflows beskrivning av måtten"),
        ),
    )


KIND = ReportKind(
    key="ledtider",
    title=_l("Ledtider"),
    purpose=_l("Hur länge det tar, för vem, och hur många som fortfarande väntar."),
    answers=_l("Hur länge väntar de som anvisas, och vilka väntar än?"),
    build=build,
    asks=("unit", "programme", "sex", "ages", "begun", "wait"),
)

"""The report of control charts: one wait, by week or month, for all units and each."""

from __future__ import annotations

from dataclasses import replace

from caseflow.measures.control_charts import Step, UnitChart, control_charts, sentence
from caseflow.measures.control_rules import LEAST_POINTS, SETTLED_POINTS, Signal
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Selection
from caseflow.reports.asked import definitions_of, facts_of, selection_of
from caseflow.reports.document import (
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
)
from caseflow.reports.question import Question, ReportKind

STEP_LABELS = {Step.MONTH: "månad", Step.WEEK: "vecka"}
SIGNAL_LABELS = {
    Signal.OUTSIDE: "utanför gränserna",
    Signal.RANGE: "ovanligt stort steg",
    Signal.NEAR_LIMIT: "tre av fyra nära en gräns",
    Signal.RUN: "åtta i rad på samma sida",
}


def build(question: Question) -> Document:
    """The charts of the question's wait. A wait belongs to the week or month in which it ended."""
    selection = selection_of(question)
    selection = replace(selection, chosen=replace(selection.chosen, begun=False))
    step, wait = Step(question.step), question.wait
    charts = control_charts(wait, selection, step)
    if selection.chosen.unit is not None:
        charts = charts[:1]
    return Document(
        key=KIND.key,
        title=f"Styrdiagram: {wait.label.lower()}",
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(
            ("Ledtid", f"{wait}, {wait.label.lower()}"),
            ("Punkter", f"medelvärdet per {STEP_LABELS[step]} då väntan tog slut"),
            *facts_of(replace(question, chosen=selection.chosen)),
        ),
        tables=(_summary(charts, wait), *(_points(one, wait, selection) for one in charts)),
        definitions=(*definitions_of([get_measure(wait.value)]), *DEFINITIONS),
        warnings=(
            "En punkt som byter håll betyder oftast ingenting. Bara det som står under Tecken på förändring är värt "
            "att fråga efter orsaken till.",
        ),
    )


def _summary(charts: list[UnitChart], wait: Wait) -> Table:
    unit = wait.unit_label
    rows = []
    for one in charts:
        limits = one.chart.limits
        n = sum(mean.n for mean in one.means)
        usual = (limits.centre, limits.low, limits.high) if limits else (None, None, None)
        cells = (*(Cell(value, n) for value in usual), Cell(one.chart.n), Cell(_signalled(one)))
        rows.append(Row(_key(one), (Cell(_label(one)), *cells, Cell(sentence(one, unit), n))))
    return Table(
        "summary",
        "Tecken på förändring",
        (
            Column("unit", "Enhet"),
            Column("centre", f"Medelvärde, {unit}", Kind.NUMBER, 1),
            Column("low", "Undre gräns", Kind.NUMBER, 1),
            Column("high", "Övre gräns", Kind.NUMBER, 1),
            Column("points", "Punkter", Kind.COUNT),
            Column("signals", "Punkter med tecken", Kind.COUNT),
            Column("sentence", "Vad diagrammet säger"),
        ),
        tuple(rows),
        caption="Medelvärdet är punkternas, så varje vecka eller månad väger lika oavsett hur många som väntade.",
        notes=(f"Gränser räknas med minst {LEAST_POINTS} punkter och är preliminära med färre än {SETTLED_POINTS}.",),
    )


def _signalled(one: UnitChart) -> int:
    return sum(bool(point.signals) for point in one.chart.points)


def _key(one: UnitChart) -> str:
    return one.unit.code if one.unit else "all"


def _label(one: UnitChart) -> str:
    return one.unit.code if one.unit else "Alla"


def _points(one: UnitChart, wait: Wait, selection: Selection) -> Table:
    unit = wait.unit_label
    rows = []
    for label, mean, point in zip(one.labels, one.means, one.chart.points, strict=True):
        trace = Trace(wait.value, selection.only(unit=one.unit, within=mean.period))
        signals = ", ".join(SIGNAL_LABELS[signal] for signal in Signal if signal in point.signals)
        cells = (Cell(mean.n, mean.n, trace), Cell(point.value, mean.n, trace), Cell(point.moving_range, mean.n))
        rows.append(Row(label, (Cell(label), *cells, Cell(signals, mean.n))))
    return Table(
        f"points_{_key(one)}",
        f"{_label(one)}: per {STEP_LABELS[one.step]}",
        (
            Column("period", STEP_LABELS[one.step].capitalize()),
            Column("n", "Antal", Kind.COUNT),
            Column("mean", f"Medel, {unit}", Kind.NUMBER, 1),
            Column("moving_range", "Steg från punkten före", Kind.NUMBER, 1),
            Column("signals", "Tecken på förändring"),
        ),
        tuple(rows),
        caption=sentence(one, unit),
        notes=("Uppgift saknas: ingen väntan tog slut. Punkten är ett uppehåll i kurvan, inte en nolla.",),
        chart=_chart(one, unit) if one.chart.n else None,
    )


def _chart(one: UnitChart, unit: str) -> Chart:
    labels, limits = one.labels, one.chart.limits
    series = [Series("Medel", tuple(zip(labels, (point.value for point in one.chart.points), strict=True)))]
    if limits is not None:
        lines = (("Medelvärde", limits.centre), ("Undre gräns", limits.low), ("Övre gräns", limits.high))
        series += [
            Series(name, tuple((label, value) for label in labels), dashed=name != "Medelvärde")
            for name, value in lines
        ]
    return Chart(
        ChartKind.CONTROL,
        f"{_label(one)}: {sentence(one, unit)}",
        tuple(series),
        x_label=STEP_LABELS[one.step].capitalize(),
        y_label=unit.capitalize(),
    )


DEFINITIONS = (
    Definition(
        "Styrdiagram (XmR)",
        "Varje punkt är medelvärdet av de väntetider som tog slut under veckan eller månaden. Gränserna är punkternas "
        "medelvärde plus och minus 2,66 gånger det genomsnittliga steget mellan två punkter; den undre ritas inte "
        "under 0. Mellan gränserna är upp och ner det vanliga.",
        "Wheeler, Making Sense of Data, 2003",
    ),
    Definition(
        "Tecken på förändring",
        "En punkt utanför gränserna; ett steg större än 3,268 gånger det genomsnittliga; åtta punkter i rad på samma "
        "sida om medelvärdet; tre av fyra i rad närmare en gräns än medelvärdet. Inga andra regler används.",
        "Wheeler, Making Sense of Data, 2003",
    ),
)

KIND = ReportKind(
    key="styrdiagram",
    title="Styrdiagram",
    purpose="Om en ledtid har förändrats, eller bara varierar som den brukar.",
    build=build,
    asks=("unit", "programme", "sex", "ages", "wait", "step"),
)

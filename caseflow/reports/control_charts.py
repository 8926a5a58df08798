"""The report of control charts: one wait, by week or month, for all units and each."""

from __future__ import annotations

from dataclasses import replace

from caseflow.core.language import _, _l
from caseflow.measures.control_charts import SIGNAL_LABELS, Step, UnitChart, control_charts, sentence
from caseflow.measures.control_rules import LEAST_POINTS, SETTLED_POINTS, Signal
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Period, Selection
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

STEP_LABELS = {Step.MONTH: _l("månad"), Step.WEEK: _l("vecka")}


def step_label(step: Step) -> str:
    """Month or week, in the reader's language."""
    return str(STEP_LABELS[step])


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
        title=_("Styrdiagram: %(label)s", label=wait.label.lower()),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(
            (_("Ledtid"), f"{wait}, {wait.label.lower()}"),
            (_("Punkter"), _("medelvärdet per %(step)s då väntan tog slut", step=step_label(step))),
            *facts_of(replace(question, chosen=selection.chosen)),
        ),
        tables=(_summary(charts, wait, selection), *(_points(one, wait, selection) for one in charts)),
        definitions=(*definitions_of([get_measure(wait.value)]), *_definitions()),
        warnings=(
            _(
                "En punkt som byter håll betyder oftast ingenting. Bara det som står under Tecken på förändring är "
                "värt att fråga efter orsaken till."
            ),
        ),
    )


def _summary(charts: list[UnitChart], wait: Wait, selection: Selection) -> Table:
    unit = wait.unit_label
    rows = []
    for one in charts:
        limits, waits = one.chart.limits, None
        n = sum(mean.n for mean in one.means)
        if one.means:
            drawn = Period(one.means[0].period.from_on, one.means[-1].period.to_on)
            waits = Trace(wait.value, selection.only(unit=one.unit, within=drawn))
        centre, low, high = (limits.centre, limits.low, limits.high) if limits else (None, None, None)
        usual = (Cell(centre, n, waits), Cell(low, n), Cell(high, n))
        cells = (*usual, Cell(one.chart.n), Cell(_signalled(one)))
        rows.append(Row(_key(one), (Cell(_label(one)), *cells, Cell(sentence(one, unit), n))))
    return Table(
        "summary",
        _("Tecken på förändring"),
        (
            Column("unit", _("Enhet")),
            Column("centre", _("Medelvärde, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("low", _("Undre gräns"), Kind.NUMBER, 1),
            Column("high", _("Övre gräns"), Kind.NUMBER, 1),
            Column("points", _("Punkter"), Kind.COUNT),
            Column("signals", _("Punkter med tecken"), Kind.COUNT),
            Column("sentence", _("Vad diagrammet säger")),
        ),
        tuple(rows),
        caption=_("Medelvärdet är punkternas, så varje vecka eller månad väger lika oavsett hur många som väntade."),
        notes=(
            _(
                "Gränser räknas med minst %(least)s punkter och är preliminära med färre än %(settled)s.",
                least=LEAST_POINTS,
                settled=SETTLED_POINTS,
            ),
        ),
    )


def _signalled(one: UnitChart) -> int:
    return sum(bool(point.signals) for point in one.chart.points)


def _key(one: UnitChart) -> str:
    return one.unit.code if one.unit else "all"


def _label(one: UnitChart) -> str:
    return one.unit.code if one.unit else _("Alla")


def _points(one: UnitChart, wait: Wait, selection: Selection) -> Table:
    unit = wait.unit_label
    rows = []
    for label, mean, point in zip(one.labels, one.means, one.chart.points, strict=True):
        trace = Trace(wait.value, selection.only(unit=one.unit, within=mean.period))
        signals = ", ".join(str(SIGNAL_LABELS[signal]) for signal in Signal if signal in point.signals)
        cells = (Cell(mean.n, mean.n, trace), Cell(point.value, mean.n, trace), Cell(point.moving_range, mean.n))
        rows.append(Row(label, (Cell(label), *cells, Cell(signals, mean.n))))
    return Table(
        f"points_{_key(one)}",
        _("%(unit)s: per %(step)s", unit=_label(one), step=step_label(one.step)),
        (
            Column("period", step_label(one.step).capitalize()),
            Column("n", _("Antal"), Kind.COUNT),
            Column("mean", _("Medel, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("moving_range", _("Steg från punkten före"), Kind.NUMBER, 1),
            Column("signals", _("Tecken på förändring")),
        ),
        tuple(rows),
        caption=sentence(one, unit),
        notes=(_("Uppgift saknas: ingen väntan tog slut. Punkten är ett uppehåll i kurvan, inte en nolla."),),
        chart=_chart(one, unit) if one.chart.n else None,
    )


def _chart(one: UnitChart, unit: str) -> Chart:
    labels, limits = one.labels, one.chart.limits
    series = [Series(_("Medel"), tuple(zip(labels, (point.value for point in one.chart.points), strict=True)))]
    if limits is not None:
        lines = (
            (_("Medelvärde"), limits.centre, False),
            (_("Undre gräns"), limits.low, True),
            (_("Övre gräns"), limits.high, True),
        )
        series += [
            Series(name, tuple((label, value) for label in labels), dashed=dashed) for name, value, dashed in lines
        ]
    return Chart(
        ChartKind.CONTROL,
        f"{_label(one)}: {sentence(one, unit)}",
        tuple(series),
        x_label=step_label(one.step).capitalize(),
        y_label=unit.capitalize(),
    )


def _definitions() -> tuple[Definition, ...]:
    return (
        Definition(
            _("Styrdiagram (XmR)"),
            _(
                "Varje punkt är medelvärdet av de väntetider som tog slut under veckan eller månaden. Gränserna är "
                "punkternas medelvärde plus och minus 2,66 gånger det genomsnittliga steget mellan två punkter; den "
                "undre ritas inte under 0. Mellan gränserna är upp och ner det vanliga."
            ),
            _("Wheeler, Making Sense of Data, 2003"),
        ),
        Definition(
            _("Tecken på förändring"),
            _(
                "En punkt utanför gränserna; ett steg större än 3,268 gånger det genomsnittliga; åtta punkter i rad "
                "på samma sida om medelvärdet; tre av fyra i rad närmare en gräns än medelvärdet. Inga andra regler "
                "används."
            ),
            _("Wheeler, Making Sense of Data, 2003"),
        ),
    )


KIND = ReportKind(
    key="styrdiagram",
    title=_l("Styrdiagram"),
    purpose=_l("Om en ledtid har förändrats, eller bara varierar som den brukar."),
    answers=_l("Har väntan verkligen förändrats, eller varierar den som den brukar?"),
    build=build,
    asks=("unit", "programme", "sex", "ages", "wait", "step"),
)

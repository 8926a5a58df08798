"""What a report's chart on a page has beside its points: the colours of the stages, and which points are signals.

Read from the table, so that a frozen report is drawn like a new one.
"""

from __future__ import annotations

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import Any

from caseflow.cases.terms import Stage
from caseflow.core.language import _, in_swedish
from caseflow.reports.document import Chart, ChartKind, Table

# The tallest picture is that of the whole flow.
HEIGHTS = {ChartKind.SANKEY: 24}
USUAL_HEIGHT = 18
PLAIN, OPEN = "ink-3", "open"


def height_of(chart: Chart) -> int:
    """In rem."""
    return HEIGHTS.get(chart.kind, USUAL_HEIGHT)


def more_of(table: Table) -> dict[str, Any]:
    """Data for static/charts.js that the chart itself does not hold."""
    chart = table.chart
    if chart is None:
        return {}
    if chart.kind is ChartKind.SANKEY:
        return {"nodes": _nodes(chart), "loose": True} if leads_onward(chart) else {}
    if chart.kind is ChartKind.CONTROL:
        return {"signals": _signals(table), "inks": ["ink", *(PLAIN for _limit in chart.series[1:])]}
    tokens = _tokens()
    inks = [tokens.get(series.name) for series in chart.series]
    return {"inks": inks} if all(inks) else {}


def _nodes(chart: Chart) -> list[dict[str, Any]]:
    """Every name of the diagram and its colour."""
    tokens = _tokens()
    names = dict.fromkeys(name for start, end, _n in chart.links for name in (start, end))
    return [{"name": name, "stage": tokens.get(name, PLAIN)} for name in names]


def leads_onward(chart: Chart) -> bool:
    """Whether no link leads back; the picture then finds places of its own for the names."""
    before: dict[str, set[str]] = defaultdict(set)
    for start, end, _n in chart.links:
        before[end].add(start)
    try:
        TopologicalSorter(before).prepare()
    except CycleError:
        return False
    return bool(chart.links)


def _signals(table: Table) -> dict[str, str]:
    """What the rules say of each point that stands out, by its label."""
    said = ((row.key, table.cell(row.key, "signals")) for row in table.rows)
    return {key: str(cell.value) for key, cell in said if cell.value and not cell.suppressed}


def _tokens() -> dict[str, str]:
    """The colour of each stage, by its name in the reader's language and in Swedish, as frozen reports have it."""
    with in_swedish():
        swedish = _named()
    return swedish | _named()


def _named() -> dict[str, str]:
    stages = {stage.label: stage.css.replace("st-", "stage-") for stage in Stage if stage.css != "st-none"}
    return stages | {_("Kvar vid periodens slut"): OPEN}

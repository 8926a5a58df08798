"""How many women and men still wait, day by day: the two curves that the log-rank test compares."""

from __future__ import annotations

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.charts import last_day
from caseflow.measures.equality import Comparison
from caseflow.measures.rules import Survival, Wait
from caseflow.measures.selection import Selection
from caseflow.measures.wait_measures import waited_parts
from caseflow.reports.asked import sex_label
from caseflow.reports.document import Cell, Chart, ChartKind, Column, Kind, Row, Series, Table, Trace


def curves(wait: Wait, one: Comparison, selection: Selection) -> Table:
    """The curves of one wait, and how many still waited at some lengths."""
    of_sex = {sex: group.curve for sex, group in ((Sex.WOMAN, one.women), (Sex.MAN, one.men)) if group.curve}
    rows = []
    for part, length in waited_parts(wait):
        cells = []
        for sex, survival in of_sex.items():
            n, trace = survival.at_risk_on(length), Trace(wait, selection.only(sex=sex, part=part))
            cells.append(Cell(n, n, trace))
            cells.append(Cell(100 * survival.share_after(length) if survival.steps else None, n, trace))
        rows.append(Row(str(length), (Cell(length), *cells)))
    columns = [Column("length", wait.unit_label.capitalize(), Kind.COUNT)]
    for sex in of_sex:
        columns.append(Column(f"{sex}_at_risk", _("%(sex)s, väntade fortfarande", sex=sex_label(sex)), Kind.COUNT))
        columns.append(Column(f"{sex}_share", _("%(sex)s, andel som väntar kvar", sex=sex_label(sex)), Kind.PERCENT, 1))
    return Table(
        f"curve_{wait}",
        _("%(wait)s: så länge väntar kvinnor och män", wait=wait),
        tuple(columns),
        tuple(rows),
        caption=_("Kaplan–Meier för alla som började vänta i perioden."),
        chart=_chart(wait, of_sex) if one.women.n or one.men.n else None,
    )


def _chart(wait: Wait, of_sex: dict[Sex, Survival]) -> Chart:
    last = max(last_day(survival) for survival in of_sex.values())
    return Chart(
        ChartKind.STEP,
        _("%(label)s: andel av kvinnorna och av männen som väntar kvar.", label=wait.label),
        tuple(
            Series(sex_label(sex), _points(survival, last), dashed=sex is Sex.MAN)
            for sex, survival in of_sex.items()
            if survival.steps
        ),
        x_label=wait.unit_label.capitalize(),
        y_label=_("Procent som väntar kvar"),
    )


def _points(survival: Survival, last: int) -> tuple[tuple[float | str, float | None], ...]:
    steps = [(step.day, 100 * step.share) for step in survival.steps if step.ended and step.day <= last]
    return ((0, 100.0), *(step for step in steps if step[0] > 0), (last, 100 * survival.share_after(last)))

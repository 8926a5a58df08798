"""The tables that say whether the record of the flow holds together: Little's law, and the gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from caseflow.cases.terms import Stage
from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.figures import figures
from caseflow.measures.flow_balance import Balance
from caseflow.measures.flow_gaps import GAP, SILENT, Silence, silent_part
from caseflow.measures.flow_measures import DAYS, IN, STAY, WHOLE
from caseflow.measures.flow_stages import OPEN_STAGES
from caseflow.measures.measure import Measure
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import Selection
from caseflow.reports.asked import sex_label
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table, Trace
from caseflow.reports.flow_stock import counted, line


def balance(balanced: Sequence[Balance], selection: Selection) -> Table:
    """Mean stock against arrivals times stay, what the difference is made of, and the silent cases in it."""
    return Table(
        "balance",
        _("Stämmer bestånd med inflöde gånger tid?"),
        (
            Column("stage", _("Etapp")),
            Column("mean_stock", _("Bestånd i medel"), Kind.NUMBER, 1),
            Column("per_day", _("Kom per dag"), Kind.NUMBER, 2),
            Column("mean_stay", _("Dagar i etappen, de som gick"), Kind.NUMBER, 1),
            Column("expected", _("Inflöde gånger tid"), Kind.NUMBER, 1),
            Column("difference", _("Skillnad"), Kind.NUMBER, 1),
            Column("relative", _("Skillnad i procent"), Kind.PERCENT),
            Column("staying", _("+ de som är kvar"), Kind.NUMBER, 1),
            Column("before", _("− tid före perioden"), Kind.NUMBER, 1),
            Column("growth", _("− fler kom än gick"), Kind.NUMBER, 1),
            Column("silent_n", _("Tysta ärenden"), Kind.COUNT),
            Column("silent", _("Tysta, i bestånd"), Kind.NUMBER, 1),
        ),
        tuple(_balance_row(one, selection) for one in balanced),
        caption=(
            _(
                "Littles lag. Skillnaden är exakt de tre delarna till höger om den. Stor skillnad och många tysta "
                "ärenden: troligen saknas slut. Stor skillnad utan tysta ärenden: flödet är inte jämnt, underlaget "
                "kan vara helt."
            )
        ),
    )


def _balance_row(one: Balance, selection: Selection) -> Row:
    key, label = line(one.stage)
    here = selection.only(part=one.stage or WHOLE)

    def traced(value: float | None, n: int, measure: str) -> Cell:
        return Cell(value, n, Trace(measure, here))

    def made(value: float | None, n: int) -> Cell:
        """Made from the figures before it; what is not known rests on nobody."""
        return Cell(value, None if value is None else n)

    silent = Trace(GAP, selection.only(part=silent_part(one.stage) if one.stage else SILENT))
    return Row(
        key,
        (
            Cell(label),
            traced(one.mean_stock, one.touched_n, DAYS),
            traced(one.per_day, one.came_n, IN),
            traced(one.mean_stay, one.left_n, STAY),
            made(one.expected, one.left_n),
            made(one.difference, one.touched_n),
            made(None if one.relative is None else 100 * one.relative, one.touched_n),
            made(one.staying, one.touched_n),
            made(one.before, one.left_n),
            made(one.growth, one.left_n),
            Cell(one.silent_n, one.silent_n, silent),
            Cell(one.silent, one.silent_n, silent),
        ),
    )


def gaps(selection: Selection, sexes: Sequence[Sex], silent: Sequence[Silence]) -> Table:
    """Cases in which something is likely not to have been recorded."""
    measure, rows = get_measure(GAP), []
    silent_counts = {silent_part(stage): _silent_counts(stage, silent) for stage in OPEN_STAGES}
    for part, label in measure.parts:
        if part == SILENT:
            continue
        here = selection.only(part=part)
        counts: Mapping[Sex | None, int] = silent_counts.get(part) or _counts(measure, here)
        of_sex = (counted(counts[sex], GAP, here.only(sex=sex)) for sex in sexes)
        rows.append(Row(part, (Cell(label.capitalize()), counted(counts[None], GAP, here), *of_sex)))
    columns = tuple(Column(sex.value, sex_label(sex), Kind.COUNT) for sex in sexes)
    return Table(
        "gaps",
        _("Luckor i underlaget"),
        (Column("gap", _("Lucka")), Column("n", _("Antal"), Kind.COUNT), *columns),
        tuple(rows),
        caption=_("Tysta ärenden och passerade slut räknas på sista dagen; de andra när milstolpen nåddes i perioden."),
        additions=tuple(
            Addition((row.key, "n"), tuple((row.key, column.key) for column in columns)) for row in rows if columns
        ),
    )


def _silent_counts(stage: Stage, silent: Sequence[Silence]) -> Counter[Sex | None]:
    counts = Counter[Sex | None]({None: 0})
    for one in silent:
        if one.stage is stage:
            counts.update({None: one.n, one.sex: one.n})
    return counts


def _counts(measure: Measure, selection: Selection) -> dict[Sex | None, int]:
    found = figures(measure, selection)
    return {sex: found.of(sex=sex).rows for sex in (None, *Sex)}

"""How an indicator becomes a line of a table: the figure, the years before, the target and the colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caseflow.core.clock import local
from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.figures import Figure, Figures
from caseflow.measures.goals import part_of_year
from caseflow.measures.indicators import Indicator, earlier_periods
from caseflow.measures.measure import Sum
from caseflow.organisation.models import Unit
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table, Trace
from caseflow.web.formatting import tal

# Rows that are months of the same household or participant: the figure rests on fewer than it has rows.
REPEATED = (Sum.PER_MONTH, Sum.TOTAL, Sum.MEAN)


def indicator_table(key: str, title: str, lines: Sequence[Indicator], kind: Kind, decimals: int = 0) -> Table:
    """One line per indicator."""
    by_sex = any(one.measure.by_sex for one in lines)
    same, *years = earlier_periods(lines[0].selection)
    figure_columns = (
        Column("value", _("Värde"), kind, decimals),
        *((Column("women", _("Kvinnor"), kind, decimals), Column("men", _("Män"), kind, decimals)) if by_sex else ()),
        *(Column(f"year_{number}", str(year.from_on.year), kind, decimals) for number, year in enumerate(years, 1)),
        Column("last_year", _("Samma period %(year)s", year=same.from_on.year), kind, decimals),
    )
    return Table(
        key=key,
        title=title,
        columns=(
            Column("indicator", _("Indikator")),
            Column("unit", _("Räknas i")),
            *figure_columns,
            Column("target", _("Målvärde")),
            Column("computed", _("Färg enligt regeln"), Kind.GOAL),
            Column("colour", _("Gällande färg"), Kind.GOAL),
            Column("comment", _("Kommentar")),
            Column("source", _("Källa")),
        ),
        rows=tuple(_row(one, by_sex) for one in lines),
        additions=tuple(_additions(lines)) if by_sex else (),
    )


def _row(line: Indicator, by_sex: bool) -> Row:
    sexes = [cell(line.now, line, sex=sex) for sex in Sex] if by_sex else []
    chosen = line.override
    return Row(
        line.key,
        (
            Cell(line.label),
            Cell(line.measure.unit),
            cell(line.now, line),
            *sexes,
            *(cell(year, line) for year in line.years),
            cell(line.last_year, line),
            Cell(aim_words(line)),
            Cell(line.computed),
            Cell(line.colour),
            Cell(
                _(
                    "Färgen vald av controller %(day)s: %(comment)s",
                    day=f"{local(chosen.recorded_at):%Y-%m-%d}",
                    comment=chosen.comment,
                )
                if chosen
                else ""
            ),
            Cell(line.measure.source),
        ),
    )


def cell(found: Figures | None, line: Indicator, unit: Unit | None = None, sex: Sex | None = None) -> Cell:
    """A figure of one group, with the way to its rows. Of a sex that the filter leaves out nothing is said."""
    chosen = line.selection.chosen.sex
    if found is None or (sex is not None and (not line.measure.by_sex or chosen not in (None, sex))):
        return Cell(None)
    figure = found.of(unit.id if unit else None, sex)
    selection = found.selection.only(unit=unit, sex=sex)
    return Cell(figure.value, rests_on(figure, line.measure.sum), Trace(line.measure.key, selection))


def rests_on(figure: Figure, how: Sum) -> int:
    """How many persons or households: a count rests on what it counts, an average on those it is of."""
    return figure.n if how in REPEATED else figure.rows


def aim_words(line: Indicator) -> str:
    """The target in words: "777 placeringar (711 för perioden)", "ska öka", "inget målvärde"."""
    aim, measure = line.aim, line.measure
    if line.selection.part:
        return ""
    if aim is None:
        return _("inget målvärde")
    words = [f"{tal(aim.value)} {measure.unit}"] if aim.value is not None else []
    part = part_of_year(line.selection)
    if words and measure.yearly and part < 1 and aim.value is not None:
        words.append(_("(%(part)s för perioden)", part=tal(aim.value * part, 0)))
    value = " ".join(words)
    return ", ".join(word for word in (value, aim.wording) if word)


def _additions(lines: Sequence[Indicator]) -> Iterator[Addition]:
    """Women and men make the value of whatever counts; the parts of work and studies make theirs."""
    keys = [one.key for one in lines]
    for one in lines:
        if one.measure.by_sex and one.measure.sum in (Sum.COUNT, Sum.PER_MONTH):
            yield Addition((one.key, "value"), ((one.key, "women"), (one.key, "men")))
    columns = [*("value", "women", "men", "year_1", "year_2", "last_year")]
    for total, parts in PARTS.items():
        if total in keys:
            for column in columns:
                yield Addition((total, column), tuple((part, column) for part in parts))


PARTS = {
    "F2": ("F2:work", "F2:studies"),
    "F4": ("F4:work", "F4:studies"),
    "F6:compared": ("F6", "F6:not_raised"),
}

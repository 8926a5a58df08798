"""The board's waits, honestly: beside the mean those who still wait and those of whom nothing is known."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Selection
from caseflow.measures.wait_figures import WaitFigures
from caseflow.measures.wait_measures import BEGUN, OPEN, UNKNOWN
from caseflow.reports.asked import sex_label
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table, Trace

COUNTS = ("n", "begun_n", "open_n", "unknown_n")


def _columns() -> tuple[Column, ...]:
    return (
        Column("wait", _("Väntetid")),
        Column("sex", _("Kön")),
        Column("unit", _("Räknas i")),
        Column("n", _("Slutade i perioden"), Kind.COUNT),
        Column("mean", _("Medel"), Kind.NUMBER, 1),
        Column("median", _("Median"), Kind.NUMBER, 1),
        Column("p90", _("Nio av tio inom"), Kind.NUMBER, 1),
        Column("share_within_target", _("Inom målet"), Kind.PERCENT, 1),
        Column("begun_n", _("Började i perioden"), Kind.COUNT),
        Column("km_median", _("Median enligt Kaplan–Meier"), Kind.NUMBER),
        Column("km_low", _("Undre gräns, 95 %"), Kind.NUMBER),
        Column("km_high", _("Övre gräns, 95 %"), Kind.NUMBER),
        Column("open_n", _("Väntar på brytdagen"), Kind.COUNT),
        Column("open_median_age", _("De väntandes medianålder"), Kind.NUMBER, 1),
        Column("longest_open", _("Längst väntan på brytdagen"), Kind.NUMBER),
        Column("unknown_n", _("Början okänd"), Kind.COUNT),
    )


def table(selection: Selection) -> Table:
    """Every wait, all and by sex."""
    return Table(
        key="waits_in_full",
        title=_("Väntetider, hela bilden"),
        columns=_columns(),
        rows=tuple(row for wait in Wait for row in _rows(wait, selection)),
        caption=(
            _(
                "Medel, median och nio av tio räknar bara väntan som slutade i perioden. Kaplan–Meier räknar alla som "
                "började vänta i perioden, även dem som väntar än."
            )
        ),
        notes=(
            _("Uppgift saknas om medianen enligt Kaplan–Meier: så få har nått målet att den ännu inte kan anges."),
            _("Början okänd: väntan slutade i perioden, men ingen vet när den började. Den ingår inte i övriga tal."),
        ),
        additions=tuple(
            Addition((wait.value, column), tuple((f"{wait}.{sex}", column) for sex in Sex))
            for wait in Wait
            for column in COUNTS
            if selection.chosen.sex is None
        ),
    )


def _rows(wait: Wait, selection: Selection) -> Iterator[Row]:
    found = wait_report(wait, selection.period, selection.cut, selection.chosen).all_units
    yield Row(wait.value, tuple(_cells(wait, _("Totalt"), found.total, selection)))
    if selection.chosen.sex is None:
        for sex, figures in ((Sex.WOMAN, found.women), (Sex.MAN, found.men)):
            yield Row(f"{wait}.{sex}", tuple(_cells(wait, sex_label(sex), figures, selection.only(sex=sex))))


def _cells(wait: Wait, sex: str, f: WaitFigures, selection: Selection) -> Iterator[Cell]:
    def of(value: float | None, n: int, part: str = "") -> Cell:
        return Cell(value, n, Trace(wait.value, selection.only(part=part)))

    yield from (Cell(wait.label), Cell(sex), Cell(wait.unit_label))
    yield from (of(value, f.n) for value in (f.n, f.mean_days, f.median_days, f.p90_days))
    yield of(None if f.share_within_target is None else 100 * f.share_within_target, f.n)
    yield from (of(value, f.begun_n, BEGUN) for value in (f.begun_n, f.km_median_days, f.km_low, f.km_high))
    yield from (of(value, f.open_n, OPEN) for value in (f.open_n, f.open_median_age_days, f.longest_open_days))
    yield of(f.unknown_n, f.unknown_n, UNKNOWN)

"""The tables of a wait that have one line for each unit and sex: ended, still waiting, begun, and within targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures import rules
from caseflow.measures.measure import Measure
from caseflow.measures.queries import WaitReport
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Selection
from caseflow.measures.wait_figures import GroupFigures, WaitFigures
from caseflow.measures.wait_measures import BEGUN, FINISHED, OPEN, ROUND_LENGTHS, UNFINISHED, UNKNOWN, age_parts
from caseflow.measures.wait_series import target_days
from caseflow.reports.asked import sex_label, units_then
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table, Trace


def _who() -> tuple[Column, ...]:
    return (Column("unit", _("Enhet")), Column("sex", _("Kön")))


@dataclass(frozen=True)
class Group:
    """One line of the tables: a unit (or all) and a sex (or both), its figures and what they count."""

    key: str
    unit: str
    sex: str
    figures: WaitFigures
    selection: Selection


@dataclass(frozen=True)
class Asked:
    """The wait, its measure and figures, and what is counted."""

    wait: Wait
    measure: Measure
    selection: Selection
    report: WaitReport

    def cell(self, value: float | int | None, n: int, selection: Selection, part: str = "") -> Cell:
        """A figure that rests on n waits and opens to them."""
        return Cell(value, n, Trace(self.measure.key, selection.only(part=part)))

    def counted(self, n: int, selection: Selection, part: str = "") -> Cell:
        return self.cell(n, n, selection, part)


def groups_of(asked: Asked) -> Iterator[Group]:
    """All units and each, total and each sex. Of one chosen unit or sex only that."""
    yield from _sexes("all", _("Alla"), asked.report.all_units, asked.selection)
    if asked.selection.chosen.unit is None:
        units = units_then(asked.selection.cut)
        for code, figures in asked.report.units.items():
            yield from _sexes(code, code, figures, asked.selection.only(unit=units[code]))


def _sexes(key: str, label: str, figures: GroupFigures, selection: Selection) -> Iterator[Group]:
    yield Group(key, label, _("Totalt"), figures.total, selection)
    if selection.chosen.sex is None:
        for sex, of_sex in ((Sex.WOMAN, figures.women), (Sex.MAN, figures.men)):
            yield Group(f"{key}.{sex}", label, sex_label(sex), of_sex, selection.only(sex=sex))


def _row(group: Group, *cells: Cell) -> Row:
    return Row(group.key, (Cell(group.unit), Cell(group.sex), *cells))


def _additions(groups: list[Group], *columns: str) -> tuple[Addition, ...]:
    """Women and men make the total, and the units make all, in each of the columns."""
    keys = [group.key for group in groups]
    units = [key for key in keys if "." not in key and key != "all"]
    families = [(key, [f"{key}.{sex}" for sex in Sex if f"{key}.{sex}" in keys]) for key in keys]
    families += [("all" + end, [unit + end for unit in units]) for end in ("", *(f".{sex}" for sex in Sex))]
    return tuple(
        Addition((total, column), tuple((part, column) for part in parts))
        for column in columns
        for total, parts in families
        if parts and total in keys and parts[0] in keys
    )


def finished(asked: Asked, groups: list[Group]) -> Table:
    unit = asked.wait.unit_label
    rows = []
    for group in groups:
        f, chosen = group.figures, group.selection
        lengths = (f.mean_days, f.median_days, f.p90_days, percent(f.share_within_target))
        measured = (asked.cell(value, f.n, chosen) for value in lengths)
        unknown = asked.counted(f.unknown_n, chosen, UNKNOWN)
        rows.append(_row(group, asked.counted(f.n, chosen), *measured, Cell(f.target_days), unknown))
    return Table(
        "finished",
        _("Väntan som började i perioden och har slutat")
        if asked.selection.chosen.begun
        else _("Väntan som slutade i perioden"),
        (
            *_who(),
            Column("n", _("Antal"), Kind.COUNT),
            Column("mean", _("Medel, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("median", _("Median, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("p90", _("Nio av tio inom, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("share_within_target", _("Inom målet"), Kind.PERCENT, 1),
            Column("target", _("Mål, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("unknown_n", _("Början okänd"), Kind.COUNT),
        ),
        tuple(rows),
        caption=_("Bara avslutad väntan har en längd; de som fortfarande väntar står i nästa tabell."),
        notes=(
            _("Början okänd: väntan slutade i perioden, men ingen vet när den började. Den ingår inte i övriga tal."),
        ),
        additions=_additions(groups, "n", "unknown_n"),
    )


def waiting(asked: Asked, groups: list[Group]) -> Table:
    """Those who wait at the cut-off, whenever they began, by how long they have waited."""
    unit, parts = asked.wait.unit_label, age_parts(asked.wait)
    rows = []
    for group in groups:
        f, chosen = group.figures, group.selection
        ages = (
            asked.counted(sum(n for age, n in f.open_ages.items() if low <= age <= (high or age)), chosen, part)
            for part, low, high in parts
        )
        oldest = (asked.cell(value, f.open_n, chosen, OPEN) for value in (f.open_median_age_days, f.longest_open_days))
        rows.append(_row(group, asked.counted(f.open_n, chosen, OPEN), *oldest, *ages))
    keys = [f"open_from_{low}" for _part, low, _high in parts]
    labels = [
        f"{low}–{high} {unit}" if high else _("%(low)s %(unit)s eller mer", low=low, unit=unit)
        for _part, low, high in parts
    ]
    across = tuple(Addition((group.key, "open_n"), tuple((group.key, key) for key in keys)) for group in groups)
    return Table(
        "open",
        _("De som fortfarande väntar på brytdagen"),
        (
            *_who(),
            Column("open_n", _("Väntar"), Kind.COUNT),
            Column("median_age", _("Medianålder, %(unit)s", unit=unit), Kind.NUMBER, 1),
            Column("longest", _("Längst, %(unit)s", unit=unit), Kind.COUNT),
            *(Column(key, label, Kind.COUNT) for key, label in zip(keys, labels, strict=True)),
        ),
        tuple(rows),
        caption=_("Alla som väntar på brytdagen, oavsett när de började vänta."),
        additions=(*_additions(groups, "open_n", *keys), *across),
    )


def survival(asked: Asked, groups: list[Group]) -> Table:
    unit = asked.wait.unit_label
    rows = []
    for group in groups:
        curve, chosen, n = group.figures.survival, group.selection, group.figures.begun_n
        ended = sum(step.ended for step in curve.steps)
        counts = ((n, BEGUN), (ended, FINISHED), (n - ended, UNFINISHED))
        counted = (asked.counted(value, chosen, part) for value, part in counts)
        medians = (asked.cell(value, n, chosen, BEGUN) for value in (curve.median, curve.low, curve.high))
        rows.append(_row(group, *counted, *medians))
    return Table(
        "survival",
        _("Alla som började vänta i perioden"),
        (
            *_who(),
            Column("begun_n", _("Började vänta"), Kind.COUNT),
            Column("finished_n", _("Nådde målet"), Kind.COUNT),
            Column("unfinished_n", _("Har inte nått målet"), Kind.COUNT),
            Column("km_median", _("Median, %(unit)s", unit=unit), Kind.NUMBER),
            Column("km_low", _("Undre gräns, 95 %"), Kind.NUMBER),
            Column("km_high", _("Övre gräns, 95 %"), Kind.NUMBER),
        ),
        tuple(rows),
        caption=_(
            "Medianen enligt Kaplan–Meier räknar även dem som inte har nått målet: de har väntat minst så länge."
        ),
        notes=(_("Uppgift saknas: så få har nått målet att medianen eller gränsen ännu inte kan anges."),),
        additions=(
            *_additions(groups, "begun_n", "finished_n", "unfinished_n"),
            *(
                Addition((group.key, "begun_n"), ((group.key, "finished_n"), (group.key, "unfinished_n")))
                for group in groups
            ),
        ),
    )


def within(asked: Asked, groups: list[Group]) -> Table:
    """The share within each of the targets of all years, and within round lengths."""
    unit, targets = asked.wait.unit_label, target_days(asked.wait, asked.selection.cut)
    lengths = sorted({*targets, *ROUND_LENGTHS[asked.wait.unit]})
    rows = []
    for group in groups:
        shares = (percent(rules.share_within(group.figures.counts, length)) for length in lengths)
        rows.append(_row(group, *(asked.cell(share, group.figures.n, group.selection) for share in shares)))
    labels = {
        length: _("Högst %(length)s %(unit)s (mål från %(day)s)", length=length, unit=unit, day=targets[length])
        if length in targets
        else _("Högst %(length)s %(unit)s", length=length, unit=unit)
        for length in lengths
    }
    return Table(
        "within",
        _("Andel inom olika mål"),
        (*_who(), *(Column(f"within_{length}", label, Kind.PERCENT, 1) for length, label in labels.items())),
        tuple(rows),
        caption=_("Andelen av samma väntetider som i den första tabellen, för flera mål på en gång."),
    )


def percent(share: float | None) -> float | None:
    """0.55 as 55."""
    return None if share is None else 100 * share

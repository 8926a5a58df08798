"""The board's indicators per unit that receives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.costs import net_costs
from caseflow.measures.indicators import Indicator, earlier_periods, list_receiving_units
from caseflow.measures.selection import Selection
from caseflow.organisation.models import Unit
from caseflow.reports.asked import sex_label
from caseflow.reports.board_tables import cell
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table

COUNTED = ("F2", "F3", "F5", "F6")


def _shown() -> tuple[tuple[str, Column], ...]:
    return (
        ("F1", Column("enrolled", _("Inskrivna per månad"), Kind.NUMBER)),
        ("F2", Column("to_work_or_studies", _("Till arbete eller studier"), Kind.COUNT)),
        ("F3", Column("to_neither", _("Till varken eller"), Kind.COUNT)),
        ("F5", Column("placements", _("Påbörjade placeringar"), Kind.COUNT)),
        ("F6", Column("raised", _("Höjd anställningsbarhet"), Kind.COUNT)),
        ("F6_share", Column("raised_share", _("Höjda av dem som kan jämföras"), Kind.PERCENT, 1)),
        ("K1", Column("kkik", _("Börjat arbeta eller studera (KKiK)"), Kind.PERCENT, 1)),
    )


def table(selection: Selection, found: Mapping[str, Indicator]) -> Table:
    """One line per unit, and one per unit and sex."""
    units = list_receiving_units(selection.cut)
    groups: list[tuple[str, Unit | None, Sex | None]] = [("all", None, None)]
    groups += [(unit.code, unit, None) for unit in units]
    sexes = list(Sex) if selection.chosen.sex is None else []
    groups += [(f"{unit.code}.{sex}", unit, sex) for unit in units for sex in sexes]
    rows = (
        Row(
            key,
            (
                Cell(unit.code if unit else _("Alla")),
                Cell(sex_label(sex) if sex else _("Totalt")),
                *(cell(found[measure].now, found[measure], unit, sex) for measure, _column in _shown()),
            ),
        )
        for key, unit, sex in groups
    )
    return Table(
        key="units",
        title=_("Per enhet som tar emot"),
        columns=(Column("unit", _("Enhet")), Column("sex", _("Kön")), *(column for _measure, column in _shown())),
        rows=tuple(rows),
        caption=_("Hushåll står inte här: de har ingen enhet. Väntetider per enhet finns i rapporten Ledtider."),
        additions=tuple(_additions(units, sexes)),
    )


def _additions(units: list[Unit], sexes: list[Sex]) -> Iterator[Addition]:
    for measure, column in _shown():
        if measure in ("F1", *COUNTED):
            yield Addition(("all", column.key), tuple((unit.code, column.key) for unit in units))
            for unit in units:
                if sexes:
                    parts = tuple((f"{unit.code}.{sex}", column.key) for sex in sexes)
                    yield Addition((unit.code, column.key), parts)


def efficiency(selection: Selection, exits: Indicator, per_million: Indicator) -> Table:
    """F7 per unit: exits, what the unit cost, and the one by the other, with the years before."""
    costs = net_costs(per_million.now.selection) if per_million.now else {}
    rows = (
        Row(
            unit.code,
            (
                Cell(unit.code),
                cell(exits.now, exits, unit),
                Cell(costs.get(unit.id)),
                *(cell(found, per_million, unit) for found in (per_million.now, *per_million.years)),
            ),
        )
        for unit in list_receiving_units(selection.cut)
    )
    years = [period.from_on.year for period in earlier_periods(selection)[1:]]
    return Table(
        key="efficiency_units",
        title=_("Avslut per miljon kronor, per enhet"),
        columns=(
            Column("unit", _("Enhet")),
            Column("exits", _("Till arbete eller studier"), Kind.COUNT),
            Column("net_cost", _("Nettokostnad"), Kind.KRONOR),
            Column("per_million", _("Per miljon kronor"), Kind.NUMBER, 1),
            *(Column(f"year_{number}", str(year), Kind.NUMBER, 1) for number, year in enumerate(years, 1)),
        ),
        rows=tuple(rows),
        caption=_("Enheterna har olika målgrupper: siffrorna kan inte jämföras med varandra."),
        notes=(_("Uppgift saknas: nettokostnaden är inte registrerad, eller perioden är inte ett helt år."),),
    )

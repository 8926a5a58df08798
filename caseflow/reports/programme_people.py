"""The tables of a programme's report that count people and households: places, goals, households, the cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.measures.programme_budget import BudgetYear, PlaceGoal
from caseflow.measures.programme_cohort import FOLLOWED_MONTHS, Standing
from caseflow.measures.programme_result import TOTAL, HouseholdLeft, ProgrammeReport, Savings
from caseflow.measures.programme_rows import DEVELOPMENT_PLACE, EMPLOYMENT_OR_INTERNSHIP, OF_WHICH
from caseflow.measures.selection import Period, Selection
from caseflow.organisation.models import Programme
from caseflow.reports.document import Addition, Cell, Column, Kind, Row, Table, Trace

SEXES = (("women", Sex.WOMAN, _l("kvinnor")), ("men", Sex.MAN, _l("män")), ("total", None, _l("alla")))


@dataclass(frozen=True)
class Asked:
    """The programme, its report on the period, and what is followed from its beginning (`whole`): savings and goals."""

    programme: Programme
    selection: Selection
    report: ProgrammeReport
    whole: Selection
    savings: Savings
    budget: list[BudgetYear]
    goals: list[PlaceGoal]

    @property
    def years(self) -> list[int]:
        return self.report.years

    def of_year(self, year: int | None) -> Selection:
        """The part of the period that lies in the year; the period itself for None."""
        if year is None:
            return self.selection
        whole, period = Period.year(year), self.selection.period
        return self.selection.only(period=Period(max(whole.from_on, period.from_on), min(whole.to_on, period.to_on)))


def ahead() -> str:
    """What is said of a year that is not counted yet."""
    return _("Året ligger efter brytdagen.")


def count(n: int, measure: str, selection: Selection) -> Cell:
    """A count that opens to what it counts."""
    return Cell(n, n, Trace(measure, selection))


def year_columns(asked: Asked, kind: Kind = Kind.COUNT) -> tuple[Column, ...]:
    """A column for each year and one for all."""
    return (*(Column(str(year), str(year), kind) for year in asked.years), Column(TOTAL, _("Totalt"), kind))


def across_years(asked: Asked, rows: Iterable[str]) -> tuple[Addition, ...]:
    """The years make the total, in each of the rows."""
    return tuple(Addition((row, TOTAL), tuple((row, str(year)) for year in asked.years)) for row in rows)


def down(total: str, parts: Sequence[str], columns: Iterable[Column]) -> tuple[Addition, ...]:
    """The rows make the total row, in each of the columns."""
    return tuple(Addition((total, column.key), tuple((part, column.key) for part in parts)) for column in columns)


def places(asked: Asked) -> Table:
    named = asked.programme.of_which_workplace
    labels = {
        EMPLOYMENT_OR_INTERNSHIP: _("Arbetsmarknadsanställning eller praktikplats"),
        DEVELOPMENT_PLACE: _("Utvecklingsplats"),
        **({OF_WHICH: _("varav %(workplace)s", workplace=named)} if named else {}),
        TOTAL: _("Totalt"),
    }
    periods = [(year, str(year), str(year)) for year in asked.years] + [(None, TOTAL, _("Totalt"))]
    columns = tuple(
        Column(f"{key}_{word}", f"{label}, {sexes}", Kind.COUNT)
        for _year, key, label in periods
        for word, _sex, sexes in SEXES
    )
    rows = tuple(
        Row(
            kind,
            (
                Cell(label),
                *(_place(asked, kind, year, sex) for year, _key, _label in periods for _word, sex, _label in SEXES),
            ),
        )
        for kind, label in labels.items()
    )
    return Table(
        "places",
        _("Påbörjade platser"),
        (Column("placement", _("Placering")), *columns),
        rows,
        caption=_("Deltagare vid sin första placering i programmet, efter året då den började."),
        additions=(*_place_additions(list(labels), [key for _year, key, _label in periods]), *_place_sums(columns)),
    )


def _place(asked: Asked, kind: str, year: int | None, sex: Sex | None) -> Cell:
    selection = asked.of_year(year).only(sex=sex, part="" if kind == TOTAL else kind)
    return count(asked.report.placed(kind, year, sex), "programme.places", selection)


def _place_additions(rows: Sequence[str], periods: Sequence[str]) -> Iterable[Addition]:
    """Women and men make all, and the years make the total."""
    for row in rows:
        for key in periods:
            yield Addition((row, f"{key}_total"), tuple((row, f"{key}_{word}") for word in ("women", "men")))
        for word, _sex, _label in SEXES:
            yield Addition((row, f"{TOTAL}_{word}"), tuple((row, f"{key}_{word}") for key in periods if key != TOTAL))


def _place_sums(columns: Sequence[Column]) -> tuple[Addition, ...]:
    return down(TOTAL, (EMPLOYMENT_OR_INTERNSHIP, DEVELOPMENT_PLACE), columns)


def goals(asked: Asked) -> Table:
    rows = []
    for goal in asked.goals:
        n = goal.begun
        trace = None if n is None else Trace("programme.places", goal.selection)
        note = ahead() if n is None else ""
        words = (Cell(str(goal.year) if goal.year else _("hela tiden")), Cell(goal.board or _("alla tillsammans")))
        share = None if goal.share is None else 100 * goal.share
        counted = (Cell(n, n, trace, note), Cell(share, n, trace, note))
        rows.append(Row(f"{goal.year or 'whole'}:{goal.board}", (*words, Cell(goal.places), *counted)))
    return Table(
        "goals",
        _("Platser mot målet"),
        (
            Column("year", _("År")),
            Column("board", _("Nämnd eller förvaltning")),
            Column("goal", _("Mål"), Kind.COUNT),
            Column("begun", _("Påbörjade"), Kind.COUNT),
            Column("share", _("Andel av målet"), Kind.PERCENT, 1),
        ),
        tuple(rows),
        caption=_("Från programmets början till brytdagen. Nämnden är den som arbetsplatsens arbetsgivare hör till."),
    )


def households(asked: Asked) -> Table:
    kinds = (
        ("wholly", _("Lämnade stödet helt"), asked.report.wholly),
        ("topped_up", _("Har kvar utfyllnad"), asked.report.topped_up),
        ("unknown", _("Utan kända utbetalningar"), asked.report.unknown),
        (TOTAL, _("Totalt"), asked.report.households),
    )
    columns = year_columns(asked)
    rows = tuple(
        Row(key, (Cell(label), *(_left(asked, key, left, year) for year in (*asked.years, None))))
        for key, label, left in kinds
    )
    parts = [key for key, _label, _left in kinds if key != TOTAL]
    return Table(
        "households",
        _("Hushåll som lämnat försörjningsstödet"),
        (Column("household", _("Hushåll")), *columns),
        rows,
        caption=_("Varje hushåll en gång, efter året för avslutet."),
        notes=(
            _("Hushåll utan kända utbetalningar räknas här, men deras kronor är okända och ingår inte i någon summa."),
        ),
        additions=(*down(TOTAL, parts, columns), *across_years(asked, (*parts, TOTAL))),
    )


def _left(asked: Asked, key: str, left: Sequence[HouseholdLeft], year: int | None) -> Cell:
    n = sum(year in (None, one.left_on.year) for one in left)
    return count(n, "programme.households", asked.of_year(year).only(part="" if key == TOTAL else key))


def months(asked: Asked) -> Table:
    found, trace = asked.report.months_on_assistance, Trace("programme.months", asked.selection)
    n = len(found)
    values = (
        ("mean", _("Medel"), asked.report.months_mean),
        ("max", _("Längst"), max(found, default=None)),
        ("min", _("Kortast"), min(found, default=None)),
    )
    return Table(
        "months",
        _("Tid med försörjningsstöd för hushåll som lämnat"),
        (Column("figure", _("Mått")), Column("months", _("Månader"), Kind.NUMBER, 1)),
        tuple(Row(key, (Cell(label), Cell(value, n, trace))) for key, label, value in values),
        caption=_("%(n)s hushåll där början är känd. Hela kalendermånader.", n=n),
    )


def cohort(asked: Asked) -> Table:
    columns = tuple(
        Column(f"{later}_{word}", _("Efter %(later)s månader, %(sexes)s", later=later, sexes=sexes), Kind.COUNT)
        for later in FOLLOWED_MONTHS
        for word, _sex, sexes in SEXES
    )
    rows = tuple(
        Row(
            standing or TOTAL,
            (
                Cell(standing.label if standing else _("Totalt")),
                *(_followed(asked, later, standing, sex) for later in FOLLOWED_MONTHS for _word, sex, _label in SEXES),
            ),
        )
        for standing in (*Standing, None)
    )
    across = (
        Addition((row.key, f"{later}_total"), ((row.key, f"{later}_women"), (row.key, f"{later}_men")))
        for row in rows
        for later in FOLLOWED_MONTHS
    )
    return Table(
        "cohort",
        _("Var deltagarna stod 12 och 18 månader efter sin första plats"),
        (Column("standing", _("På uppföljningsdagen")), *columns),
        rows,
        caption=_("De som började en plats i perioden. Varje deltagare står på en rad: den översta som stämmer."),
        notes=tuple(f"{standing.label}: {standing.rule}" for standing in Standing),
        additions=(*down(TOTAL, list(Standing), columns), *across),
    )


def _followed(asked: Asked, later: int, standing: Standing | None, sex: Sex | None) -> Cell:
    part = f"{later}_{standing}" if standing else str(later)
    n = asked.report.followed(later, standing, sex)
    return count(n, "programme.cohort", asked.selection.only(sex=sex, part=part))

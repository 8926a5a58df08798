"""The key figures of KKiK and Kolada: exits that began work or studies, and for every exit why it counts or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.measures.figures import Figures, figures
from caseflow.measures.indicators import earlier_periods, list_receiving_units
from caseflow.measures.kkik import BEGAN_WORK_OR_STUDIES, Reason
from caseflow.measures.selection import Selection
from caseflow.organisation.models import Unit
from caseflow.reports.asked import definitions_of, facts_of, selection_of, sex_label
from caseflow.reports.document import Addition, Cell, Column, Definition, Document, Kind, Row, Table, Trace
from caseflow.reports.question import Question, ReportKind

# Kolada's titles: "Resultat vid avslut i kommunens arbetsmarknadsverksamhet, deltagare som …".
BEGAN_EITHER, BEGAN_WORK, BEGAN_STUDIES = "U40455", "U40406", "U40409"
BEGAN_WORK_N, BEGAN_STUDIES_N = "U40450", "U40451"
GROUPS: tuple[tuple[str, Sex | None], ...] = (("women", Sex.WOMAN), ("men", Sex.MAN), ("total", None))
K1 = BEGAN_WORK_OR_STUDIES


def build(question: Question) -> Document:
    """The key figures of a year, or of the part of it up to the cut-off."""
    selection = selection_of(question)
    by_reason = {reason: figures(K1, selection.only(part=reason.value)) for reason in Reason}
    exits = figures(K1, selection)
    return Document(
        key=KIND.key,
        title=_("Nyckeltal till KKiK och Kolada"),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=facts_of(question),
        tables=tuple(_tables(selection, exits, by_reason)),
        definitions=(*definitions_of([K1]), *_definitions()),
        warnings=tuple(_warnings(by_reason)),
    )


def _tables(selection: Selection, exits: Figures, by_reason: Mapping[Reason, Figures]) -> Iterator[Table]:
    yield _shares(selection, exits, by_reason)
    yield _reasons(selection, exits, by_reason)
    if selection.chosen.unit is None:
        yield _units(exits)


def _shares(selection: Selection, exits: Figures, by_reason: Mapping[Reason, Figures]) -> Table:
    """The shares that Kolada asks for, of all exits."""
    periods = earlier_periods(selection)[1:]
    years = [figures(K1, selection.only(period=period)) for period in periods]
    either = (*(_share(exits, sex) for _key, sex in GROUPS), *(_share(year) for year in years))
    rows = [Row(BEGAN_EITHER, (Cell(_("Börjat arbeta eller studera")), Cell(BEGAN_EITHER), *either))]
    for key, label, reason in (
        (BEGAN_WORK, _("Börjat arbeta"), Reason.WORK),
        (BEGAN_STUDIES, _("Börjat studera"), Reason.STUDIES),
    ):
        parts = [_part(by_reason[reason], exits, sex) for _key, sex in GROUPS]
        parts += [_part(figures(K1, year.selection.only(part=reason.value)), year) for year in years]
        rows.append(Row(key, (Cell(label), Cell(key), *parts)))
    return Table(
        key="shares",
        title=_("Resultat vid avslut, andel av alla avslut"),
        columns=(
            Column("figure", _("Nyckeltal")),
            Column("kolada", _("Kolada")),
            *(Column(key, _group_label(sex), Kind.PERCENT, 1) for key, sex in GROUPS),
            *(
                Column(f"year_{number}", str(period.from_on.year), Kind.PERCENT, 1)
                for number, period in enumerate(periods, 1)
            ),
        ),
        rows=tuple(rows),
        caption=_("Andel i procent av alla avslut i perioden."),
    )


def _share(found: Figures, sex: Sex | None = None) -> Cell:
    figure = found.of(sex=sex)
    return Cell(figure.value, figure.rows, Trace(K1.key, found.selection.only(sex=sex)))


def _part(part: Figures, exits: Figures, sex: Sex | None = None) -> Cell:
    """The share of the exits with the reason: it rests on them all, and opens to them all, each with its reason."""
    n, of = part.of(sex=sex).rows, exits.of(sex=sex).rows
    return Cell(100 * n / of if of else None, of, Trace(K1.key, exits.selection.only(sex=sex)))


def _reasons(selection: Selection, exits: Figures, by_reason: Mapping[Reason, Figures]) -> Table:
    """Every exit once, by why it counts or does not."""
    kolada = {Reason.WORK: BEGAN_WORK_N, Reason.STUDIES: BEGAN_STUDIES_N}
    rows = [
        Row(
            reason.value,
            (
                Cell(reason.label),
                Cell(reason.counts),
                Cell(kolada.get(reason, "")),
                *(_count(found, sex) for _key, sex in GROUPS),
            ),
        )
        for reason, found in by_reason.items()
    ]
    all_of_them = (_count(exits, sex) for _key, sex in GROUPS)
    rows.append(Row("all", (Cell(_("Alla avslut")), Cell(""), Cell(""), *all_of_them)))
    additions = [Addition(("all", key), tuple((reason.value, key) for reason in by_reason)) for key, _sex in GROUPS] + [
        Addition((row.key, "total"), ((row.key, "women"), (row.key, "men"))) for row in rows
    ]
    return Table(
        key="reasons",
        title=_("Varför avslut räknas eller inte"),
        columns=(
            Column("reason", _("Skäl")),
            Column("counts", _("Räknas")),
            Column("kolada", _("Kolada, antal")),
            *(Column(key, _group_label(sex), Kind.COUNT) for key, sex in GROUPS),
        ),
        rows=tuple(rows),
        caption=_("Varje avslut står en gång. Öppna ett antal för att se avsluten och regeln för vart och ett."),
        additions=tuple(additions) if selection.chosen.sex is None else (),
    )


def _count(found: Figures, sex: Sex | None, unit: Unit | None = None) -> Cell:
    rows = found.of(unit.id if unit else None, sex).rows
    return Cell(rows, rows, Trace(K1.key, found.selection.only(sex=sex, unit=unit)))


def _units(exits: Figures) -> Table:
    units = list_receiving_units(exits.selection.cut)
    rows = []
    for unit in units:
        figure = exits.of(unit.id)
        share = Cell(figure.value, figure.rows, Trace(K1.key, exits.selection.only(unit=unit)))
        rows.append(Row(unit.code, (Cell(unit.code), _count(exits, None, unit), share)))
    return Table(
        key="units",
        title=_("Per enhet som tog emot"),
        columns=(
            Column("unit", _("Enhet")),
            Column("exits", _("Avslut"), Kind.COUNT),
            Column("share", _("Börjat arbeta eller studera"), Kind.PERCENT, 1),
        ),
        rows=tuple(rows),
    )


def _group_label(sex: Sex | None) -> str:
    return sex_label(sex) if sex else _("Totalt")


def _warnings(by_reason: Mapping[Reason, Figures]) -> Iterator[str]:
    early = by_reason[Reason.TOO_EARLY].total.rows
    if early:
        yield (
            _(
                "%(n)s avslut till arbete räknas inte än: en månad har inte gått. Andelen kan stiga när brytdagen är "
                "senare.",
                n=early,
            )
        )


def _definitions() -> tuple[Definition, ...]:
    return (
        Definition(
            _("Kolada"),
            _(
                "Resultat vid avslut i kommunens arbetsmarknadsverksamhet: deltagare som börjat arbeta eller studera "
                "(%(either)s), börjat arbeta (%(work)s, antal %(work_n)s), börjat studera (%(studies)s, antal "
                "%(studies_n)s). Kontrollera numren mot Koladas lista när siffrorna lämnas.",
                either=BEGAN_EITHER,
                work=BEGAN_WORK,
                work_n=BEGAN_WORK_N,
                studies=BEGAN_STUDIES,
                studies_n=BEGAN_STUDIES_N,
            ),
            _("Kolada, Rådet för främjande av kommunala analyser"),
        ),
    )


KIND = ReportKind(
    key="kkik",
    title=_l("KKiK och Kolada"),
    purpose=_l("Andel avslut där deltagaren börjat arbeta eller studera, och varför varje avslut räknas eller inte."),
    answers=_l("Vilka tal ska vi lämna till KKiK och Kolada?"),
    build=build,
    asks=("unit", "programme", "sex", "ages"),
    whole_years=True,
)

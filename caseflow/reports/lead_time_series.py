"""The tables of a wait in time: three years, month by month, and how long people wait."""

from __future__ import annotations

from dataclasses import replace

from caseflow.core.language import _
from caseflow.core.periods import first_of_month
from caseflow.core.personnummer import Sex
from caseflow.measures import rules
from caseflow.measures.charts import last_day
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import assess
from caseflow.measures.wait_measures import BEGUN, OPEN, waited_parts
from caseflow.measures.wait_series import lengths_by_month, months_of, target_wording, years_back
from caseflow.reports.asked import sex_label, spoken
from caseflow.reports.document import Cell, Chart, ChartKind, Column, Kind, Row, Series, Table
from caseflow.reports.lead_time_groups import Asked, percent


def years(asked: Asked) -> Table:
    """The period and the same of the two years before, each cut off on the same day of its year."""
    asked_years = [asked, *(_earlier(asked, years) for years in (1, 2))]
    means = [one.report.all_units.total.mean_days for one in asked_years]
    rows = []
    for one, year_before in zip(asked_years, [*means[1:], None], strict=True):
        figures, chosen = one.report.all_units, one.selection
        f = figures.total
        wording = target_wording(one.wait, chosen)
        goal = assess(f.mean_days, f.target_days, wording, year_before)
        lengths = (f.mean_days, f.median_days, f.p90_days, percent(f.share_within_target))
        cells = [Cell(spoken(chosen.period)), Cell(chosen.cut.as_of), one.counted(f.n, chosen)]
        cells += [one.cell(value, f.n, chosen) for value in lengths]
        cells += _means_by_sex(one)
        cells += [one.counted(f.open_n, chosen, OPEN), Cell(f.target_days), Cell(wording), Cell(goal)]
        rows.append(Row(str(chosen.period.from_on), tuple(cells)))
    return Table("years", _("Samma period tre år i rad"), _year_columns(asked), tuple(rows), caption=_years_caption())


def _years_caption() -> str:
    return _(
        "De tidigare åren räknas till samma dag på året. Målet är det som gällde då. Färgen: ska minska uppfylls när "
        "medelvärdet är lägre än året före; annars uppfylls det vid eller under måltalet, delvis upp till en tiondel "
        "över."
    )


def _year_columns(asked: Asked) -> tuple[Column, ...]:
    unit = asked.wait.unit_label
    by_sex = (
        Column(f"mean_{sex}", _("Medel, %(sex)s", sex=sex_label(sex).lower()), Kind.NUMBER, 1)
        for sex in _sexes_shown(asked)
    )
    return (
        Column("period", _("Period")),
        Column("as_of", _("Brytdag"), Kind.DAY),
        Column("n", _("Antal"), Kind.COUNT),
        Column("mean", _("Medel, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("median", _("Median, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("p90", _("Nio av tio inom, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("share_within_target", _("Inom målet"), Kind.PERCENT, 1),
        *by_sex,
        Column("open_n", _("Väntade på brytdagen"), Kind.COUNT),
        Column("target", _("Mål, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("wording", _("Nämndens mål")),
        Column("goal", _("Bedömning"), Kind.GOAL),
    )


def _earlier(asked: Asked, years: int) -> Asked:
    selection = years_back(asked.selection, years)
    report = wait_report(asked.wait, selection.period, selection.cut, selection.chosen)
    return Asked(asked.wait, asked.measure, selection, report)


def _sexes_shown(asked: Asked) -> tuple[Sex, ...]:
    return (Sex.WOMAN, Sex.MAN) if asked.selection.chosen.sex is None else ()


def _means_by_sex(one: Asked) -> list[Cell]:
    of_sex = {Sex.WOMAN: one.report.all_units.women, Sex.MAN: one.report.all_units.men}
    return [one.cell(of_sex[sex].mean_days, of_sex[sex].n, one.selection.only(sex=sex)) for sex in _sexes_shown(one)]


def months(asked: Asked) -> Table:
    """The waits of each month in which they ended (began, when so chosen), and how many began."""
    selection, unit = asked.selection, asked.wait.unit_label
    ended = lengths_by_month(asked.measure, selection)
    begun = lengths_by_month(asked.measure, selection.only(part=BEGUN))
    rows = []
    for month in months_of(selection.period.until(selection.cut.as_of)):
        first, within = first_of_month(month.from_on), selection.only(within=month)
        counts = ended.get(first, {})
        n = rules.total(counts)
        lengths = (rules.mean(counts), rules.percentile(counts, 50), rules.percentile(counts, 90))
        measured = (asked.cell(value, n, within) for value in lengths)
        began = asked.counted(rules.total(begun.get(first, {})), within, BEGUN)
        rows.append(Row(f"{first:%Y-%m}", (Cell(f"{first:%Y-%m}"), asked.counted(n, within), *measured, began)))
    columns = (
        Column("month", _("Månad")),
        Column("n", _("Antal"), Kind.COUNT),
        Column("mean", _("Medel, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("median", _("Median, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("p90", _("Nio av tio inom, %(unit)s", unit=unit), Kind.NUMBER, 1),
        Column("begun_n", _("Började vänta"), Kind.COUNT),
    )
    by_begun = selection.chosen.begun
    table = Table(
        "months",
        _("Månad för månad"),
        columns,
        tuple(rows),
        caption=_("Efter den månad då väntan började.") if by_begun else _("Efter den månad då väntan slutade."),
    )
    return _with_lines(table, asked)


def _with_lines(table: Table, asked: Asked) -> Table:
    names = {"mean": _("Medel"), "median": _("Median")}
    series = tuple(
        Series(name, tuple((row.key, _plain(table.cell(row.key, key).value)) for row in table.rows), key == "median")
        for key, name in names.items()
    )
    chart = Chart(
        ChartKind.LINE,
        _("%(label)s: medel och median per månad, bara avslutad väntan.", label=asked.wait.label),
        series,
        x_label=_("Månad"),
        y_label=asked.wait.unit_label.capitalize(),
    )
    return replace(table, chart=chart)


def curve(asked: Asked) -> Table:
    """How many still waited, and the share that did, at some lengths; the whole curve as chart."""
    figures, selection, unit = asked.report.all_units, asked.selection, asked.wait.unit_label
    total = figures.total.survival
    of_sex = {Sex.WOMAN: figures.women, Sex.MAN: figures.men}
    rows = []
    for part, length in waited_parts(asked.wait):
        step = next((one for one in reversed(total.steps) if one.day <= length), None)
        limits = (step.low, step.high) if step else (None, None)
        shares = (total.share_after(length), *limits) if total.steps else (None, None, None)
        n = figures.total.begun_n
        cells = [asked.counted(total.at_risk_on(length), selection, part)]
        cells += [asked.cell(percent(share), n, selection, BEGUN) for share in shares]
        for sex in _sexes_shown(asked):
            group = of_sex[sex]
            share = group.survival.share_after(length) if group.survival.steps else None
            cells.append(asked.cell(percent(share), group.begun_n, selection.only(sex=sex), BEGUN))
        rows.append(Row(str(length), (Cell(length), *cells)))
    columns = (
        Column("length", unit.capitalize(), Kind.COUNT),
        Column("at_risk", _("Väntade fortfarande"), Kind.COUNT),
        Column("share", _("Andel som väntar kvar"), Kind.PERCENT, 1),
        Column("low", _("Undre gräns, 95 %"), Kind.PERCENT, 1),
        Column("high", _("Övre gräns, 95 %"), Kind.PERCENT, 1),
        *(
            Column(f"share_{sex}", _("%(sex)s, väntar kvar", sex=sex_label(sex)), Kind.PERCENT, 1)
            for sex in _sexes_shown(asked)
        ),
    )
    return Table(
        "curve", _("Hur länge man väntar"), columns, tuple(rows), caption=_curve_caption(), chart=_steps(asked)
    )


def _curve_caption() -> str:
    return _(
        "Alla som började vänta i perioden, enligt Kaplan–Meier. Väntade fortfarande: vid dagens början. "
        "Andelen är den efter dagens slut."
    )


def _steps(asked: Asked) -> Chart:
    figures = asked.report.all_units
    groups = [(_("Totalt"), figures.total, False)]
    if _sexes_shown(asked):
        groups += [(_("Kvinnor"), figures.women, False), (_("Män"), figures.men, True)]
    last = max(last_day(group.survival) for _name, group, _dashed in groups)
    series = tuple(
        Series(
            name,
            (
                (0, 100.0),
                *((step.day, 100 * step.share) for step in group.survival.steps if step.day <= last and step.ended),
                (last, 100 * group.survival.share_after(last)),
            ),
            dashed,
        )
        for name, group, dashed in groups
        if group.survival.steps
    )
    return Chart(
        ChartKind.STEP,
        _(
            "Andelen som fortfarande väntar, efter antal %(unit_label)s sedan %(start_label)s.",
            unit_label=asked.wait.unit_label,
            start_label=asked.wait.start_label,
        ),
        series,
        x_label=f"{asked.wait.unit_label.capitalize()} sedan {asked.wait.start_label}",
        y_label=_("Andel som väntar kvar, %"),
    )


def _plain(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None

"""The tables of a programme's report that are in kronor. Savings, costs and their difference always stand apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from caseflow.core.language import _
from caseflow.core.periods import add_months
from caseflow.measures.figures import list_figures, month_end
from caseflow.measures.programme_measures import OTHER_RULES
from caseflow.measures.programme_page import PUBLISHED_SUM
from caseflow.measures.programme_result import TOTAL, Cost, Savings
from caseflow.measures.programme_rows import BEFORE_PROGRAMME
from caseflow.measures.registry import get_measure
from caseflow.measures.savings_rules import last_whole_month, to_ore
from caseflow.measures.selection import Period, Selection
from caseflow.reports.document import Addition, Cell, Chart, ChartKind, Column, Kind, Row, Series, Table, Trace
from caseflow.reports.programme_people import Asked, across_years, ahead, down, year_columns
from caseflow.web.formatting import kr


def _kronor_column() -> Column:
    return Column("kr", _("Kronor"), Kind.KRONOR)


TOPPED_UP = "topped_up"


def summary(asked: Asked) -> Table:
    """Gross, net cost and difference: three figures, none instead of the others."""
    report, n = asked.report, asked.report.savings.households
    cases = max((cost.cases for cost in report.costs), default=0)
    before = sum((cost.before_programme_kr for cost in report.costs), Decimal(0))
    whole, without = asked.selection, asked.selection.only(part=BEFORE_PROGRAMME)
    gross = _savings_trace(whole)
    costs, costs_before = (Trace("programme.costs", one) for one in (whole, without))
    effect, effect_before = (Trace("programme.effect", one) for one in (whole, without))
    of_both, before_kr = n or cases, report.net_effect_before_programme_kr
    rows = (
        ("gross", _("Försörjningsstöd som inte betalats ut, brutto"), report.avoided_total_kr, n, gross),
        ("net_cost", _("Nettokostnad för anställningar"), report.net_cost_kr, cases, costs),
        ("difference", _("Skillnad: brutto minus nettokostnad"), report.net_effect_kr, of_both, effect),
        ("net_cost_before", _("Nettokostnad före programmets medel"), before, cases, costs_before),
        ("difference_before", _("Skillnad före programmets medel"), before_kr, of_both, effect_before),
    )
    return Table(
        "summary",
        _("Kronorna i korthet"),
        (Column("figure", _("Mått")), _kronor_column()),
        tuple(Row(key, (Cell(label), Cell(value, rests_on, trace))) for key, label, value, rests_on, trace in rows),
        caption=_(
            "Brutto bygger på %(n)s hushåll med minst en månad att räkna. Programmets medel är också kommunala, "
            "därför visas båda skillnaderna.",
            n=n,
        ),
        additions=(
            Addition(("gross", "kr"), (("net_cost", "kr"), ("difference", "kr"))),
            Addition(("gross", "kr"), (("net_cost_before", "kr"), ("difference_before", "kr"))),
        ),
    )


def _savings_trace(selection: Selection, part: str = "") -> Trace:
    return Trace("programme.savings", selection.only(part=part))


def savings(asked: Asked) -> Table:
    found, whole = asked.report.savings, asked.selection
    years = [
        (
            str(year),
            _("%(year)s, hushåll som lämnat helt", year=year),
            found.of_year(year),
            found.n.get((True, year), 0),
            _savings_trace(asked.of_year(year), "wholly"),
        )
        for year in asked.years
    ]
    topped_up = found.n.get((False, None), 0)
    lines = [
        *years,
        (TOPPED_UP, _("Sänkt utfyllnad, årsvärde"), found.topup_year_kr, topped_up, _savings_trace(whole, TOPPED_UP)),
        (TOTAL, _("Summa"), found.total_kr, found.households, _savings_trace(whole)),
    ]
    rows = (Row(key, (Cell(label), Cell(n, n, trace), Cell(value, n, trace))) for key, label, value, n, trace in lines)
    return Table(
        "savings",
        _("Försörjningsstöd som inte betalats ut"),
        (Column("line", _("Del")), Column("households", _("Hushåll"), Kind.COUNT), _kronor_column()),
        tuple(rows),
        caption=_(
            "Ett års kronor är årets månader, av alla hushåll som lämnat helt dittills. Ett hushåll som sparar i "
            "flera år räknas en gång i summan."
        ),
        notes=tuple(_savings_notes(asked)),
        additions=(Addition((TOTAL, "kr"), tuple((key, "kr") for key, *_ in lines if key != TOTAL)),),
    )


def _savings_notes(asked: Asked) -> Iterator[str]:
    total = asked.report.avoided_total_kr
    printed = PUBLISHED_SUM.get((asked.programme.code, asked.selection.cut.as_of))
    if printed is not None and printed != total == asked.savings.total_kr:
        yield (
            _(
                "De tre delarna blir %(total)s. Slutrapporten anger summan %(printed)s. "
                "Vi skriver den rätta summan, skillnaden är %(difference)s.",
                total=kr(total),
                printed=kr(printed),
                difference=kr(abs(total - printed)),
            )
        )
    if asked.report.unknown:
        yield _(
            "Dessutom har %(unknown)s hushåll lämnat stödet, men deras kronor är okända.",
            unknown=len(asked.report.unknown),
        )


def sensitivity(asked: Asked) -> Table:
    """Gross savings counted in four ways: two baselines, with and without stopping at the return to assistance."""
    found = {(one.rule.baseline_months, one.rule.stops): one for one in asked.report.other_rules}
    part_of = {(rule.baseline_months, rule.stops): part for part, rule in OTHER_RULES.items()}
    plain = asked.report.savings
    found[plain.rule.baseline_months, plain.rule.stops] = plain

    def cell(months: int, stops: bool) -> Cell:
        one = found[months, stops]
        return Cell(one.total_kr, one.households, _savings_trace(asked.selection, part_of.get((months, stops), "")))

    rows = (
        Row(
            f"baseline_{months}",
            (Cell(label), cell(months, True), cell(months, False)),
        )
        for months, label in ((12, _("Tolv månader före")), (6, _("Sex månader före")))
    )
    return Table(
        "sensitivity",
        _("Bruttosumman räknad på fyra sätt"),
        (
            Column("baseline", _("Utgångspunkt")),
            Column("stops", _("Slutar när stödet är tillbaka"), Kind.KRONOR),
            Column("goes_on", _("Fortsätter efter återgång"), Kind.KRONOR),
        ),
        tuple(rows),
        caption=_("Rapportens summa är den första: tolv månader, och räkningen slutar när stödet är tillbaka."),
        notes=tuple(_different_households(found[12, True], found[6, True])),
    )


def _different_households(twelve: Savings, six: Savings) -> Iterator[str]:
    if twelve.households != six.households:
        yield (
            _(
                "Med tolv månader ingår %(twelve)s hushåll, med sex månader %(six)s: "
                "de övriga har ingen känd utbetalning i de månaderna, eller ingen månad att räkna.",
                twelve=twelve.households,
                six=six.households,
            )
        )


def costs(asked: Asked) -> Table:
    columns = year_columns(asked, Kind.KRONOR)
    parts = (
        ("wage", _("Lönekostnader, arbetsmarknadsanställningar"), "wage"),
        ("af", _("Intäkter från Arbetsförmedlingen"), "af"),
        ("programme", _("Betalt av %(name)s", name=asked.programme.name), "programme"),
        ("net", _("Netto"), ""),
    )
    rows = tuple(
        Row(key, (Cell(label), *(_cost(asked, key, part, year) for year in (*asked.years, None))))
        for key, label, part in parts
    )
    return Table(
        "costs",
        _("Kostnad för anställningar"),
        (Column("line", _("Post")), *columns),
        rows,
        caption=_("Det som andra betalade är negativt."),
        additions=(
            *down("net", ("wage", "af", "programme"), columns),
            *across_years(asked, (key for key, _label, _part in parts)),
        ),
    )


def _cost(asked: Asked, key: str, part: str, year: int | None) -> Cell:
    found = [cost for cost in asked.report.costs if year in (None, cost.year)]
    value = sum((_kronor(cost, key) for cost in found), Decimal(0))
    cases = max((cost.cases for cost in found), default=0)
    return Cell(value, cases, Trace("programme.costs", asked.of_year(year).only(part=part)))


def _kronor(cost: Cost, key: str) -> Decimal:
    return {"wage": cost.wage_kr, "af": cost.af_kr, "programme": cost.programme_kr, "net": cost.net_kr}[key]


def budget(asked: Asked) -> Table:
    rows = []
    years = [Period(asked.whole.period.from_on, one.ends_on) for one in asked.budget]
    traces = [_savings_trace(asked.whole.only(period=period), "wholly") for period in years]
    # A household may have been spared in several years: those of all years so far are counted anew, not added up.
    counted = list_figures([(get_measure(trace.measure), trace.selection) for trace in traces])
    for one, trace, all_so_far in zip(asked.budget, traces, counted, strict=True):
        n, note = asked.savings.n.get((True, one.year), 0), ahead() if one.avoided_kr is None else ""
        of_year = _savings_trace(asked.whole.only(period=Period.year(one.year)), "wholly")
        cells = (
            Cell(one.granted_kr),
            Cell(one.lowered_kr),
            Cell(one.avoided_kr, n, None if note else of_year, note),
            Cell(_percent(one.share), n, None if note else of_year, note),
            Cell(one.lowered_so_far_kr),
            Cell(one.avoided_so_far_kr, all_so_far.total.n, None if note else trace),
            Cell(_percent(one.share_so_far), all_so_far.total.n, None if note else trace, note),
        )
        rows.append(Row(str(one.year), (Cell(str(one.year)), *cells)))
    known = [str(one.year) for one in asked.budget if one.avoided_kr is not None]
    return Table(
        "budget",
        _("Mot den minskade budgeten för försörjningsstöd"),
        (
            Column("year", _("År")),
            Column("granted", _("Beviljat till programmet"), Kind.KRONOR),
            Column("lowered", _("Minskad budget"), Kind.KRONOR),
            Column("avoided", _("Inte utbetalt"), Kind.KRONOR),
            Column("share", _("Andel"), Kind.PERCENT, 1),
            Column("lowered_so_far", _("Minskad budget, ackumulerat"), Kind.KRONOR),
            Column("avoided_so_far", _("Inte utbetalt, ackumulerat"), Kind.KRONOR),
            Column("share_so_far", _("Andel, ackumulerat"), Kind.PERCENT, 1),
        ),
        tuple(rows),
        caption=_(
            "Hela årets minskning mot det som inte betalats ut till och med %(as_of)s. "
            "Årsvärdet för utfyllnad ingår inte.",
            as_of=asked.whole.cut.as_of,
        ),
        additions=(
            *_running([row.key for row in rows], "lowered", "lowered_so_far"),
            *_running(known, "avoided", "avoided_so_far"),
        ),
    )


def _running(rows: Sequence[str], of_row: str, so_far: str) -> tuple[Addition, ...]:
    """What has come so far is what had come by the row before, and what came in the row."""
    first = tuple(Addition((row, so_far), ((row, of_row),)) for row in rows[:1])
    later = (Addition((row, so_far), ((before, so_far), (row, of_row))) for before, row in pairwise(rows))
    return (*first, *later)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def accumulated(asked: Asked) -> Table:
    """Month by month from the programme's beginning, of households that left wholly."""
    months = list(_months(asked))
    kronor = [asked.savings.by_month.get(month, Decimal(0)) for month in months]
    sums = [to_ore(value) for value in accumulate(kronor)]
    ns = [asked.savings.by_month_n.get(month, 0) for month in months]
    rows = tuple(
        Row(
            f"{month:%Y-%m}",
            (Cell(f"{month:%Y-%m}"), _month(asked, month, value, n), _until(asked, month, total, most)),
        )
        for month, value, total, n, most in zip(months, kronor, sums, ns, accumulate(ns, max), strict=True)
    )
    points = tuple((f"{month:%Y-%m}", float(total)) for month, total in zip(months, sums, strict=True))
    caption = _("Försörjningsstöd som inte betalats ut till hushåll som lämnat helt, ackumulerat per månad.")
    return Table(
        "accumulated",
        _("Ackumulerat per månad"),
        (
            Column("month", _("Månad")),
            Column("avoided", _("Under månaden"), Kind.KRONOR),
            Column("accumulated", _("Ackumulerat"), Kind.KRONOR),
        ),
        rows,
        caption=_("Årsvärdet för utfyllnad ingår inte. En månad räknas när den har tagit slut."),
        additions=_running([row.key for row in rows], "avoided", "accumulated"),
        chart=Chart(
            ChartKind.LINE, caption, (Series(_("Ackumulerat"), points),), x_label=_("månad"), y_label=_("kronor")
        ),
    )


def _months(asked: Asked) -> Iterator[date]:
    month, last = date(asked.whole.period.from_on.year, 1, 1), last_whole_month(asked.whole.last_on)
    while month <= last:
        yield month
        month = add_months(month, 1)


def _month(asked: Asked, month: date, value: Decimal, n: int) -> Cell:
    selection = asked.whole.only(period=Period(month, month_end(month)))
    return Cell(to_ore(value), n, _savings_trace(selection, "wholly"))


def _until(asked: Asked, month: date, total: Decimal, n: int) -> Cell:
    selection = asked.whole.only(period=Period(asked.whole.period.from_on, month_end(month)))
    return Cell(total, n, _savings_trace(selection, "wholly"))

"""Everything the page of lead times shows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.cases.queries import hidden_from, visible_to
from caseflow.core import clock
from caseflow.core.language import _, _n
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures import charts, control_charts, equality_words, queries
from caseflow.measures.choices import Choice
from caseflow.measures.control_charts import MeanWait, UnitChart
from caseflow.measures.control_rules import Point, Signal
from caseflow.measures.equality import Comparison, compare_wait
from caseflow.measures.few import few_words
from caseflow.measures.placements import F5, placements_begun
from caseflow.measures.queries import MonthMean, OpenWait, WaitReport
from caseflow.measures.rules import Goal, Wait, assess
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.measures.wait_figures import GroupFigures
from caseflow.measures.wait_measures import WAITED, age_parts
from caseflow.organisation.models import Target
from caseflow.organisation.queries import list_targets
from caseflow.security import audit, crypto
from caseflow.security.permissions import Actor, Permission
from caseflow.security.policy import allows
from caseflow.web.formatting import tal
from caseflow.web.pagination import Page

HEADLINES = (Wait.W3, Wait.W1, Wait.W2, Wait.W4)
LONGEST_SHOWN, OPEN_PER_PAGE = 7, 50
LONGEST_BY_WEEK = 366


@dataclass(frozen=True)
class Headline:
    """One figure at the top, as `macros/figure.html` takes it."""

    title: str
    value: str | None
    unit: str
    target: str
    goal: Goal
    rows: list[str]
    # Means as they are shown, with where the waits behind are: of women and men, and of the two years before.
    sexes: list[tuple[str, dict[str, str]]]
    earlier: list[tuple[int, str, dict[str, str]]]
    words: dict[str, str]
    trend: list[float | None]
    trend_target: float | None


@dataclass(frozen=True)
class YearOfPlacements:
    """F5 of one year with its target."""

    year: str
    women: int
    men: int
    total: int
    target: float | None
    cut: Cut

    def rows(self, sex: str | None = None) -> dict[str, str]:
        """Where the rows behind a figure are, as words of an address: of a sex or both."""
        asked = Selection(Period.year(int(self.year)), self.cut).only(sex=Sex(sex) if sex else None)
        return {"matt": F5, **asked.address()}


@dataclass(frozen=True)
class LeadTimes:
    """The page."""

    choice: Choice
    selection: Selection
    report: WaitReport
    sexes: Comparison
    control: UnitChart
    headlines: list[Headline]
    open_waits: Page[OpenWait]
    protected: int
    linked: dict[int, UUID]
    placements: list[YearOfPlacements]
    computed_at: datetime
    from_jobs: bool
    is_computing: bool

    @property
    def total(self) -> GroupFigures:
        return self.report.all_units

    def rows(self, part: str = "", unit: str | None = None, sex: str | None = None) -> dict[str, str]:
        """Where the rows behind a figure are, as words of an address: of a unit or all, of a sex or both."""
        words = {
            "matt": self.report.wait.value,
            **self.selection.only(part=part, sex=Sex(sex) if sex else None).address(),
        }
        return words | ({"enhet": unit} if unit else {})

    def waited(self, length: str | int) -> dict[str, str]:
        """Where the waits of a length are: "3-4", of those finished; 9, of those begun, which were at least so long."""
        return self.rows(f"{WAITED}{length}")

    def pseudonym_of(self, row: OpenWait) -> str:
        """What a case is called to those who may not see it."""
        return crypto.pseudonym("case", row.case_id)

    @property
    def histogram(self) -> dict[str, Any]:
        return charts.histogram(self.report.wait, self.total.total)

    @property
    def curve(self) -> dict[str, Any]:
        return charts.curve(self.report.wait, self.total.total.survival)

    @property
    def at_risk(self) -> list[tuple[int, int]]:
        return charts.at_risk(self.total.total.survival)

    @property
    def two_curves(self) -> dict[str, Any]:
        return charts.two_curves(self.report.wait, self.total)

    @property
    def ages(self) -> list[tuple[str, int, bool, dict[str, str]]]:
        """How long the open ones have waited: label, number, whether over the target, and where their rows are."""
        groups = charts.age_groups(self.report.wait, self.total.total)
        parts = age_parts(self.report.wait)
        return [(*group, self.rows(part)) for group, (part, _low, _high) in zip(groups, parts, strict=True)]

    @property
    def sexes_sentence(self) -> str:
        return equality_words.sentence(self.sexes, tests=1)

    @property
    def control_drawn(self) -> dict[str, Any] | None:
        return control_charts.drawn(self.control, self.report.wait.unit_label)

    @property
    def control_sentence(self) -> str:
        return control_charts.sentence(self.control, self.report.wait.unit_label)

    @property
    def control_rows(self) -> list[tuple[str, MeanWait, Point, str, dict[str, str]]]:
        """The points of the control chart: label, mean, point, what it signals, and where its rows are."""
        rows = zip(self.control.labels, self.control.means, self.control.chart.points, strict=True)
        words = {"matt": self.report.wait.value}
        return [
            (label, mean, point, _signals(point), words | self.ended.only(within=mean.period).address())
            for label, mean, point in rows
        ]

    @property
    def ended(self) -> Selection:
        """The waits by when they ended, which is how a control chart counts them."""
        return replace(self.selection, chosen=replace(self.selection.chosen, begun=False))


def build(choice: Choice, actor: Actor, page: int | None) -> LeadTimes:
    """The page for the choice. `page`: of all the open waits; None shows the longest few."""
    computed_at = queries.computed_at()
    from_jobs = choice.is_about_now and computed_at is not None
    reports = {
        wait: queries.wait_report(wait, choice.period, choice.cut, choice.chosen, computed=from_jobs)
        for wait in dict.fromkeys((*HEADLINES, choice.wait))
    }
    report = reports[choice.wait]
    selection = Selection(choice.period, choice.cut, choice.chosen)
    protected, open_waits = _open_waits(choice, report, from_jobs, page, actor)
    return LeadTimes(
        choice=choice,
        selection=selection,
        report=report,
        sexes=_sexes_compared(report),
        control=_control(choice.wait, selection),
        headlines=_headlines(choice, reports, from_jobs),
        open_waits=open_waits,
        protected=protected,
        linked=_linked(actor, open_waits.rows),
        placements=_placements(choice.today),
        computed_at=computed_at if from_jobs and computed_at is not None else clock.now(),
        from_jobs=from_jobs,
        is_computing=queries.is_computing(),
    )


def _sexes_compared(report: WaitReport) -> Comparison:
    """Women held against men, as the only comparison made."""
    one = compare_wait(report.wait, report.chosen.unit, report.all_units)
    return replace(one, unit=None, p_adjusted=one.p)


def _control(wait: Wait, selection: Selection) -> UnitChart:
    """Week for week; month for month of a period longer than a year."""
    days = (selection.last_on - selection.period.from_on).days
    step = control_charts.Step.WEEK if days <= LONGEST_BY_WEEK else control_charts.Step.MONTH
    of_all = replace(selection, chosen=replace(selection.chosen, begun=False))
    return control_charts.control_charts(wait, of_all, step)[0]


def _signals(point: Point) -> str:
    return ", ".join(str(control_charts.SIGNAL_LABELS[signal]) for signal in Signal if signal in point.signals)


def _open_waits(
    choice: Choice, report: WaitReport, from_jobs: bool, number: int | None, actor: Actor
) -> tuple[int, Page[OpenWait]]:
    """How many protected cases are left out of the list, and the rest of it."""
    hidden = select(Case.id).where(hidden_from(actor))
    protected = queries.count_open_waits(choice.wait, choice.cut, choice.chosen, hidden, computed=from_jobs)
    total = report.all_units.total.open_n - protected
    size = LONGEST_SHOWN if number is None else OPEN_PER_PAGE
    number = min(max(1, number or 1), max(1, -(-total // size)))
    rows = queries.list_open_waits(
        choice.wait,
        choice.cut,
        choice.chosen,
        computed=from_jobs,
        limit=size,
        offset=(number - 1) * size,
        left_out=hidden,
    )
    for row in rows:
        audit.read(None, row.case_id)
    return protected, Page(rows, number, size, total)


def _linked(actor: Actor, rows: Sequence[OpenWait]) -> dict[int, UUID]:
    """The cases among the rows that the actor may open, and what names them in an address."""
    if not allows(actor, Permission.VIEW_CASES):
        return {}
    query = select(Case.id, Case.public_id).where(Case.id.in_([row.case_id for row in rows]), visible_to(actor))
    return dict(db.session.execute(query).tuples().all())


def _headlines(choice: Choice, reports: dict[Wait, WaitReport], from_jobs: bool) -> list[Headline]:
    period, cut = choice.period, choice.cut
    since = date(period.to_on.year - 2, 1, 1)
    means = queries.month_means(
        HEADLINES, Period(min(since, period.from_on), period.to_on), cut, choice.chosen, computed=from_jobs
    )
    targets = list_targets([wait.value for wait in HEADLINES], cut.as_of)
    return [
        _headline(reports[wait], [row for row in means if row.wait is wait], targets.get(wait.value), choice)
        for wait in HEADLINES
    ]


def _headline(report: WaitReport, months: list[MonthMean], target: Target | None, choice: Choice) -> Headline:
    figures, period = report.all_units, report.period
    earlier = {
        year: queries.mean_of(row for row in months if row.month_on.year == year)
        for year in (period.to_on.year - 1, period.to_on.year - 2)
    }
    value, wanted = figures.total.mean_days, figures.total.target_days
    wording, n = target.wording if target else "", figures.total.n
    selection = Selection(period, choice.cut, choice.chosen)

    def words(narrowed: Selection, mean: float | None) -> dict[str, str]:
        return {} if mean is None else {"matt": report.wait.value, **narrowed.address()}

    return Headline(
        title=report.wait.label,
        value=None if value is None else tal(value, 1),
        unit=_("dagar i medel, median %(median)s", median=tal(figures.total.median_days)),
        target=_target_text(wanted, wording),
        goal=assess(value, wanted, wording, earlier[period.to_on.year - 1]),
        rows=few_words(n, _n("%(num)s väntetid", "%(num)s väntetider", n)),
        sexes=[(tal(mean, 1), words(selection.only(sex=sex), mean)) for sex, mean in _means_of_sexes(report)],
        earlier=[
            (year, tal(mean, 1), words(selection.only(period=Period.year(year)), mean))
            for year, mean in earlier.items()
        ],
        words=words(selection, value),
        trend=_trend(months, report),
        trend_target=wanted,
    )


def _target_text(target: float | None, wording: str) -> str:
    days = "" if target is None else _("måltid %(days)s dagar", days=tal(target))
    text = _("Nämndens mål: %(wording)s", wording=wording) if wording else ""
    return ", ".join(part for part in (text, days) if part).capitalize() if text or days else _("Inget mål satt")


def _means_of_sexes(report: WaitReport) -> list[tuple[Sex, float | None]]:
    """The mean of each sex, unless one of them has been chosen."""
    if report.chosen.sex is not None:
        return []
    return [(Sex.WOMAN, report.all_units.women.mean_days), (Sex.MAN, report.all_units.men.mean_days)]


def _trend(months: list[MonthMean], report: WaitReport) -> list[float | None]:
    """The mean of each month of the period."""
    by_month = {row.month_on: row.days / row.n for row in months if row.n}
    month, trend = report.period.from_on.replace(day=1), []
    while month <= report.cut.as_of:
        trend.append(by_month.get(month))
        month = add_months(month, 1)
    return trend


def _placements(today: date) -> list[YearOfPlacements]:
    """F5 of the last three years, as the last job computed it."""
    stored = queries.find_result(F5)
    counts = stored.payload if stored is not None else placements_begun(Cut(today)).as_json()
    targets = {target.valid_from.year: target for target in _targets_f5()}
    rows = []
    for year in range(today.year - 2, today.year + 1):
        row = counts.get(str(year), {"women": 0, "men": 0, "total": 0})
        target = targets.get(year)
        wanted = float(target.value) if target and target.value else None
        rows.append(YearOfPlacements(str(year), **row, target=wanted, cut=Cut(today)))
    return rows


def _targets_f5() -> list[Target]:
    query = select(Target).where(Target.measure == F5, Target.unit_id.is_(None)).order_by(Target.valid_from)
    return list(db.session.scalars(query))

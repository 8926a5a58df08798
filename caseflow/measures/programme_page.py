"""Everything the page of a programme's report shows. The figures are those of the report's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any

from babel.dates import format_date

from caseflow.core import clock
from caseflow.core.language import _, _n
from caseflow.core.personnummer import Sex
from caseflow.measures import queries
from caseflow.measures.few import few_words
from caseflow.measures.figures import month_end
from caseflow.measures.programme import (
    count_months,
    list_households_left,
    list_months,
    measure_of,
    programme_report,
    select_programme,
    sum_savings,
)
from caseflow.measures.programme_budget import BudgetYear, PlaceGoal, budget_years, place_goals
from caseflow.measures.programme_cohort import Standing
from caseflow.measures.programme_measures import OTHER_RULES
from caseflow.measures.programme_result import TOTAL, Caveat, HouseholdLeft
from caseflow.measures.programme_rows import DEVELOPMENT_PLACE, EMPLOYMENT_OR_INTERNSHIP, OF_WHICH
from caseflow.measures.savings_rules import SavingsMonth
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.organisation.models import Programme
from caseflow.web.formatting import kr, locale
from caseflow.web.pagination import Page

ROWS_PER_PAGE = 60
# As the report's JSON names them.
SEXES = {"women": Sex.WOMAN, "men": Sex.MAN}

# The sum that the final report prints for its cut-off day, kronor. Source: slutrapport 500-uppdraget.
PUBLISHED_SUM = {("500-uppdraget", date(2020, 11, 30)): 3_071_172}
DECISIONS = {"500-uppdraget": "KS 2018-555"}


@dataclass(frozen=True)
class ProgrammePage:
    """The page; `report` is the report's JSON."""

    programme: Programme
    as_of: date
    report: dict[str, Any]
    computed_at: datetime
    from_jobs: bool
    is_computing: bool

    @property
    def selection(self) -> Selection:
        """What the report counts."""
        return select_programme(self.programme, Cut(self.as_of))

    def rows(self, measure: str, part: str = "", year: str | None = None, sex: str = "total") -> dict[str, str]:
        """Where the rows behind a figure are, as words of an address: of one year or all, of one sex or both."""
        asked = self.selection.only(part=part, sex=SEXES.get(sex))
        if year not in (None, TOTAL):
            asked = asked.only(period=Period.year(int(year)))
        return {"matt": f"programme.{measure}", **asked.address()}

    def few(self, households: int) -> list[str]:
        """The warning at a figure that rests on few households."""
        return few_words(households, _n("%(num)s hushåll", "%(num)s hushåll", households))

    @property
    def title(self) -> str:
        starts_on, ends_on = self.programme.starts_on, self.programme.ends_on
        if starts_on is None:
            return self.programme.name
        return f"{self.programme.name} {starts_on.year}–{ends_on.year if ends_on else ''}"

    @property
    def decision(self) -> str | None:
        return DECISIONS.get(self.programme.code)

    @property
    def warnings(self) -> list[str]:
        """What the figures cannot say, in the reader's language."""
        return [Caveat(one["code"], one["count"]).text for one in self.report["warnings"]]

    @property
    def years(self) -> list[str]:
        return sorted(self.report["avoided_kr"])

    def year_label(self, year: str) -> str:
        """2019, or 2020 t.o.m. 30 nov for a year that the cut-off divides."""
        if int(year) != self.as_of.year or self.as_of == date(self.as_of.year, 12, 31):
            return year
        day = format_date(self.as_of, "d MMM", locale=locale()).rstrip(".")
        return _("%(year)s t.o.m. %(day)s", year=year, day=day)

    @property
    def places(self) -> list[tuple[str, str, str, dict[str, dict[str, int]]]]:
        """Label, CSS class, part of the measure and counts of each row but the total."""
        counts = self.report["placements"]
        rows = [
            (
                _("Arbetsmarknadsanställning eller praktikplats"),
                "",
                EMPLOYMENT_OR_INTERNSHIP,
                counts[EMPLOYMENT_OR_INTERNSHIP],
            ),
            (_("Utvecklingsplats"), "", DEVELOPMENT_PLACE, counts[DEVELOPMENT_PLACE]),
        ]
        if workplace := self.report["of_which_workplace"]:
            rows.append((_("varav %(workplace)s", workplace=workplace), "sub tight", OF_WHICH, counts[OF_WHICH]))
        return rows

    @property
    def placed(self) -> dict[str, int]:
        total: dict[str, int] = self.report["placements"]["total"]["total"]
        return total

    @property
    def women_shares(self) -> tuple[float, float] | None:
        """The share of women in employment or internship, and in development places."""
        counts = self.report["placements"]
        pairs = [counts[kind]["total"] for kind in (EMPLOYMENT_OR_INTERNSHIP, DEVELOPMENT_PLACE)]
        if any(not pair["total"] for pair in pairs):
            return None
        first, second = (pair["women"] / pair["total"] for pair in pairs)
        return first, second

    def wholly(self, from_on: date, to_on: date) -> dict[str, str]:
        """Where the savings of the days are, of those who left wholly; the top-ups are a year's value."""
        asked = self.selection.only(part="wholly", period=Period(from_on, to_on))
        return {"matt": "programme.savings", **asked.address()}

    def budgeted(self, to_on: date) -> dict[str, str]:
        """The same, from the first year of the budget."""
        return self.wholly(date(self.budget[0].year, 1, 1), to_on)

    @property
    def savings_lines(self) -> list[tuple[str, float, dict[str, str]]]:
        """What the sum is made of, with the way to its rows: a year's households, those of earlier years included; then
        the top-ups."""
        lines, before = [], 0
        for year in self.years:
            label, new = self.year_label(year), self.report["households_left"]["by_year"][year]
            if before:
                who = _("%(year)s, samma %(before)s och %(new)s nya", year=label, before=before, new=new)
            else:
                who = _("%(year)s, %(n)s hushåll", year=label, n=new)
            lines.append((who, self.report["avoided_kr"][year], self.rows("savings", "wholly", year)))
            before += new
        households, month_kr = self.report["households_left"]["topped_up"], self.report["topup_month_kr"]
        year_kr = self.report["topup_year_kr"]
        # The year is exact, its twelfth is rounded: readers do multiply.
        exact = round(month_kr) * 12 == round(year_kr)
        month = kr(month_kr) if exact else _("cirka %(kr)s", kr=kr(month_kr))
        who = _("Sänkt utfyllnad, %(n)s hushåll, 12 × %(month)s", n=households, month=month)
        return [*lines, (who, year_kr, self.rows("savings", "topped_up"))]

    @property
    def counted(self) -> int:
        """Households whose kronor are known."""
        left = self.report["households_left"]
        return int(left["total"] - left["unknown"])

    @cached_property
    def budget(self) -> list[BudgetYear]:
        return budget_years(self.programme, self.as_of.year, self._avoided_in)

    def _avoided_in(self, year: int) -> Decimal:
        return Decimal(str(self.report["avoided_kr"].get(str(year), 0)))

    @property
    def budget_total(self) -> tuple[Decimal, Decimal]:
        """The whole lowering, also of years that lie ahead, and what has not been paid out."""
        return sum((row.lowered_kr for row in self.budget), Decimal(0)), sum(
            (row.avoided_kr or Decimal(0) for row in self.budget), Decimal(0)
        )

    @cached_property
    def goals(self) -> list[PlaceGoal]:
        """The goals of single years and boards, as they stand now."""
        goals = place_goals(self.programme, select_programme(self.programme, Cut(self.as_of)))
        return [goal for goal in goals if goal.year is not None]

    @property
    def sensitivity(self) -> list[tuple[str, list[tuple[float, dict[str, str]]]]]:
        """The baseline, and gross savings with and without stopping at the return to assistance, each with its rows."""
        found = {
            (one["baseline_months"], one["stops_at_return"]): one["total_kr"] for one in self.report["sensitivity"]
        }
        part_of = {(rule.baseline_months, rule.stops): part for part, rule in OTHER_RULES.items()}
        lengths = sorted({months for months, _ in found}, reverse=True)
        return [
            (
                _("%(months)s månader före", months=months),
                [
                    (found[months, stops], self.rows("savings", part_of.get((months, stops), "")))
                    for stops in (True, False)
                ],
            )
            for months in lengths
        ]

    @property
    def cohort(self) -> list[tuple[str, str, str, dict[str, dict[str, int]]]]:
        """Key, label, rule and counts after each number of months, of every standing and the total."""
        counts: dict[str, dict[str, dict[str, int]]] = self.report["cohort"]
        rows = [(one.value, one.label, one.rule) for one in Standing] + [(TOTAL, _("Totalt"), "")]
        return [(key, label, rule, {months: counts[months][key] for months in counts}) for key, label, rule in rows]

    @property
    def accumulated(self) -> list[tuple[str, float]]:
        rows = self.report["avoided_by_month"]
        sums = accumulate(row["avoided_kr"] for row in rows)
        return [(row["month"], total) for row, total in zip(rows, sums, strict=True)]

    @property
    def by_month(self) -> list[tuple[str, tuple[float, dict[str, str]], tuple[float, dict[str, str]]]]:
        """Each month with its kronor and all so far, and where the rows of both are."""
        found = []
        for row, (month, total) in zip(self.report["avoided_by_month"], self.accumulated, strict=True):
            first = date.fromisoformat(f"{month}-01")
            last = month_end(first)
            so_far = (total, self.wholly(self.selection.period.from_on, last))
            found.append((month, (row["avoided_kr"], self.wholly(first, last)), so_far))
        return found

    @property
    def chart(self) -> dict[str, Any] | None:
        """The accumulated savings by month; None before there is any."""
        rows = self.accumulated
        if not rows or not rows[-1][1]:
            return None
        year, month = (int(part) for part in rows[0][0].split("-"))
        last_year = rows[-1][0][:4]
        split = next(index for index, row in enumerate(rows) if row[0][:4] == last_year)
        marks = {str(index): [kr(rows[index][1])] for index in {split - 1, len(rows) - 1} if index >= 0}
        return {"from": [year, month], "acc": [total for _, total in rows], "split": split, "marks": marks}

    def cost(self, key: str, year: str | None = None) -> float:
        """Kronor of one row of the costs: wage, programme, af or net; of all years when none is named."""
        costs: dict[str, dict[str, float]] = self.report["employment_cost"]
        return sum(costs[each][key] for each in ([year] if year else costs))

    def cost_before_programme(self, year: str | None = None) -> float:
        return self.cost("net", year) - self.cost("programme", year)

    @property
    def effect_before_programme_kr(self) -> float:
        return float(self.report["avoided_total_kr"]) - self.cost_before_programme()

    @property
    def published_sum(self) -> int | None:
        """The printed sum of the same day, when it is another than the true one."""
        printed = PUBLISHED_SUM.get((self.programme.code, self.as_of))
        return printed if printed not in (None, self.report["avoided_total_kr"]) else None


def build(programme: Programme, as_of: date) -> ProgrammePage:
    """The page: as a job has computed it for the day, else computed now."""
    stored = queries.find_result(measure_of(programme))
    # A report stored by an earlier version lacks the follow-up.
    from_jobs = stored is not None and stored.as_of_on == as_of and "cohort" in stored.payload
    return ProgrammePage(
        programme=programme,
        as_of=as_of,
        report=stored.payload if stored and from_jobs else programme_report(programme, Cut(as_of)).as_json(),
        computed_at=stored.known_at if stored and from_jobs else clock.now(),
        from_jobs=from_jobs,
        is_computing=queries.is_computing(),
    )


@dataclass(frozen=True)
class SavingsPage:
    """The rows behind the kronor: months of households that left wholly, those topped up, those unknown."""

    programme: Programme
    as_of: date
    months: Page[SavingsMonth]
    avoided_kr: Decimal
    topped_up: list[HouseholdLeft]
    unknown: list[HouseholdLeft]


def build_rows(programme: Programme, as_of: date, number: int) -> SavingsPage:
    """The rows for the day, computed now."""
    selection = select_programme(programme, Cut(as_of))
    households = list_households_left(selection)
    savings = sum_savings(selection)
    total = count_months(selection)
    number = min(max(1, number), max(1, -(-total // ROWS_PER_PAGE)))
    shown = list_months(selection, ROWS_PER_PAGE, (number - 1) * ROWS_PER_PAGE)
    return SavingsPage(
        programme=programme,
        as_of=as_of,
        months=Page(shown, number, ROWS_PER_PAGE, total),
        avoided_kr=savings.avoided_kr,
        topped_up=[one for one in households if not one.wholly and one.payments_known],
        unknown=[one for one in households if not one.payments_known],
    )

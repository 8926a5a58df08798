"""What a programme's report holds, summed up from its rows, and the JSON of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from caseflow.core.language import _, in_swedish
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.measures.programme_cohort import FOLLOWED_MONTHS, Standing
from caseflow.measures.programme_rows import DEVELOPMENT_PLACE, EMPLOYMENT_OR_INTERNSHIP, OF_WHICH
from caseflow.measures.programme_savings import Rule
from caseflow.measures.savings_rules import MONTHS_OF_YEAR, last_whole_month, to_ore
from caseflow.measures.selection import Cut, Selection
from caseflow.organisation.models import Programme

TOTAL = "total"


@dataclass(frozen=True)
class Place:
    """How many participants had their first placement of the kind in the year. `of_which`: at the named workplace."""

    kind: str
    of_which: bool
    year: int
    sex: Sex
    n: int

    def stands_in(self, row: str) -> bool:
        """Whether it counts in the row of the table: a kind, OF_WHICH or TOTAL."""
        return row == TOTAL or (self.of_which if row == OF_WHICH else self.kind == row)


@dataclass(frozen=True)
class HouseholdLeft:
    """A household that left assistance. `baseline_kr` None: no payment is known. `lowered_month_kr`: what is paid less
    per month on average to one still topped up; None until a month has passed."""

    household: str
    left_on: date
    wholly: bool
    months_on_assistance: int | None
    baseline_kr: Decimal | None
    baseline_typed: bool
    lowered_month_kr: Decimal | None

    @property
    def payments_known(self) -> bool:
        return self.baseline_kr is not None


@dataclass(frozen=True)
class Savings:
    """Gross savings counted by one rule, kronor, not rounded. `by_month`: of those that left wholly (`by_month_n`: how
    many). `topup_year`: what is paid less in a year to those still topped up. `n`: how many households the kronor are
    of; by (wholly, year) of those that left wholly, and None for any."""

    rule: Rule
    by_month: dict[date, Decimal]
    by_month_n: dict[date, int]
    topup_year: Decimal
    n: Mapping[tuple[bool | None, int | None], int]

    @property
    def households(self) -> int:
        return self.n.get((None, None), 0)

    def of_year(self, year: int) -> Decimal:
        """Not paid out in the year's months, by all households that had left wholly by then."""
        return to_ore(sum((kr for month, kr in self.by_month.items() if month.year == year), Decimal(0)))

    @property
    def avoided_kr(self) -> Decimal:
        """The sum of the years as they are printed."""
        return sum((self.of_year(year) for year in {month.year for month in self.by_month}), Decimal(0))

    @property
    def topup_year_kr(self) -> Decimal:
        return to_ore(self.topup_year)

    @property
    def total_kr(self) -> Decimal:
        return self.avoided_kr + self.topup_year_kr


@dataclass(frozen=True)
class Followed:
    """How many of a sex stood so, that many months after their first place."""

    months: int
    standing: Standing
    sex: Sex
    n: int


@dataclass(frozen=True)
class Cost:
    """What the employments of so many cases cost one year, kronor. What others paid is negative."""

    year: int
    wage_kr: Decimal
    programme_kr: Decimal
    af_kr: Decimal
    cases: int = 0

    @property
    def net_kr(self) -> Decimal:
        return self.wage_kr + self.programme_kr + self.af_kr

    @property
    def before_programme_kr(self) -> Decimal:
        """The municipality's cost: the programme's money is the municipality's too."""
        return self.wage_kr + self.af_kr


@dataclass(frozen=True)
class Caveat:
    """Something the figures cannot say, in numbers and in a sentence."""

    code: str
    count: int

    @property
    def text(self) -> str:
        n = self.count
        return {
            "payments_unknown": _(
                "%(n)s hushåll har lämnat försörjningsstödet utan kända utbetalningar: deras kronor är okända.", n=n
            ),
            "baseline_typed": _(
                "%(n)s hushålls utgångspunkt är inskriven vid avslutet, ingen utbetalning är känd.", n=n
            ),
            "topup_not_yet_counted": _("%(n)s hushåll med utfyllnad räknas från nästa månad.", n=n),
            "months_unknown": _("%(n)s hushåll saknar uppgift om när försörjningsstödet började.", n=n),
        }[self.code]


@dataclass(frozen=True)
class ProgrammeReport:
    """The rows behind the report; the figures are properties. The definitions stand in `programme.programme_report`."""

    programme: Programme
    selection: Selection
    places: list[Place]
    households: list[HouseholdLeft]
    to_studies: int
    costs: list[Cost]
    savings: Savings
    other_rules: list[Savings]
    cohort: list[Followed]

    @property
    def cut(self) -> Cut:
        return self.selection.cut

    @cached_property
    def years(self) -> list[int]:
        """The years of the programme up to the cut-off, and any other year with a row; within the period."""
        starts_on, ends_on = self.programme.starts_on, self.programme.ends_on
        found = {place.year for place in self.places} | {cost.year for cost in self.costs}
        found |= {month.year for month in self.savings.by_month} | {one.left_on.year for one in self.households}
        last_on, from_on = self.selection.last_on, self.selection.period.from_on
        first = min([*found, starts_on.year if starts_on else last_on.year, last_on.year])
        last = min(last_on.year, ends_on.year) if ends_on else last_on.year
        return list(range(max(first, from_on.year), max([*found, last, from_on.year]) + 1))

    def placed(self, kind: str, year: int | None = None, sex: Sex | None = None) -> int:
        """Participants placed: of a kind, OF_WHICH or TOTAL; in one year or all; of one sex or both."""
        return sum(
            place.n
            for place in self.places
            if place.stands_in(kind) and year in (None, place.year) and sex in (None, place.sex)
        )

    @cached_property
    def wholly(self) -> list[HouseholdLeft]:
        """Those that left wholly and whose payments are known."""
        return [one for one in self.households if one.wholly and one.payments_known]

    @cached_property
    def topped_up(self) -> list[HouseholdLeft]:
        return [one for one in self.households if not one.wholly and one.payments_known]

    @cached_property
    def unknown(self) -> list[HouseholdLeft]:
        return [one for one in self.households if not one.payments_known]

    @cached_property
    def left_by_year(self) -> dict[int, int]:
        counts = Counter(one.left_on.year for one in self.wholly)
        return {year: counts[year] for year in self.years}

    @cached_property
    def months_on_assistance(self) -> list[int]:
        return [one.months_on_assistance for one in self.households if one.months_on_assistance is not None]

    @property
    def months_mean(self) -> float | None:
        months = self.months_on_assistance
        return sum(months) / len(months) if months else None

    @cached_property
    def avoided_kr(self) -> dict[int, Decimal]:
        """Not paid out in the year's months, by all households that had left wholly by then."""
        return {year: self.savings.of_year(year) for year in self.years}

    @property
    def topup_month_kr(self) -> Decimal:
        """Paid less per month to the households still topped up, together."""
        return to_ore(self.savings.topup_year / MONTHS_OF_YEAR)

    @property
    def topup_year_kr(self) -> Decimal:
        return self.savings.topup_year_kr

    @property
    def avoided_total_kr(self) -> Decimal:
        """Gross savings: the years and the year's value of the top-ups."""
        return self.savings.total_kr

    @property
    def net_cost_kr(self) -> Decimal:
        return sum((cost.net_kr for cost in self.costs), Decimal(0))

    @property
    def net_effect_kr(self) -> Decimal:
        """Gross savings minus the net cost of the employments. Shown beside the two, never instead of them."""
        return self.avoided_total_kr - self.net_cost_kr

    @property
    def net_effect_before_programme_kr(self) -> Decimal:
        return self.avoided_total_kr - sum((cost.before_programme_kr for cost in self.costs), Decimal(0))

    @cached_property
    def by_month(self) -> list[tuple[date, Decimal]]:
        """Month and kronor not paid out in it, from the first January to the last whole month."""
        month, last = date(self.years[0], 1, 1), last_whole_month(self.selection.last_on)
        rows = []
        while month <= last:
            rows.append((month, self.savings.by_month.get(month, Decimal(0))))
            month = add_months(month, 1)
        return rows

    def followed(self, months: int, standing: Standing | None = None, sex: Sex | None = None) -> int:
        """Participants that many months after their first place: of one standing or all, of one sex or both."""
        return sum(
            one.n
            for one in self.cohort
            if one.months == months and standing in (None, one.standing) and sex in (None, one.sex)
        )

    def cost_of(self, year: int) -> Cost:
        zero = Cost(year, Decimal(0), Decimal(0), Decimal(0))
        return next((cost for cost in self.costs if cost.year == year), zero)

    @cached_property
    def warnings(self) -> list[Caveat]:
        found = []
        if self.unknown:
            n = len(self.unknown)
            found.append(Caveat("payments_unknown", n))
        typed = [one for one in self.households if one.baseline_typed]
        if typed:
            found.append(Caveat("baseline_typed", len(typed)))
        new = [one for one in self.topped_up if one.lowered_month_kr is None]
        if new:
            found.append(Caveat("topup_not_yet_counted", len(new)))
        undated = [one for one in self.households if one.months_on_assistance is None]
        if undated:
            found.append(Caveat("months_unknown", len(undated)))
        return found

    def as_json(self) -> dict[str, Any]:
        """The JSON of `report 500-uppdraget`, which jobs keep: its sentences are in Swedish, whoever asks for it.
        Kronor are whole numbers where they are whole, else with öre."""
        with in_swedish():
            return self._as_json()

    def _as_json(self) -> dict[str, Any]:
        months = self.months_on_assistance
        return {
            "programme": self.programme.code,
            "as_of": self.cut.as_of.isoformat(),
            "known_at": self.cut.known_at.isoformat() if self.cut.known_at else None,
            "placements": {
                kind: self._placements_json(kind)
                for kind in (EMPLOYMENT_OR_INTERNSHIP, DEVELOPMENT_PLACE, OF_WHICH, TOTAL)
            },
            "of_which_workplace": self.programme.of_which_workplace or None,
            "households_left": {
                "total": len(self.households),
                "by_year": {str(year): n for year, n in self.left_by_year.items()},
                "topped_up": len(self.topped_up),
                "unknown": len(self.unknown),
                "months_mean": _number(self.months_mean),
                "months_max": max(months, default=None),
                "months_min": min(months, default=None),
            },
            "to_studies": self.to_studies,
            "avoided_kr": {str(year): _number(kr) for year, kr in self.avoided_kr.items()},
            "topup_month_kr": _number(self.topup_month_kr),
            "topup_year_kr": _number(self.topup_year_kr),
            "avoided_total_kr": _number(self.avoided_total_kr),
            "employment_cost": {str(year): _cost_json(self.cost_of(year)) for year in self.years},
            "net_effect_kr": _number(self.net_effect_kr),
            "avoided_by_month": [
                {"month": f"{month:%Y-%m}", "avoided_kr": _number(to_ore(kr))} for month, kr in self.by_month
            ],
            # Not which households: what is stored and frozen outlives them.
            "warnings": [{"code": one.code, "count": one.count, "text": one.text} for one in self.warnings],
            "sensitivity": [_savings_json(one) for one in (self.savings, *self.other_rules)],
            "cohort": {str(months): self._cohort_json(months) for months in FOLLOWED_MONTHS},
        }

    def _cohort_json(self, months: int) -> dict[str, dict[str, int]]:
        return {
            standing or TOTAL: {
                "women": self.followed(months, standing, Sex.WOMAN),
                "men": self.followed(months, standing, Sex.MAN),
                "total": self.followed(months, standing),
            }
            for standing in (*Standing, None)
        }

    def _placements_json(self, kind: str) -> dict[str, dict[str, int]]:
        return {
            str(year or "total"): {
                "women": self.placed(kind, year, Sex.WOMAN),
                "men": self.placed(kind, year, Sex.MAN),
                "total": self.placed(kind, year),
            }
            for year in [*self.years, None]
        }


def _number(value: Decimal | float | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _cost_json(cost: Cost) -> dict[str, int | float | None]:
    return {
        "wage": _number(cost.wage_kr),
        "programme": _number(cost.programme_kr),
        "af": _number(cost.af_kr),
        "net": _number(cost.net_kr),
    }


def _savings_json(savings: Savings) -> dict[str, Any]:
    return {
        "baseline_months": savings.rule.baseline_months,
        "stops_at_return": savings.rule.stops,
        "households": savings.households,
        "avoided_kr": _number(savings.avoided_kr),
        "topup_year_kr": _number(savings.topup_year_kr),
        "total_kr": _number(savings.total_kr),
    }

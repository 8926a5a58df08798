"""The report of a programme like 500-uppdraget: every figure is summed from the rows that can be opened behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, text, tuple_

from caseflow.cases.queries import is_protected_now
from caseflow.cases.rules import EARLIEST
from caseflow.core.language import _
from caseflow.core.periods import first_of_month
from caseflow.extensions import db
from caseflow.measures.facts import programme_then
from caseflow.measures.measure import said
from caseflow.measures.milestones import months
from caseflow.measures.programme_cohort import FOLLOWED_MONTHS, Standing, standings
from caseflow.measures.programme_measures import OTHER_RULES
from caseflow.measures.programme_result import Cost, Followed, HouseholdLeft, Place, ProgrammeReport, Savings
from caseflow.measures.programme_rows import cost_rows, first_places, in_period, study_rows
from caseflow.measures.programme_savings import PLAIN, Rule, counted_months, leavings, with_baselines
from caseflow.measures.programme_sums import households_by_year, month_sums, year_of
from caseflow.measures.savings_rules import MONTHS_OF_YEAR, SavingsMonth
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.models import Programme


def measure_of(programme: Programme) -> str:
    """The name its stored report goes by."""
    return f"programme:{programme.code}"


def report_day(today: date) -> date:
    """The cut-off that the report opens with: the end of the last month that has ended by yesterday."""
    return first_of_month(today) - timedelta(days=1)


def select_programme(programme: Programme, cut: Cut, period: Period | None = None) -> Selection:
    """Everything of the programme to the cut-off, or of a period of it."""
    return Selection(period or Period(EARLIEST, cut.as_of), cut, Filter(programme=programme))


def programme_report(programme: Programme, cut: Cut, period: Period | None = None) -> ProgrammeReport:
    """Everything the final report of 500-uppdraget says, for any programme, period and day. Definitions: DOMAIN.md.

    Places: participants at their first placement begun while the case was in the programme. Households, kronor: see
    `programme_savings`. Costs: monthly wage costs of the programme's subsidised employments to the cut-off's month.
    """
    programme = programme_then(programme, cut)
    selection = select_programme(programme, cut, period)
    return ProgrammeReport(
        programme=programme,
        selection=selection,
        places=_places(selection),
        households=list_households_left(selection),
        to_studies=_count(study_rows(selection)),
        costs=_costs(selection),
        savings=sum_savings(selection),
        other_rules=[sum_savings(selection, rule) for rule in OTHER_RULES.values()],
        cohort=[one for months_after in FOLLOWED_MONTHS for one in _followed(selection, months_after)],
    )


def list_households_left(selection: Selection) -> list[HouseholdLeft]:
    """Households that left assistance, or keep only a top-up, in the period, in order of exit. The rows are those of
    `programme_rows.household_rows`. Months on assistance (W7) are None where the beginning is not known."""
    households = with_baselines(leavings(selection), selection.cut)
    left = households.c
    topped_up = counted_months(selection.only(part="topped_up")).c
    lowered = (
        select(topped_up.key, (func.sum(topped_up.value) / MONTHS_OF_YEAR).label("kr"))
        .group_by(topped_up.key)
        .subquery("lowered")
    )
    since, household = left.assistance_since_on, _household(left)
    query = (
        select(
            household,
            left.left_on,
            left.wholly,
            case((since <= left.left_on, months(since, left.left_on))),
            left.baseline_kr,
            left.typed,
            lowered.c.kr,
        )
        .select_from(households)
        .join(lowered, lowered.c.key == left.key, isouter=True)
        .where(in_period(left.left_on, selection))
        .order_by(left.left_on, household)
    )
    return [HouseholdLeft(*row) for row in db.session.execute(query).tuples()]


def sum_savings(selection: Selection, rule: Rule = PLAIN) -> Savings:
    """The kronor of the selection, counted by the rule."""
    # Hundreds of thousands of households, to be looked up payment by payment, are to fit in memory.
    db.session.execute(text("SET LOCAL work_mem = '128MB'"))
    rows = db.session.execute(month_sums(selection, rule)).all()
    n = households_by_year(rows) if rule.stops else _households(selection, rule)
    db.session.execute(text("SET LOCAL work_mem TO DEFAULT"))
    return Savings(
        rule=rule,
        by_month={row.month_on: row.value for row in rows if row.wholly},
        by_month_n={row.month_on: row.n for row in rows if row.wholly},
        topup_year=sum((row.value for row in rows if not row.wholly), Decimal(0)),
        n=n,
    )


def _households(selection: Selection, rule: Rule) -> dict[tuple[bool | None, int | None], int]:
    m = counted_months(selection, rule).c
    one = select(m.wholly, year_of(m.month_on).label("year"), m.key).distinct().subquery("one").c
    sets = func.grouping_sets(tuple_(one.wholly, one.year), tuple_(one.wholly), tuple_())
    query = select(one.wholly, one.year, func.count(one.key.distinct())).group_by(sets)
    return {(wholly, year): n for wholly, year, n in db.session.execute(query).tuples()}


def count_months(selection: Selection) -> int:
    """How many months of households that left wholly are counted."""
    m = counted_months(selection.only(part="wholly"))
    return db.session.scalar(select(func.count()).select_from(m)) or 0


def list_months(selection: Selection, limit: int, offset: int) -> list[SavingsMonth]:
    """Months of households that left wholly, in order of exit."""
    m = counted_months(selection.only(part="wholly")).c
    household = _household(m)
    query = (
        select(household, m.month_on, m.baseline_kr, m.paid_kr, m.value)
        .order_by(m.left_on, household, m.month_on)
        .limit(limit)
        .offset(offset)
    )
    return [SavingsMonth(*row) for row in db.session.execute(query).tuples()]


def _household(left: Any) -> ColumnElement[str]:
    """What the household is called; one with somebody protected goes by no number. A participant without a household is
    told apart by the case."""
    named = func.coalesce(left.household, said(_("ärende {number}"), number=left.case_number))
    return case((is_protected_now(left.case_id, left.household_id), _("skyddat hushåll")), else_=named)


def _places(selection: Selection) -> list[Place]:
    first = first_places(selection).c
    year = year_of(first.day)
    query = (
        select(first.kind, first.of_which, year, first.sex, func.count())
        .where(in_period(first.day, selection))
        .group_by(first.kind, first.of_which, year, first.sex)
    )
    return [Place(*row) for row in db.session.execute(query).tuples()]


def _count(rows: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _costs(selection: Selection) -> list[Cost]:
    """Wage costs per year, and who paid."""
    wage, paid, af = (
        _by_year(cost_rows(selection.only(part=part)), lambda row: func.sum(row.value))
        for part in ("wage", "programme", "af")
    )
    cases = _by_year(cost_rows(selection), lambda row: func.count(row.case_id.distinct()))
    return [Cost(year, wage[year], paid[year], af[year], cases[year]) for year in sorted(cases)]


def _by_year(rows: Select[Any], figure: Callable[[Any], Any]) -> dict[int, Any]:
    row = rows.subquery().c
    year = year_of(row.day)
    return dict(db.session.execute(select(year, figure(row)).group_by(year)).tuples().all())


def _followed(selection: Selection, months_after: int) -> list[Followed]:
    rows = db.session.execute(standings(selection, months_after)).tuples()
    return [Followed(months_after, Standing(standing), sex, n) for standing, sex, n in rows]

"""Assistance not paid out because households have left: one row per household and month, each krona with its reason.

`savings_rules` says the same for a single household, and tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Numeric,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from caseflow.cases.models import CaseEvent, CaseProgramme
from caseflow.cases.terms import EventKind, HouseholdEffect
from caseflow.core.personnummer import Sex
from caseflow.database import Choice
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.milestones import known, valid_events
from caseflow.measures.savings_rules import BASELINE_MONTHS, MONTHS_OF_YEAR, last_whole_month
from caseflow.measures.selection import Cut, Selection
from caseflow.people.models import AssistancePayment

LEAVES = (HouseholdEffect.LEFT, HouseholdEffect.TOPPED_UP)
# Kronor with so many decimals that a mean of twelve payments loses nothing that öre could show.
EXACT = Numeric(38, 20)
# A household has no sex.
NO_SEX = cast(null(), Choice(Sex))


@dataclass(frozen=True)
class Rule:
    """How savings are counted. The plain one is DOMAIN.md's; the others show how much its two choices matter.

    `baseline_months`: how far back the baseline looks. `stops`: whether the count ends for good in the month in which
    assistance at or above the baseline resumes; else only such months are left out.
    """

    baseline_months: int = BASELINE_MONTHS
    stops: bool = True


PLAIN = Rule()


def chosen_on(facts: Facts, selection: Selection, on: Any) -> ColumnElement[bool]:
    """The filter, as `facts.chosen_cases`, but the case has to be in the programme on the very day."""
    chosen = selection.chosen
    others = chosen_cases(facts, replace(selection, chosen=replace(chosen, programme=None)))
    if chosen.programme is None:
        return others
    membership = select(CaseProgramme.id).where(
        CaseProgramme.case_id == facts.case.id,
        CaseProgramme.programme_id == chosen.programme.id,
        CaseProgramme.from_on <= on,
        or_(CaseProgramme.to_on.is_(None), CaseProgramme.to_on >= on),
        known(CaseProgramme, facts.cut.known_at),
    )
    return and_(others, membership.exists())


def leavings(selection: Selection) -> Subquery:
    """One row per household that left assistance, or keeps only a top-up, through an exit in the programme by `as_of`.

    A household counts once: its earliest exit with the effect "left wholly", else its earliest with "topped up". A
    participant without a household counts alone (`key` is negative, `household_id` None).
    """
    facts = Facts(selection.cut)
    key = func.coalesce(facts.participant.household_id, -facts.participant.id)
    wholly = CaseEvent.household_effect == HouseholdEffect.LEFT
    query = (
        select(
            key.label("key"),
            facts.household.id.label("household_id"),
            facts.household.number.label("household"),
            facts.household.assistance_since_on,
            facts.case.id.label("case_id"),
            facts.case.number.label("case_number"),
            facts.case.to_unit_id.label("unit_id"),
            CaseEvent.occurred_on.label("left_on"),
            wholly.label("wholly"),
            CaseEvent.typed_baseline_kr,
        )
        .distinct(key)
        .select_from(CaseEvent)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .join(facts.household, facts.household.id == facts.participant.household_id, isouter=True)
        .where(
            CaseEvent.kind == EventKind.EXITED,
            CaseEvent.household_effect.in_(LEAVES),
            valid_events(selection.cut),
            chosen_on(facts, selection, CaseEvent.occurred_on),
        )
        .order_by(key, case((wholly, 0), else_=1), CaseEvent.occurred_on, CaseEvent.id)
    )
    return query.subquery("leavings")


def with_baselines(left: Subquery, cut: Cut, rule: Rule = PLAIN) -> Subquery:
    """The leavings with `baseline_kr`: the mean of the payments above 0 in the months before the exit's, else the
    amount typed in at the exit (`typed`), else None: nothing can be said."""
    payment = AssistancePayment
    mean = (
        select((cast(func.sum(payment.paid_kr), EXACT) / func.count()).label("kr"))
        .where(
            payment.household_id == left.c.household_id,
            payment.month_on >= month_of(left.c.left_on, -rule.baseline_months),
            payment.month_on < month_of(left.c.left_on),
            payment.paid_kr > 0,
            known(payment, cut.known_at),
        )
        .lateral("earlier")
    )
    typed = and_(mean.c.kr.is_(None), left.c.typed_baseline_kr.is_not(None))
    baseline = func.coalesce(mean.c.kr, cast(left.c.typed_baseline_kr, EXACT)).label("baseline_kr")
    return select(left, baseline, typed.label("typed")).join(mean, true()).subquery("baselines")


def months_after(left: Subquery, cut: Cut, last_month: date) -> Subquery:
    """Each leaving (of `with_baselines`, its baseline known) with each month after the exit's, to the last one.

    `paid_kr`: 0 without a known payment. `resumed`: assistance at or above the baseline has come back by the month.
    `n`: how many months there are.
    """
    payment = AssistancePayment
    series = (
        func.generate_series(
            cast(month_of(left.c.left_on, 1), TIMESTAMP), cast(literal(last_month), TIMESTAMP), func.make_interval(0, 1)
        )
        .table_valued("month_at")
        .render_derived()
    )
    month_on = cast(series.c.month_at, Date)
    paid = func.coalesce(payment.paid_kr, 0)
    resumed = func.bool_or(paid >= left.c.baseline_kr).over(partition_by=left.c.key, order_by=month_on)
    return (
        select(
            left,
            month_on.label("month_on"),
            paid.label("paid_kr"),
            resumed.label("resumed"),
            func.count().over(partition_by=left.c.key).label("n"),
        )
        .select_from(left)
        .join(series, true())
        .join(
            payment,
            and_(
                payment.household_id == left.c.household_id,
                payment.month_on == month_on,
                known(payment, cut.known_at),
            ),
            isouter=True,
        )
        .where(left.c.baseline_kr.is_not(None))
        .subquery("months")
    )


def counted_months(selection: Selection, rule: Rule = PLAIN) -> Subquery:
    """The months of households that are counted, each with its kronor (`value`). Parts: "wholly", "topped_up", "" both.

    Left wholly: baseline minus what was paid, never below 0, of the months in the period. Still topped up: the months
    to the period's end are the year's value together, 12 times their mean difference, so each stands for 12 / n of it.
    """
    left = with_baselines(leavings(selection), selection.cut, rule)
    months = months_after(left, selection.cut, last_whole_month(selection.last_on))
    m = months.c
    saves = ~m.resumed if rule.stops else m.paid_kr < m.baseline_kr
    of_wholly = and_(m.wholly, saves, m.month_on >= selection.period.from_on)
    less = m.baseline_kr - m.paid_kr
    value = case((m.wholly, less), else_=cast(MONTHS_OF_YEAR * less, EXACT) / m.n)
    counted = {"wholly": of_wholly, "topped_up": ~m.wholly}.get(selection.part, or_(of_wholly, ~m.wholly))
    return select(months, value.label("value")).where(counted).subquery("counted")


def savings_rows(selection: Selection, rule: Rule = PLAIN) -> Select[Any]:
    """Kronor per household and month: `counted_months` as the rows of a measure."""
    m = counted_months(selection, rule).c
    return select(
        case((m.household_id.is_(None), m.case_id)).label("case_id"),
        m.household_id,
        NO_SEX.label("sex"),
        m.unit_id,
        m.month_on.label("day"),
        m.value,
        _why(m).label("why"),
    )


def _why(m: Any) -> ColumnElement[str]:
    said = func.concat(
        "Hushållet lämnade stödet ", m.left_on, ". Utgångspunkten är ", _kr(m.baseline_kr), " i månaden",
        case((m.typed, ", inskriven vid avslutet"), else_=""),
        ", och för ", func.to_char(m.month_on, "YYYY-MM"), " betalades ", _kr(m.paid_kr), " ut.",
    )  # fmt: skip
    share = func.concat(
        " Utfyllnaden räknas som årsvärde: skillnaden gånger 12, delat med de ", m.n, " månaderna efter avslutet."
    )
    return func.concat(said, case((m.wholly, ""), else_=share))


def _kr(amount: Any) -> ColumnElement[str]:
    return func.concat(func.replace(func.to_char(amount, "FM9999999990.00"), ".", ","), " kr")


def month_of(day: Any, count: int = 0) -> ColumnElement[date]:
    """The first day of the month `count` months after the day's, as `periods.add_months`."""
    return cast(func.date_trunc("month", cast(day, TIMESTAMP)) + func.make_interval(0, count), Date)

"""Assistance not paid out because households have left: one row per household and month, each krona with its reason.

`savings_rules` says the same for a single household, and tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
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
from caseflow.core.language import _
from caseflow.core.periods import add_months
from caseflow.core.personnummer import Sex
from caseflow.database import Choice
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.measure import said
from caseflow.measures.milestones import known, months, valid_events
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


def leavings(selection: Selection) -> CTE:
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
    return query.cte()


def with_baselines(leaving: CTE, cut: Cut, rule: Rule = PLAIN) -> CTE:
    """The leavings with `baseline_kr`: the mean of the payments above 0 in the months before the exit's, else the
    amount typed in at the exit (`typed`), else None: nothing can be said. `exit_month_on`: the month of the exit."""
    payment = AssistancePayment
    # Months are worked out here, once for a household, since they are compared with every payment of it.
    since, month = month_of(leaving.c.left_on, -rule.baseline_months), month_of(leaving.c.left_on)
    left = select(leaving, since.label("since_on"), month.label("exit_month_on")).cte()
    earlier = (
        select(left.c.key, (cast(func.sum(payment.paid_kr), EXACT) / func.count()).label("kr"))
        .join(payment, payment.household_id == left.c.key)
        .where(
            payment.month_on >= left.c.since_on,
            payment.month_on < left.c.exit_month_on,
            payment.paid_kr > 0,
            known(payment, cut.known_at),
        )
        .group_by(left.c.key)
        .subquery("earlier")
    )
    typed = and_(earlier.c.kr.is_(None), left.c.typed_baseline_kr.is_not(None))
    baseline = func.coalesce(earlier.c.kr, cast(left.c.typed_baseline_kr, EXACT)).label("baseline_kr")
    return select(left, baseline, typed.label("typed")).join(earlier, earlier.c.key == left.c.key, isouter=True).cte()


def spans(selection: Selection, rule: Rule = PLAIN) -> CTE:
    """Each household that is counted, with the months that are: from `first_on` to before `until_on`. `n`: how many
    months follow the exit's. Parts: "wholly", "topped_up", "" both.

    Left wholly: the months in the period, until assistance at or above the baseline resumes (where the rule stops
    then). Topped up: all months to the period's end.
    """
    cut, last_month = selection.cut, last_whole_month(selection.last_on)
    left = with_baselines(leavings(selection), cut, rule)
    resumed = _resumed(left, cut).subquery("resumed")
    first_on, end_on = month_of(left.c.left_on, 1), literal(add_months(last_month, 1))
    from_on = literal(add_months(selection.period.from_on - timedelta(days=1), 1))
    span = select(
        left,
        months(left.c.left_on, literal(last_month)).label("n"),
        case((left.c.wholly, func.greatest(first_on, from_on)), else_=first_on).label("first_on"),
        (func.least(resumed.c.month_on, end_on) if rule.stops else end_on).label("until_on"),
    )
    if rule.stops:
        span = span.join(resumed, resumed.c.key == left.c.key, isouter=True)
    # Of a baseline of 0 kr nothing can be saved.
    saves = or_(~left.c.wholly, left.c.baseline_kr > 0)
    of_part = {"wholly": left.c.wholly, "topped_up": ~left.c.wholly}.get(selection.part, true())
    s = span.where(left.c.baseline_kr.is_not(None), saves, of_part).subquery("span")
    return select(s).where(s.c.first_on < s.c.until_on).cte()


def _resumed(left: CTE, cut: Cut) -> Select[Any]:
    """The first month after the exit's with assistance at or above the baseline, of households that left wholly."""
    payment = AssistancePayment
    return (
        select(left.c.key, func.min(payment.month_on).label("month_on"))
        .join(payment, payment.household_id == left.c.key)
        .where(
            left.c.wholly,
            payment.month_on > left.c.exit_month_on,
            payment.paid_kr >= left.c.baseline_kr,
            known(payment, cut.known_at),
        )
        .group_by(left.c.key)
    )


def counted_months(selection: Selection, rule: Rule = PLAIN) -> Subquery:
    """The months of households that are counted (see `spans`), each with its kronor (`value`) and what was paid
    (`paid_kr`, 0 without a known payment). `programme_sums` adds them up without making them one by one.

    Left wholly: baseline minus what was paid, never below 0. Still topped up: the months are the year's value together,
    12 times their mean difference, so each stands for 12 / n of it.
    """
    span, payment = spans(selection, rule), AssistancePayment
    series, month_on = month_series(span.c.first_on, span.c.until_on)
    paid = func.coalesce(payment.paid_kr, 0)
    less = span.c.baseline_kr - paid
    value = case((span.c.wholly, less), else_=cast(MONTHS_OF_YEAR * less, EXACT) / span.c.n)
    return (
        select(span, month_on.label("month_on"), paid.label("paid_kr"), value.label("value"))
        .select_from(span)
        .join(series, true())
        .join(
            payment,
            and_(
                payment.household_id == span.c.key,
                payment.month_on == month_on,
                known(payment, selection.cut.known_at),
            ),
            isouter=True,
        )
        .where(or_(~span.c.wholly, less > 0))
        .subquery("counted")
    )


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
    values = {
        "day": m.left_on,
        "baseline": _kr(m.baseline_kr),
        "month": func.to_char(m.month_on, "YYYY-MM"),
        "paid": _kr(m.paid_kr),
    }
    known_payments = _(
        "Hushållet lämnade stödet {day}. Utgångspunkten är {baseline} i månaden, och för {month} betalades {paid} ut."
    )
    typed = _(
        "Hushållet lämnade stödet {day}. Utgångspunkten är {baseline} i månaden, inskriven vid avslutet, och för "
        "{month} betalades {paid} ut."
    )
    share = _("Utfyllnaden räknas som årsvärde: skillnaden gånger 12, delat med de {n} månaderna efter avslutet.")
    sentence = case((m.typed, said(typed, **values)), else_=said(known_payments, **values))
    return func.concat(sentence, case((m.wholly, ""), else_=func.concat(" ", said(share, n=m.n))))


def _kr(amount: Any) -> ColumnElement[str]:
    return func.concat(func.replace(func.to_char(amount, "FM9999999990.00"), ".", ","), " kr")


def month_series(first_on: Any, until_on: Any) -> tuple[Any, ColumnElement[date]]:
    """The months from the first to before the last, to be joined, and their first days."""
    last, step = month_of(until_on, -1), func.make_interval(0, 1)
    series = func.generate_series(cast(first_on, TIMESTAMP), cast(last, TIMESTAMP), step).table_valued("month_at")
    series = series.render_derived()
    return series, cast(series.c.month_at, Date)


def month_of(day: Any, count: int = 0) -> ColumnElement[date]:
    """The first day of the month `count` months after the day's, as `periods.add_months`."""
    return cast(func.date_trunc("month", cast(day, TIMESTAMP)) + func.make_interval(0, count), Date)

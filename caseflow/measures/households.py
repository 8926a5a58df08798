"""H1 to H4: households on assistance, and what they were paid.

A month counts when it is whole and has ended by the cut-off. A month for which not one payment is known, of any
household, has not been read in: it is left out, and what rests on it alone is not known. Under a filter the households
of chosen participants are kept: those with a case that the filter chooses and that had been referred by the cut-off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, true

from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core.language import _, _l
from caseflow.core.periods import add_months, first_of_month
from caseflow.extensions import db
from caseflow.measures.facts import Facts, chosen_cases, known, years_before
from caseflow.measures.figures import month_end, whole_months
from caseflow.measures.measure import Better, Divisor, Measure, Sum, columns, said
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Cut, Selection
from caseflow.people.models import AssistancePayment

LONG_YEARS = 2
ROLLING_MONTHS = 12
UNKNOWN = "unknown"


def months_paid(months: Collection[date], cut: Cut) -> set[date]:
    """Those of the months for which some payment is known."""
    query = select(AssistancePayment.month_on.distinct()).where(
        AssistancePayment.month_on.in_(months), known(AssistancePayment, cut.known_at)
    )
    return set(db.session.scalars(query))


def paid_rows(selection: Selection) -> Select[Any]:
    """One row per household and month with assistance above 0, in the whole months of the period."""
    return _payments(
        selection, whole_months(selection.period, selection.last_on), _("{month}: hushållet fick försörjningsstöd.")
    )


def rolling_rows(selection: Selection) -> Select[Any]:
    """One row per household and month with assistance above 0, in the twelve months to the period's end."""
    text = _("{month}: hushållet fick försörjningsstöd, en av de tolv senaste hela månaderna.")
    return _payments(selection, rolling_months(selection), text)


def rolling_months(selection: Selection) -> list[date]:
    """The twelve whole months that had ended by the last day counted."""
    last = last_whole_month(selection.last_on)
    return [add_months(last, -back) for back in range(ROLLING_MONTHS)]


def last_whole_month(day: date) -> date:
    """The first day of the latest month that has ended by the day."""
    month = first_of_month(day)
    return month if month_end(day) == day else add_months(month, -1)


def _payments(selection: Selection, months: list[date], text: str) -> Select[Any]:
    payment = AssistancePayment
    why = said(text, month=func.to_char(payment.month_on, "YYYY-MM"))
    return select(
        *columns(household_id=payment.household_id, day=payment.month_on, value=payment.paid_kr, why=why)
    ).where(
        payment.month_on.in_(months),
        payment.paid_kr > 0,
        known(payment, selection.cut.known_at),
        _chosen(selection, payment.household_id),
    )


def long_rows(selection: Selection) -> Select[Any]:
    """One row per household on assistance in the last whole month, and on it since more than two years.

    "unknown": those on assistance in that month whose beginning is not known.
    """
    facts = Facts(selection.cut)
    household, since = facts.household, facts.household.assistance_since_on
    month = last_whole_month(selection.last_on)
    paid = select(AssistancePayment.id).where(
        AssistancePayment.household_id == household.id,
        AssistancePayment.month_on == month,
        AssistancePayment.paid_kr > 0,
        known(AssistancePayment, selection.cut.known_at),
    )
    before = years_before(selection.last_on, LONG_YEARS)
    wanted = since.is_(None) if selection.part == UNKNOWN else since < before
    why: Any = (
        _("Hushållet får stöd, men det är inte känt sedan när.")
        if selection.part == UNKNOWN
        else said(_("Hushållet får stöd sedan {day}, mer än två år."), day=func.to_char(since, "YYYY-MM-DD"))
    )
    return select(*columns(household_id=household.id, day=literal(selection.last_on), why=why)).where(
        paid.exists(), wanted, _chosen(selection, household.id)
    )


def _chosen(selection: Selection, household_id: Any) -> ColumnElement[bool]:
    """Households of chosen participants; every household where nothing is chosen."""
    chosen = selection.chosen
    if chosen.unit is None and chosen.programme is None and chosen.sex is None and chosen.ages is None:
        return true()
    facts = Facts(selection.cut)
    referred = select(CaseEvent.id).where(
        CaseEvent.case_id == facts.case.id, CaseEvent.kind == EventKind.REFERRED, valid_events(selection.cut)
    )
    members = (
        select(facts.participant.household_id)
        .join(facts.case, facts.case.participant_id == facts.participant.id)
        .where(facts.participant.household_id.is_not(None), referred.exists(), chosen_cases(facts, selection))
    )
    found: ColumnElement[bool] = household_id.in_(members)
    return found


def _months_averaged(selections: Sequence[Selection]) -> list[Divisor]:
    return [_divide_by(len(found)) for found in _paid_of(selections, lambda one: whole_months(one.period, one.last_on))]


def _last_month_paid(selections: Sequence[Selection]) -> list[Divisor]:
    return [_divide_by(len(found)) for found in _paid_of(selections, lambda one: [last_whole_month(one.last_on)])]


def _rolling_paid(selections: Sequence[Selection]) -> list[Divisor]:
    return [_divide_by(len(found) == ROLLING_MONTHS) for found in _paid_of(selections, rolling_months)]


def _paid_of(selections: Sequence[Selection], months: Callable[[Selection], list[date]]) -> list[set[date]]:
    """For each selection those of its months that are known, asked for at once; all are of one cut."""
    of_each = [set(months(one)) for one in selections]
    found = months_paid(set().union(*of_each), selections[0].cut)
    return [found & wanted for wanted in of_each]


def _divide_by(number: int) -> Divisor:
    return lambda _unit_id: number or None


_MONTHS = _l(
    "Bara hela månader som är slut på brytdagen räknas, och bara månader där någon utbetalning är känd: övriga är inte "
    "inlästa."
)
_FILTER = _l(
    "Hushåll har inget kön och ingen enhet. Med ett filter räknas hushåll där någon deltagare har ett ärende som "
    "filtret väljer."
)

ON_ASSISTANCE = Measure(
    key="H1",
    label=_l("Hushåll med försörjningsstöd, i genomsnitt per månad"),
    unit=_l("hushåll"),
    definition=_l(
        "Hushåll med mer än 0 kr utbetalt för månaden, i genomsnitt över periodens månader. %(months)s %(filter)s",
        months=_MONTHS,
        filter=_FILTER,
    ),
    source=_l("Utbetalningar per hushåll; nämndindikator H1"),
    rows=paid_rows,
    sum=Sum.PER_MONTH,
    better=Better.LOWER,
    by_sex=False,
    per=_months_averaged,
)

LONG_ON_ASSISTANCE = Measure(
    key="H2",
    label=_l("Hushåll med försörjningsstöd i mer än två år"),
    unit=_l("hushåll"),
    definition=_l(
        "Hushåll med mer än 0 kr utbetalt för den senaste hela månaden, som på periodens sista dag har haft stöd i "
        "mer än två år. De vars början är okänd redovisas för sig. Uppgift saknas när månadens utbetalningar inte är "
        "inlästa. %(filter)s",
        filter=_FILTER,
    ),
    source=_l("Utbetalningar per hushåll; nämndindikator H2"),
    rows=long_rows,
    better=Better.LOWER,
    by_sex=False,
    parts_of=lambda: ((UNKNOWN, _("har stöd, men sedan när är inte känt")),),
    per=_last_month_paid,
)

MEAN_ASSISTANCE = Measure(
    key="H3",
    label=_l("Försörjningsstöd per hushåll och månad, i genomsnitt"),
    unit="kr",
    definition=_l(
        "Summan av periodens utbetalningar delad med antalet hushåll och månader med mer än 0 kr utbetalt. %(months)s "
        "%(filter)s",
        months=_MONTHS,
        filter=_FILTER,
    ),
    source=_l("Utbetalningar per hushåll; nämndindikator H3"),
    rows=paid_rows,
    sum=Sum.MEAN,
    better=Better.LOWER,
    by_sex=False,
)

ROLLING_COST = Measure(
    key="H4",
    label=_l("Utbetalt försörjningsstöd, rullande tolv månader"),
    unit="kr",
    definition=_l(
        "Summan av utbetalningarna för de tolv senaste månader som är slut på periodens sista dag. Uppgift saknas "
        "när någon av månaderna inte är inläst. %(filter)s",
        filter=_FILTER,
    ),
    source=_l("Utbetalningar per hushåll; nämndindikator H4"),
    rows=rolling_rows,
    sum=Sum.TOTAL,
    better=Better.LOWER,
    by_sex=False,
    per=_rolling_paid,
)

HOUSEHOLD_MEASURES = (ON_ASSISTANCE, LONG_ON_ASSISTANCE, MEAN_ASSISTANCE, ROLLING_COST)

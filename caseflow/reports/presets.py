"""Periods that are asked for again and again, one step away: years, twelve months, thirds of the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from caseflow.core import clock
from caseflow.core.language import _
from caseflow.core.periods import add_months, first_of_month
from caseflow.measures.selection import Period
from caseflow.reports.question import Question, ReportKind
from caseflow.reports.reading import address_of

MONTHS_OF_A_THIRD = 4


@dataclass(frozen=True)
class Preset:
    """A period by name, the words of the address that ask for it, and whether it is the one shown."""

    label: str
    address: dict[str, str]
    current: bool


def list_presets(question: Question, kind: ReportKind) -> list[Preset]:
    """The periods to choose between; the other filters stay. The cut-off is that of the new period."""
    kept = {name: word for name, word in address_of(question, kind).items() if name not in ("fran", "till", "brytdag")}
    return [
        Preset(label, kept | {"fran": str(period.from_on), "till": str(period.to_on)}, period == question.period)
        for label, period in _periods(kind, question, clock.today())
    ]


def _periods(kind: ReportKind, question: Question, today: date) -> Iterator[tuple[str, Period]]:
    programme = question.chosen.programme
    if kind.needs_programme and programme and programme.starts_on:
        yield _("Hela programmet"), Period(programme.starts_on, programme.ends_on or today)
    yield _("I år"), Period.year(today.year)
    yield _("Förra året"), Period.year(today.year - 1)
    if kind.whole_years:
        return
    this_month = first_of_month(today)
    yield _("Senaste 12 månaderna"), Period(add_months(this_month, -12), this_month - timedelta(1))
    for number in range(1, 4):
        begins_on = date(today.year, 1 + MONTHS_OF_A_THIRD * (number - 1), 1)
        if begins_on <= today:
            end = add_months(begins_on, MONTHS_OF_A_THIRD) - timedelta(1)
            yield _("Tertial %(number)s", number=number), Period(begins_on, end)

"""What a report is asked about, and what a kind of report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString

from caseflow.measures.rules import Wait
from caseflow.measures.selection import NO_FILTER, Cut, Filter, Period
from caseflow.reports.document import Document


@dataclass(frozen=True)
class Question:
    """What a report is asked about. `wait` and `step` matter only to the reports that name them in `asks`.

    `step`: "month" or "week", the points of a control chart.
    """

    period: Period
    cut: Cut
    chosen: Filter = NO_FILTER
    wait: Wait = Wait.W3
    step: str = "month"


@dataclass(frozen=True)
class ReportKind:
    """A report: what it is called, what it may be asked about beside period and cut, and who builds it.

    `answers`: the question in the reader's own words.

    `asks`: which of "unit", "programme", "sex", "ages", "begun", "wait", "step" it heeds. `needs_programme`: it is
    about one programme. `whole_years`: its period is a calendar year.
    """

    key: str
    title: LazyString
    purpose: LazyString
    build: Callable[[Question], Document]
    asks: tuple[str, ...] = ()
    needs_programme: bool = False
    whole_years: bool = False
    answers: LazyString | str = ""

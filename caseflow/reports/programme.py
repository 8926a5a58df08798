"""The report of a programme like 500-uppdraget: places, households, kronor, and what the kronor cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.measures.programme import programme_report, select_programme, sum_savings
from caseflow.measures.programme_budget import budget_years, place_goals
from caseflow.measures.programme_measures import PROGRAMME_MEASURES, SOURCE
from caseflow.measures.programme_method import METHOD, NO_COMPARISON
from caseflow.measures.selection import Period
from caseflow.reports import programme_money, programme_people
from caseflow.reports.asked import definitions_of, facts_of
from caseflow.reports.document import Definition, Document, Table
from caseflow.reports.programme_people import Asked
from caseflow.reports.question import Question, ReportKind


def build(question: Question) -> Document:
    """The report. The figures are those of `programme_report`; budget and accumulated savings are followed from the
    programme's beginning to the cut-off, whatever the period, since the budget was lowered for years after its end."""
    asked = _asked(question)
    return Document(
        key=KIND.key,
        title=_("Uppföljning av %(name)s", name=asked.programme.name),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=facts_of(replace(question, chosen=asked.selection.chosen)),
        tables=tuple(_tables(asked)),
        definitions=(
            *(Definition(str(term), str(text), str(SOURCE)) for term, text in METHOD),
            Definition(_("Ingen jämförelse"), str(NO_COMPARISON), str(SOURCE)),
            *definitions_of(PROGRAMME_MEASURES),
        ),
        warnings=tuple(_warnings(asked)),
        older_json=asked.report.as_json(),
    )


def _asked(question: Question) -> Asked:
    programme, cut = question.chosen.programme, question.cut
    if programme is None:
        raise NotFound(_("Rapporten gäller ett program. Välj vilket."))
    report = programme_report(programme, cut, question.period)
    programme = report.programme
    begins_on = programme.starts_on or question.period.from_on
    whole = select_programme(programme, cut, Period(min(begins_on, cut.as_of), cut.as_of))
    savings = sum_savings(whole)
    return Asked(
        programme=programme,
        selection=report.selection,
        report=report,
        whole=whole,
        savings=savings,
        budget=budget_years(programme, cut.as_of.year, savings.of_year),
        goals=place_goals(programme, whole),
    )


def _tables(asked: Asked) -> Iterator[Table]:
    yield programme_money.summary(asked)
    yield programme_people.places(asked)
    if asked.goals:
        yield programme_people.goals(asked)
    yield programme_people.households(asked)
    yield programme_people.months(asked)
    yield programme_money.savings(asked)
    yield programme_money.sensitivity(asked)
    yield programme_money.costs(asked)
    if asked.budget:
        yield programme_money.budget(asked)
    yield programme_money.accumulated(asked)
    yield programme_people.cohort(asked)


def _warnings(asked: Asked) -> Iterator[str]:
    """What the reader must know before the figures."""
    yield str(NO_COMPARISON)
    yield from (caveat.text for caveat in asked.report.warnings)
    if asked.selection.cut.as_of < asked.selection.period.to_on:
        yield _("Perioden är inte slut: siffrorna gäller till och med %(as_of)s.", as_of=asked.selection.cut.as_of)


KIND = ReportKind(
    key="program",
    title=_l("Program"),
    purpose=_l("Platser, hushåll som lämnat försörjningsstödet, kronor och uppföljning för ett program."),
    answers=_l("Vad har programmet gett, och vad har det kostat?"),
    build=build,
    asks=("programme",),
    needs_programme=True,
)

"""F5: placements begun in the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, case, cast, extract, func, select

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.core.language import _l
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.choices import YEARS
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.measure import Better, Measure, columns
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Cut, Period, Selection

F5 = "F5"
COUNTED = (PlacementKind.WORK_TRAINING, PlacementKind.INTERNSHIP, PlacementKind.SUBSIDISED_EMPLOYMENT)
_WHY = {
    PlacementKind.WORK_TRAINING: _l("En arbetsträning började i perioden."),
    PlacementKind.INTERNSHIP: _l("En praktik började i perioden."),
    PlacementKind.SUBSIDISED_EMPLOYMENT: _l("En arbetsmarknadsanställning började i perioden."),
    PlacementKind.DEVELOPMENT_PLACE: _l("En utvecklingsplats började i perioden."),
}


def begun_rows(selection: Selection) -> Select[Any]:
    """One row per placement begun in the period; a part names one kind."""
    facts = Facts(selection.cut)
    kinds = (PlacementKind(selection.part),) if selection.part else COUNTED
    return (
        select(
            *columns(
                case_id=facts.case.id,
                sex=facts.participant.sex,
                unit_id=facts.case.to_unit_id,
                day=CaseEvent.occurred_on,
                why=case(*((Placement.kind == kind, str(sentence)) for kind, sentence in _WHY.items())),
            )
        )
        .select_from(CaseEvent)
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            CaseEvent.occurred_on.between(selection.period.from_on, selection.period.to_on),
            Placement.kind.in_(kinds),
            valid_events(selection.cut),
            chosen_cases(facts, selection),
        )
    )


BEGUN = Measure(
    key=F5,
    label=_l("Påbörjade placeringar"),
    unit=_l("placeringar"),
    definition=_l(
        "Praktik, arbetsträning och arbetsmarknadsanställning som började i perioden, varje placering en gång. "
        "Utvecklingsplats räknas inte. Enhet: den som tar emot."
    ),
    source=_l("Ärendenas händelser; nämndindikator F5"),
    rows=begun_rows,
    better=Better.HIGHER,
    parts_of=lambda: tuple((kind.value, kind.word) for kind in PlacementKind),
    yearly=True,
)

PLACEMENT_MEASURES = (BEGUN,)


@dataclass(frozen=True)
class YearCount:
    """Placements begun in one year."""

    year: int
    women: int
    men: int

    @property
    def total(self) -> int:
        return self.women + self.men


@dataclass(frozen=True)
class PlacementsBegun:
    """F5 for every year from the first placement to the cut-off, years without one included."""

    years: tuple[YearCount, ...]

    def as_json(self) -> dict[str, Any]:
        return {str(row.year): {"women": row.women, "men": row.men, "total": row.total} for row in self.years}


def placements_begun(cut: Cut) -> PlacementsBegun:
    """F5 of every year, in one statement. Published: 477 (2018), 748 (2019), 496 (to August 2020)."""
    rows = begun_rows(Selection(Period(date(YEARS.start, 1, 1), cut.as_of), cut)).subquery()
    year = cast(extract("year", rows.c.day), Integer)
    query = select(year, rows.c.sex, func.count()).group_by(year, rows.c.sex)
    counts = {(found, sex): n for found, sex, n in db.session.execute(query).tuples()}
    first = min((found for found, _ in counts), default=cut.as_of.year)
    years = (
        YearCount(each, counts.get((each, Sex.WOMAN), 0), counts.get((each, Sex.MAN), 0))
        for each in range(first, cut.as_of.year + 1)
    )
    return PlacementsBegun(tuple(years))

"""F5: placements begun in the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, extract, func, select

from caseflow.cases.models import Case, CaseEvent, Placement
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Cut
from caseflow.people.models import Participant

F5 = "F5"
COUNTED = (PlacementKind.WORK_TRAINING, PlacementKind.INTERNSHIP, PlacementKind.SUBSIDISED_EMPLOYMENT)


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
    """F5: arbetsträning, praktik and arbetsmarknadsanställning begun in the year, each placement once.

    Source: DOMAIN.md. Published: 477 (2018), 748 (2019), 496 (to August 2020); target 677 (2019), 777 (2020).
    """
    year = cast(extract("year", CaseEvent.occurred_on), Integer)
    query = (
        select(year, Participant.sex, func.count())
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .join(Case, Case.id == CaseEvent.case_id)
        .join(Participant, Participant.id == Case.participant_id)
        .where(CaseEvent.kind == EventKind.PLACEMENT_STARTED, Placement.kind.in_(COUNTED), valid_events(cut))
        .group_by(year, Participant.sex)
    )
    counts = {(found, sex): n for found, sex, n in db.session.execute(query).tuples()}
    first = min((found for found, _ in counts), default=cut.as_of.year)
    years = (
        YearCount(each, counts.get((each, Sex.WOMAN), 0), counts.get((each, Sex.MAN), 0))
        for each in range(first, cut.as_of.year + 1)
    )
    return PlacementsBegun(tuple(years))

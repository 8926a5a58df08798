"""The rows that E1 compares beside the waits and the exits: exits of every kind, and first placements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, select, true

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.core.language import _l
from caseflow.measures.exits import exit_rows
from caseflow.measures.facts import Facts, chosen_cases, member_of
from caseflow.measures.measure import Measure, columns
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Selection

_WHY = {
    PlacementKind.INTERNSHIP: _l("Den första placeringen i perioden var en praktik."),
    PlacementKind.WORK_TRAINING: _l("Den första placeringen i perioden var en arbetsträning."),
    PlacementKind.DEVELOPMENT_PLACE: _l("Den första placeringen i perioden var en utvecklingsplats."),
    PlacementKind.SUBSIDISED_EMPLOYMENT: _l("Den första placeringen i perioden var en arbetsmarknadsanställning."),
}


def first_placement_rows(selection: Selection) -> Select[Any]:
    """One row per participant: the first placement begun in the period; a part names one kind.

    Which is the first is decided before unit, sex and age are chosen, so that the numbers of units add up to the total.
    """
    first = _first_in_period(selection).subquery()
    facts = Facts(selection.cut)
    why = case(*((first.c.kind == kind, str(sentence)) for kind, sentence in _WHY.items()))
    return (
        select(
            *columns(
                case_id=facts.case.id,
                sex=facts.participant.sex,
                unit_id=facts.case.to_unit_id,
                day=first.c.day,
                why=why,
            )
        )
        .select_from(facts.case)
        .join(first, first.c.case_id == facts.case.id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            chosen_cases(facts, selection),
            first.c.kind == PlacementKind(selection.part) if selection.part else true(),
        )
    )


def _first_in_period(selection: Selection) -> Select[Any]:
    facts, programme = Facts(selection.cut), selection.chosen.programme
    return (
        select(CaseEvent.case_id, CaseEvent.occurred_on.label("day"), Placement.kind)
        .distinct(facts.case.participant_id)
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .where(
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            CaseEvent.occurred_on.between(selection.period.from_on, selection.period.to_on),
            valid_events(selection.cut),
            member_of(facts, programme.id, selection.last_on) if programme else true(),
        )
        .order_by(facts.case.participant_id, CaseEvent.occurred_on, CaseEvent.id)
    )


EXITS = Measure(
    key="E1.exits",
    label=_l("Avslut"),
    unit=_l("avslut"),
    definition=_l("Alla avslut i perioden: F2 och F3 tillsammans."),
    source=_l("Ärendenas händelser; nämndens mål om jämställdhet, E1"),
    rows=exit_rows,
)

FIRST_PLACEMENTS = Measure(
    key="E1.placements",
    label=_l("Första placeringar"),
    unit=_l("deltagare"),
    definition=_l(
        "Deltagare som började en placering i perioden, var och en en gång: vid den första. De statistiska testen "
        "kräver att ingen räknas två gånger; F5 räknar däremot varje placering."
    ),
    source=_l("Ärendenas händelser; nämndens mål om jämställdhet, E1"),
    rows=first_placement_rows,
    parts_of=lambda: tuple((kind.value, kind.word) for kind in PlacementKind),
)

EQUALITY_MEASURES = (EXITS, FIRST_PLACEMENTS)

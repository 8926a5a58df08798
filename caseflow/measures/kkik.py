"""K1: the share of exits that began work or studies, as Kommunens Kvalitet i Korthet (Kolada) defines it.

Work counts, subsidised or not, when it is on the regular market and has lasted at least one unbroken month. A municipal
arbetsmarknadsanställning is a placement and no exit, so it never counts. Studies must entitle to studiemedel, which is
what the outcome says. The record cannot see an employment; it sees that one did not last: the case was reopened, or the
participant referred anew, within a month. Until the month has passed nobody knows, and the exit does not count.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Select, and_, case, cast, func, literal, or_, select, text
from sqlalchemy.orm import aliased

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind
from caseflow.core.language import _, _l
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.measure import Better, Measure, Sum, columns, said
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Cut, Selection


class Reason(StrEnum):
    """Why an exit counts or does not. Each exit has one; the first that fits, in this order."""

    STUDIES = "studies"
    REOPENED = "reopened"
    REFERRED_AGAIN = "referred_again"
    TOO_EARLY = "too_early"
    WORK = "work"
    MUNICIPAL = "municipal"
    OTHER = "other"

    @property
    def counts(self) -> bool:
        return self in (Reason.STUDIES, Reason.WORK)

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Reason.STUDIES: _l("Studier med rätt till studiemedel"),
    Reason.REOPENED: _l("Arbete, men ärendet återöppnades inom en månad"),
    Reason.REFERRED_AGAIN: _l("Arbete, men en ny anvisning kom inom en månad"),
    Reason.TOO_EARLY: _l("Arbete, men en månad har ännu inte gått"),
    Reason.WORK: _l("Arbete på ordinarie arbetsmarknad i minst en månad"),
    Reason.MUNICIPAL: _l("Annat utfall efter kommunal arbetsmarknadsanställning"),
    Reason.OTHER: _l("Annat utfall"),
}
WORK = (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK)


def exit_rows(selection: Selection) -> Select[Any]:
    """One row per exit in the period, value 1 where it counts; a part names one reason."""
    exits = _exits(selection).subquery()
    x = exits.c
    reason = case(
        (x.outcome == ExitOutcome.STUDIES, Reason.STUDIES.value),
        (and_(x.outcome.in_(WORK), x.reopened_on < x.lasted_on), Reason.REOPENED.value),
        (and_(x.outcome.in_(WORK), x.referred_on < x.lasted_on), Reason.REFERRED_AGAIN.value),
        (and_(x.outcome.in_(WORK), x.lasted_on > selection.cut.as_of), Reason.TOO_EARLY.value),
        (x.outcome.in_(WORK), Reason.WORK.value),
        (x.employed, Reason.MUNICIPAL.value),
        else_=Reason.OTHER.value,
    )
    judged = select(*x, reason.label("reason")).subquery()
    j = judged.c
    counts = case((j.reason.in_([one.value for one in Reason if one.counts]), 1), else_=0)
    query = select(*columns(case_id=j.case_id, sex=j.sex, unit_id=j.unit_id, day=j.day, value=counts, why=_why(j)))
    return query.where(j.reason == Reason(selection.part).value) if selection.part else query


def _exits(selection: Selection) -> Select[Any]:
    """The exits, each with the day on which a month has passed, and what broke it before."""
    facts, closing = Facts(selection.cut), CaseEvent
    return (
        select(
            facts.case.id.label("case_id"),
            facts.participant.sex,
            facts.case.to_unit_id.label("unit_id"),
            closing.occurred_on.label("day"),
            closing.outcome,
            cast(closing.occurred_on + text("interval '1 month'"), Date).label("lasted_on"),
            _reopened_on(selection.cut).label("reopened_on"),
            _referred_on(facts).label("referred_on"),
            _employed(selection.cut).label("employed"),
        )
        .select_from(closing)
        .join(facts.case, facts.case.id == closing.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            closing.kind == EventKind.EXITED,
            closing.occurred_on.between(selection.period.from_on, selection.period.to_on),
            valid_events(selection.cut),
            chosen_cases(facts, selection),
        )
    )


def _reopened_on(cut: Cut) -> Any:
    """The first day on which the case was reopened after the exit."""
    later = aliased(CaseEvent)
    after = or_(
        later.occurred_on > CaseEvent.occurred_on,
        and_(later.occurred_on == CaseEvent.occurred_on, later.sequence > CaseEvent.sequence),
    )
    return (
        select(func.min(later.occurred_on))
        .where(later.case_id == CaseEvent.case_id, later.kind == EventKind.REOPENED, after, valid_events(cut, later))
        .scalar_subquery()
    )


def _referred_on(facts: Facts) -> Any:
    """The first day, from that of the exit, on which the participant was referred in another case."""
    later, other = aliased(CaseEvent), aliased(facts.case)
    return (
        select(func.min(later.occurred_on))
        .join(other, other.id == later.case_id)
        .where(
            other.participant_id == facts.case.participant_id,
            other.id != facts.case.id,
            later.kind == EventKind.REFERRED,
            later.occurred_on >= CaseEvent.occurred_on,
            valid_events(facts.cut, later),
        )
        .scalar_subquery()
    )


def _employed(cut: Cut) -> Any:
    """Whether a municipal arbetsmarknadsanställning had begun in the case by the exit."""
    begun = aliased(CaseEvent)
    return (
        select(begun.id)
        .join(Placement, Placement.id == begun.placement_id)
        .where(
            begun.case_id == CaseEvent.case_id,
            begun.kind == EventKind.PLACEMENT_STARTED,
            begun.occurred_on <= CaseEvent.occurred_on,
            Placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT,
            valid_events(cut, begun),
        )
        .exists()
    )


def _why(j: Any) -> Any:
    label = case(
        *((j.outcome == outcome, outcome.label) for outcome in ExitOutcome), else_=literal(_("uppgift saknas"))
    )
    values = {"outcome": label, "reopened": j.reopened_on - j.day, "referred": j.referred_on - j.day}
    return case(*((j.reason == reason.value, said(text, **values)) for reason, text in _sentences().items()))


def _sentences() -> dict[Reason, str]:
    return {
        Reason.STUDIES: _("Räknas: studier med rätt till studiemedel."),
        Reason.REOPENED: _("Räknas inte: ärendet återöppnades efter {reopened} dagar, inom en månad."),
        Reason.REFERRED_AGAIN: _("Räknas inte: en ny anvisning kom efter {referred} dagar, inom en månad."),
        Reason.TOO_EARLY: _("Räknas inte än: en månad har ännu inte gått sedan avslutet."),
        Reason.WORK: _("Räknas: arbete på ordinarie arbetsmarknad som inte bröts inom en månad. Utfall: {outcome}."),
        Reason.MUNICIPAL: _(
            "Räknas inte: kommunal arbetsmarknadsanställning är inte arbete på ordinarie arbetsmarknad. "
            "Utfall: {outcome}."
        ),
        Reason.OTHER: _("Räknas inte: avslutades till varken arbete eller studier. Utfall: {outcome}."),
    }


BEGAN_WORK_OR_STUDIES = Measure(
    key="K1",
    label=_l("Avslut där deltagaren börjat arbeta eller studera (KKiK)"),
    unit="%",
    definition=_l(
        "Avslut i perioden där deltagaren börjat arbeta eller studera, i procent av alla avslut. Arbete är "
        "subventionerat eller osubventionerat arbete på ordinarie arbetsmarknad som pågått minst en sammanhängande "
        "månad: ärendet ska inte ha återöppnats och ingen ny anvisning ha kommit inom en månad, och månaden ska ha "
        "gått. Kommunal arbetsmarknadsanställning räknas inte. Studier ska ge rätt till studiemedel. Enhet: den som "
        "tog emot."
    ),
    source=_l("Ärendenas händelser; Kolada, nyckeltal U40455"),
    rows=exit_rows,
    sum=Sum.SHARE,
    better=Better.HIGHER,
    decimals=1,
    parts_of=lambda: tuple((reason.value, reason.label) for reason in Reason),
)

KKIK_MEASURES = (BEGAN_WORK_OR_STUDIES,)

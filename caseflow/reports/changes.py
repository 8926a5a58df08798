"""What was recorded, corrected or voided after an instant, about the cases and households that somebody asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager

from caseflow.cases.models import Case, CaseEvent, CaseProgramme, Placement, WageCost
from caseflow.cases.queries import visible_to
from caseflow.cases.rules import TRANSITIONS
from caseflow.cases.sharing import Shared
from caseflow.cases.terms import EventKind
from caseflow.core.language import _, _l
from caseflow.extensions import db
from caseflow.history import RegisterVersion
from caseflow.measures.models import GoalOverride
from caseflow.organisation.models import Unit, UnitCost
from caseflow.people.models import AssistancePayment, Household, Participant
from caseflow.reports.naming import sees_pseudonyms
from caseflow.security.permissions import Actor

# Events that no figure is made from.
UNCOUNTED = (EventKind.NOTE, EventKind.FOLLOW_UP, EventKind.HANDED_OVER)


class Sort(StrEnum):
    """In what way a fact is known otherwise."""

    LATE = "late"
    CORRECTED = "corrected"
    VOIDED = "voided"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        return str(_SORT_LABELS[self])


_SORT_LABELS = {
    Sort.LATE: _l("sen registrering"),
    Sort.CORRECTED: _l("rättelse"),
    Sort.VOIDED: _l("makulering"),
    Sort.CHANGED: _l("ändrad uppgift"),
}
PROGRAMME, WAGE, PAYMENT = "case_programme", "wage_cost", "assistance_payment"
WORDS = {
    PROGRAMME: _l("Tid i program"),
    WAGE: _l("Lönekostnad"),
    PAYMENT: _l("Utbetalt försörjningsstöd"),
    "cases": _l("Ärendets enheter"),
    "participant": _l("Deltagarens uppgifter"),
    "household": _l("Hushållets uppgifter"),
    "target": _l("Målvärde"),
    "programme": _l("Program"),
    "programme_budget": _l("Programmets budget"),
    "programme_goal": _l("Programmets mål"),
    "unit": _l("Enhet"),
    "workplace": _l("Arbetsplats"),
    "employer": _l("Arbetsgivare"),
}
OF_PERSONS = ("cases", "participant", "household")
NO_EVENT = literal(None, CaseEvent.id.type)


@dataclass(frozen=True)
class Change:
    """One fact that is known otherwise now than then. `day`: when it happened, None for a register. `noted_at`: when it
    was recorded or voided. `stands`: it counts now; else it counted then. `reason` may name persons: empty for those
    with whom the event's text is not shared."""

    case_id: int | None
    household_id: int | None
    what: str
    day: date | None
    noted_at: datetime
    sort: Sort
    stands: bool
    reason: str


def list_changes(
    case_ids: Collection[int], household_ids: Collection[int], since: datetime, as_of: date, actor: Actor
) -> list[Change]:
    """The changes about the cases and the households, in three statements, the earliest noted first."""
    of_cases = _of_cases(case_ids, household_ids, actor)
    parts = (
        _events(of_cases, since, as_of),
        _programmes(of_cases, since, as_of),
        _wages(of_cases, since, as_of),
        _payments(household_ids, since, as_of),
    )
    rows = db.session.execute(union_all(*parts)).all()
    reasons = _reasons({row.event_id for row in rows if row.event_id is not None and row.voided_at}, actor)
    found = [_change(row, since, reasons.get(row.event_id, "")) for row in rows]
    found += _versions(case_ids, household_ids, since)
    return sorted(found, key=lambda one: (one.noted_at, one.what, one.stands))


def list_register_changes(since: datetime) -> list[tuple[str, str, datetime]]:
    """Registers of no person that say something else now than then: what, which row, and when it was noted."""
    version = RegisterVersion
    query = (
        select(version.register, version.row_id, version.replaced_at, version.facts)
        .where(_stood(since), version.register.not_in(OF_PERSONS))
        .order_by(version.replaced_at, version.register, version.row_id)
    )
    rows = db.session.execute(query).tuples()
    found = [(str(WORDS[register]), _name(facts, key), at) for register, key, at, facts in rows]
    found += [(what, name, at) for what, name, at in db.session.execute(_costs_and_colours(since)).tuples()]
    return sorted(found, key=lambda one: one[2])


def _costs_and_colours(since: datetime) -> CompoundSelect[Any]:
    """The costs of units and the colours that controllers chose: what, of which, and when it was noted."""

    def noted_at(model: Any) -> ColumnElement[datetime]:
        return case((model.recorded_at > since, model.recorded_at), else_=model.voided_at)

    cost, colour = UnitCost, GoalOverride
    costs = select(literal(_("Enhetens kostnad")), func.concat(Unit.code, " ", cost.year), noted_at(cost))
    colours = select(literal(_("Vald färg för mål")), func.concat(colour.measure), noted_at(colour))
    return union_all(
        costs.join(Unit, Unit.id == cost.unit_id).where(_changed(cost, since)),
        colours.where(_changed(colour, since)),
    )


def _name(facts: dict[str, Any], key: int) -> str:
    return str(facts.get("name") or facts.get("measure") or key)


def _changed(model: Any, since: datetime) -> ColumnElement[bool]:
    """The row counted at one of the two instants and not at the other."""
    then = and_(model.recorded_at <= since, or_(model.voided_at.is_(None), model.voided_at > since))
    return and_(or_(then, model.voided_at.is_(None)), ~and_(then, model.voided_at.is_(None)))


def _twin(model: Any, since: datetime, *same: str) -> ColumnElement[bool]:
    """Another changed row says the same thing otherwise: the one replaces the other."""
    other = aliased(model)
    alike = [getattr(other, name) == getattr(model, name) for name in same]
    return exists().where(other.id != model.id, *alike, _changed(other, since)).correlate(model)


def _columns(
    model: Any, case_id: Any, household_id: Any, what: Any, day: Any, event_id: Any, corrects: Any
) -> Select[Any]:
    return select(
        case_id.label("case_id"),
        household_id.label("household_id"),
        what.label("what"),
        day.label("day"),
        model.recorded_at,
        model.voided_at,
        event_id.label("event_id"),
        corrects.label("corrects"),
    )


def _of_cases(case_ids: Collection[int], household_ids: Collection[int], actor: Actor) -> ColumnElement[bool]:
    """About one of the cases, or a case of somebody in one of the households: of those that the actor may see, or
    knows by pseudonym."""
    asked = or_(Case.id.in_(case_ids), Participant.household_id.in_(household_ids))
    return asked if sees_pseudonyms(actor) else and_(asked, visible_to(actor))


def _events(of_cases: ColumnElement[bool], since: datetime, as_of: date) -> Select[Any]:
    event, other = CaseEvent, aliased(CaseEvent)
    replaced = exists().where(other.replaces_id == event.id).correlate(event)
    what, corrects = func.concat(event.kind), or_(event.replaces_id.is_not(None), replaced)
    query = _columns(event, Case.id, Participant.household_id, what, event.occurred_on, event.id, corrects)
    query = query.join(Case, Case.id == event.case_id).join(Case.participant)
    return query.where(of_cases, _changed(event, since), event.occurred_on <= as_of, event.kind.not_in(UNCOUNTED))


def _programmes(of_cases: ColumnElement[bool], since: datetime, as_of: date) -> Select[Any]:
    row = CaseProgramme
    corrects = _twin(row, since, "case_id", "programme_id")
    query = _columns(row, Case.id, Participant.household_id, literal(PROGRAMME), row.from_on, NO_EVENT, corrects)
    query = query.join(Case, Case.id == row.case_id).join(Case.participant)
    return query.where(of_cases, _changed(row, since), row.from_on <= as_of)


def _wages(of_cases: ColumnElement[bool], since: datetime, as_of: date) -> Select[Any]:
    row = WageCost
    corrects = _twin(row, since, "placement_id", "month_on")
    query = _columns(row, Case.id, Participant.household_id, literal(WAGE), row.month_on, NO_EVENT, corrects)
    query = query.join(Placement, Placement.id == row.placement_id).join(Case, Case.id == Placement.case_id)
    return query.join(Case.participant).where(of_cases, _changed(row, since), row.month_on <= as_of)


def _payments(household_ids: Collection[int], since: datetime, as_of: date) -> Select[Any]:
    row = AssistancePayment
    corrects = _twin(row, since, "household_id", "month_on")
    query = _columns(
        row, literal(None, Case.id.type), row.household_id, literal(PAYMENT), row.month_on, NO_EVENT, corrects
    )
    return query.where(row.household_id.in_(household_ids), _changed(row, since), row.month_on <= as_of)


def _reasons(event_ids: Collection[int], actor: Actor) -> dict[int, str]:
    """Why the events were voided, of those whose texts are shared with the actor."""
    query = select(CaseEvent).join(CaseEvent.case).options(contains_eager(CaseEvent.case))
    events = db.session.scalars(query.where(CaseEvent.id.in_(event_ids), visible_to(actor)))
    return {event.id: event.void_reason or "" for event in events if Shared(actor, event.case).sees_text(event)}


def _change(row: Any, since: datetime, reason: str) -> Change:
    stands = row.voided_at is None
    sort = Sort.CORRECTED if row.corrects else Sort.LATE if stands else Sort.VOIDED
    what = str(WORDS.get(row.what) or TRANSITIONS[EventKind(row.what)].label)
    noted_at = row.recorded_at if stands else row.voided_at
    return Change(row.case_id, row.household_id, what, row.day, noted_at, sort, stands, reason)


def _versions(case_ids: Collection[int], household_ids: Collection[int], since: datetime) -> list[Change]:
    """The registers of the cases, their participants and the households that say something else now than then."""
    version, no_case, no_household = RegisterVersion, literal(None, Case.id.type), literal(None, Household.id.type)
    lived_in = cast(version.facts["household_id"].astext, BigInteger)
    of_participant = select(Case.id, no_household).join(Case, Case.participant_id == version.row_id)
    moved_in = select(no_case, Participant.household_id).join(Participant, Participant.id == version.row_id)
    parts = (
        ("cases", select(version.row_id, no_household).where(version.row_id.in_(case_ids))),
        ("participant", of_participant.where(Case.id.in_(case_ids))),
        ("participant", moved_in.where(Participant.household_id.in_(household_ids))),
        ("participant", select(no_case, lived_in).where(lived_in.in_(household_ids))),
        ("household", select(no_case, version.row_id).where(version.row_id.in_(household_ids))),
    )
    query = union(
        *(
            part.add_columns(version.register, version.replaced_at).where(version.register == register, _stood(since))
            for register, part in parts
        )
    )
    return [
        Change(case_id, household_id, str(WORDS[register]), None, at, Sort.CHANGED, True, "")
        for case_id, household_id, register, at in db.session.execute(query).tuples()
    ]


def _stood(since: datetime) -> ColumnElement[bool]:
    """The version was known at the instant, and another has come since."""
    return and_(RegisterVersion.recorded_at <= since, RegisterVersion.replaced_at > since)

"""A row of anvisningar: a new case, or what it changes in the one there is."""

from __future__ import annotations

from datetime import date

from caseflow.cases import log, services
from caseflow.cases.models import Case, CaseEvent, CaseProgramme
from caseflow.cases.services import ReferralInput
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.imports.drafts import Change, Draft, Step
from caseflow.imports.kinds import FileKind
from caseflow.imports.known import Known
from caseflow.imports.people import refuse_dependent
from caseflow.imports.rows import Outcome, Row, Rows
from caseflow.imports.values import fold, spoken_list
from caseflow.organisation.models import Programme, Unit
from caseflow.organisation.rules import UnitKind
from caseflow.people.models import Participant
from caseflow.security.permissions import Actor

DATES = (
    ("forsta_kontakt", EventKind.FIRST_CONTACT),
    ("ansokan", EventKind.APPLICATION),
    ("beslut", EventKind.DECISION),
)


def read_referral(row: Row, draft: Draft | None, rows: Rows, known: Known, actor: Actor) -> Change | None:
    """What the row asks for; `draft` is its case when that is known. None when it is refused or says nothing new."""
    participant = known.participants.get(row["personnummer"].number)
    if participant is None:
        refuse_dependent(row, rows, FileKind.PARTICIPANTS, "personnummer", "Deltagaren")
        return None
    try:
        from_unit = _unit(row, "fran_enhet", known, UnitKind.REFERS)
        to_unit = _unit(row, "till_enhet", known, UnitKind.RECEIVES)
        programmes = [_programme(name, known) for name in row["program"] or ()]
        if draft is None:
            return _opening(row, participant, from_unit, to_unit, programmes, actor)
        if draft.case.participant is not participant:
            raise RuleBroken("Anvisningen hör till en annan deltagare. Rätta personnumret.", "personnummer")
    except RuleBroken as error:
        row.refuse_for(error)
        return None
    return _changing(row, draft, from_unit, to_unit, programmes)


def _opening(
    row: Row, participant: Participant, from_unit: Unit, to_unit: Unit, programmes: list[Programme], actor: Actor
) -> Change:
    """The new case with its first events; it gets its number when it is saved."""
    given = ReferralInput(
        to_unit=to_unit,
        referred_on=row["anvisad"],
        first_contact_on=row["forsta_kontakt"],
        application_on=row["ansokan"],
        decision_on=row["beslut"],
        reason=row["orsak"] or "",
        programmes=programmes,
    )
    case = services.open_case(participant, given, actor, from_unit_id=from_unit.id, number="")
    case.external_id = row["anvisning_id"]
    return Change(Draft(case, row["anvisning_id"], is_new=True), [(row, Outcome.NEW)], [], opens=True)


def _changing(row: Row, draft: Draft, from_unit: Unit, to_unit: Unit, programmes: list[Programme]) -> Change | None:
    case = draft.case
    referred = _valid(case, EventKind.REFERRED)
    assert referred is not None
    steps = [step for column, kind in DATES if (step := _moved(case, kind, row[column])) is not None]
    moved_unit = (case.from_unit_id, case.to_unit_id) != (from_unit.id, to_unit.id)
    reason = row["orsak"] if row["orsak"] is not None else referred.note
    if moved_unit or referred.occurred_on != row["anvisad"] or referred.note != reason:
        details = log.details_of(referred) | {"note": reason}
        steps.append(Step(EventKind.REFERRED, row["anvisad"], details, referred))
    # An empty cell says nothing of the programmes.
    wanted = programmes if row["program"] else None
    joined = _programmes_differ(case, wanted, row["anvisad"])
    if not steps and not joined:
        row.outcome = Outcome.UNCHANGED
        return None

    def prepare() -> None:
        case.from_unit_id, case.to_unit_id = from_unit.id, to_unit.id
        if joined:
            _set_programmes(case, wanted, row["anvisad"], referred.occurred_on)

    return Change(draft, [(row, Outcome.CHANGED)], steps, prepare=prepare)


def _moved(case: Case, kind: EventKind, on: date | None) -> Step | None:
    old = _valid(case, kind)
    if on is None or (old is not None and old.occurred_on == on):
        return None
    return Step(kind, on, log.details_of(old) if old is not None else {}, old)


def _valid(case: Case, kind: EventKind) -> CaseEvent | None:
    return next((event for event in case.valid_events if event.kind == kind), None)


def _current(case: Case) -> list[CaseProgramme]:
    return [membership for membership in case.programmes if membership.voided_at is None]


def _programmes_differ(case: Case, wanted: list[Programme] | None, referred_on: date) -> bool:
    """Whether programmes join or leave, or begin with a referral that has moved."""
    current = _current(case)
    if wanted is not None and {member.programme_id for member in current} != {programme.id for programme in wanted}:
        return True
    return any(member.from_on == case.referred_on != referred_on for member in current)


def _set_programmes(case: Case, wanted: list[Programme] | None, referred_on: date, before_on: date) -> None:
    now = clock.now()
    current = _current(case)
    if wanted is None:
        wanted = [member.programme for member in current]
    stay = {member.programme_id for member in current if member.from_on != before_on or before_on == referred_on} & {
        programme.id for programme in wanted
    }
    for member in current:
        if member.programme_id not in stay:
            member.voided_at = now
    for programme in wanted:
        if programme.id not in stay:
            case.programmes.append(CaseProgramme(programme=programme, from_on=referred_on, recorded_at=now))


def _unit(row: Row, column: str, known: Known, kind: UnitKind) -> Unit:
    unit = known.units.get(fold(row[column]))
    if unit is None or unit.kind != kind:
        codes = spoken_list(sorted(unit.code for unit in known.units.values() if unit.kind == kind))
        told = "finns inte" if unit is None else f"{unit.kind.label.lower()} – {kind.label.lower()} inte anvisningar"
        raise RuleBroken(f"Enheten {row[column]} {told}. Skriv {codes}.", column)
    return unit


def _programme(name: str, known: Known) -> Programme:
    programme = known.programmes.get(fold(name))
    if programme is None:
        names = sorted({programme.name for programme in known.programmes.values()})
        raise RuleBroken(f"Programmet {name} finns inte. Skriv {spoken_list(names)}, flera med | emellan.", "program")
    return programme

"""What the database already knows of the things that the files are about, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, any_, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from caseflow.cases.models import Assessment, AssessmentArea, Case, CaseEvent, Placement
from caseflow.cases.terms import EventKind
from caseflow.core.personnummer import Identity
from caseflow.extensions import db
from caseflow.imports.kinds import FileKind
from caseflow.imports.rows import Rows
from caseflow.imports.values import fold
from caseflow.organisation.models import Employer, Programme, Unit, Workplace
from caseflow.people.models import AssistancePayment, Household, Participant
from caseflow.security import crypto

# Names the advisory lock that one import at a time holds.
IMPORT_LOCK = 20190101


@dataclass
class Known:
    """Rows of the database by what files call them. New rows join as they are made."""

    households: dict[str, Household] = field(default_factory=dict)
    participants: dict[str, Participant] = field(default_factory=dict)
    payments: dict[tuple[str, date], tuple[int, Decimal]] = field(default_factory=dict)
    cases_of: dict[str, list[Case]] = field(default_factory=lambda: defaultdict(list))
    placements: dict[str, Placement] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    areas: dict[str, AssessmentArea] = field(default_factory=dict)
    employers: dict[str, Employer] = field(default_factory=dict)
    workplaces: dict[tuple[str, str], Workplace] = field(default_factory=dict)


def lock_imports() -> None:
    """One import at a time, until the transaction ends."""
    db.session.execute(text("SET LOCAL lock_timeout = '10min'"))
    db.session.execute(text("SELECT pg_advisory_xact_lock(:lock), pg_current_xact_id()"), {"lock": IMPORT_LOCK})


def read_known(rows: Rows) -> Known:
    """What is known of everything the rows name. Its cases and participants stay locked until the transaction ends."""
    known = Known()
    _read_organisation(known)
    _read_people(rows, known)
    _read_cases(rows, known)
    return known


def _read_organisation(known: Known) -> None:
    known.units = {fold(unit.code): unit for unit in db.session.scalars(select(Unit).where(Unit.closed_at.is_(None)))}
    for programme in db.session.scalars(select(Programme)):
        known.programmes |= {fold(programme.code): programme, fold(programme.name): programme}
    areas = select(AssessmentArea).where(AssessmentArea.closed_at.is_(None)).order_by(AssessmentArea.position)
    known.areas = {fold(area.name): area for area in db.session.scalars(areas)}
    known.employers = {employer.name: employer for employer in db.session.scalars(select(Employer))}
    known.workplaces = {(place.employer.name, place.name): place for place in db.session.scalars(select(Workplace))}


def _read_people(rows: Rows, known: Known) -> None:
    numbers = {row["hushallsnr"] for row in rows.all() if row["hushallsnr"]}
    known.households = {
        household.number: household
        for household in db.session.scalars(select(Household).where(among(Household.number, numbers)))
    }
    paid = select(
        Household.number, AssistancePayment.month_on, AssistancePayment.id, AssistancePayment.paid_kr
    ).join_from(AssistancePayment, Household)
    months = {row["manad"] for row in rows.of_kind[FileKind.PAYMENTS] if row["manad"]}
    payments = paid.where(
        AssistancePayment.voided_at.is_(None),
        among(Household.number, {row["hushallsnr"] for row in rows.of_kind[FileKind.PAYMENTS] if row["hushallsnr"]}),
        among(AssistancePayment.month_on, months),
    )
    known.payments = {(number, month): (id, kr) for number, month, id, kr in db.session.execute(payments)}


def _read_cases(rows: Rows, known: Known) -> None:
    """The named participants, those of the named cases and placements, and every case of theirs."""
    identities: dict[bytes, Identity] = {
        crypto.lookup_hash(row["personnummer"].number): row["personnummer"] for row in rows.all() if row["personnummer"]
    }
    case_ids = {row["anvisning_id"] for row in rows.all() if row["anvisning_id"]}
    placement_ids = {row["placering_id"] for row in rows.all() if row["placering_id"]}
    of_placements = select(Placement.case_id).where(among(Placement.external_id, placement_ids))
    of_cases = select(Case.participant_id).where(or_(among(Case.external_id, case_ids), Case.id.in_(of_placements)))
    named = or_(among(Participant.number_hash, identities), Participant.id.in_(of_cases))
    ids = list(db.session.scalars(select(Participant.id).where(named)))

    # Every writer locks participants first, in the order of their ids, so that nobody waits in a ring.
    theirs, mine = among(Case.participant_id, ids), among(Participant.id, ids)
    people = select(Participant).where(mine).order_by(Participant.id).with_for_update()
    for participant in db.session.scalars(people.execution_options(populate_existing=True)):
        identity = identities.get(participant.number_hash)
        known.participants[identity.number if identity else participant.number.replace("-", "")] = participant
    numbers = {participant.id: number for number, participant in known.participants.items()}
    for case in db.session.scalars(_with_log(theirs)):
        known.cases_of[numbers[case.participant_id]].append(case)
        for event in case.valid_events:
            placement = event.placement
            if event.kind == EventKind.PLACEMENT_STARTED and placement is not None and placement.external_id:
                known.placements[placement.external_id] = placement


def _with_log(condition: ColumnElement[bool]) -> Any:
    """The cases with what planning and comparing need."""
    placement = selectinload(Case.events).selectinload(CaseEvent.placement)
    return (
        select(Case)
        .where(condition)
        .order_by(Case.referred_on, Case.id)
        .options(
            placement.selectinload(Placement.wage_costs),
            selectinload(Case.events).selectinload(CaseEvent.assessment).selectinload(Assessment.scores),
            selectinload(Case.placements),
            selectinload(Case.assessments),
            selectinload(Case.programmes),
        )
        .execution_options(populate_existing=True)
    )


def among(column: InstrumentedAttribute[Any], values: Collection[Any] | Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of the values, sent as one array however many they are."""
    return column == any_(literal(list(values), ARRAY(column.type)))

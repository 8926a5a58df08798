"""The rows of lists of cases.

A protected person's name and birth year never leave this module: the case number stands in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    any_,
    bindparam,
    case,
    inspect,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import visitors

from caseflow.accounts.models import User
from caseflow.cases.models import Case, CaseEvent, CaseProgramme, Placement
from caseflow.cases.rules import EXITED, OPEN
from caseflow.cases.target_queries import StageTargets
from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.language import _
from caseflow.organisation.models import Programme, Unit, Workplace
from caseflow.people.models import Household, Participant
from caseflow.security import audit

K = EventKind
FromUnit, ToUnit = aliased(Unit), aliased(Unit)
Counsellor, SocialWorker = aliased(User), aliased(User)
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class OngoingPlacement:
    """A placement that goes on; where a case has several, the one that is to end first."""

    public_id: UUID
    kind: PlacementKind
    form: EmploymentForm | None
    workplace: str
    planned_end_on: date | None

    @property
    def label(self) -> str:
        return self.form.label if self.form else self.kind.label


@dataclass(frozen=True)
class CaseRow:
    """A case as lists show it. `title` is the name, or the case number of a protected person."""

    public_id: UUID
    number: str
    version: int
    title: str
    birth_year: int | None
    protected: bool
    has_children: bool
    stage: Stage
    days_in_stage: int | None
    target_days: int | None
    wait_target_days: int | None
    referred_on: date
    met_on: date | None
    closed_on: date | None
    follow_up_due_on: date | None
    next_kind: EventKind | None
    placement: OngoingPlacement | None
    from_unit: str
    to_unit: str
    social_worker: str
    counsellor: str
    outcome: ExitOutcome | None

    @property
    def stage_label(self) -> str:
        """The stage's word; in a placement, the word of its kind."""
        if self.stage == Stage.PLACEMENT and self.placement is not None:
            return self.placement.kind.label
        return self.stage.label

    @property
    def meet_by_on(self) -> date | None:
        """The last day for a first meeting within the target of W3."""
        return None if self.wait_target_days is None else self.referred_on + timedelta(days=self.wait_target_days)

    def waited_days(self, today: date) -> int:
        """Days from the referral to the first meeting, to the closing where none was held, or so far."""
        return ((self.met_on or self.closed_on or today) - self.referred_on).days


# The placement of the case that goes on and is to end first.
_end = aliased(CaseEvent)
ONGOING = (
    select(
        Placement.id.label("placement_id"),
        Placement.public_id.label("placement_public_id"),
        Placement.kind,
        Placement.form,
        Placement.planned_end_on,
        Workplace.name.label("workplace"),
    )
    .join(CaseEvent, CaseEvent.placement_id == Placement.id)
    .join(Workplace, Workplace.id == Placement.workplace_id)
    .where(
        Placement.case_id == Case.id,
        CaseEvent.kind == K.PLACEMENT_STARTED,
        CaseEvent.voided_at.is_(None),
        ~select(_end.id)
        .where(_end.placement_id == Placement.id, _end.kind == K.PLACEMENT_ENDED, _end.voided_at.is_(None))
        .exists(),
    )
    .order_by(Placement.planned_end_on.nulls_last(), Placement.id)
    .limit(1)
    .correlate(Case)
    .lateral("ongoing")
)


def event_of(kind: EventKind, column: Any) -> ScalarSelect[Any]:
    """The column of the case's latest event of the kind that stands."""
    return (
        select(column)
        .where(CaseEvent.case_id == Case.id, CaseEvent.kind == kind, CaseEvent.voided_at.is_(None))
        .order_by(CaseEvent.occurred_on.desc(), CaseEvent.sequence.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def in_programme(code: str) -> ColumnElement[bool]:
    """Cases that are, or have been, in the programme."""
    wanted = select(Programme.id).where(Programme.code == code).scalar_subquery()
    current = (CaseProgramme.case_id == Case.id, CaseProgramme.voided_at.is_(None))
    return select(CaseProgramme.id).where(*current, CaseProgramme.programme_id == wanted).correlate(Case).exists()


def next_kind(today: date | BindParameter[date]) -> ColumnElement[Any]:
    """The most likely next step, as `steps.likely` has it; NULL for a closed case."""
    assessed = event_of(K.ASSESSED, CaseEvent.id).is_not(None)
    return case(
        (Case.stage.not_in(OPEN), null()),
        (Case.stage == Stage.REFERRED, literal(K.ACCEPTED.value)),
        (Case.stage == Stage.ACCEPTED, literal(K.FIRST_MEETING.value)),
        (~assessed, literal(K.ASSESSED.value)),
        (ONGOING.c.planned_end_on < today, literal(K.PLACEMENT_ENDED.value)),
        (Case.follow_up_due_on <= today, literal(K.FOLLOW_UP.value)),
        (ONGOING.c.placement_id.is_not(None), literal(K.FOLLOW_UP.value)),
        else_=literal(K.PLACEMENT_STARTED.value),
    )


def rows_query(today: date | BindParameter[date], conditions: Conditions) -> Select[Any]:
    """The columns of CaseRow for the cases that meet the conditions: every one is looked up, so for a page of them.

    Units and users stand as subqueries: to order so many joins would take PostgreSQL longer than to find the rows.
    """
    columns = select(
        Case.id,
        Case.public_id,
        Case.number,
        Case.version,
        Case.participant_id,
        Participant.first_name,
        Participant.last_name,
        Participant.birth_on,
        Participant.protected,
        Household.children,
        Case.stage,
        Case.stage_since_on,
        Case.to_unit_id,
        Case.referred_on,
        event_of(K.FIRST_MEETING, CaseEvent.occurred_on).label("met_on"),
        Case.closed_on,
        Case.follow_up_due_on,
        next_kind(today).label("next_kind"),
        ONGOING.c.placement_public_id,
        ONGOING.c.kind,
        ONGOING.c.form,
        ONGOING.c.workplace,
        ONGOING.c.planned_end_on,
        _code_of(Case.from_unit_id).label("from_unit"),
        _code_of(Case.to_unit_id).label("to_unit"),
        _name_of(Case.social_worker_id).label("social_worker"),
        _name_of(Case.counsellor_id).label("counsellor"),
        case((Case.stage.in_(EXITED), event_of(K.EXITED, CaseEvent.outcome)), else_=null()).label("outcome"),
    )
    return (
        columns.select_from(Case)
        .join(Participant, Participant.id == Case.participant_id)
        .outerjoin(Household, Household.id == Participant.household_id)
        .outerjoin(ONGOING, true())
        .where(*conditions)
    )


@cache
def rows_by_id() -> Select[Any]:
    """The same for `ids` on the day `today`: one statement for every list, made and prepared once."""
    ids = bindparam("ids", type_=ARRAY(BigInteger))
    return rows_query(bindparam("today", type_=Date), [Case.id == any_(ids)])


def _code_of(unit_id: Any) -> ScalarSelect[Any]:
    return select(Unit.code).where(Unit.id == unit_id).scalar_subquery()


def _name_of(user_id: Any) -> ScalarSelect[Any]:
    return select(User.name).where(User.id == user_id).scalar_subquery()


def joined(query: Select[Any], spoken_of: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """The query over cases with the joins that a filter or an order speaks of, and no others."""
    wanted = {getattr(part, "table", None) for expression in spoken_of for part in visitors.iterate(expression)}
    query = query.select_from(Case)
    if wanted & {Participant.__table__, Household.__table__}:
        query = query.join(Participant, Participant.id == Case.participant_id)
    if Household.__table__ in wanted:
        query = query.outerjoin(Household, Household.id == Participant.household_id)
    for unit, unit_id in ((FromUnit, Case.from_unit_id), (ToUnit, Case.to_unit_id)):
        if inspect(unit).selectable in wanted:
            query = query.join(unit, unit.id == unit_id)
    for person, key in ((SocialWorker, Case.social_worker_id), (Counsellor, Case.counsellor_id)):
        if inspect(person).selectable in wanted:
            query = query.outerjoin(person, person.id == key)
    return query.outerjoin(ONGOING, true()) if ONGOING in wanted else query


def to_rows(found: Sequence[Row[Any]], targets: StageTargets) -> list[CaseRow]:
    """The rows as they may be shown; that they are shown is logged."""
    audit.read_all((row.participant_id, row.id) for row in found)
    return [_to_row(row, targets) for row in found]


def _to_row(row: Row[Any], targets: StageTargets) -> CaseRow:
    days = (targets.today - row.stage_since_on).days if row.stage in OPEN else None
    placement = None
    if row.placement_public_id is not None:
        placement = OngoingPlacement(row.placement_public_id, row.kind, row.form, row.workplace, row.planned_end_on)
    return CaseRow(
        public_id=row.public_id,
        number=row.number,
        version=row.version,
        title=title_of(row.protected, row.number, row.first_name, row.last_name),
        birth_year=None if row.protected else row.birth_on.year,
        protected=row.protected,
        has_children=bool(row.children),
        stage=row.stage,
        days_in_stage=days,
        target_days=targets.stage_days(row.stage, row.to_unit_id),
        wait_target_days=targets.wait_days(row.to_unit_id),
        referred_on=row.referred_on,
        met_on=row.met_on,
        closed_on=row.closed_on,
        follow_up_due_on=row.follow_up_due_on,
        next_kind=EventKind(row.next_kind) if row.next_kind else None,
        placement=placement,
        from_unit=row.from_unit,
        to_unit=row.to_unit,
        social_worker=row.social_worker or "",
        counsellor=row.counsellor or "",
        outcome=row.outcome,
    )


def title_of(protected: bool, number: str, first_name: str, last_name: str) -> str:
    """What a list calls the participant."""
    return _("Ärende %(number)s", number=number) if protected else f"{first_name} {last_name}"


def is_open() -> ColumnElement[bool]:
    return Case.stage.in_(OPEN)


def closed_since(day: date) -> ColumnElement[bool]:
    return Case.closed_on >= day

"""Reads for lists of cases: one statement for the rows of a page, however many they are.

A protected person's name and birth year never leave this module: the case number stands in their place,
in the order of names too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    case,
    cast,
    collate,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from caseflow.accounts.models import User
from caseflow.cases.models import Case, CaseEvent, CaseProgramme, Placement
from caseflow.cases.rules import EXITED, OPEN
from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.language import _
from caseflow.database import swedish
from caseflow.extensions import db
from caseflow.organisation.models import Programme, Target, Unit, Workplace
from caseflow.people.models import Household, Participant
from caseflow.web.pagination import Page

K = EventKind
PAGE_SIZE = 25
FromUnit, ToUnit = aliased(Unit), aliased(Unit)
Counsellor, SocialWorker = aliased(User), aliased(User)
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class OngoingPlacement:
    """A placement that goes on; where a case has several, the one that is to end first."""

    id: int
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


def target_of(measure: ColumnElement[str], today: date) -> ScalarSelect[Any]:
    """The measure's target in days, valid today; the receiving unit's own goes before everybody's."""
    return (
        select(cast(Target.value, Integer))
        .where(
            Target.measure == measure,
            Target.valid_from <= today,
            or_(Target.valid_to.is_(None), Target.valid_to >= today),
            or_(Target.unit_id.is_(None), Target.unit_id == Case.to_unit_id),
        )
        .order_by(Target.unit_id.nulls_last(), Target.valid_from.desc(), Target.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )


def stage_target(today: date) -> ScalarSelect[Any]:
    """The days that a case should spend in its stage."""
    return target_of(literal("stage:").concat(Case.stage), today)


def days_in_stage(today: date) -> ColumnElement[int]:
    """Days in the stage so far. NULL for a closed case."""
    return case((Case.stage.in_(OPEN), cast(literal(today), Date) - Case.stage_since_on), else_=null())


def over_target(today: date) -> ColumnElement[bool]:
    """Open cases that have been in their stage longer than its target."""
    return days_in_stage(today) > stage_target(today)


def in_programme(code: str) -> ColumnElement[bool]:
    """Cases that are, or have been, in the programme."""
    return (
        select(CaseProgramme.id)
        .join(Programme, Programme.id == CaseProgramme.programme_id)
        .where(CaseProgramme.case_id == Case.id, CaseProgramme.voided_at.is_(None), Programme.code == code)
        .correlate(Case)
        .exists()
    )


def next_kind(today: date) -> ColumnElement[Any]:
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


def rows_query(today: date, conditions: Conditions) -> Select[Any]:
    """The columns of CaseRow for the cases that meet the conditions."""
    return (
        select(
            Case.number,
            Case.version,
            Participant.first_name,
            Participant.last_name,
            Participant.birth_on,
            Participant.protected,
            Household.children,
            Case.stage,
            days_in_stage(today).label("days"),
            stage_target(today).label("target"),
            target_of(literal("W3"), today).label("wait_target"),
            Case.referred_on,
            event_of(K.FIRST_MEETING, CaseEvent.occurred_on).label("met_on"),
            Case.closed_on,
            Case.follow_up_due_on,
            next_kind(today).label("next_kind"),
            ONGOING.c.placement_id,
            ONGOING.c.kind,
            ONGOING.c.form,
            ONGOING.c.workplace,
            ONGOING.c.planned_end_on,
            FromUnit.code.label("from_unit"),
            ToUnit.code.label("to_unit"),
            SocialWorker.name.label("social_worker"),
            Counsellor.name.label("counsellor"),
            case((Case.stage.in_(EXITED), event_of(K.EXITED, CaseEvent.outcome)), else_=null()).label("outcome"),
        )
        .select_from(Case)
        .join(Participant, Participant.id == Case.participant_id)
        .outerjoin(Household, Household.id == Participant.household_id)
        .join(FromUnit, FromUnit.id == Case.from_unit_id)
        .join(ToUnit, ToUnit.id == Case.to_unit_id)
        .outerjoin(SocialWorker, SocialWorker.id == Case.social_worker_id)
        .outerjoin(Counsellor, Counsellor.id == Case.counsellor_id)
        .outerjoin(ONGOING, true())
        .where(*conditions)
    )


def title_order() -> list[ColumnElement[Any]]:
    """Names in Swedish order as the list shows them; a protected person is ordered by "Ärende" and number."""
    first = case((Participant.protected, "{rende"), else_=swedish(Participant.first_name))
    last = case((Participant.protected, Case.number), else_=swedish(Participant.last_name))
    return [collate(first, "C"), collate(last, "C")]


def order(sort: str, today: date) -> list[ColumnElement[Any]]:
    """What `sort` orders by: the name of a column, with "-" before it for the other way. Ties by case number."""
    stages = case({stage.value: place for place, stage in enumerate(Stage)}, value=Case.stage)
    keys: dict[str, list[Any]] = {
        "namn": title_order(),
        "fodd": [case((Participant.protected, null()), else_=func.extract("year", Participant.birth_on))],
        "etapp": [stages],
        # How far over the target, as the bar shows it.
        "dagar": [days_in_stage(today) - func.coalesce(stage_target(today), 0)],
        "steg": [next_kind(today), Case.follow_up_due_on],
        "placering": [collate(func.translate(func.lower(ONGOING.c.workplace), "åäö", "{|}"), "C")],
        "konsulent": [collate(func.translate(func.lower(Counsellor.name), "åäö", "{|}"), "C")],
        "enhet": [ToUnit.code],
        "fran": [FromUnit.code, SocialWorker.name],
        "anvisad": [Case.referred_on],
        "nummer": [Case.number],
    }
    chosen = keys[sort.removeprefix("-")]
    down = sort.startswith("-")
    return [*((key.desc() if down else key.asc()).nulls_last() for key in chosen), Case.number]


SORTS = frozenset(
    {"namn", "fodd", "etapp", "dagar", "steg", "placering", "konsulent", "enhet", "fran", "anvisad", "nummer"}
)


def list_page(today: date, conditions: Conditions, sort: str, number: int, size: int = PAGE_SIZE) -> Page[CaseRow]:
    """One page of the cases; a number past the end gives the last page."""
    total = count(conditions)
    number = min(max(1, number), max(1, -(-total // size)))
    query = rows_query(today, conditions).order_by(*order(sort, today))
    found = db.session.execute(query.limit(size).offset((number - 1) * size))
    return Page([to_row(row) for row in found], number, size, total)


def list_first(
    today: date, conditions: Conditions, ordering: Sequence[ColumnElement[Any]], limit: int
) -> tuple[list[CaseRow], int]:
    """The first cases in the order, and how many there are in all."""
    query = rows_query(today, conditions).add_columns(func.count().over().label("total"))
    found = db.session.execute(query.order_by(*ordering, Case.number).limit(limit)).all()
    return [to_row(row) for row in found], found[0].total if found else 0


def count(conditions: Conditions) -> int:
    """How many cases meet the conditions."""
    query = (
        select(func.count())
        .select_from(Case)
        .join(Participant, Participant.id == Case.participant_id)
        .outerjoin(Household, Household.id == Participant.household_id)
        .outerjoin(ONGOING, true())
        .where(*conditions)
    )
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Counts:
    """How many cases there are in each stage, over target, with children and in 500-uppdraget."""

    stages: dict[Stage, int]
    over: int
    children: int
    programme: int

    @property
    def total(self) -> int:
        return sum(self.stages.values())


def count_by_stage(today: date, conditions: Conditions, programme: str = "500-uppdraget") -> Counts:
    """The numbers on the chips above a list; stages without cases are left out."""
    query = (
        select(
            Case.stage,
            func.count().label("n"),
            func.count().filter(over_target(today)).label("over"),
            func.count().filter(Household.children > 0).label("children"),
            func.count().filter(in_programme(programme)).label("programme"),
        )
        .select_from(Case)
        .join(Participant, Participant.id == Case.participant_id)
        .outerjoin(Household, Household.id == Participant.household_id)
        .outerjoin(ONGOING, true())
        .where(*conditions)
        .group_by(Case.stage)
    )
    found = db.session.execute(query).all()
    return Counts(
        {row.stage: row.n for row in found},
        sum(row.over for row in found),
        sum(row.children for row in found),
        sum(row.programme for row in found),
    )


def to_row(row: Row[Any]) -> CaseRow:
    """The row as it may be shown."""
    placement = None
    if row.placement_id is not None:
        placement = OngoingPlacement(row.placement_id, row.kind, row.form, row.workplace, row.planned_end_on)
    return CaseRow(
        number=row.number,
        version=row.version,
        title=title_of(row.protected, row.number, row.first_name, row.last_name),
        birth_year=None if row.protected else row.birth_on.year,
        protected=row.protected,
        has_children=bool(row.children),
        stage=row.stage,
        days_in_stage=row.days,
        target_days=row.target,
        wait_target_days=row.wait_target,
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

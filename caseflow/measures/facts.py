"""The registers as a cut knows them, and the conditions of a filter on them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, cast, or_, select, text, true, union_all
from sqlalchemy.orm import aliased

from caseflow.cases.models import Case, CaseEvent, CaseProgramme, WageCost
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.history import RegisterVersion, Versioned
from caseflow.measures.selection import Ages, Cut, Selection
from caseflow.organisation.models import Employer, Programme, ProgrammeBudget, ProgrammeGoal, Target, Unit, Workplace
from caseflow.people.models import AssistancePayment, Household, Participant

Register = TypeVar("Register", bound=Versioned)
Recorded = type[CaseEvent] | type[CaseProgramme] | type[WageCost] | type[AssistancePayment]
# From reading the clock for a fact to writing it, when nothing else is waited for.
MOMENT = timedelta(seconds=1)


def known(model: Recorded, known_at: datetime | None) -> ColumnElement[bool]:
    """Rows of the append-only table that were valid at the instant."""
    if known_at is None:
        return model.voided_at.is_(None)
    return and_(model.recorded_at <= known_at, or_(model.voided_at.is_(None), model.voided_at > known_at))


class Facts:
    """The registers to select from, as known at the cut's instant. Every measure names tables through this, never the
    models themselves; append-only tables (events, payments, wage costs, memberships) go through `known`."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.case = known_then(Case, cut.known_at)
        self.participant = known_then(Participant, cut.known_at)
        self.household = known_then(Household, cut.known_at)
        self.programme = known_then(Programme, cut.known_at)
        self.budget = known_then(ProgrammeBudget, cut.known_at)
        self.goal = known_then(ProgrammeGoal, cut.known_at)
        self.workplace = known_then(Workplace, cut.known_at)
        self.employer = known_then(Employer, cut.known_at)
        self.unit = known_then(Unit, cut.known_at)
        self.target = known_then(Target, cut.known_at)


def known_then(model: type[Register], known_at: datetime | None) -> type[Register]:
    """The register as known at the instant, to be named in statements like the model itself; None is now.

    It has the columns of `HISTORY`, `FIXED` and the key, and only those: others say what is true today. Select columns,
    never whole rows: a row would pass for today's in the session. The same instant gives the same table, so that parts
    of a statement can be made apart.
    """
    return model if known_at is None else _known_then(model, known_at)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _known_then(model: Any, known_at: datetime) -> Any:
    now, version = model.__table__.c, RegisterVersion
    fixed = [now[name] for name in ("id", *model.FIXED)]
    stands = select(*fixed, *(now[name] for name in model.HISTORY)).where(now.known_since_at <= known_at)
    replaced = (
        select(*fixed, *(cast(version.facts[name].astext, now[name].type).label(name) for name in model.HISTORY))
        .join(version, and_(version.register == model.__tablename__, version.row_id == now.id))
        .where(version.recorded_at <= known_at, version.replaced_at > known_at)
    )
    return aliased(model, union_all(stands, replaced).subquery(), adapt_on_names=True)


def as_known(row: Register, known_at: datetime | None) -> Register:
    """The row as it was known at the instant, apart from the session. The row itself for now, and where nobody knew it
    yet: what a report is asked about is named by today's name then."""
    if known_at is None:
        return row
    model = type(row)
    then = known_then(model, known_at)
    names = ("id", *model.FIXED, *model.HISTORY)
    found = db.session.execute(select(*(getattr(then, name) for name in names)).where(then.id == row.id)).first()
    return row if found is None else model(**found._mapping)


def programme_then(programme: Programme, cut: Cut) -> Programme:
    """The programme with its budgets and goals, as known at the cut's instant."""
    then, budget, goal = as_known(programme, cut.known_at), Facts(cut).budget, Facts(cut).goal
    if then is not programme:
        columns = budget.programme_id, budget.year, budget.granted_kr, budget.assistance_reduction_kr
        found = db.session.execute(select(*columns).where(budget.programme_id == programme.id).order_by(budget.year))
        then.budgets = [ProgrammeBudget(**row._mapping) for row in found]
        goals = select(goal.year, goal.board, goal.places).where(goal.programme_id == programme.id)
        found = db.session.execute(goals.order_by(goal.year, goal.board))
        then.goals = [ProgrammeGoal(**row._mapping) for row in found]
    return then


def settled_at() -> datetime:
    """The last instant at which nothing can be recorded any more: all that was recorded by then has been committed.

    A fact is recorded moments before its transaction commits, an import's minutes before. So this is when the oldest
    transaction began that is writing still; now, when none is. A report as known at it will be the same for ever.
    """
    oldest = text(
        "SELECT clock_timestamp() - min(xact_start) FROM pg_stat_activity "
        "WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    behind: timedelta | None = db.session.scalar(oldest)
    return clock.now() - max(behind or timedelta(), timedelta()) - MOMENT


def chosen_cases(facts: Facts, selection: Selection) -> ColumnElement[bool]:
    """The filter, as conditions on `facts.case` and `facts.participant`, which the statement around has joined."""
    chosen, case = selection.chosen, facts.case
    conditions: list[ColumnElement[bool]] = [true()]
    if chosen.unit is not None:
        conditions.append(or_(case.from_unit_id == chosen.unit.id, case.to_unit_id == chosen.unit.id))
    if chosen.sex is not None:
        conditions.append(facts.participant.sex == chosen.sex)
    if chosen.ages is not None:
        conditions.append(of_age(facts.participant.birth_on, chosen.ages, selection.last_on))
    if chosen.programme is not None:
        conditions.append(member_of(facts, chosen.programme.id, selection.last_on))
    return and_(*conditions)


def member_of(facts: Facts, programme_id: int, by: date) -> ColumnElement[bool]:
    """The case has come into the programme by the day, whether or not it has left it since."""
    membership = select(CaseProgramme.id).where(
        CaseProgramme.case_id == facts.case.id,
        CaseProgramme.programme_id == programme_id,
        CaseProgramme.from_on <= by,
        known(CaseProgramme, facts.cut.known_at),
    )
    return membership.exists()


def of_age(birth_on: Any, ages: Ages, day: date) -> ColumnElement[bool]:
    """The person's age on the day lies in the group. `periods.age_on` counts the same."""
    conditions: list[ColumnElement[bool]] = [true()]
    if ages.lowest is not None:
        conditions.append(birth_on <= years_before(day, ages.lowest))
    if ages.highest is not None:
        conditions.append(birth_on > years_before(day, ages.highest + 1))
    return and_(*conditions)


def years_before(day: date, years: int) -> date:
    """The day that many years earlier; the 28th of February where there is no 29th."""
    year = max(day.year - years, 1)
    # The 29th of February is the 28th in other years: whoever was born by then has had the birthday.
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) and not leap else day.replace(year=year)

"""The registers as a cut knows them, and the conditions of a filter on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from caseflow.cases.models import Case, CaseProgramme
from caseflow.measures.milestones import known
from caseflow.measures.selection import Ages, Cut, Selection
from caseflow.organisation.models import Programme, Workplace
from caseflow.people.models import Household, Participant


class Facts:
    """The registers to select from, as known at the cut's instant. Every measure names tables through this, never the
    models themselves; append-only tables (events, payments, wage costs, memberships) go through `milestones.known`."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.case: type[Case] = Case
        self.participant: type[Participant] = Participant
        self.household: type[Household] = Household
        self.programme: type[Programme] = Programme
        self.workplace: type[Workplace] = Workplace


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

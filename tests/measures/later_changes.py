"""Thousands of changes of every kind, all recorded after an instant. What was known at it must not move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from caseflow.cases.models import (
    Assessment,
    AssessmentArea,
    AssessmentScore,
    Case,
    CaseEvent,
    CaseProgramme,
    Placement,
    WageCost,
)
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.core.periods import first_of_month
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.models import GoalOverride
from caseflow.measures.rules import Goal
from caseflow.measures.selection import Period
from caseflow.organisation.models import (
    Employer,
    Programme,
    ProgrammeBudget,
    ProgrammeGoal,
    Target,
    Unit,
    UnitCost,
    Workplace,
)
from caseflow.people.models import AssistancePayment, Household, Participant
from tests.measures import histories

# As many changes are written at a time: within one writing, a second change of a row leaves no version.
AT_A_TIME = 40


@dataclass
class Everything:
    """All there is to change, and where the chance comes from."""

    rng: Random
    cases: list[Case]
    households: list[Household]
    people: list[Participant]
    events: list[CaseEvent]
    payments: list[AssistancePayment]
    costs: list[WageCost]
    memberships: list[CaseProgramme]
    unit_costs: list[UnitCost]
    targets: list[Target]
    programmes: list[Programme]
    budgets: list[ProgrammeBudget]
    goals: list[ProgrammeGoal]
    colours: list[GoalOverride]
    workplaces: list[Workplace]
    employers: list[Employer]
    units: list[Unit]
    areas: list[AssessmentArea]

    def day(self) -> date:
        return date(2018, 6, 1) + timedelta(self.rng.randrange(900))

    def units_of(self, like: Unit) -> list[Unit]:
        return [unit for unit in self.units if unit.kind == like.kind]


def everything(rng: Random) -> Everything:
    def all_of(model: Any) -> list[Any]:
        return list(db.session.scalars(select(model).order_by(model.id)))

    models = (Case, Household, Participant, CaseEvent, AssistancePayment, WageCost, CaseProgramme, UnitCost, Target)
    registers = (Programme, ProgrammeBudget, ProgrammeGoal, GoalOverride, Workplace, Employer, Unit, AssessmentArea)
    return Everything(rng, *(all_of(model) for model in (*models, *registers)))


def change(rng: Random, count: int) -> None:
    """So many changes, recorded now."""
    there = everything(rng)
    for number in range(count):
        rng.choice(KINDS)(there)
        if number % AT_A_TIME == 0:
            db.session.flush()
    db.session.commit()


def _voided(rows: Sequence[Any], rng: Random) -> Any:
    """A row that was valid, and has just been voided; None where there is none."""
    valid = [row for row in rows if row.voided_at is None]
    if not valid:
        return None
    row = rng.choice(valid)
    row.voided_at = clock.now()
    if isinstance(row, CaseEvent):
        row.void_reason = "fel"
    # There is one valid row of a month or programme: the old one gives way before the new one comes.
    db.session.flush()
    return row


def event_void(there: Everything) -> None:
    _voided(there.events, there.rng)


def event_corrected(there: Everything) -> None:
    old = _voided(there.events, there.rng)
    if old is None:
        return
    rng, exited = there.rng, old.kind == EventKind.EXITED
    new = CaseEvent(
        case=old.case,
        kind=old.kind,
        occurred_on=there.day(),
        sequence=old.sequence,
        note="",
        placement=_other_placement(there, old.placement) if old.placement else None,
        outcome=rng.choice(list(ExitOutcome)) if exited else None,
        household_effect=rng.choice([None, *HouseholdEffect]) if exited else None,
        typed_baseline_kr=Decimal(9000) if exited and rng.random() < 0.5 else None,
        replaces=old,
    )
    there.events.append(new)
    db.session.add(new)


def _other_placement(there: Everything, old: Placement) -> Placement:
    kind, workplace = there.rng.choice(list(PlacementKind)), there.rng.choice(there.workplaces)
    new = Placement(case=old.case, kind=kind, workplace=workplace, percent=25)
    db.session.add(new)
    return new


def event_registered_late(there: Everything) -> None:
    case, kind = there.rng.choice(there.cases), there.rng.choice(list(EventKind))
    event = CaseEvent(case=case, kind=kind, occurred_on=there.day(), sequence=99, note="")
    there.events.append(event)
    db.session.add(event)
    if kind in (EventKind.PLACEMENT_STARTED, EventKind.PLACEMENT_ENDED):
        event.placement = Placement(
            case=case,
            kind=there.rng.choice(list(PlacementKind)),
            workplace=there.rng.choice(there.workplaces),
            percent=50,
        )
    if kind == EventKind.EXITED:
        event.outcome = there.rng.choice(list(ExitOutcome))
        event.household_effect = there.rng.choice([None, *HouseholdEffect])
    if kind == EventKind.ASSESSED:
        scores = [AssessmentScore(area=area, value=there.rng.randint(1, 5)) for area in there.areas]
        event.assessment = Assessment(case=case, scores=scores)


def case_moved(there: Everything) -> None:
    case = there.rng.choice(there.cases)
    case.from_unit = there.rng.choice(there.units_of(case.from_unit))
    case.to_unit = there.rng.choice(there.units_of(case.to_unit))


def case_of_somebody_else(there: Everything) -> None:
    there.rng.choice(there.cases).participant = there.rng.choice(there.people)


def case_new(there: Everything) -> None:
    rng = there.rng
    person = histories.make_person(rng, rng.choice(there.households))
    person.known_since_at = clock.now()
    units = [[unit for unit in there.units if unit.kind == kind] for kind in ("refers", "receives")]
    case = Case(
        number=f"S-{len(there.cases)}", participant=person, from_unit=rng.choice(units[0]), to_unit=rng.choice(units[1])
    )
    referred = CaseEvent(case=case, kind=EventKind.REFERRED, occurred_on=there.day(), sequence=1, note="")
    there.people.append(person)
    there.cases.append(case)
    there.events.append(referred)
    db.session.add(case)


def person_moved(there: Everything) -> None:
    there.rng.choice(there.people).household = there.rng.choice([None, *there.households])


def person_with_another_number(there: Everything) -> None:
    person = there.rng.choice(there.people)
    person.sex, person.birth_on = there.rng.choice(list(Sex)), date(1950, 1, 1) + timedelta(there.rng.randrange(18_000))


def household_changed(there: Everything) -> None:
    home, rng = there.rng.choice(there.households), there.rng
    home.assistance_since_on = rng.choice([None, date(2009, 1, 1) + timedelta(rng.randrange(4000))])
    home.children = rng.choice([None, 0, 1, 4])
    if rng.random() < 0.2:
        home.number = f"N{home.number}"[:40]


def household_new(there: Everything) -> None:
    home = Household(number=f"S{len(there.households)}", children=1, assistance_since_on=there.day())
    there.households.append(home)
    db.session.add(home)


def payment_changed(there: Everything) -> None:
    old = _voided(there.payments, there.rng)
    if old is not None and there.rng.random() < 0.8:
        paid_kr = Decimal(there.rng.randrange(2_000_000)) / 100
        new = AssistancePayment(household=old.household, month_on=old.month_on, paid_kr=paid_kr)
        there.payments.append(new)
        db.session.add(new)


def payment_late(there: Everything) -> None:
    home, month_on = there.rng.choice(there.households), first_of_month(there.day())
    if home.id and not any(
        row.household is home and row.month_on == month_on and row.voided_at is None for row in there.payments
    ):
        new = AssistancePayment(household=home, month_on=month_on, paid_kr=Decimal(8000))
        there.payments.append(new)
        db.session.add(new)


def wage_cost_changed(there: Everything) -> None:
    old = _voided(there.costs, there.rng)
    if old is not None:
        wage_kr = Decimal(there.rng.randrange(1_000_000, 4_000_000)) / 100
        new = WageCost(placement=old.placement, month_on=old.month_on, wage_kr=wage_kr, af_kr=wage_kr / 2)
        there.costs.append(new)
        db.session.add(new)


def membership_changed(there: Everything) -> None:
    old = _voided(there.memberships, there.rng)
    if old is not None and there.rng.random() < 0.8:
        new = CaseProgramme(case=old.case, programme=old.programme, from_on=there.day())
        there.memberships.append(new)
        db.session.add(new)


def unit_cost_changed(there: Everything) -> None:
    _voided(there.unit_costs, there.rng)
    unit, year = there.rng.choice(there.units), there.rng.choice([2018, 2019, 2020])
    if not any((row.unit, row.year, row.voided_at) == (unit, year, None) for row in there.unit_costs):
        there.unit_costs.append(
            UnitCost(unit=unit, year=year, net_cost_kr=Decimal(there.rng.randrange(1, 9) * 1_000_000))
        )
        db.session.add(there.unit_costs[-1])


def target_changed(there: Everything) -> None:
    target = there.rng.choice(there.targets)
    target.value, target.wording = Decimal(there.rng.randrange(1, 500)), there.rng.choice(["", "ska minska", "ska öka"])
    target.valid_to = there.rng.choice([None, target.valid_from + timedelta(there.rng.randrange(900))])


def target_new(there: Everything) -> None:
    like, unit = there.rng.choice(there.targets), there.rng.choice([None, *there.units])
    new = Target(measure=like.measure, unit=unit, value=Decimal(7), valid_from=there.day())
    there.targets.append(new)
    db.session.add(new)


def programme_changed(there: Everything) -> None:
    programme = there.rng.choice(there.programmes)
    programme.starts_on = date(2018, 1, 1) + timedelta(there.rng.randrange(400))
    programme.ends_on = there.rng.choice([None, date(2020, 1, 1) + timedelta(there.rng.randrange(400))])
    programme.place_goal = there.rng.choice([None, 484, 600])
    programme.of_which_workplace = there.rng.choice(there.workplaces).name
    programme.name = f"{programme.code} {there.rng.randrange(10_000)}"


def budget_changed(there: Everything) -> None:
    budget = there.rng.choice(there.budgets)
    budget.granted_kr, budget.assistance_reduction_kr = (Decimal(there.rng.randrange(20_000_000)) for _ in range(2))


def goal_changed(there: Everything) -> None:
    there.rng.choice(there.goals).places = there.rng.randrange(600)


def colour_chosen(there: Everything) -> None:
    _voided(there.colours, there.rng)
    period = Period.year(there.rng.choice([2019, 2020]))
    unit = there.rng.choice([None, *there.units])
    new = GoalOverride(
        measure=there.rng.choice(there.targets).measure,
        unit_id=unit.id if unit else None,
        from_on=period.from_on,
        to_on=period.to_on,
        computed=Goal.NOT_MET,
        chosen=there.rng.choice(list(Goal)),
        comment="Ny bedömning.",
    )
    key = (new.measure, new.unit_id, new.from_on)
    if not any((row.measure, row.unit_id, row.from_on, row.voided_at) == (*key, None) for row in there.colours):
        there.colours.append(new)
        db.session.add(new)


def workplace_changed(there: Everything) -> None:
    workplace = there.rng.choice(there.workplaces)
    workplace.name, workplace.employer = f"Plats {there.rng.random()}", there.rng.choice(there.employers)


def employer_changed(there: Everything) -> None:
    employer = there.rng.choice(there.employers)
    employer.name, employer.department = f"Ägare {there.rng.random()}", there.rng.choice(["", "Äldrenämnden", "SN"])


def unit_changed(there: Everything) -> None:
    unit = there.rng.choice(there.units)
    unit.name, unit.closed_at = f"Enhet {there.rng.random()}", there.rng.choice([None, clock.now()])


def unit_new(there: Everything) -> None:
    like = there.rng.choice(there.units)
    new = Unit(code=f"X{len(there.units)}", name="Ny enhet", kind=like.kind)
    there.units.append(new)
    db.session.add(new)


KINDS: tuple[Callable[[Everything], None], ...] = (
    event_void,
    event_corrected,
    event_corrected,
    event_registered_late,
    event_registered_late,
    case_moved,
    case_of_somebody_else,
    case_new,
    person_moved,
    person_with_another_number,
    household_changed,
    household_new,
    payment_changed,
    payment_late,
    wage_cost_changed,
    membership_changed,
    unit_cost_changed,
    target_changed,
    target_new,
    programme_changed,
    budget_changed,
    goal_changed,
    colour_chosen,
    workplace_changed,
    employer_changed,
    unit_changed,
    unit_new,
)

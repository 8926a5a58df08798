"""The board's figures agree with the slow oracle: any period, cut, unit, programme, sex and age group."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from caseflow.cases.models import Assessment, AssessmentArea, AssessmentScore, Case, CaseEvent, Placement
from caseflow.cases.terms import EventKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.figures import Figures, figures
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import AGE_GROUPS, NO_FILTER, Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme
from caseflow.people.models import AssistancePayment, Participant
from tests import factories
from tests.measures import board_oracle, histories
from tests.measures.test_oracle import days, instant, randoms, world

__all__ = ["world"]

# Each example asks for many figures.
few = settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def fill(rng: Random, world: histories.World, households: int = 6) -> tuple[list[Case], list[AssistancePayment]]:
    histories.empty()
    histories.write(rng, world, households)
    areas = factories.areas()[:4]
    for case in list(db.session.scalars(select(Case).options(selectinload(Case.events)))):
        with db.session.no_autoflush:
            assess(rng, case, areas)
    db.session.commit()
    cases = select(Case).options(
        selectinload(Case.events).selectinload(CaseEvent.placement).selectinload(Placement.wage_costs),
        selectinload(Case.events).selectinload(CaseEvent.assessment).selectinload(Assessment.scores),
        selectinload(Case.programmes),
        selectinload(Case.participant).selectinload(Participant.household),
        selectinload(Case.to_unit),
    )
    return list(db.session.scalars(cases)), list(db.session.scalars(select(AssistancePayment)))


def assess(rng: Random, case: Case, areas: list[AssessmentArea]) -> None:
    """Score some areas some times, some of it registered late or voided since."""
    met = [event for event in case.events if event.kind == EventKind.FIRST_MEETING and event.voided_at is None]
    for number in range(rng.randrange(4) if met else 0):
        on = min(met[0].occurred_on + timedelta(rng.randrange(200)), histories.LAST_DAY)
        recorded = histories.noon(on) + timedelta(rng.choice([0, 0, 15]))
        scored = Assessment(case=case)
        for area in areas:
            if rng.random() < 0.6:
                scored.scores.append(AssessmentScore(area=area, value=rng.randint(1, 5)))
        voided = recorded + timedelta(rng.randrange(1, 60)) if rng.random() < 0.2 else None
        db.session.add(
            CaseEvent(
                case=case,
                kind=EventKind.ASSESSED,
                occurred_on=on,
                sequence=100 + number,
                recorded_at=recorded,
                assessment=scored,
                voided_at=voided,
                void_reason="fel" if voided else None,
            )
        )


def choice(rng: Random, world: histories.World) -> Filter:
    """A filter of none, one or several of its parts."""
    if rng.random() < 0.3:
        return NO_FILTER
    return Filter(
        unit=rng.choice([None, *world.referring, *world.receiving]),
        programme=rng.choice([None, None, get_programme("VISA")]),
        sex=rng.choice([None, None, *Sex]),
        ages=rng.choice([None, None, *AGE_GROUPS]),
    )


def a_period(rng: Random) -> Period:
    return rng.choice(
        [Period.year(2019), Period.year(2020), Period(date(2019, 5, 17), date(2020, 2, 29)), Period.year(2018)]
    )


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_the_figures_of_participants_agree_per_sex_and_unit(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases, payments = fill(rng, world)
    for _ in range(2):
        selection = Selection(a_period(rng), Cut(as_of, instant(known_on)), choice(rng, world))
        record = board_oracle.Record(cases, payments, selection)
        for (key, part), (rows, fold) in board_oracle.MEASURES.items():
            ones = rows(record)
            found = figures(get_measure(key), selection.only(part=part))
            for unit_id in (None, *(unit.id for unit in world.receiving)):
                for sex in (None, *Sex):
                    group = [one for one in ones if belongs(one, unit_id, sex)]
                    where = f"{key} {part} {unit_id} {sex} {selection}"
                    assert found.of(unit_id, sex).value == pytest.approx(fold(record, group)), where
                    assert found.of(unit_id, sex).rows == len(group), where
            assert_groups_add_up(found, world)


def belongs(one: board_oracle.One, unit_id: int | None, sex: Sex | None) -> bool:
    assert one.case is not None
    return unit_id in (None, one.case.to_unit_id) and sex in (None, one.case.participant.sex)


def assert_groups_add_up(found: Figures, world: histories.World) -> None:
    """Rows, and so every figure that counts, of all sexes and of all units come to those of all."""
    assert sum(found.of(sex=sex).rows for sex in Sex) == found.total.rows
    assert sum(found.of(unit.id).rows for unit in world.receiving) == found.total.rows


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_the_figures_of_households_agree(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases, payments = fill(rng, world, households=12)
    for _ in range(2):
        selection = Selection(a_period(rng), Cut(as_of, instant(known_on)), choice(rng, world))
        record = board_oracle.Record(cases, payments, selection)
        for (key, part), (rows, fold) in board_oracle.HOUSEHOLD_MEASURES.items():
            ones = rows(record)
            found = figures(get_measure(key), selection.only(part=part))
            assert as_number(found.total.value) == pytest.approx(as_number(fold(record, ones)), abs=0.006), f"{key}"
            assert (found.total.rows, found.total.n) == (len(ones), len({id(one.household) for one in ones}))
            assert found.of(sex=Sex.WOMAN).value is None


def as_number(value: object) -> object:
    return value if value is None else float(value)  # type: ignore[arg-type]


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_every_exit_has_the_oracles_reason_and_says_it(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases, payments = fill(rng, world)
    selection = Selection(Period(date(2018, 6, 1), histories.LAST_DAY), Cut(as_of, instant(known_on)))
    expected = Counter(one.why for one in board_oracle.k1(board_oracle.Record(cases, payments, selection)))
    measure = get_measure("K1")
    found = {part: list(db.session.execute(measure.rows(selection.only(part=part)))) for part, _ in measure.parts}
    assert {part: len(rows) for part, rows in found.items() if rows} == expected
    for part, rows in found.items():
        for row in rows:
            assert (row.value == 1) == (part in ("work", "studies"))
            assert row.why.startswith("Räknas: " if row.value else "Räknas inte")

"""Everyone who began a place stands on one line of the follow-up, the one that the log of the day gives."""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import date
from random import Random

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from caseflow.cases import placements
from caseflow.cases import services as case_services
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.programme import programme_report
from caseflow.measures.programme_cohort import FOLLOWED_MONTHS, Standing, cohort_rows
from caseflow.measures.selection import Cut, Filter, Period, Selection
from caseflow.organisation.queries import get_programme
from caseflow.people.models import AssistancePayment
from tests import factories
from tests.measures import histories, oracle
from tests.measures.test_oracle import days, fill, instant, randoms, some, world

__all__ = ["world"]
CODE = "500-uppdraget"


def later(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Followed:
    """One participant, walked through day by day."""

    def __init__(self, cases: list[Case], known_on: date | None) -> None:
        self.cases = sorted(cases, key=lambda case: case.id)
        self.known_at = instant(known_on)

    def first_place(self, as_of: date) -> CaseEvent | None:
        found = [
            event
            for case in self.cases
            for event in oracle.facts_of(case, as_of, self.known_at)
            if event.kind == "placement_started" and self.is_in(case, event.occurred_on)
        ]
        return min(found, key=lambda event: (event.occurred_on, event.sequence, event.id), default=None)

    def is_in(self, case: Case, day: date) -> bool:
        return any(
            one.from_on <= day and (one.to_on is None or day <= one.to_on)
            for one in case.programmes
            if one.programme.code == CODE and oracle.is_known(one, self.known_at)
        )

    def standing(self, months: int, as_of: date, paid: set[tuple[int, int]]) -> tuple[Standing, date] | None:
        place = self.first_place(as_of)
        if place is None:
            return None
        day = later(place.occurred_on, months)
        return self._standing(place, day, as_of, paid), place.occurred_on

    def _standing(self, place: CaseEvent, day: date, as_of: date, paid: set[tuple[int, int]]) -> Standing:
        if day > as_of:
            return Standing.NOT_YET
        referred = [
            (event.occurred_on, case.id, case)
            for case in self.cases
            for event in oracle.facts_of(case, day, self.known_at)
            if event.kind == "referred"
        ]
        case = max(referred, key=lambda one: one[:2])[2]
        closing, employments = None, set()
        for event in oracle.facts_of(case, day, self.known_at):
            if event.kind in ("exited", "returned", "withdrawn"):
                closing = event
            elif event.kind == "reopened":
                closing = None
            elif event.kind == "placement_started" and event.placement and event.placement.kind.is_employment:
                employments.add(event.placement_id)
            elif event.kind == "placement_ended":
                employments.discard(event.placement_id)
        if closing is None:
            return self._open(case, place, day, bool(employments))
        household = case.participant.household_id
        left = closing.household_effect == "left" and closing.occurred_on < day.replace(day=1)
        if left and (household, oracle.number_of(day)) in paid:
            return Standing.BACK
        if closing.outcome in oracle.GOOD_EXITS:
            return Standing.WORK_OR_STUDIES
        unknown = closing.kind == "exited" and closing.outcome is None
        return Standing.UNKNOWN if unknown else Standing.LEFT_OTHERWISE

    def _open(self, case: Case, place: CaseEvent, day: date, employed: bool) -> Standing:
        if employed:
            return Standing.EMPLOYED
        if self.is_in(case, day):
            return Standing.IN_PROGRAMME
        return Standing.LEFT_OTHERWISE if case.id == place.case_id else Standing.BACK


def leave_some(rng: Random, cases: list[Case]) -> None:
    """Let some cases leave their programme while they go on, as none of the histories does."""
    for case in cases:
        for one in case.programmes:
            if rng.random() < 0.25:
                one.to_on = later(one.from_on, rng.randrange(3, 20))
    db.session.commit()


@some
@given(rng=randoms, as_of=days, known_on=st.none() | days, from_on=days)
def test_the_standings_are_those_of_a_walk_through_the_log(
    world: histories.World, rng: Random, as_of: date, known_on: date | None, from_on: date
) -> None:
    cases = fill(rng, world)
    leave_some(rng, cases)
    period = Period(min(from_on, as_of), as_of)
    paid = {
        (row.household_id, oracle.number_of(row.month_on))
        for row in db.session.scalars(select(AssistancePayment))
        if oracle.is_known(row, instant(known_on)) and row.paid_kr > 0
    }
    expected: Counter[tuple[int, Standing, Sex]] = Counter()
    for person_id in {case.participant_id for case in cases}:
        followed = Followed([case for case in cases if case.participant_id == person_id], known_on)
        for months in FOLLOWED_MONTHS:
            found = followed.standing(months, as_of, paid)
            if found and period.from_on <= found[1] <= period.to_on:
                expected[months, found[0], followed.cases[0].participant.sex] += 1
    cut = Cut(as_of, instant(known_on))
    report = programme_report(get_programme(CODE), cut, period)
    assert {(one.months, one.standing, one.sex): one.n for one in report.cohort} == expected
    for months in FOLLOWED_MONTHS:
        assert report.followed(months) == report.placed("total")
        for standing in Standing:
            selection = Selection(period, cut, Filter(programme=get_programme(CODE)), f"{months}_{standing}")
            rows = db.session.execute(cohort_rows(selection)).all()
            assert len(rows) == report.followed(months, standing)
            assert all(standing.rule in row.why for row in rows)


def standing_of(case: Case, as_of: date) -> Standing:
    """The one participant's, twelve months after the first place."""
    report = programme_report(factories.programme(), Cut(as_of))
    [one] = [one for one in report.cohort if one.months == FOLLOWED_MONTHS[0]]
    return one.standing


def test_a_participant_is_followed_from_the_place_to_work_and_back_to_assistance(app: Flask) -> None:
    case = factories.make_met_case(date(2019, 1, 7), date(2019, 1, 20), programmes=[CODE])
    placement = factories.start_placement(case, date(2019, 2, 4), PlacementKind.INTERNSHIP)
    assert standing_of(case, date(2020, 2, 3)) == Standing.NOT_YET
    assert standing_of(case, date(2020, 2, 4)) == Standing.IN_PROGRAMME
    assert case.counsellor
    actor = case.counsellor.actor
    placements.end_placement(actor, case, placement, date(2019, 9, 30), "klar")
    case_services.close(actor, case, date(2019, 10, 1), ExitOutcome.WORK, HouseholdEffect.LEFT)
    db.session.commit()
    assert standing_of(case, date(2020, 2, 4)) == Standing.WORK_OR_STUDIES
    paid = AssistancePayment(household=case.participant.household, month_on=date(2020, 2, 1), paid_kr=4_000)
    factories.save(paid)
    assert standing_of(case, date(2020, 2, 4)) == Standing.BACK


def test_an_employment_ended_after_the_day_had_not_ended_then_whoever_else_is_followed(app: Flask) -> None:
    early = factories.make_met_case(date(2018, 1, 8), date(2018, 1, 20), programmes=[CODE])
    employment = factories.start_placement(early, date(2018, 2, 5), PlacementKind.SUBSIDISED_EMPLOYMENT)
    assert early.counsellor
    placements.end_placement(early.counsellor.actor, early, employment, date(2019, 3, 29), "klar")
    late = factories.make_met_case(date(2019, 1, 7), date(2019, 1, 20), programmes=[CODE])
    factories.start_placement(late, date(2019, 2, 4), PlacementKind.INTERNSHIP)
    db.session.commit()
    report = programme_report(factories.programme(), Cut(date(2020, 6, 30)))
    twelve = Counter({one.standing: one.n for one in report.cohort if one.months == FOLLOWED_MONTHS[0]})
    assert twelve == {Standing.EMPLOYED: 1, Standing.IN_PROGRAMME: 1}

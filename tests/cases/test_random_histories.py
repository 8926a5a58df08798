"""Random steps, legal and illegal, through the services on a real database.

After each: nothing illegal has been accepted (by `legality`, a second opinion), a refused step has left no trace, and
the caches equal the replay. Now and then the computed waits of the case are held against the oracle.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from caseflow.accounts.models import User
from caseflow.cases import corrections, placements, services
from caseflow.cases.models import Case, CaseEvent
from caseflow.cases.placements import PlacementInput
from caseflow.cases.rules import next_steps, replay
from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.measures import services as measures
from caseflow.measures.models import CaseWait
from caseflow.organisation.models import Workplace
from caseflow.security.permissions import Actor, Role
from tests import factories
from tests.cases.legality import faults
from tests.measures import oracle

START = date(2020, 9, 1)
DAYS = st.integers(min_value=-5, max_value=95).map(lambda days: START + timedelta(days=days))
KINDS = st.sampled_from(list(PlacementKind))


class RandomHistory(RuleBasedStateMachine):
    """One case; each rule tries one step on a random day."""

    counsellor: User
    social_worker: User
    workplace: Workplace
    case_id: UUID

    @initialize(contact=st.none() | DAYS, decision=st.none() | DAYS)
    def refer(self, contact: date | None, decision: date | None) -> None:
        self.counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
        self.social_worker = factories.make_user(Role.SOCIAL_WORKER, "AFI")
        self.workplace = factories.make_workplace()
        dates = {"first_contact_on": contact, "decision_on": decision}
        try:
            case = factories.make_case(START, social_worker=self.social_worker, **dates)
        except RuleBroken:
            db.session.rollback()
            case = factories.make_case(START, social_worker=self.social_worker)
        self.case_id = case.public_id

    @property
    def case(self) -> Case:
        return services.lock_case(self.counsellor.actor, self.case_id)

    def attempt(self, step: Callable[[Case], Any]) -> None:
        """Do the step; when it is refused, see that nothing has changed."""
        before = self.snapshot()
        try:
            step(self.case)
            db.session.commit()
        except RuleBroken as refusal:
            note(f"refused: {refusal.message}")
            db.session.rollback()
            assert self.snapshot() == before

    def owner_of(self, event: CaseEvent) -> Actor:
        counsellor = self.counsellor.actor
        return counsellor if corrections.may_correct(counsellor, event) else self.social_worker.actor

    def snapshot(self) -> tuple[Any, ...]:
        events = select(func.count(), func.count(CaseEvent.voided_at)).select_from(CaseEvent)
        return (*db.session.execute(events).one(), self.case.version, self.case.stage)

    @rule(on=DAYS)
    def accept(self, on: date) -> None:
        self.attempt(lambda case: services.accept(self.counsellor.actor, case, on))

    @rule(on=DAYS)
    def meet(self, on: date) -> None:
        self.attempt(lambda case: services.register_first_meeting(self.counsellor.actor, case, on))

    @rule(on=DAYS)
    def return_referral(self, on: date) -> None:
        self.attempt(lambda case: services.return_referral(self.counsellor.actor, case, on, "fel enhet"))

    @rule(on=DAYS)
    def withdraw(self, on: date) -> None:
        self.attempt(lambda case: services.withdraw(self.social_worker.actor, case, on, "flyttat"))

    @rule(on=DAYS, value=st.integers(min_value=0, max_value=6))
    def assess(self, on: date, value: int) -> None:
        scores = {factories.areas()[0]: value}
        self.attempt(lambda case: services.register_assessment(self.counsellor.actor, case, on, scores))

    @rule(on=DAYS)
    def follow_up(self, on: date) -> None:
        self.attempt(lambda case: services.register_follow_up(self.counsellor.actor, case, on, "ringt"))

    @rule(on=DAYS, kind=KINDS, percent=st.sampled_from([25, 50, 75, 100]))
    def place(self, on: date, kind: PlacementKind, percent: int) -> None:
        form = EmploymentForm.EXTRA_SERVICE if kind.is_employment else None
        given = PlacementInput(kind, self.workplace, percent, on, form)
        self.attempt(lambda case: placements.register_placement(self.counsellor.actor, case, given))

    @precondition(lambda self: bool(self.case.placements))
    @rule(on=DAYS, which=st.integers(min_value=0, max_value=9))
    def end_placement(self, on: date, which: int) -> None:
        def end(case: Case) -> None:
            placement = case.placements[which % len(case.placements)]
            placements.end_placement(self.counsellor.actor, case, placement, on, "enligt plan")

        self.attempt(end)

    @rule(on=DAYS, outcome=st.sampled_from(list(ExitOutcome)))
    def close(self, on: date, outcome: ExitOutcome) -> None:
        effect = HouseholdEffect.UNCHANGED
        self.attempt(lambda case: services.close(self.counsellor.actor, case, on, outcome, effect))

    @rule(on=DAYS)
    def reopen(self, on: date) -> None:
        self.attempt(lambda case: services.reopen(self.counsellor.actor, case, on, "arbetet tog slut"))

    @rule(on=DAYS, which=st.integers(min_value=0, max_value=30))
    def correct_date(self, on: date, which: int) -> None:
        def correct(case: Case) -> None:
            events = case.valid_events
            event = events[which % len(events)]
            actor = self.owner_of(event)
            corrections.correct_date(actor, case, event, on, "fel dag")

        self.attempt(correct)

    @rule(which=st.integers(min_value=0, max_value=30))
    def void(self, which: int) -> None:
        def void(case: Case) -> None:
            events = case.valid_events
            event = events[which % len(events)]
            actor = self.owner_of(event)
            corrections.void_event(actor, case, event, "hände aldrig")

        self.attempt(void)

    @invariant()
    def nothing_illegal_stands_and_the_caches_equal_the_replay(self) -> None:
        if hasattr(self, "number"):
            case = self.case
            assert faults(case.valid_events, clock.today()) == []
            state = replay(case.facts)
            assert case.stage == state.stage
            assert case.stage_since_on == state.stage_since_on
            assert case.closed_on == state.closed_on
            assert case.follow_up_due_on == state.follow_up_due_on
            assert case.referred_on == state.milestones[EventKind.REFERRED]

    @rule()
    def exactly_the_offered_steps_are_accepted_today(self) -> None:
        today = clock.today()
        offered = next_steps(self.case.state)
        trials: dict[EventKind, Callable[[Case], Any]] = {
            EventKind.ACCEPTED: lambda case: services.accept(self.counsellor.actor, case, today),
            EventKind.FIRST_MEETING: lambda case: services.register_first_meeting(self.counsellor.actor, case, today),
            EventKind.RETURNED: lambda case: services.return_referral(self.counsellor.actor, case, today, "x"),
            EventKind.WITHDRAWN: lambda case: services.withdraw(self.social_worker.actor, case, today, "x"),
            EventKind.FOLLOW_UP: lambda case: services.register_follow_up(self.counsellor.actor, case, today, "x"),
            EventKind.REOPENED: lambda case: services.reopen(self.counsellor.actor, case, today, "x"),
            EventKind.EXITED: lambda case: services.close(self.counsellor.actor, case, today, ExitOutcome.OTHER, None),
        }
        for kind, step in trials.items():
            accepted = True
            try:
                step(self.case)
            except RuleBroken:
                accepted = False
            db.session.rollback()
            assert accepted == (kind in offered), kind

    @precondition(lambda self: hasattr(self, "number"))
    @rule()
    def the_waits_of_the_case_are_those_of_the_oracle(self) -> None:
        case = self.case
        measures.renew_case(case.id)
        rows = db.session.scalars(select(CaseWait).where(CaseWait.case_id == case.id))
        stored = {row.wait.value: (row.began_on, row.ended_on, row.stopped_on) for row in rows}
        expected = oracle.waits_of(case, clock.today(), None)
        assert stored == {name: (one.began_on, one.ended_on, one.stopped_on) for name, one in expected.items()}
        db.session.rollback()

    def teardown(self) -> None:
        db.session.rollback()


def test_random_steps_never_leave_an_illegal_log(app: Flask) -> None:
    run_state_machine_as_test(
        RandomHistory,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )

"""The rules of the flow, as pure values."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from caseflow.cases.flow_document import flow_document
from caseflow.cases.rules import (
    CLOSED,
    OPEN,
    TRANSITIONS,
    Fact,
    PlacementFact,
    check,
    next_steps,
    replay,
    validate,
)
from caseflow.cases.spans import Span, check_spans
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.errors import RuleBroken

K = EventKind
TODAY = date(2020, 12, 1)
REFERRED = Fact(K.REFERRED, date(2020, 6, 11), 1)
MET = Fact(K.FIRST_MEETING, date(2020, 6, 29), 2)


def placement(key: str, percent: int = 50, kind: PlacementKind = PlacementKind.INTERNSHIP) -> PlacementFact:
    return PlacementFact(key, kind, percent)


def started(key: str, on: date, percent: int = 50, kind: PlacementKind = PlacementKind.INTERNSHIP) -> Fact:
    return Fact(K.PLACEMENT_STARTED, on, 3, placement(key, percent, kind))


def ended(key: str, on: date) -> Fact:
    return Fact(K.PLACEMENT_ENDED, on, 4, placement(key))


def test_every_kind_of_fact_has_transition_label_owner_and_colour() -> None:
    for kind in EventKind:
        row = TRANSITIONS[kind]
        assert row.label, kind
        assert row.definite, kind
        assert row.owners, kind
        assert row.after, kind
        assert row.colour.startswith("st-"), kind


def test_every_stage_is_new_open_or_closed_and_can_be_reached() -> None:
    assert {Stage.NEW} | OPEN | CLOSED == set(Stage)
    reached = {row.leads_to for row in TRANSITIONS.values()} | {outcome.stage for outcome in ExitOutcome}
    assert set(Stage) - reached == {Stage.EMPLOYMENT}  # which a placement's kind decides


def test_the_printed_flow_equals_the_table() -> None:
    assert Path("docs/flow.md").read_text() == flow_document(), "run: flask --app wsgi flow-document > docs/flow.md"


def test_the_order_of_registration_does_not_change_the_state() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10)), ended("a", date(2020, 9, 1))]
    assert replay(facts) == replay(reversed(facts))


def test_an_application_before_the_first_contact_is_refused() -> None:
    contact = Fact(K.FIRST_CONTACT, date(2020, 5, 11), 1)
    with pytest.raises(RuleBroken, match="Ansökan 2020-05-10 kan inte ligga före första kontakten 2020-05-11"):
        check([contact], Fact(K.APPLICATION, date(2020, 5, 10), 2), TODAY)


def test_a_decision_after_the_referral_is_refused() -> None:
    with pytest.raises(RuleBroken, match="Anvisning 2020-06-11 kan inte ligga före beslutet 2020-06-12"):
        check([REFERRED], Fact(K.DECISION, date(2020, 6, 12), 2), TODAY)


def test_a_date_in_the_future_is_refused() -> None:
    with pytest.raises(RuleBroken, match="2020-12-02 ligger i framtiden. I dag är det 2020-12-01"):
        check([REFERRED], Fact(K.FIRST_MEETING, date(2020, 12, 2), 2), TODAY)


def test_a_placement_without_a_first_meeting_is_refused_with_what_is_missing() -> None:
    with pytest.raises(RuleBroken, match="Placering påbörjad kräver första mötet. Registrera första mötet först"):
        check([REFERRED], started("a", date(2020, 8, 10)), TODAY)


def test_a_case_may_skip_acceptance() -> None:
    assert check([REFERRED], MET, TODAY).stage == Stage.ASSESSMENT


def test_a_meeting_before_the_acceptance_is_refused_with_the_way_out() -> None:
    accepted = Fact(K.ACCEPTED, date(2020, 6, 30), 2)
    with pytest.raises(RuleBroken, match="Första mötet 2020-06-29 kan inte ligga före mottagandet 2020-06-30"):
        check([REFERRED, accepted], MET, TODAY)


def test_a_returned_referral_takes_nothing_more_but_notes() -> None:
    returned = Fact(K.RETURNED, date(2020, 6, 15), 2)
    state = replay([REFERRED, returned])
    assert state.closed_on == date(2020, 6, 15)
    assert next_steps(state) == [K.NOTE]
    with pytest.raises(RuleBroken, match="ärendet är stängt sedan 2020-06-15"):
        check([REFERRED, returned], MET, TODAY)


def test_two_placements_may_fill_a_week_but_not_more() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10), 50)]
    assert check(facts, started("b", date(2020, 8, 20), 50), TODAY).stage == Stage.PLACEMENT
    with pytest.raises(RuleBroken, match="Omfattningen blir 101 %"):
        check(facts, started("b", date(2020, 8, 20), 51), TODAY)


def test_the_last_day_of_a_placement_still_counts_towards_the_sum() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10), 60), ended("a", date(2020, 9, 1))]
    with pytest.raises(RuleBroken, match="Omfattningen blir 120 % från 2020-09-01"):
        check(facts, started("b", date(2020, 9, 1), 60), TODAY)
    assert check(facts, started("b", date(2020, 9, 2), 60), TODAY).stage == Stage.PLACEMENT


def test_a_placement_registered_late_is_weighed_against_later_ones() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 9, 1), 80)]
    with pytest.raises(RuleBroken, match="Omfattningen blir 110 % från 2020-09-01"):
        check(facts, started("b", date(2020, 8, 1), 30), TODAY)


def test_an_employment_beside_an_internship_is_the_stage_that_shows() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10), 50)]
    employment = started("b", date(2020, 9, 1), 50, PlacementKind.SUBSIDISED_EMPLOYMENT)
    state = replay([*facts, employment])
    assert state.stage == Stage.EMPLOYMENT
    assert state.first_employment_on == date(2020, 9, 1)
    assert replay([*facts, employment, ended("b", date(2020, 10, 1))]).stage == Stage.PLACEMENT


def test_a_placement_cannot_end_before_it_began_nor_twice() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10))]
    with pytest.raises(RuleBroken, match="Placering avslutad 2020-08-09 kan inte ligga före placeringens start"):
        check(facts, ended("a", date(2020, 8, 9)), TODAY)
    with pytest.raises(RuleBroken, match="Placeringen pågår inte 2020-09-02"):
        check(
            [*facts, ended("a", date(2020, 9, 1)), started("b", date(2020, 9, 2))], ended("a", date(2020, 9, 2)), TODAY
        )


def test_an_exit_waits_for_placements_to_end() -> None:
    facts = [REFERRED, MET, started("a", date(2020, 8, 10))]
    leave = Fact(K.EXITED, date(2020, 9, 1), 9, outcome=ExitOutcome.WORK)
    with pytest.raises(RuleBroken, match="medan en placering pågår"):
        check(facts, leave, TODAY)
    assert check([*facts, ended("a", date(2020, 9, 1))], leave, TODAY).stage == Stage.EXIT_WORK


def test_a_reopened_case_goes_on_where_it_was_and_can_close_the_same_day() -> None:
    leave = Fact(K.EXITED, date(2020, 9, 1), 5, outcome=ExitOutcome.STUDIES)
    again = Fact(K.REOPENED, date(2020, 9, 1), 6)
    state = replay([REFERRED, MET, leave, again])
    assert (state.stage, state.closed_on) == (Stage.ASSESSMENT, None)
    last = Fact(K.EXITED, date(2020, 9, 1), 7, outcome=ExitOutcome.WORK)
    assert replay([REFERRED, MET, leave, again, last]).stage == Stage.EXIT_WORK


def test_a_note_on_a_closed_case_does_not_move_its_closing_day() -> None:
    leave = Fact(K.EXITED, date(2020, 9, 1), 5, outcome=ExitOutcome.WORK)
    state = validate([REFERRED, MET, leave, Fact(K.NOTE, date(2020, 10, 1), 6)], TODAY)
    assert state.closed_on == date(2020, 9, 1)


def test_the_next_follow_up_is_counted_from_the_last_contact() -> None:
    scored = Fact(K.ASSESSED, date(2020, 7, 10), 3)
    assert replay([REFERRED, MET]).follow_up_due_on == date(2020, 8, 28)
    assert replay([REFERRED, MET, scored]).follow_up_due_on == date(2020, 9, 8)
    assert replay([REFERRED]).follow_up_due_on is None


def test_spans_of_one_participant_may_touch_but_not_overlap() -> None:
    first = Span("2019-0001", date(2019, 1, 1), date(2019, 6, 1))
    check_spans([first, Span("2019-0002", date(2019, 6, 1), None)])
    with pytest.raises(RuleBroken, match="överlappar"):
        check_spans([first, Span("2019-0002", date(2019, 5, 31), None)])
    with pytest.raises(RuleBroken, match="redan ett pågående ärende, 2019-0002"):
        check_spans([first, Span("2019-0002", date(2019, 6, 1), None), Span("2020-0001", date(2020, 1, 1), None)])

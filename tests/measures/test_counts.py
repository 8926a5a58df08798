"""Waits kept as counts per length give the figures of the log, however the cases have changed since."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from caseflow.cases.models import Case, CaseEvent, ReferralDisclosure
from caseflow.core import clock
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.measures import checks, counted, counting, counts, lengths, rules, services
from caseflow.measures.models import CaseWait, WaitCount
from caseflow.measures.queries import wait_report
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period
from caseflow.organisation.models import Unit
from caseflow.people.models import Household, Participant
from tests import factories
from tests.measures import histories, oracle
from tests.measures.test_oracle import fill, world  # noqa: F401

TODAY = date(2020, 12, 1)
some = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
randoms = st.integers(0, 2**32).map(Random)
months = st.integers(0, 23).map(lambda number: date(2019 + number // 12, number % 12 + 1, 1))
counts_of_days = st.dictionaries(st.integers(0, 40), st.integers(1, 5))


def change(rng: Random, case: Case) -> None:
    """Something that a correction or a late registration does to the log or to the registers."""
    events = [event for event in case.events if event.voided_at is None]
    kind = rng.randrange(5)
    if kind == 0 and events:
        event = rng.choice(events)
        event.voided_at, event.void_reason = clock.now(), "fel"
    elif kind == 1 and events:
        event = rng.choice(events)
        event.occurred_on = min(TODAY, event.occurred_on + timedelta(rng.randrange(3)))
    elif kind == 2:
        case.participant.household = rng.choice(list(db.session.scalars(select(Household))))
    elif kind == 3:
        case.to_unit_id = rng.choice(list(db.session.scalars(select(Unit.id).where(Unit.kind == "receives"))))
    else:
        forget_events(case)


def forget_events(case: Case) -> None:
    """As though nothing had happened in the case."""
    db.session.execute(delete(ReferralDisclosure).where(ReferralDisclosure.case_id == case.id))
    db.session.execute(delete(CaseEvent).where(CaseEvent.case_id == case.id))


def in_order(case: Case) -> bool:
    """Whether no wait of the case would end before it began."""
    found = oracle.waits_of(case, TODAY, None)
    days = [(wait.began_on, wait.ended_on or wait.stopped_on) for wait in found.values()]
    return all(began is None or ended is None or began <= ended for began, ended in days)


@some
@given(rng=randoms)
def test_counts_after_random_changes_are_those_of_a_fresh_count(
    world: histories.World,  # noqa: F811
    rng: Random,
) -> None:
    cases = fill(rng, world)
    services.rebuild_waits()
    for _ in range(8):
        case = rng.choice(cases)
        with db.session.begin_nested() as attempt:
            change(rng, case)
            db.session.flush()
            db.session.refresh(case)
            db.session.expire(case.participant)
            if not in_order(case):
                attempt.rollback()
        for other in db.session.scalars(select(Case.id).where(Case.participant_id == case.participant_id)):
            services.renew_case(other)
    assert counts.stored() == counts.count_all(Cut(TODAY))
    db.session.execute(delete(Job))
    assert list(checks.waits_are_fresh()) == []
    assert list(checks.counts_are_fresh()) == []
    db.session.rollback()


@some
@given(rng=randoms, first=months, last=months, begun=st.booleans(), sex=st.none() | st.sampled_from(Sex))
def test_figures_from_counts_are_those_from_the_log_for_whole_months(
    world: histories.World,  # noqa: F811
    rng: Random,
    first: date,
    last: date,
    begun: bool,
    sex: Sex | None,
) -> None:
    fill(rng, world)
    services.rebuild_waits()
    from_on, to_on = min(first, last), (max(first, last) + timedelta(31)).replace(day=1) - timedelta(1)
    unit = rng.choice([None, *world.referring, *world.receiving])
    period, cut, chosen = Period(from_on, to_on), Cut(TODAY), Filter(unit=unit, sex=sex, begun=begun)
    for wait in Wait:
        kept, fresh = wait_report(wait, period, cut, chosen, computed=True), wait_report(wait, period, cut, chosen)
        assert kept == fresh
        assert kept.all_units.total.survival.steps == fresh.all_units.total.survival.steps
    db.session.rollback()


@pytest.mark.parametrize(
    ("from_on", "to_on", "asked"),
    [
        (date(2020, 1, 1), date(2020, 6, 30), Filter()),
        (date(2020, 1, 1), date(2020, 12, 1), Filter()),
        (date(2020, 1, 1), date(2021, 12, 31), Filter()),
    ],
)
def test_whole_months_and_this_month_so_far_are_read_from_counts(from_on: date, to_on: date, asked: Filter) -> None:
    assert counted.can_say(Wait.W3, Period(from_on, to_on), Cut(TODAY), asked)


def test_what_counts_cannot_say_is_read_from_the_rows(app: Flask) -> None:
    year, cut = Period(date(2020, 1, 1), date(2020, 12, 31)), Cut(TODAY)
    assert not counted.can_say(Wait.W3, Period(date(2020, 1, 2), date(2020, 6, 30)), cut, Filter())
    assert not counted.can_say(Wait.W3, Period(date(2020, 1, 1), date(2020, 6, 29)), cut, Filter())
    assert not counted.can_say(Wait.W3, year, Cut(TODAY, clock.now()), Filter())
    assert not counted.can_say(Wait.W3, year, cut, Filter(ages=Ages(25, 59)))
    assert not counted.can_say(Wait.W3, year, cut, Filter(programme=factories.programme()))
    assert not counted.can_say(Wait.W1, year, cut, Filter(unit=factories.unit("AMC")))
    assert counted.can_say(Wait.W3, year, cut, Filter(unit=factories.unit("AMC")))


@settings(max_examples=40, deadline=None)
@given(
    groups=st.lists(st.tuples(counts_of_days, counts_of_days), min_size=1, max_size=4),
    target=st.none() | st.floats(-1, 50),
)
def test_arrays_give_the_figures_that_the_rules_define(
    groups: list[tuple[dict[int, int], dict[int, int]]], target: float | None
) -> None:
    ended, censored = (
        np.array([[group[side].get(day, 0) for day in range(41)] for group in groups], np.int64) for side in (0, 1)
    )
    curve = lengths.kaplan_meier_medians(ended, censored)
    for place, (one, other) in enumerate(groups):
        plain = rules.kaplan_meier(one, other)
        assert (curve.median[place], curve.low[place], curve.high[place]) == (plain.median, plain.low, plain.high)
        assert lengths.means(ended)[place] == rules.mean(one)
        assert lengths.percentiles(ended, 90)[place] == rules.percentile(one, 90)
        assert lengths.longest(ended)[place] == max(one, default=None)
        assert lengths.shares_within(ended[:, None], [target] * len(groups))[place] == [rules.share_within(one, target)]
        assert lengths.Lengths(ended[place]) == Counter(one)


# Numbers of waits by length, some of them more than a word of the column holds.
many_of_lengths = st.dictionaries(st.sampled_from((0, 14, counting.UNKNOWN)), st.integers(1, 1_000))


@given(many_of_lengths, many_of_lengths)
def test_a_column_holds_any_number_of_waits_and_is_the_same_however_they_came(
    first: dict[int, int], then: dict[int, int]
) -> None:
    january, one, two = 1 << counting.LENGTH_BITS, Counter(first), Counter(then)

    def content(numbers: Counter[int]) -> bytes:
        keys = np.array([january | length for length in numbers.elements()], np.int64)
        return counting.packed(keys).get((0, 0), b"")

    what, n = counting.unpacked(content(one))
    assert sum((Counter({length: number}) for length, number in zip(what - january, n, strict=True)), Counter()) == one
    assert counting.moved(content(one), b"", content(two)) == content(one + two)
    assert counting.moved(content(one + two), content(one), b"") == content(two)


def test_a_household_of_two_counts_once_and_the_other_when_the_first_exit_is_voided(app: Flask) -> None:
    first = factories.make_met_case(date(2020, 1, 7), date(2020, 1, 20))
    assert counted_w7() == 0
    services.renew_case(first.id)
    second = factories.make_met_case(date(2020, 2, 3), date(2020, 2, 10))
    second.participant.household = first.participant.household = factories.make_household()
    db.session.flush()
    services.renew_case(first.id)
    services.renew_case(second.id)
    assert counted_w7() == 1
    assert counts.stored() == counts.count_all(Cut(TODAY))
    second.participant.household = None
    db.session.flush()
    services.renew_case(second.id)
    assert counts.stored() == counts.count_all(Cut(TODAY))


def counted_w7() -> int:
    year = Period.year(2020)
    return wait_report(Wait.W7, year, Cut(TODAY), computed=True).all_units.total.open_n


def test_two_renewals_at_once_count_both_changes(app: Flask) -> None:
    cases = [factories.make_met_case(date(2020, 6, 1), date(2020, 6, day)).id for day in (8, 9, 10, 11)]
    db.session.commit()
    services.rebuild_waits()
    db.session.execute(delete(CaseEvent).where(CaseEvent.case_id.in_(cases), CaseEvent.kind == "first_meeting"))
    db.session.commit()
    ready = threading.Barrier(len(cases))

    def renew(case_id: int) -> None:
        with app.app_context():
            ready.wait()
            services.renew_case(case_id)
            db.session.commit()

    threads = [threading.Thread(target=renew, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.stored() == counts.count_all(Cut(TODAY))
    assert wait_report(Wait.W3, Period.year(2020), Cut(TODAY), computed=True).all_units.total.open_n == len(cases)


def test_a_renewal_that_is_broken_off_leaves_no_trace_and_a_second_makes_it_good(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 8))
    db.session.commit()
    services.rebuild_waits()
    db.session.commit()
    before = counts.stored()
    forget_events(case)
    db.session.commit()
    services.renew_case(case.id)
    db.session.rollback()
    assert counts.stored() == before
    for _ in range(2):
        services.renew_case(case.id)
        db.session.commit()
    assert counts.stored() == {}


def test_one_job_for_the_reports_waits_however_many_cases_change(app: Flask) -> None:
    for day in (7, 8, 9):
        services.renew_case(factories.make_met_case(date(2020, 6, day), date(2020, 6, 20)).id)
    waiting = select(func.count()).where(Job.task == "measures.reports", Job.status == JobStatus.QUEUED)
    assert db.session.scalar(waiting) == 1


def test_a_rebuild_writes_only_the_rows_that_differ(app: Flask) -> None:
    kept, wrong = (factories.make_met_case(date(2020, 6, day), date(2020, 6, 20)) for day in (8, 9))
    services.rebuild_waits()
    places = text("SELECT ctid::text FROM case_wait WHERE case_id = :id ORDER BY wait")
    before = list(db.session.scalars(places, {"id": kept.id}))
    db.session.execute(delete(CaseWait).where(CaseWait.case_id == wrong.id, CaseWait.wait == Wait.W3))
    db.session.execute(update(CaseWait).where(CaseWait.case_id == wrong.id).values(began_on=date(2020, 1, 1)))
    assert services.rebuild_waits() == 8
    assert list(db.session.scalars(places, {"id": kept.id})) == before
    db.session.execute(delete(Job))
    assert list(checks.waits_are_fresh()) == []


def test_the_check_names_the_unit_whose_counts_are_wrong(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 8), date(2020, 6, 20))
    services.rebuild_waits()
    db.session.execute(delete(Job))
    assert list(checks.counts_are_fresh()) == []
    db.session.execute(delete(WaitCount).where(WaitCount.wait == Wait.W3))
    breaches = list(checks.counts_are_fresh())
    assert breaches
    assert all("W3" in breach for breach in breaches)


def test_ages_choose_among_the_kept_rows(app: Flask) -> None:
    case = factories.make_met_case(date(2020, 6, 8), date(2020, 6, 20))
    db.session.get_one(Participant, case.participant_id).birth_on = date(1990, 1, 1)
    db.session.flush()
    services.rebuild_waits()
    for ages, n in ((Ages(25, 39), 1), (Ages(40, 59), 0)):
        for computed in (True, False):
            chosen = Filter(ages=ages)
            report = wait_report(Wait.W3, Period.year(2020), Cut(TODAY), chosen, computed=computed)
            assert report.all_units.total.n == n

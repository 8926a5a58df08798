"""The way of each case by the statement is the one that its facts tell, and each step opens to its cases."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings

from caseflow.cases import rules
from caseflow.cases.models import Case
from caseflow.cases.rules import OPEN
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.core.errors import NotFound
from caseflow.extensions import db
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.measures.ways import EMPLOYED, ENDS, PREFIX, WAY, ways
from tests.measures import histories, oracle
from tests.measures.test_flow import fill, is_legal, rows_of
from tests.measures.test_oracle import days, instant, randoms, some
from tests.measures.test_oracle import world as world

PERIOD = Period(date(2019, 9, 1), date(2020, 8, 31))
few = settings(some, max_examples=4)


def stops_of(case: Case, as_of: date, known_at: datetime | None) -> list[str] | None:
    """Where the case passed by the day, as the facts tell; None where it was not referred in the period."""
    events = oracle.facts_of(case, as_of, known_at)
    referred = [event.fact.on for event in events if event.fact.kind is EventKind.REFERRED]
    if not referred or not PERIOD.from_on <= min(referred) <= PERIOD.to_on:
        return None
    started = [event for event in events if event.kind is EventKind.PLACEMENT_STARTED]
    kinds = [event.placement.kind for event in started if event.placement is not None]
    first = [kind.value for kind in kinds if kind is not PlacementKind.SUBSIDISED_EMPLOYMENT][:1]
    employed = [EMPLOYED] if PlacementKind.SUBSIDISED_EMPLOYMENT in kinds else []
    stage = rules.replay(event.fact for event in events).stage
    end = "open" if stage in OPEN else stage.value if stage.value in ENDS else Stage.EXIT_OTHER.value
    return [f"*{case.from_unit.code}", case.to_unit.code, *first, *employed, end]


@few
@given(rng=randoms, as_of=days, known_on=days)
def test_every_way_is_the_one_its_facts_tell(world: histories.World, rng: Random, as_of: date, known_on: date) -> None:
    known_at = instant(rng.choice([None, known_on]))
    cases = fill(rng, world)
    selection = Selection(PERIOD, Cut(as_of, known_at))
    expected: Counter[tuple[str, str]] = Counter()
    for case in cases:
        if is_legal(case, as_of, known_at):
            expected.update(pairwise(stops_of(case, as_of, known_at) or []))
    found = ways(selection)
    assert found.steps == expected
    assert sum(found.passing(end) for end in ENDS) == found.total
    for (before, after), n in expected.items():
        assert len(rows_of(WAY, selection.only(part=f"{PREFIX}{before}>{after}"))) == n
        assert len(rows_of(WAY, selection.only(part=f"{PREFIX}{before}"))) == found.passing(before)
    assert len(rows_of(WAY, selection)) == found.total


def test_a_part_that_names_no_way_is_not_found(world: histories.World) -> None:
    with pytest.raises(NotFound):
        get_measure(WAY).rows(Selection(PERIOD, Cut(PERIOD.to_on), part="praktik"))
    assert get_measure(WAY).part_label("way:*AFI>AMC>exit_work") == "AFI → AMC → Avslut arbete"
    db.session.rollback()

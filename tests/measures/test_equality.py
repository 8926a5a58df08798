"""E1 on random histories, against lists of single waits, exits and placements; and what its sentences say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.statistics import logrank_test
from scipy import stats

from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.equality import Comparison, Equality, Group, Method, Subject, Verdict, compare
from caseflow.measures.equality_words import effect_sentence, sentence, summary
from caseflow.measures.figures import figures
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Goal, Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period, Selection
from caseflow.measures.statistics import Effect
from caseflow.organisation.models import Unit
from caseflow.organisation.queries import get_programme, get_unit
from tests import factories
from tests.measures import histories, oracle
from tests.measures.test_oracle import FROM, TO, days, fill, instant, randoms, some
from tests.measures.test_oracle import world as world

few = settings(some, max_examples=3)
EVERYTHING = Period(date(2018, 1, 1), date(2020, 12, 31))


def begun(waits: Iterable[oracle.OneWait], name: str, sex: Sex, as_of: date) -> tuple[list[int], list[bool]]:
    """Lengths of the waits begun in the period, and whether each ended."""
    found = [
        (oracle.length(name, one.began_on, one.ended_on or one.stopped_on or as_of), one.ended_on is not None)
        for one in waits
        if one.began_on and FROM <= one.began_on <= TO and one.case.participant.sex == sex
    ]
    return [length for length, _ in found], [ended for _, ended in found]


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_the_waits_are_those_that_lifelines_tests_one_by_one(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases = fill(rng, world, households=15)
    known_at = instant(known_on)
    found = compare(Selection(Period(FROM, TO), Cut(as_of, known_at)))
    for wait in Wait:
        waits = [one for case in cases if (one := oracle.waits_of(case, as_of, known_at).get(wait))]
        if wait is Wait.W7:
            waits = oracle.once_per_household(waits)
        (women, women_ended), (men, men_ended) = (begun(waits, wait, sex, as_of) for sex in (Sex.WOMAN, Sex.MAN))
        one = found.of(wait)
        assert [one.women.n, one.women.hits, one.men.n, one.men.hits] == [
            len(women), sum(women_ended), len(men), sum(men_ended),
        ]  # fmt: skip
        if one.p is not None:
            theirs = logrank_test(women, men, women_ended, men_ended)
            assert one.p == pytest.approx(theirs.p_value, rel=1e-9, abs=1e-9)


def exits_of(cases: list[Case], as_of: date, known_on: date | None) -> list[tuple[Case, str]]:
    return [
        (case, "good" if event.outcome in oracle.GOOD_EXITS else "other")
        for case in cases
        for event in oracle.facts_of(case, as_of, instant(known_on))
        if event.kind == EventKind.EXITED and FROM <= event.occurred_on <= TO
    ]


def first_placements(cases: list[Case], as_of: date, known_on: date | None) -> list[tuple[Case, str]]:
    """Each participant's first placement in the period, in the order in which it was written down."""
    first: dict[int, tuple[date, int, Case, str]] = {}
    for case in cases:
        for event in oracle.facts_of(case, as_of, instant(known_on)):
            if event.kind == EventKind.PLACEMENT_STARTED and FROM <= event.occurred_on <= TO:
                assert event.placement
                one = (event.occurred_on, event.id, case, event.placement.kind.value)
                first[case.participant_id] = min(first.get(case.participant_id, one), one, key=lambda each: each[:2])
    return [(case, kind) for _, _, case, kind in first.values()]


@few
@given(rng=randoms, as_of=days, known_on=st.none() | days)
def test_exits_and_first_placements_are_counted_as_a_walk_through_the_log_counts_them(
    world: histories.World, rng: Random, as_of: date, known_on: date | None
) -> None:
    cases = fill(rng, world, households=15)
    found = compare(Selection(Period(FROM, TO), Cut(as_of, instant(known_on))))
    exits, placed = exits_of(cases, as_of, known_on), first_placements(cases, as_of, known_on)
    for unit in (None, *{case.to_unit for case in cases}):
        counts = Counter(
            (kind, case.participant.sex) for case, kind in exits if unit is None or case.to_unit_id == unit.id
        )
        if unit is not None and not counts:
            continue
        one = found.of(Subject.WORK_OR_STUDIES, unit)
        for sex, group in ((Sex.WOMAN, one.women), (Sex.MAN, one.men)):
            assert (group.hits, group.n) == (counts["good", sex], counts["good", sex] + counts["other", sex])
    for kind in PlacementKind:
        one = found.of(Subject(f"placements.{kind}"))
        for sex, group in ((Sex.WOMAN, one.women), (Sex.MAN, one.men)):
            of_sex = [found_kind for case, found_kind in placed if case.participant.sex == sex]
            assert (group.hits, group.n) == (of_sex.count(kind.value), len(of_sex))
        if one.p is not None:
            table = [[group.hits or 0, group.n - (group.hits or 0)] for group in (one.women, one.men)]
            assert one.p == stats.fisher_exact(table).pvalue


@few
@given(rng=randoms)
def test_first_placements_of_units_sexes_and_kinds_add_up_to_the_total(world: histories.World, rng: Random) -> None:
    cases = fill(rng, world, households=15)
    measure, selection = get_measure("E1.placements"), Selection(EVERYTHING, Cut(date(2020, 12, 1)))
    for chosen in (Filter(), Filter(programme=get_programme("VISA"))):
        asked = Selection(selection.period, selection.cut, chosen)
        whole = figures(measure, asked)
        units = {case.to_unit for case in cases}
        assert whole.total.rows == whole.total.n
        assert whole.total.rows == sum(figures(measure, asked.only(unit=unit)).total.rows for unit in units)
        assert whole.total.rows == sum(figures(measure, asked.only(sex=sex)).total.rows for sex in Sex)
        assert whole.total.rows == sum(figures(measure, asked.only(part=kind)).total.rows for kind in PlacementKind)
        assert all(whole.of(unit.id).rows == figures(measure, asked.only(unit=unit)).total.rows for unit in units)
    assert figures(measure, Selection(EVERYTHING, selection.cut, Filter(ages=Ages(90, None)))).total.rows == 0


@few
@given(rng=randoms, as_of=days)
def test_p_values_are_adjusted_for_all_tests_of_the_report_and_only_for_those_made(
    world: histories.World, rng: Random, as_of: date
) -> None:
    fill(rng, world, households=30)
    found = compare(Selection(EVERYTHING, Cut(as_of)))
    assert len(found.tested) + len(found.too_few) == len(found.comparisons)
    for one in found.tested:
        assert one.p is not None
        assert one.p_adjusted is not None
        assert one.p <= one.p_adjusted <= min(1, one.p * len(found.tested))
    if found.tested:
        smallest = min(found.tested, key=lambda one: one.p or 0)
        assert smallest.p_adjusted == pytest.approx(min(1, (smallest.p or 0) * len(found.tested)))


def test_nobody_gives_no_test_and_says_so(app: Flask) -> None:
    found = compare(Selection(EVERYTHING, Cut(date(2020, 12, 1))))
    assert (found.tested, found.goal) == ([], Goal.UNKNOWN)
    assert {one.subject for one in found.comparisons} == {*Wait, *Subject}
    assert summary(found) == ["Ingen jämförelse mellan kvinnor och män kan göras: för få i alla grupper."]


def test_a_chosen_unit_is_compared_once_and_a_chosen_sex_is_left_out(world: histories.World) -> None:
    cases = fill(Random(1), world, households=15)
    unit = cases[0].to_unit
    selection = Selection(EVERYTHING, Cut(date(2020, 12, 1)), Filter(unit=unit, sex=Sex.MAN))
    found = compare(selection)
    assert all(one.unit is None for one in found.comparisons)
    assert found.of(Wait.W3).women.n > 0
    without = compare(Selection(EVERYTHING, Cut(date(2020, 12, 1))))
    assert found.of(Wait.W3).women == without.of(Wait.W3, unit).women


def test_a_unit_that_has_been_closed_since_is_still_compared(world: histories.World) -> None:
    cases = fill(Random(1), world, households=15)
    unit = get_unit(cases[0].to_unit.code)
    unit.closed_at = histories.noon(date(2020, 11, 1))
    db.session.commit()
    found = compare(Selection(EVERYTHING, Cut(date(2020, 12, 1))))
    assert found.of(Wait.W3, unit).women.n + found.of(Wait.W3, unit).men.n > 0


def wait(women: int | None, men: int | None, p: float | None, adjusted: float | None, of: Wait = Wait.W3) -> Comparison:
    effect = None if p is None else Effect(0.93, 0.81, 1.07)
    return Comparison(of, None, Group(40, 30, women), Group(50, 40, men), Method.LOG_RANK, p, adjusted, effect)


def test_a_wait_is_told_with_medians_and_the_test_in_brackets() -> None:
    assert sentence(wait(21, 19, 0.31, 1.0), 14) == (
        "Kvinnor väntar i median 21 dagar och män 19 på första mötet. "
        "Skillnaden kan bero på slumpen (log-rank, p = 0,31; justerat för 14 jämförelser p = 1,00)."
    )
    assert sentence(wait(36, 30, 0.00001, 0.00014, Wait.W7), 14) == (
        "Kvinnor väntar i median 36 månader och män 30 på att hushållet lämnar stödet. "
        "Skillnaden är statistiskt säkerställd (log-rank, p < 0,001; justerat för 14 jämförelser p < 0,001)."
    )


def test_a_difference_that_would_have_been_significant_alone_is_told_to_be_one_of_many() -> None:
    told = sentence(wait(21, 19, 0.031, 0.434), 14)
    assert "kan bero på slumpen när så många jämförelser görs (log-rank, p = 0,031; justerat" in told


def test_equal_medians_and_medians_not_reached_are_told_as_such() -> None:
    assert sentence(wait(1, 1, 0.5, 1.0), 2).startswith(
        "Kvinnor och män väntar i median lika länge på första mötet, 1 dag. "
        "Skillnaden i hur väntetiderna i övrigt fördelar sig kan bero på slumpen"
    )
    assert "av kvinnorna har färre än hälften nått fram" in sentence(wait(None, 19, 0.5, 1.0), 2)
    assert "av männen har färre än hälften nått fram" in sentence(wait(19, None, 0.5, 1.0), 2)
    assert "både kvinnorna och männen" in sentence(wait(None, None, 0.5, 1.0), 2)


def test_no_significance_is_not_told_as_equality() -> None:
    assert effect_sentence(wait(21, 19, 0.31, 1.0)) == (
        "Kvinnors väntan tar slut 0,93 gånger så ofta som mäns (95 %: 0,81 till 1,07). "
        "Att skillnaden kan bero på slumpen visar inte att det är lika."
    )
    assert "visar inte" not in effect_sentence(wait(21, 19, 0.001, 0.01))
    assert "bevisar inte" in summary(Equality((wait(21, 19, 0.31, 0.31),)))[-1]


def test_shares_are_told_in_per_cent_and_percentage_points() -> None:
    gap = Effect(-0.03, -0.21, 0.15)
    one = Comparison(Subject.WORK_OR_STUDIES, None, Group(50, 29), Group(59, 36), Method.FISHER, 0.84, 1.0, gap)
    assert sentence(one, 14).replace("\N{NO-BREAK SPACE}", " ") == (
        "58 % av kvinnornas avslut och 61 % av männens gick till arbete eller studier. Skillnaden kan bero på "
        "slumpen (Fishers exakta test, p = 0,84; justerat för 14 jämförelser p = 1,00)."
    )
    assert effect_sentence(one).startswith(
        "Kvinnornas andel är 3,0 lägre än männens, i procentenheter (95 %: från 21,0 lägre till 15,0 högre)."
    )


def test_those_too_few_to_test_are_told_with_their_numbers_and_the_rule() -> None:
    few = Comparison(Subject.WORK, None, Group(3, 1), Group(12, 4), Method.FISHER)
    assert few.verdict is Verdict.TOO_FEW
    assert sentence(few, 14) == "För få för att pröva: 3 kvinnor och 12 män; minst 5 av varje behövs."
    alike = Comparison(Subject.WORK, None, Group(30, 0), Group(12, 0), Method.FISHER)
    assert sentence(alike, 14).startswith("Inget att pröva: 30 kvinnor och 12 män")
    spread = Comparison(Subject.ALL_EXITS, None, Group(1), Group(1), Method.CHI_SQUARE)
    assert sentence(spread, 14).startswith("För få för att pröva: 1 kvinna och 1 man; chi-två-testet kräver minst 5")


def test_the_whole_is_told_with_how_many_were_significant_before_and_after() -> None:
    unit = Unit(code="AMC", name="AMC")
    found = Equality(
        (
            wait(30, 10, 0.0001, 0.0003),
            wait(21, 19, 0.03, 0.06, Wait.W1),
            wait(21, 19, 0.5, 0.5, Wait.W2),
            Comparison(Wait.W3, unit, Group(2, 1, 4), Group(3, 1, 5), Method.LOG_RANK),
        )
    )
    told = summary(found)
    assert told[0] == (
        "3 jämförelser mellan kvinnor och män är gjorda. 1 skillnad är statistiskt säkerställd: "
        "Anvisning till första möte."
    )
    assert told[1].startswith("2 av jämförelserna hade p under 0,05 var för sig. Av 3 väntas ungefär 0,2")
    assert told[2] == "1 jämförelse kunde inte göras: för få kvinnor eller män."
    assert found.goal is Goal.NOT_MET


def test_a_real_difference_is_found_and_its_direction_is_right(app: Flask) -> None:
    # Eighteen each are enough although all women had met before any man: what counts is how many ends there are.
    for number in range(18):
        for sex, length in ((Sex.WOMAN, 5 + number % 4), (Sex.MAN, 25 + number % 9)):
            begins_on = date(2020, 3, 2) + timedelta(number)
            person = factories.make_participant(sex=sex)
            factories.make_met_case(begins_on, begins_on + timedelta(length), participant=person)
    one = compare(Selection(Period.year(2020), Cut(date(2020, 12, 1)))).of(Wait.W3)
    assert one.verdict is Verdict.SIGNIFICANT
    assert one.effect is not None
    assert one.effect.low > 1
    assert (one.women.median, one.men.median) == (6, 29)

"""Every row of the demo obeys the rules of the flow, so that the import has nothing to refuse."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from caseflow.cases.areas import AREAS
from caseflow.cases.rules import Fact, PlacementFact, validate
from caseflow.cases.terms import EmploymentForm, EventKind, ExitOutcome, HouseholdEffect, PlacementKind, Stage
from caseflow.organisation.rules import Sector
from tests.demo.files import Row, day, known_day, month_number, participants, referrals, rows

TODAY = date(2020, 12, 1)
EVENT_KINDS = {
    "mottagen": EventKind.ACCEPTED,
    "åter": EventKind.RETURNED,
    "första möte": EventKind.FIRST_MEETING,
    "återkallad": EventKind.WITHDRAWN,
}


def events() -> dict[str, dict[str, date]]:
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for row in rows("handelser"):
        assert row["handelse"] not in found[row["anvisning_id"]]
        found[row["anvisning_id"]][row["handelse"]] = known_day(row["datum"])
    return found


def exits() -> dict[str, Row]:
    return {row["anvisning_id"]: row for row in rows("avslut")}


def closed_on(case: str) -> date | None:
    happened = events_by_case[case]
    ended = exits_by_case.get(case)
    return known_day(ended["datum"]) if ended else happened.get("åter") or happened.get("återkallad")


events_by_case = events()
exits_by_case = exits()


def test_milestones_before_the_referral_are_in_order() -> None:
    for row in rows("anvisningar"):
        dates = [row[column] for column in ("forsta_kontakt", "ansokan", "beslut", "anvisad") if row[column]]
        assert dates == sorted(dates), row


def test_nothing_lies_after_today_except_planned_ends() -> None:
    columns = {
        "hushall": ["bistand_sedan"],
        "anvisningar": ["forsta_kontakt", "ansokan", "beslut", "anvisad"],
        "handelser": ["datum"],
        "skattningar": ["datum"],
        "placeringar": ["start", "slut"],
        "avslut": ["datum"],
    }
    for name, names in columns.items():
        assert all(row[column] <= TODAY.isoformat() for row in rows(name) for column in names), name
    for name in ("utbetalningar", "lonekostnader"):
        assert all(row["manad"] <= "2020-11" for row in rows(name)), name


def test_events_follow_the_referral_in_order() -> None:
    for case, happened in events_by_case.items():
        referred = known_day(referrals()[case]["anvisad"])
        steps = [happened[kind] for kind in ("mottagen", "första möte") if kind in happened]
        assert [referred, *steps] == sorted([referred, *steps]), case
        if "åter" in happened or "återkallad" in happened:
            assert len(happened) == 1, case
            assert min(happened.values()) >= referred, case


def test_a_returned_or_withdrawn_referral_says_why_and_goes_no_further() -> None:
    for row in rows("handelser"):
        if row["handelse"] in ("åter", "återkallad"):
            assert row["notering"], row
            assert row["anvisning_id"] not in exits_by_case
            assert not any(other["anvisning_id"] == row["anvisning_id"] for other in rows("placeringar"))


def test_an_exit_is_of_an_accepted_case_and_comes_last() -> None:
    for case, row in exits_by_case.items():
        happened = events_by_case[case]
        assert "mottagen" in happened, case
        assert max(happened.values()) <= known_day(row["datum"]), case
        assert row["hushallseffekt"] in ("lamnat", "utfyllnad", "oforandrat", "")


def test_assessments_lie_between_the_first_meeting_and_the_exit() -> None:
    seen = set()
    for row in rows("skattningar"):
        on, case = known_day(row["datum"]), row["anvisning_id"]
        assert events_by_case[case]["första möte"] <= on <= (closed_on(case) or TODAY), row
        assert 1 <= int(row["varde"]) <= 5
        key = (case, on, row["omrade"])
        assert key not in seen
        seen.add(key)


def test_placements_begin_after_the_first_meeting_and_have_ended_by_the_exit() -> None:
    for row in rows("placeringar"):
        case, start, end = row["anvisning_id"], known_day(row["start"]), day(row["slut"])
        assert events_by_case[case]["första möte"] <= start, row
        assert start <= known_day(row["planerat_slut"]), row
        assert end is None or start <= end, row
        closed = closed_on(case)
        assert closed is None or (end is not None and end <= closed), row
        assert bool(row["slut"]) == bool(row["slutorsak"]), row
        assert bool(row["anstallningsform"]) == (row["typ"] == "arbetsmarknadsanställning"), row


def test_placements_of_a_participant_never_add_up_to_more_than_100_per_cent() -> None:
    by_person: dict[str, list[tuple[date, date, int]]] = defaultdict(list)
    for row in rows("placeringar"):
        person = referrals()[row["anvisning_id"]]["personnummer"]
        span = (known_day(row["start"]), day(row["slut"]) or date.max, int(row["omfattning_procent"]))
        by_person[person].append(span)
    together = 0
    for person, spans in by_person.items():
        for start, _, _ in spans:
            at_once = [percent for first, last, percent in spans if first <= start <= last]
            assert sum(at_once) <= 100, person
            together += len(at_once) > 1
    assert together > 10


def test_cases_of_a_participant_never_overlap() -> None:
    by_person: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for case, row in referrals().items():
        by_person[row["personnummer"]].append((known_day(row["anvisad"]), closed_on(case) or date.max))
    came_back = 0
    for person, spans in by_person.items():
        spans.sort()
        for (_, closed), (referred, _) in pairwise(spans):
            assert closed <= referred, person
            came_back += 1
    assert came_back > 80


def test_references_between_the_files_hold() -> None:
    households = {row["hushallsnr"] for row in rows("hushall")}
    placements = {row["placering_id"] for row in rows("placeringar")}
    assert len(households) == len(rows("hushall"))
    assert len(participants()) == len(rows("deltagare"))
    assert len(placements) == len(rows("placeringar"))
    assert len(referrals()) == len(rows("anvisningar"))
    assert all(row["hushallsnr"] in households for name in ("deltagare", "utbetalningar") for row in rows(name))
    assert all(row["personnummer"] in participants() for row in rows("anvisningar"))
    assert all(
        row["anvisning_id"] in referrals()
        for name in ("handelser", "skattningar", "placeringar", "avslut")
        for row in rows(name)
    )
    assert all(row["placering_id"] in placements for row in rows("lonekostnader"))


def test_a_household_is_paid_once_a_month_and_only_since_its_assistance_began() -> None:
    since = {row["hushallsnr"]: month_number(row["bistand_sedan"]) for row in rows("hushall")}
    seen = set()
    for row in rows("utbetalningar"):
        key = (row["hushallsnr"], row["manad"])
        assert key not in seen, row
        assert int(row["belopp"]) > 0, row
        assert month_number(row["manad"]) >= since[row["hushallsnr"]], row
        seen.add(key)


def test_some_follow_ups_are_late_and_most_are_not() -> None:
    latest: dict[str, date] = {}
    for case, happened in events_by_case.items():
        if "första möte" in happened and closed_on(case) is None:
            latest[case] = happened["första möte"]
    for name, columns in (("skattningar", ["datum"]), ("placeringar", ["start", "slut"])):
        for row in rows(name):
            if row["anvisning_id"] in latest:
                contacts = [known_day(row[column]) for column in columns if row[column]]
                latest[row["anvisning_id"]] = max([latest[row["anvisning_id"]], *contacts])
    late = [case for case, on in latest.items() if TODAY - on > timedelta(days=60)]
    assert 20 <= len(late) <= 60


def test_the_rules_of_the_flow_accept_every_case() -> None:
    facts: dict[str, list[Fact]] = defaultdict(list)

    def add(case: str, kind: EventKind, on: str, placement: PlacementFact | None = None, outcome: str = "") -> None:
        if on:
            exit_outcome = next((one for one in ExitOutcome if one.word == outcome), None)
            facts[case].append(Fact(kind, known_day(on), len(facts[case]), placement, exit_outcome))

    for case, row in referrals().items():
        add(case, EventKind.FIRST_CONTACT, row["forsta_kontakt"])
        add(case, EventKind.APPLICATION, row["ansokan"])
        add(case, EventKind.DECISION, row["beslut"])
        add(case, EventKind.REFERRED, row["anvisad"])
    for row in rows("handelser"):
        add(row["anvisning_id"], EVENT_KINDS[row["handelse"]], row["datum"])
    for case, on in sorted({(row["anvisning_id"], row["datum"]) for row in rows("skattningar")}):
        add(case, EventKind.ASSESSED, on)
    for row in rows("placeringar"):
        kind = next(one for one in PlacementKind if one.word == row["typ"])
        placement = PlacementFact(row["placering_id"], kind, int(row["omfattning_procent"]))
        add(row["anvisning_id"], EventKind.PLACEMENT_STARTED, row["start"], placement)
        add(row["anvisning_id"], EventKind.PLACEMENT_ENDED, row["slut"], placement)
    for row in rows("avslut"):
        add(row["anvisning_id"], EventKind.EXITED, row["datum"], outcome=row["utfall"])
    stages = {case: validate(log, TODAY).stage for case, log in facts.items()}
    assert set(stages.values()) == set(Stage) - {Stage.NEW}


def test_every_word_of_the_files_is_one_the_program_knows() -> None:
    known = {
        ("placeringar", "anstallningsform"): {one.word for one in EmploymentForm} | {""},
        ("placeringar", "sektor"): {one.label for one in Sector},
        ("avslut", "hushallseffekt"): {one.word for one in HouseholdEffect} | {""},
        ("skattningar", "omrade"): set(AREAS),
    }
    for (name, column), words in known.items():
        assert {row[column] for row in rows(name)} <= words, column
    assert {row["anstallningsform"] for row in rows("placeringar")} == known["placeringar", "anstallningsform"]

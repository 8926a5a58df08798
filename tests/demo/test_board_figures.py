"""What the board's reports say of whole years holds for the demo too, and the first day looks alive."""

from collections import Counter
from datetime import date, timedelta
from statistics import mean

import pytest

from tests.demo.files import day, known_day, referrals, rows, sex

TODAY = date(2020, 12, 1)
WORK_OR_STUDIES = {"arbete", "arbete_subventionerat", "studier"}


def waits(period: str, since: str, until: str = "beslut") -> list[int]:
    return [
        (known_day(row[until]) - known_day(row[since])).days
        for row in rows("anvisningar")
        if row[since] and row[until].startswith(period)
    ]


@pytest.mark.parametrize(("year", "days"), [("2018", 19.0), ("2019", 20.3), ("2020", 18.0)])
def test_the_wait_from_first_contact_to_decision_is_the_published_one(year: str, days: float) -> None:
    assert round(mean(waits(year, "forsta_kontakt")), 1) == days


def test_the_wait_from_application_to_decision_was_8_3_days_in_2020() -> None:
    assert round(mean(waits("2020", "ansokan")), 1) == 8.3


def test_the_first_meeting_came_sixteen_days_after_the_referral_in_2020() -> None:
    ended = [
        (known_day(row["datum"]) - known_day(referrals()[row["anvisning_id"]]["anvisad"])).days
        for row in rows("handelser")
        if row["handelse"] == "första möte" and row["datum"] >= "2020"
    ]
    assert 15 <= mean(ended) <= 17


@pytest.mark.parametrize(
    ("first", "last", "number"),
    [
        ("2018-01-01", "2018-12-31", 477),
        ("2019-01-01", "2019-12-31", 748),
        ("2020-01-01", "2020-08-31", 496),
    ],
)
def test_the_placements_begun_are_as_many_as_reported(first: str, last: str, number: int) -> None:
    assert (
        sum(first <= row["start"] <= last and row["typ"] != "utvecklingsplats" for row in rows("placeringar")) == number
    )


@pytest.mark.parametrize(
    ("first", "last", "work_or_studies", "neither"),
    [
        ("2018-01-01", "2018-12-31", 182, 299),
        ("2019-01-01", "2019-12-31", 310, 429),
        ("2020-01-01", "2020-08-31", 97, 211),
    ],
)
def test_the_exits_are_as_many_as_reported(first: str, last: str, work_or_studies: int, neither: int) -> None:
    good = [row["utfall"] in WORK_OR_STUDIES for row in rows("avslut") if first <= row["datum"] <= last]
    assert (sum(good), len(good) - sum(good)) == (work_or_studies, neither)


def test_exits_to_neither_in_2019_were_44_per_cent_men() -> None:
    sexes = Counter(
        sex(referrals()[row["anvisning_id"]]["personnummer"])
        for row in rows("avslut")
        if row["datum"].startswith("2019") and row["utfall"] not in WORK_OR_STUDIES
    )
    assert sexes == {"M": 189, "K": 240}


def test_exits_from_osa_to_work_and_studies_are_those_reported() -> None:
    exits: Counter[tuple[str, str, str]] = Counter()
    for row in rows("avslut"):
        referral = referrals()[row["anvisning_id"]]
        if referral["till_enhet"] == "OSA" and row["utfall"] in WORK_OR_STUDIES and row["datum"] < "2020":
            outcome = "studier" if row["utfall"] == "studier" else "arbete"
            exits[row["datum"][:4], outcome, sex(referral["personnummer"])] += 1
    assert exits == {
        ("2018", "arbete", "M"): 3,
        ("2018", "arbete", "K"): 1,
        ("2018", "studier", "M"): 1,
        ("2018", "studier", "K"): 1,
        ("2019", "arbete", "M"): 26,
        ("2019", "arbete", "K"): 6,
        ("2019", "studier", "M"): 1,
        ("2019", "studier", "K"): 1,
    }


def test_some_referrals_wait_to_be_accepted_and_some_of_them_longer_than_fourteen_days() -> None:
    handled = {row["anvisning_id"] for row in rows("handelser")}
    waiting = [row for case, row in referrals().items() if case not in handled]
    assert 20 <= len(waiting) <= 30
    assert {row["till_enhet"] for row in waiting} == {"AMC", "AMS", "OSA"}
    assert any(TODAY - known_day(row["anvisad"]) > timedelta(days=14) for row in waiting)


def test_some_placements_end_within_thirty_days_and_a_few_have_passed_their_planned_end() -> None:
    ongoing = [known_day(row["planerat_slut"]) for row in rows("placeringar") if not day(row["slut"])]
    assert sum(TODAY <= end <= TODAY + timedelta(days=30) for end in ongoing) >= 20
    assert 3 <= sum(end < TODAY for end in ongoing) <= 15

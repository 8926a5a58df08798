"""Every published figure of 500-uppdraget, counted from the demo's files alone."""

from collections import Counter

import pytest

from tests.demo.files import (
    CUT_OFF,
    avoided_by_year,
    households_left,
    in_programme,
    known_day,
    month_number,
    participants,
    referrals,
    rows,
    sex,
)


def first_placements() -> list[tuple[int, str, str, str]]:
    """Year, sex, kind and workplace of each participant's first placement within the programme."""
    first: dict[str, dict[str, str]] = {}
    for row in rows("placeringar"):
        if in_programme(row["anvisning_id"]) and known_day(row["start"]) <= CUT_OFF:
            person = referrals()[row["anvisning_id"]]["personnummer"]
            if person not in first or row["start"] < first[person]["start"]:
                first[person] = row
    return [(int(row["start"][:4]), sex(person), row["typ"], row["arbetsplats"]) for person, row in first.items()]


def test_the_placement_table_is_the_published_one() -> None:
    table: Counter[tuple[str, int, str]] = Counter()
    for year, who, kind, workplace in first_placements():
        development = kind == "utvecklingsplats"
        table["utvecklingsplats" if development else "anställning/praktik", year, who] += 1
        if development and workplace == "Återbruket":
            table["varav Återbruket", year, who] += 1
    assert table == {
        ("anställning/praktik", 2019, "K"): 93,
        ("anställning/praktik", 2019, "M"): 65,
        ("anställning/praktik", 2020, "K"): 167,
        ("anställning/praktik", 2020, "M"): 142,
        ("utvecklingsplats", 2019, "K"): 10,
        ("utvecklingsplats", 2019, "M"): 42,
        ("utvecklingsplats", 2020, "K"): 30,
        ("utvecklingsplats", 2020, "M"): 69,
        ("varav Återbruket", 2019, "M"): 8,
        ("varav Återbruket", 2020, "K"): 1,
        ("varav Återbruket", 2020, "M"): 16,
    }


def test_618_participants_had_a_placement_300_women_and_318_men() -> None:
    assert Counter(who for _, who, _, _ in first_placements()) == {"K": 300, "M": 318}


def test_44_households_left_after_36_months_on_average() -> None:
    months = [household.months_on_assistance for household in households_left()]
    assert len(months) == 44
    assert (sum(months) / 44, max(months), min(months)) == (36, 171, 3)


def test_a_household_with_two_participants_who_left_is_counted_once() -> None:
    exits = [
        row
        for row in rows("avslut")
        if in_programme(row["anvisning_id"]) and row["hushallseffekt"] in ("lamnat", "utfyllnad")
    ]
    assert len(exits) == 45


def test_the_44_are_11_and_18_that_left_wholly_7_topped_up_and_8_without_known_payments() -> None:
    kinds = Counter(
        (household.effect, bool(household.paid), household.on.year if household.paid else 0)
        for household in households_left()
    )
    assert kinds == {
        ("lamnat", True, 2019): 11,
        ("lamnat", True, 2020): 18,
        ("lamnat", False, 0): 8,
        ("utfyllnad", True, 2019): 2,
        ("utfyllnad", True, 2020): 5,
    }


def test_72_participants_went_to_studies() -> None:
    people = {
        referrals()[row["anvisning_id"]]["personnummer"]
        for row in rows("avslut")
        if row["utfall"] == "studier" and in_programme(row["anvisning_id"]) and known_day(row["datum"]) <= CUT_OFF
    }
    assert len(people) == 72


@pytest.mark.parametrize(("year", "avoided_kr"), [(2019, 502_267), (2020, 1_875_726)])
def test_the_kronor_avoided_are_the_published_ones(year: int, avoided_kr: int) -> None:
    wholly = [household for household in households_left() if household.effect == "lamnat" and household.paid]
    assert sum(avoided_by_year(household)[year] for household in wholly) == avoided_kr


def test_the_seven_top_ups_were_lowered_by_57_765_kr_a_month() -> None:
    lowered = 0.0
    for household in households_left():
        if household.effect == "utfyllnad":
            after = range(household.month + 1, CUT_OFF.year * 12 + CUT_OFF.month + 1)
            assert all(month in household.paid for month in after)
            lowered += household.baseline - sum(household.paid[month] for month in after) / len(after)
    assert (lowered, lowered * 12) == (57_765, 693_180)


def test_every_baseline_is_in_whole_kronor() -> None:
    assert all(household.baseline == int(household.baseline) for household in households_left() if household.paid)


def test_one_household_returned_to_assistance_and_stopped_counting() -> None:
    returned = [
        household
        for household in households_left()
        if household.effect == "lamnat"
        and any(month > household.month and kr >= household.baseline for month, kr in household.paid.items())
    ]
    assert [household.on.isoformat() for household in returned] == ["2019-06-28"]


@pytest.mark.parametrize(
    ("year", "wage_kr", "programme_kr", "employment_service_kr", "net_kr"),
    [
        (2019, 29_797_887, 10_265_521, 19_132_058, 400_308),
        (2020, 30_209_114, 7_025_600, 18_632_932, 4_550_582),
    ],
)
def test_the_employment_cost_is_the_published_one(
    year: int, wage_kr: int, programme_kr: int, employment_service_kr: int, net_kr: int
) -> None:
    placements = {row["placering_id"]: row for row in rows("placeringar")}
    sums: Counter[str] = Counter()
    for row in rows("lonekostnader"):
        if row["manad"].startswith(str(year)) and in_programme(placements[row["placering_id"]]["anvisning_id"]):
            for column in ("lonekostnad", "programmedel", "af_bidrag"):
                sums[column] += int(row[column])
    assert sums == {"lonekostnad": wage_kr, "programmedel": programme_kr, "af_bidrag": employment_service_kr}
    assert wage_kr - programme_kr - employment_service_kr == net_kr


def test_every_participant_of_the_programme_met_its_target_group_at_the_referral() -> None:
    households = {row["hushallsnr"]: row for row in rows("hushall")}
    for row in rows("anvisningar"):
        if not in_programme(row["anvisning_id"]):
            continue
        person = participants()[row["personnummer"]]
        referred, number = known_day(row["anvisad"]), row["personnummer"]
        born_day = int(number[6:8]) % 60
        age = referred.year - int(number[:4]) - ((referred.month, referred.day) < (int(number[4:6]), born_day))
        assert 25 <= age <= 59, row
        assert row["anvisad"] >= "2019", row
        assert person["af_inskriven"] == "ja", row
        assert int(person["aktivitet_tim_vecka"]) >= 10, row
        assert households[person["hushallsnr"]]["bistand_sedan"] <= row["anvisad"], row


def test_wages_are_only_paid_for_months_of_the_employment() -> None:
    placements = {row["placering_id"]: row for row in rows("placeringar")}
    for row in rows("lonekostnader"):
        placement = placements[row["placering_id"]]
        assert placement["typ"] == "arbetsmarknadsanställning"
        last = month_number(placement["slut"] or "2020-11")
        assert month_number(placement["start"]) <= month_number(row["manad"]) <= last
        assert int(row["af_bidrag"]) + int(row["programmedel"]) <= int(row["lonekostnad"])

"""The people of the demo are made up: only birth numbers of the Tax Agency's test series."""

from datetime import date

from personnummer.personnummer import Personnummer

from tests.demo.files import rows, sex


def test_every_number_is_of_the_test_series_and_valid() -> None:
    for row in rows("deltagare"):
        number = row["personnummer"]
        assert number[9:12] in ("238", "239"), number
        assert Personnummer(number).format(long_format=True) == number.replace("-", ""), number


def test_the_series_has_one_woman_and_one_man_for_each_birth_date() -> None:
    births = [
        (row["personnummer"][:6], int(row["personnummer"][6:8]) % 60, sex(row["personnummer"]))
        for row in rows("deltagare")
    ]
    assert len(births) == len(set(births))
    assert all(date(int(month[:4]), int(month[4:]), born) < date(2003, 1, 1) for month, born, _ in births)


def test_a_few_have_samordningsnummer_and_a_few_are_protected() -> None:
    coordination = [row for row in rows("deltagare") if int(row["personnummer"][6:8]) > 60]
    protected = [row for row in rows("deltagare") if row["skyddad"] == "ja"]
    assert 5 <= len(coordination) <= 40
    assert 5 <= len(protected) <= 40

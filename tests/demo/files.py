"""The demo's files as plain rows, and the slow, plain sums that the published figures are held against."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DEMO = Path(__file__).parents[2] / "demo"
PROGRAMME = "500-uppdraget"
CUT_OFF = date(2020, 11, 30)
Row = dict[str, str]


@cache
def rows(name: str) -> list[Row]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def known_day(text: str) -> date:
    return date.fromisoformat(text)


def sex(personnummer: str) -> str:
    return "K" if int(personnummer[-2]) % 2 == 0 else "M"


def month_number(text: str) -> int:
    year, month = text[:7].split("-")
    return int(year) * 12 + int(month)


@cache
def referrals() -> dict[str, Row]:
    return {row["anvisning_id"]: row for row in rows("anvisningar")}


@cache
def participants() -> dict[str, Row]:
    return {row["personnummer"]: row for row in rows("deltagare")}


def in_programme(case: str) -> bool:
    return PROGRAMME in referrals()[case]["program"].split("|")


@cache
def payments() -> dict[str, dict[int, int]]:
    paid: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows("utbetalningar"):
        paid[row["hushallsnr"]][month_number(row["manad"])] = int(row["belopp"])
    return paid


@dataclass(frozen=True)
class HouseholdLeft:
    household: str
    on: date
    effect: str
    months_on_assistance: int

    @property
    def month(self) -> int:
        return self.on.year * 12 + self.on.month

    @property
    def paid(self) -> dict[int, int]:
        return payments().get(self.household, {})

    @property
    def baseline(self) -> float:
        before = [kr for month, kr in self.paid.items() if self.month - 12 <= month < self.month and kr > 0]
        return sum(before) / len(before)


@cache
def households_left() -> list[HouseholdLeft]:
    """Each household once: its earliest exit with `lamnat` in the programme, else with `utfyllnad`."""
    since = {row["hushallsnr"]: row["bistand_sedan"] for row in rows("hushall")}
    exits: dict[str, list[tuple[int, date]]] = defaultdict(list)
    for row in rows("avslut"):
        if in_programme(row["anvisning_id"]) and row["hushallseffekt"] in ("lamnat", "utfyllnad"):
            person = participants()[referrals()[row["anvisning_id"]]["personnummer"]]
            order = ["lamnat", "utfyllnad"].index(row["hushallseffekt"])
            exits[person["hushallsnr"]].append((order, known_day(row["datum"])))
    left = []
    for household, found in exits.items():
        order, on = min(found)
        months = on.year * 12 + on.month - month_number(since[household])
        left.append(HouseholdLeft(household, on, ["lamnat", "utfyllnad"][order], months))
    return left


def avoided_by_year(household: HouseholdLeft) -> dict[int, float]:
    """Baseline minus payment for each month after the exit, until assistance at the baseline resumes."""
    avoided: dict[int, float] = defaultdict(float)
    for month in range(household.month + 1, CUT_OFF.year * 12 + CUT_OFF.month + 1):
        paid = household.paid.get(month, 0)
        if paid >= household.baseline:
            break
        avoided[(month - 1) // 12] += household.baseline - paid
    return avoided

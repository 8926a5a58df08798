"""Write the demo's files in the exchange format: ``python3 -m demo.make_demo [FOLDER]``.

Everyone in them is made up. The same script always writes the same bytes: each part draws from its own
generator, seeded with a fixed number, so that a change in one part leaves the others as they were.
What is published about 500-uppdraget is set in `programme500`, `savings` and `wages`; the rest of the
municipality's flow of 2018 to 2020 comes from `others`, and the cases with a story from `named`.
"""

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from demo.board import fit_to_board_figures
from demo.milestones import note_first_meetings
from demo.named import give_named_people, named_cases
from demo.others import other_cases
from demo.payments import pay_assistance
from demo.people import Population
from demo.programme500 import give_people, programme_cases
from demo.records import Case, Household, Person, month_text
from demo.returning import give_other_people
from demo.wages import pay_wages

SEED = 500
Row = tuple[object, ...]

COLUMNS = {
    "hushall": "hushallsnr antal_barn bistand_sedan orsakskod",
    "deltagare": "personnummer fornamn efternamn hushallsnr skyddad af_inskriven aktivitet_tim_vecka",
    "utbetalningar": "hushallsnr manad belopp",
    "anvisningar": (
        "anvisning_id personnummer fran_enhet till_enhet anvisad forsta_kontakt ansokan beslut program orsak"
    ),
    "handelser": "anvisning_id handelse datum notering",
    "skattningar": "anvisning_id datum omrade varde",
    "placeringar": (
        "placering_id anvisning_id typ anstallningsform arbetsgivare arbetsplats sektor "
        "omfattning_procent start planerat_slut slut slutorsak"
    ),
    "lonekostnader": "placering_id manad lonekostnad af_bidrag programmedel",
    "avslut": "anvisning_id datum utfall hushallseffekt",
}


@dataclass
class Demo:
    households: list[Household]
    people: list[Person]
    cases: list[Case]


def build() -> Demo:
    population = Population(Random(SEED))
    named = named_cases(Random(SEED + 1))
    give_named_people(population, named)
    programme = programme_cases(Random(SEED + 2), named)
    give_people(Random(SEED + 3), population, programme)
    others = other_cases(Random(SEED + 4), [*named, *programme])
    give_other_people(Random(SEED + 5), population, others, programme)
    cases = [*named, *programme, *others]
    fit_to_board_figures(Random(SEED + 6), cases)
    pay_wages(Random(SEED + 7), cases)
    pay_assistance(Random(SEED + 8), sorted(cases, key=lambda case: case.referred))
    note_first_meetings(Random(SEED + 9), cases)
    return number_everything(cases)


def number_everything(cases: list[Case]) -> Demo:
    """Case and household numbers in the order of referral, as a register would give them."""
    ordered = sorted(cases, key=lambda case: case.referred)
    households: list[Household] = []
    people: dict[str, Person] = {}
    numbers: dict[int, int] = {}
    for case in ordered:
        year = case.referred.year
        numbers[year] = numbers.get(year, 0) + 1
        case.identifier = f"{year}-{numbers[year]:04d}"
        assert case.person is not None
        people.setdefault(case.person.personnummer, case.person)
        if not case.person.household.number:
            households.append(case.person.household)
            case.person.household.number = f"H{len(households):04d}"
    return Demo(households, list(people.values()), ordered)


def files(demo: Demo) -> dict[str, str]:
    """The content of every file, by its name without `.csv`."""
    rows: dict[str, Iterable[Row]] = {
        "hushall": ((h.number, h.children, h.assistance_since, h.cause) for h in demo.households),
        "deltagare": (person_row(person) for person in demo.people),
        "utbetalningar": (
            (h.number, month_text(month), paid) for h in demo.households for month, paid in sorted(h.payments.items())
        ),
        "anvisningar": (referral_row(case) for case in demo.cases),
        "handelser": (row for case in demo.cases for row in event_rows(case)),
        "skattningar": (
            (case.identifier, on, area, score)
            for case in demo.cases
            for on, scores in case.assessments
            for area, score in scores.items()
        ),
        "avslut": (
            (case.identifier, case.exit.on, case.exit.outcome, case.exit.effect) for case in demo.cases if case.exit
        ),
    }
    placements, wages = placement_and_wage_rows(demo.cases)
    rows |= {"placeringar": placements, "lonekostnader": wages}
    return {name: as_csv(COLUMNS[name].split(), rows[name]) for name in COLUMNS}


def as_csv(columns: list[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if value is None else value for value in row])
    return text.getvalue()


def yes_no(value: bool) -> str:
    return "ja" if value else "nej"


def person_row(person: Person) -> Row:
    return (
        person.personnummer,
        person.first_name,
        person.last_name,
        person.household.number,
        yes_no(person.protected),
        yes_no(person.at_employment_service),
        person.activity_hours,
    )


def referral_row(case: Case) -> Row:
    assert case.person is not None
    return (
        case.identifier,
        case.person.personnummer,
        case.from_unit,
        case.to_unit,
        case.referred,
        case.first_contact,
        case.application,
        case.decision,
        "|".join(case.programmes),
        case.reason,
    )


def event_rows(case: Case) -> list[Row]:
    events: list[tuple[date | None, str, str]] = [
        (case.accepted, "mottagen", ""),
        (case.first_meeting, "första möte", case.meeting_note),
        (case.closed_on, case.closed_as, case.note),
    ]
    return [(case.identifier, what, on, note) for on, what, note in events if on is not None]


def placement_and_wage_rows(cases: list[Case]) -> tuple[list[Row], list[Row]]:
    placements: list[Row] = []
    wages: list[Row] = []
    for case in cases:
        for placement in sorted(case.placements, key=lambda placement: placement.start):
            number = f"P{len(placements) + 1:05d}"
            where = placement.workplace
            placements.append(
                (
                    number,
                    case.identifier,
                    placement.kind,
                    placement.form,
                    where.employer,
                    where.name,
                    where.sector,
                    placement.percent,
                    placement.start,
                    placement.planned_end,
                    placement.end,
                    placement.end_reason,
                )
            )
            wages += [
                (number, month_text(row.month), row.wage_kr, row.employment_service_kr, row.programme_kr)
                for row in placement.wages
            ]
    return placements, wages


def main(folder: Path) -> None:
    for name, content in files(build()).items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)

"""Fictitious people: names, and birth numbers of the Tax Agency's test series only."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demo.records import Household, Person

TEST_BIRTH_NUMBER = {"K": "238", "M": "239"}
"""The test series has one woman and one man for every birth date."""


def words(text: str) -> list[str]:
    return text.split()


WOMEN_SWEDISH = words(
    "Anna Maria Karin Sara Lena Kristina Emma Eva Malin Jenny Linda Elin Johanna Sofia Ulrika Monica Helena "
    "Camilla Susanne Ida Hanna Annika Åsa Pernilla Gunilla Birgitta Marie Therese Frida Matilda Josefin Agneta"
)
MEN_SWEDISH = words(
    "Lars Mikael Anders Johan Per Erik Peter Jan Thomas Daniel Fredrik Andreas Stefan Magnus Mattias Jonas "
    "Niklas Martin Henrik Robert Tommy Kent Patrik Marcus Christer Håkan Björn Emil Oskar Viktor Kjell Roger"
)
LAST_SWEDISH = words(
    "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson "
    "Lindberg Lindström Bergström Sandberg Forsberg Sjöberg Wallin Engström Eklund Danielsson Håkansson "
    "Lundin Björk Bergman Fransson Holm Samuelsson Nyström Lindqvist Öhman Åberg Sundin Blom Ekström Hjort"
)
WOMEN_FOREIGN = words(
    "Fatima Amina Hodan Zahra Maryam Rania Layla Hanan Nasrin Shirin Selam Rahel Feven Saba Halima Ifrah Sagal "
    "Asha Najma Khadija Dalia Iman Ruqayya Nadia Marwa Sanaa Elira Vesna Jasmina Olena Svitlana Noor Parisa "
    "Golnaz Suad Hiba Awa Grace Blessing Thuy Linh Mbali Zeinab Yasmin Rozerin Berivan Dilan Shilan"
)
MEN_FOREIGN = words(
    "Ahmed Mohamed Omar Ali Hassan Yusuf Ibrahim Khalid Mahmoud Samir Bilal Reza Farhad Hamid Navid Tesfay "
    "Dawit Yonas Filmon Samuel Abdi Liban Guled Mustafa Karim Emre Serkan Besnik Goran Zoran Dragan Andriy "
    "Oleksandr Hussein Jawad Habib Rashid Amir Kofi Emmanuel Minh Azad Rebwar Diyar Haval Bashir Idris Nabil"
)
LAST_FOREIGN = words(
    "Hassan Ali Mohamed Ahmed Abdi Omar Ibrahim Haddad Khalil Mansour Saleh Nasser Rahimi Karimi Hosseini "
    "Ahmadi Noori Haidari Tekle Gebre Haile Berhane Tesfamariam Warsame Farah Jama Osman Yusuf Nur Barzani "
    "Aziz Rasul Demir Kaya Krasniqi Hoxha Petrović Kovač Marković Shevchenko Bondar Nguyen Tran Mensah Okafor "
    "Sayed Hamidi Sultani Darwish Aboud Kassem Zaher Issa Habte Kidane Mehari Abukar Isse Samatar Awad"
)

CAUSES = [
    ("Arbetslös, ingen ersättning", 46),
    ("Arbetslös, otillräcklig ersättning", 12),
    ("Språkhinder", 22),
    ("Arbetslös, väntar på ersättning", 8),
    ("Sjukskriven, ingen sjukpenning", 7),
    ("Föräldraledig, otillräcklig ersättning", 5),
]


def check_digit(nine_digits: str) -> int:
    """The Luhn check digit of a personnummer's birth date and birth number."""
    total = 0
    for position, digit in enumerate(nine_digits):
        product = int(digit) * (2 - position % 2)
        total += product // 10 + product % 10
    return -total % 10


def personnummer(born: date, sex: str, *, coordination: bool) -> str:
    """A number of the test series; with `coordination` a samordningsnummer (60 added to the day)."""
    day = born.day + (60 if coordination else 0)
    digits = f"{born:%Y%m}{day:02d}{TEST_BIRTH_NUMBER[sex]}"
    return f"{digits[:8]}-{digits[8:]}{check_digit(digits[2:])}"


@dataclass
class Population:
    """Everyone made so far; no birth date is used twice for the same sex."""

    rng: Random
    taken: set[tuple[str, date]] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)

    def birth_date(self, sex: str, on: date, youngest: int, oldest: int) -> date:
        """A birth date that makes the person between these ages (both included) on that day."""
        latest = date(on.year - youngest, on.month, min(on.day, 28))
        earliest = date(on.year - oldest - 1, on.month, min(on.day, 28)) + timedelta(days=4)
        while True:
            born = earliest + timedelta(days=self.rng.randint(0, (latest - earliest).days))
            if (sex, born) not in self.taken:
                return born

    def name(self, sex: str) -> tuple[str, str]:
        if self.rng.random() < 0.34:
            return self.rng.choice(WOMEN_SWEDISH if sex == "K" else MEN_SWEDISH), self.rng.choice(LAST_SWEDISH)
        return self.rng.choice(WOMEN_FOREIGN if sex == "K" else MEN_FOREIGN), self.rng.choice(LAST_FOREIGN)

    def add(self, sex: str, born: date, household: Household, name: tuple[str, str] | None = None) -> Person:
        first, last = name or self.name(sex)
        coordination = name is None and self.rng.random() < 0.008
        person = Person(
            personnummer(born, sex, coordination=coordination),
            first,
            last,
            sex,
            born,
            household,
            protected=name is None and self.rng.random() < 0.01,
            activity_hours=self.rng.choice([10, 15, 20, 20, 20, 25, 30, 30, 40]),
        )
        self.taken.add((sex, born))
        self.people.append(person)
        return person


def new_household(rng: Random, since: date) -> Household:
    children = rng.choices([0, 1, 2, 3, 4, 5], [42, 17, 20, 13, 6, 2])[0]
    causes, weights = zip(*CAUSES, strict=True)
    return Household(children, since, rng.choices(causes, weights)[0])

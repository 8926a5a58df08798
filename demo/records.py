"""The facts of the demo, before they become rows of the exchange format."""

from dataclasses import dataclass, field
from datetime import date, timedelta

TODAY = date(2020, 12, 1)
CUT_OFF = date(2020, 11, 30)
"""The last day of the published figures of 500-uppdraget."""

PROGRAMME = "500-uppdraget"
HOLIDAYS = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}

Month = int
"""A calendar month as years * 12 + month - 1, so that months can be counted by subtraction."""


def month_of(day: date) -> Month:
    return day.year * 12 + day.month - 1


def month_start(month: Month) -> date:
    return date(month // 12, month % 12 + 1, 1)


def month_text(month: Month) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def workday(day: date) -> date:
    """The day itself, or the nearest working day before it."""
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def workday_after(day: date) -> date:
    """The day itself, or the nearest working day after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


@dataclass
class Household:
    children: int
    assistance_since: date
    cause: str
    payments: dict[Month, int] = field(default_factory=dict)
    payments_settled: bool = False
    """True where the payments (or their absence) carry a published figure and must stay as they are."""
    number: str = ""


@dataclass
class Person:
    personnummer: str
    first_name: str
    last_name: str
    sex: str
    born: date
    household: Household
    protected: bool = False
    at_employment_service: bool = True
    activity_hours: int | None = None

    def age_on(self, day: date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Workplace:
    employer: str
    name: str
    sector: str


@dataclass
class WageMonth:
    month: Month
    wage_kr: int
    employment_service_kr: int = 0
    programme_kr: int = 0


@dataclass
class Placement:
    kind: str
    workplace: Workplace
    percent: int
    start: date
    planned_end: date
    end: date | None = None
    end_reason: str = ""
    form: str = ""
    wages: list[WageMonth] = field(default_factory=list)
    fixed: bool = False
    """True for a placement that must not be taken away when the yearly numbers are fitted."""


@dataclass
class Exit:
    on: date
    outcome: str
    effect: str = ""


@dataclass
class Case:
    sex: str
    referred: date
    from_unit: str
    to_unit: str
    reason: str
    programmes: list[str] = field(default_factory=list)
    first_contact: date | None = None
    application: date | None = None
    decision: date | None = None
    accepted: date | None = None
    first_meeting: date | None = None
    closed_as: str = ""
    """"åter" or "återkallad" for a referral that never became a case of the receiver."""
    closed_on: date | None = None
    note: str = ""
    meeting_note: str = ""
    assessments: list[tuple[date, dict[str, int]]] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    exit: Exit | None = None
    person: Person | None = None
    household: Household | None = None
    """Set beforehand where the household carries a published figure."""
    identifier: str = ""
    fixed: bool = False
    """True for a case with a story, whose dates and placements stay as they were written."""

    @property
    def ended(self) -> date | None:
        return self.exit.on if self.exit else self.closed_on

    @property
    def in_programme(self) -> bool:
        return PROGRAMME in self.programmes

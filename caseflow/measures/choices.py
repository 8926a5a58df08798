"""What the reader has chosen on the page of lead times, read from the address. What cannot be read falls back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Cut, Filter, Period
from caseflow.organisation.models import Programme, Unit

SEXES = {"kvinnor": Sex.WOMAN, "man": Sex.MAN}
BEGUN = "borjan"
# Nothing is recorded outside these years, and the first and last dates there are leave no room to count from.
YEARS = range(1990, 2101)


@dataclass(frozen=True)
class PeriodOption:
    """One period to choose; `value` is what the address says."""

    label: str
    period: Period

    @property
    def value(self) -> str:
        return f"{self.period.from_on}..{self.period.to_on}"


@dataclass(frozen=True)
class Choice:
    """The reader's choice. The cut-off is the period's last day, or today when that lies ahead."""

    wait: Wait
    period: Period
    chosen: Filter
    periods: tuple[PeriodOption, ...]
    today: date

    @property
    def cut(self) -> Cut:
        return Cut(min(self.period.to_on, self.today))

    @property
    def is_about_now(self) -> bool:
        """Whether the computed rows hold: no fact lies after today."""
        return self.cut.as_of >= self.today

    @property
    def period_value(self) -> str:
        return f"{self.period.from_on}..{self.period.to_on}"


def read(args: Mapping[str, str], units: list[Unit], programmes: list[Programme], today: date) -> Choice:
    """The choice that the address holds: matt, period, enhet, program, kon, rakna."""
    options = period_options(today)
    period = read_period(args.get("period", "")) or options[0].period
    if all(option.period != period for option in options):
        options.insert(
            0, PeriodOption(_("Egen period, %(from_on)s–%(to_on)s", from_on=period.from_on, to_on=period.to_on), period)
        )
    wait = args.get("matt", "")
    return Choice(
        wait=Wait(wait) if wait in list(Wait) else Wait.W3,
        period=period,
        chosen=Filter(
            unit=next((unit for unit in units if unit.code == args.get("enhet")), None),
            programme=next((one for one in programmes if one.code == args.get("program")), None),
            sex=SEXES.get(args.get("kon", "")),
            begun=args.get("rakna") == BEGUN,
        ),
        periods=tuple(options),
        today=today,
    )


def period_options(today: date) -> list[PeriodOption]:
    """This year so far, its board periods that have ended, and the same of the two years before.

    Delår 1 is January to April, delår 2 January to August: what the board is told about.
    """
    options = [_option(_("Året hittills"), Period(date(today.year, 1, 1), today))]
    for year in (today.year, today.year - 1, today.year - 2):
        first = date(year, 1, 1)
        for name, last in (
            (_("Helår %(year)s", year=year), date(year, 12, 31)),
            (_("Delår 2"), date(year, 8, 31)),
            (_("Delår 1"), date(year, 4, 30)),
        ):
            if last < today:
                options.append(_option(name, Period(first, last)))
    return options


def _option(name: str, period: Period) -> PeriodOption:
    return PeriodOption(f"{name}, {period.from_on}–{period.to_on}", period)


def read_period(text: str) -> Period | None:
    """The period that `Period.words` wrote; None where the text is none."""
    first, _, last = (read_day(part) for part in text.partition(".."))
    return Period(first, last) if first and last and first <= last else None


def read_day(text: str) -> date | None:
    """The day, when it can be read and lies in the years that can be asked for."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None

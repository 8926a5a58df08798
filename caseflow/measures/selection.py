"""Which facts a figure counts: period, cut-off, filter. Said in addresses, so that figures can be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.organisation.models import Programme, Unit


@dataclass(frozen=True)
class Cut:
    """Which facts count. `as_of`: they happened by that day. `known_at`: they had been recorded, and not yet voided, at
    that instant; None is now."""

    as_of: date
    known_at: datetime | None = None


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both counted."""

    from_on: date
    to_on: date

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def words(self) -> str:
        """As the address says it: 2020-01-01..2020-01-31."""
        return f"{self.from_on}..{self.to_on}"

    def until(self, day: date) -> Period:
        """The period cut off at the day."""
        return replace(self, to_on=min(self.to_on, day))


@dataclass(frozen=True)
class Ages:
    """An age group, both ends counted; None is no end. The age is that on the last day counted."""

    lowest: int | None
    highest: int | None

    @property
    def label(self) -> str:
        if self.lowest is None:
            return _("till och med %(age)s år", age=self.highest)
        if self.highest is None:
            return _("%(age)s år och äldre", age=self.lowest)
        return _("%(lowest)s–%(highest)s år", lowest=self.lowest, highest=self.highest)

    @property
    def value(self) -> str:
        """As the address says it: 25-59, -24, 60-."""
        return f"{'' if self.lowest is None else self.lowest}-{'' if self.highest is None else self.highest}"

    @classmethod
    def read(cls, text: str) -> Ages | None:
        """The group that the text names; None where it names none."""
        lowest, dash, highest = text.strip().replace("–", "-").partition("-")
        if not dash or not all(part == "" or (part.isdecimal() and len(part) <= 3) for part in (lowest, highest)):
            return None
        ages = cls(int(lowest) if lowest else None, int(highest) if highest else None)
        if ages.lowest is None and ages.highest is None:
            return None
        return None if ages.lowest is not None and ages.highest is not None and ages.lowest > ages.highest else ages


# The groups that pages offer. 25–59 is the target group of 500-uppdraget.
AGE_GROUPS = (Ages(None, 24), Ages(25, 39), Ages(40, 59), Ages(60, None), Ages(25, 59))


@dataclass(frozen=True)
class Filter:
    """Which cases a report is about. `unit`: cases that it refers or receives. `begun`: count waits in the period in
    which they began (cohort) instead of that in which they ended."""

    unit: Unit | None = None
    programme: Programme | None = None
    sex: Sex | None = None
    ages: Ages | None = None
    begun: bool = False


NO_FILTER = Filter()
SEX_WORDS = {Sex.WOMAN: "kvinnor", Sex.MAN: "man"}


@dataclass(frozen=True)
class Selection:
    """What one figure counts. `part` names which of a measure's rows: "open" waits, a stage, a kind of placement; ""
    is the measure's own. The meaning of each part stands with the measure. `within`: of the period, only these days
    (one month of a series); ages and programmes still go by the period. Waits and the flow heed it."""

    period: Period
    cut: Cut
    chosen: Filter = NO_FILTER
    part: str = ""
    within: Period | None = None

    @property
    def counted(self) -> Period:
        """The days that are counted."""
        return self.within or self.period

    @property
    def last_on(self) -> date:
        """The last day counted."""
        return min(self.period.to_on, self.cut.as_of)

    def only(
        self,
        *,
        sex: Sex | None = None,
        unit: Unit | None = None,
        part: str | None = None,
        period: Period | None = None,
        within: Period | None = None,
    ) -> Selection:
        """The same, narrowed: what a cell of a table counts."""
        return replace(
            self,
            chosen=replace(self.chosen, sex=sex or self.chosen.sex, unit=unit or self.chosen.unit),
            part=self.part if part is None else part,
            period=period or self.period,
            within=within or self.within,
        )

    def address(self) -> dict[str, str]:
        """The words an address says it with; what is not chosen is left out."""
        chosen, known_at = self.chosen, self.cut.known_at
        words: Mapping[str, str | None] = {
            "fran": self.period.from_on.isoformat(),
            "till": self.period.to_on.isoformat(),
            "brytdag": self.cut.as_of.isoformat(),
            "kant": known_at.isoformat() if known_at else None,
            "enhet": chosen.unit.code if chosen.unit else None,
            "program": chosen.programme.code if chosen.programme else None,
            "kon": SEX_WORDS[chosen.sex] if chosen.sex else None,
            "alder": chosen.ages.value if chosen.ages else None,
            "rakna": "borjan" if chosen.begun else None,
            "del": self.part or None,
            "inom": self.within.words if self.within else None,
        }
        return {name: word for name, word in words.items() if word is not None}

"""Everything the page of the flow shows: the ways of a period's referrals, drawn and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from caseflow.core.language import _, _n
from caseflow.core.personnummer import Sex
from caseflow.measures.choices import Choice
from caseflow.measures.few import few_words
from caseflow.measures.selection import Selection
from caseflow.measures.ways import (
    EMPLOYED,
    ENDS,
    EXITS,
    OPEN,
    PREFIX,
    SENDER,
    WAY,
    WITHOUT_WAGE,
    Ways,
    stop_label,
    ways,
)
from caseflow.web.formatting import procent, tal

# The columns of the picture, from left to right, and the colour of their stage.
DEPTHS = {EMPLOYED: (3, "stage-employment")} | {kind.value: (2, "stage-placement") for kind in WITHOUT_WAGE}
COLOURS = {"exit_work": "stage-exit-work", "exit_studies": "stage-exit-studies", "exit_other": "stage-exit-other"}


@dataclass(frozen=True)
class FlowPage:
    """The page. Stops are told by the words of `ways`."""

    choice: Choice
    selection: Selection
    ways: Ways

    def rows(self, *stops: str, sex: Sex | None = None) -> dict[str, str]:
        """Where the cases that go from stop to stop are, as words of an address: of a sex or both."""
        part = PREFIX + ">".join(stops) if stops else ""
        return {"matt": WAY, **self.selection.only(part=part, sex=sex).address()}

    def figure(self, stop: str) -> tuple[str, str, list[str]]:
        """Number, share in words, and a warning where they are few."""
        n = self.ways.passing(stop)
        unit = _("ärenden, %(share)s", share=procent(n / self.ways.total, 1)) if self.ways.total else _("ärenden")
        return tal(n), unit, few_words(n, _n("%(num)s ärende", "%(num)s ärenden", n))

    def of_sexes(self, stop: str) -> list[tuple[int, dict[str, str]]]:
        """How many women and men passed the stop, and where they are."""
        return [(self.ways.passing(stop, sex), self.rows(stop, sex=sex)) for sex in (Sex.WOMAN, Sex.MAN)]

    @property
    def stops(self) -> list[str]:
        """The rows of the table: who receives, the placements, the employment."""
        placements = [kind.value for kind in WITHOUT_WAGE]
        return [stop for stop in (*self.ways.to_units, *placements, EMPLOYED) if self.ways.passing(stop)]

    def success(self, stop: str) -> float | None:
        """The share of those who passed the stop that ended in work or studies."""
        passed = self.ways.passing(stop)
        return self.ways.reaching(stop, tuple(stage.value for stage in EXITS[:2])) / passed if passed else None

    @property
    def drawn(self) -> dict[str, Any]:
        """The Sankey. Nodes of one name would be one: the referring units are told by their mark."""
        names = {f"{SENDER}{unit}": (0, "stage-referred") for unit in self.ways.from_units}
        names |= dict.fromkeys(self.ways.to_units, (1, "stage-assessment"))
        names |= DEPTHS | {end: (4, COLOURS.get(end, OPEN)) for end in ENDS}
        labels = self._labels(list(names))
        found = [stop for stop in names if self.ways.passing(stop)]
        return {
            "total": self.ways.total,
            "nodes": [{"name": labels[stop], "depth": names[stop][0], "stage": names[stop][1]} for stop in found],
            "links": [[labels[a], labels[b], n] for (a, b), n in sorted(self.ways.steps.items())],
        }

    def _labels(self, stops: list[str]) -> dict[str, str]:
        """What each stop is called in the picture; a unit that both refers and receives is told apart."""
        labels = {stop: stop_label(stop) for stop in stops}
        both = set(self.ways.from_units) & set(self.ways.to_units)
        return labels | {f"{SENDER}{unit}": _("från %(unit)s", unit=unit) for unit in both}


def build(choice: Choice) -> FlowPage:
    """The page for the choice: cases referred in its period, as they stand at its cut-off."""
    selection = Selection(choice.period, choice.cut, choice.chosen)
    return FlowPage(choice, selection, ways(selection))

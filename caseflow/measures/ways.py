"""The way of each case: from the unit that refers, by whoever receives and the first placement, to where it stands.

A case counts once: with its first placement without a wage and with whether it ever was employed by the municipality,
in the period's cohort of referrals, as they stand at the cut-off.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, String, Subquery, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import aliased

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.flow_stages import stays, there_on
from caseflow.measures.measure import Measure, columns
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Selection

WAY = "flow.way"
# A part names a step of the way, "way:AMC>internship", or where the way passes, "way:internship"; all of them: "".
PREFIX = "way:"
EMPLOYED, OPEN = PlacementKind.SUBSIDISED_EMPLOYMENT.value, "open"
# A unit that refers, told from one that receives.
SENDER = "*"
WITHOUT_WAGE = tuple(kind for kind in PlacementKind if kind is not PlacementKind.SUBSIDISED_EMPLOYMENT)
EXITS = (Stage.EXIT_WORK, Stage.EXIT_STUDIES, Stage.EXIT_OTHER)
# Also a referral that was returned or withdrawn has ended otherwise.
ENDS = (*(stage.value for stage in EXITS), OPEN)


@dataclass(frozen=True)
class Way:
    """So many cases went the same way. `first`: their first placement without a wage."""

    from_unit: str
    to_unit: str
    first: str | None
    employed: bool
    end: str
    sex: Sex
    n: int

    @property
    def stops(self) -> list[str]:
        """Where it passes, in order. The unit that refers is told from one that receives by a mark before it."""
        between = [self.first] if self.first else []
        return [f"{SENDER}{self.from_unit}", self.to_unit, *between, *([EMPLOYED] if self.employed else []), self.end]


@dataclass(frozen=True)
class Ways:
    """The ways of all cases of the selection."""

    ways: tuple[Way, ...]

    @property
    def total(self) -> int:
        return sum(way.n for way in self.ways)

    @cached_property
    def steps(self) -> Counter[tuple[str, str]]:
        """How many went from one stop to the next."""
        found: Counter[tuple[str, str]] = Counter()
        for way in self.ways:
            for step in pairwise(way.stops):
                found[step] += way.n
        return found

    def passing(self, stop: str, sex: Sex | None = None) -> int:
        """How many passed the stop."""
        return sum(way.n for way in self.ways if stop in way.stops and sex in (None, way.sex))

    def reaching(self, stop: str, ends: tuple[str, ...]) -> int:
        """How many of those who passed the stop stand at one of the ends."""
        return sum(way.n for way in self.ways if stop in way.stops and way.end in ends)

    @cached_property
    def from_units(self) -> list[str]:
        return sorted({way.from_unit for way in self.ways}, key=lambda unit: (-self.passing(f"{SENDER}{unit}"), unit))

    @cached_property
    def to_units(self) -> list[str]:
        return sorted({way.to_unit for way in self.ways}, key=lambda unit: (-self.passing(unit), unit))


def ways(selection: Selection) -> Ways:
    """The ways of the cases referred in the period, from one statement."""
    w = _ways(selection).c
    groups = (w.from_unit, w.to_unit, w.first, w.employed, w.end, w.sex)
    query = select(*groups, func.count()).group_by(*groups)
    return Ways(tuple(Way(*row) for row in db.session.execute(query).tuples()))


def way_rows(selection: Selection) -> Select[Any]:
    """One row per case whose way takes the step, or passes the stop, that the part names. Raises NotFound."""
    w = _ways(selection).c
    why = _("Ärendet anvisades i perioden och gick den vägen.")
    shown = columns(case_id=w.case_id, sex=w.sex, unit_id=w.unit_id, day=w.day, why=why)
    query, part = select(*shown), selection.part
    if not part:
        return query
    if not part.startswith(PREFIX):
        raise NotFound(_("Välj ett steg från en etapp till en annan."))
    return query.where(func.strpos(w.path, literal(f">{part.removeprefix(PREFIX)}>")) > 0)


def _ways(selection: Selection) -> Subquery:
    """One row per case. `path`: its stops, each between two >."""
    facts = Facts(selection.cut)
    sender, receiver = aliased(facts.unit), aliased(facts.unit)
    referred, begun, standing = _referred(selection), _begun(selection), _standing(selection)
    employed = func.coalesce(begun.c.employed, False)
    path = func.concat_ws(
        ">",
        *("", func.concat(SENDER, sender.code), receiver.code, begun.c.first),
        *(case((employed, EMPLOYED)), standing.c.end, ""),
    )
    return (
        select(
            facts.case.id.label("case_id"),
            facts.participant.sex,
            facts.case.to_unit_id.label("unit_id"),
            referred.c.day,
            sender.code.label("from_unit"),
            receiver.code.label("to_unit"),
            begun.c.first,
            employed.label("employed"),
            standing.c.end,
            path.label("path"),
        )
        .join(referred, referred.c.case_id == facts.case.id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .join(sender, sender.id == facts.case.from_unit_id)
        .join(receiver, receiver.id == facts.case.to_unit_id)
        .join(standing, standing.c.case_id == facts.case.id)
        .join(begun, begun.c.case_id == facts.case.id, isouter=True)
        .where(chosen_cases(facts, selection))
        .subquery("way")
    )


def _referred(selection: Selection) -> Subquery:
    """The cases first referred in the period, with the day."""
    day = func.min(CaseEvent.occurred_on)
    return (
        select(CaseEvent.case_id, day.label("day"))
        .where(CaseEvent.kind == EventKind.REFERRED, valid_events(selection.cut))
        .group_by(CaseEvent.case_id)
        .having(day.between(selection.period.from_on, selection.period.to_on))
        .subquery("referred")
    )


def _begun(selection: Selection) -> Subquery:
    """What has begun in each case: the first placement without a wage, and whether there has been an employment."""
    kind = cast(Placement.kind, String)
    in_order = aggregate_order_by(kind, CaseEvent.occurred_on, CaseEvent.sequence)
    firsts: Any = func.array_agg(in_order, type_=ARRAY(String)).filter(kind != EMPLOYED)
    return (
        select(CaseEvent.case_id, firsts[1].label("first"), func.bool_or(kind == EMPLOYED).label("employed"))
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .where(CaseEvent.kind == EventKind.PLACEMENT_STARTED, valid_events(selection.cut))
        .group_by(CaseEvent.case_id)
        .subquery("begun")
    )


def _standing(selection: Selection) -> Subquery:
    """Where each case stands when the cut-off's day is over."""
    stay = stays(selection).c
    ended = {Stage.RETURNED: Stage.EXIT_OTHER, Stage.WITHDRAWN: Stage.EXIT_OTHER} | {stage: stage for stage in EXITS}
    end = case(*((stay.stage == stage, shown.value) for stage, shown in ended.items()), else_=OPEN)
    return select(stay.case_id, end.label("end")).where(there_on(stay, selection.cut.as_of)).subquery("standing")


def stop_label(stop: str) -> str:
    """A stop in words."""
    if stop == OPEN:
        return _("Pågår")
    if stop in ENDS:
        return Stage(stop).label
    return PlacementKind(stop).label if stop in list(PlacementKind) else stop.removeprefix(SENDER)


def _part_words(part: str) -> str:
    return " → ".join(stop_label(stop) for stop in part.split(">"))


WAY_MEASURES = (
    Measure(
        key=WAY,
        label=_l("Vägen från anvisning till avslut"),
        unit=_l("ärenden"),
        definition=_l(
            "Ärenden som anvisades i perioden, och var de befinner sig på brytdagen. Ett ärende räknas en gång: med "
            "sin första placering utan lön, och med om det har haft en arbetsmarknadsanställning."
        ),
        source=_l("Ärendets händelser"),
        rows=way_rows,
        free_part=PREFIX,
        free_words=_part_words,
    ),
)

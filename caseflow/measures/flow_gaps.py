"""Where the record of the flow is likely to be incomplete: cases gone silent, ends and milestones not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from caseflow.cases.models import CaseEvent, Placement
from caseflow.cases.rules import TRANSITIONS
from caseflow.cases.terms import EventKind, Stage
from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.flow_measures import counted_days, word
from caseflow.measures.flow_stages import OPEN_STAGES, stays, there_on
from caseflow.measures.measure import Measure, columns
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Cut, Selection

GAP = "flow.gap"
# A case is to be followed up every other month. When nothing at all is written for so long, an end is often missing.
SILENT_DAYS = 180
OVERDUE = "overdue"
# Silent in whatever stage.
SILENT = "silent"
# A milestone reached in the period, in a case without one that comes before it.
K = EventKind
LACKING = (
    (K.REFERRED, K.FIRST_CONTACT),
    (K.REFERRED, K.APPLICATION),
    (K.REFERRED, K.DECISION),
    (K.FIRST_MEETING, K.ACCEPTED),
    (K.EXITED, K.FIRST_MEETING),
)


def silent_part(stage: Stage) -> str:
    return f"silent.{stage}"


def lacking_part(reached: EventKind, lacks: EventKind) -> str:
    return f"{reached}.without.{lacks}"


def gap_rows(selection: Selection) -> Select[Any]:
    """The cases of the gap that the part names. Raises NotFound."""
    silent = {SILENT: OPEN_STAGES} | {silent_part(stage): (stage,) for stage in OPEN_STAGES}
    lacking = {lacking_part(*pair): pair for pair in LACKING}
    part = selection.part
    if part in silent:
        return _silent(selection, silent[part])[0]
    if part in lacking:
        return _lacking(selection, *lacking[part])
    if part == OVERDUE:
        return _overdue(selection)
    raise NotFound(_("Välj vilken lucka du vill se."))


@dataclass(frozen=True)
class Silence:
    """The silent cases of one stage and sex: how many, and the days of the period since something last happened."""

    stage: Stage
    sex: Sex
    n: int
    days: int


def silences(selection: Selection) -> list[Silence]:
    """The silent cases of every open stage, counted in one statement."""
    period = counted_days(selection)
    length = max((period.to_on - period.from_on).days + 1, 0)
    query, stage = _silent(selection, OPEN_STAGES)
    rows = query.add_columns(stage.label("stage")).subquery().c
    days = func.sum(func.least(rows.value, length))
    counted = select(rows.stage, rows.sex, func.count(), days).group_by(rows.stage, rows.sex)
    return [Silence(*row) for row in db.session.execute(counted).tuples()]


def _silent(selection: Selection, stages: Sequence[Stage]) -> tuple[Select[Any], ColumnElement[Stage]]:
    """In one of the stages when the last day is over, and nothing has happened for long; and in which. The value is
    the days since."""
    last_on, stay = counted_days(selection).to_on, stays(selection).c
    latest = (
        select(CaseEvent.case_id, func.max(CaseEvent.occurred_on).label("day"))
        .where(valid_events(Cut(last_on, selection.cut.known_at)))
        .group_by(CaseEvent.case_id)
        .subquery()
    )
    silence = last_on - latest.c.day
    why = _(
        "Ärendet är öppet (%(stages)s) och inget har hänt i det på minst %(days)s dagar.",
        stages=", ".join(map(word, stages)),
        days=SILENT_DAYS,
    )
    rows = _people(selection, stay.case_id, latest.c.day, silence, why)
    rows = rows.join(latest, latest.c.case_id == stay.case_id).where(
        stay.stage.in_(stages), there_on(stay, last_on), silence >= SILENT_DAYS
    )
    return rows, stay.stage


def _overdue(selection: Selection) -> Select[Any]:
    """Placements that have begun, were to have ended by the last day, and have not. The value is the days since."""
    last_on, e = counted_days(selection).to_on, CaseEvent
    by_then = valid_events(Cut(last_on, selection.cut.known_at))
    ended = select(e.placement_id).where(e.kind == K.PLACEMENT_ENDED, by_then)
    begun = (
        select(e.case_id, Placement.planned_end_on.label("day"))
        .join(Placement, Placement.id == e.placement_id)
        .where(e.kind == K.PLACEMENT_STARTED, by_then, Placement.planned_end_on < last_on, Placement.id.not_in(ended))
        .subquery()
        .c
    )
    why = _("Placeringen skulle ha slutat enligt planen, men inget slut är registrerat.")
    facts = Facts(selection.cut)
    return _people(selection, begun.case_id, begun.day, last_on - begun.day, why).where(chosen_cases(facts, selection))


def _lacking(selection: Selection, reached: EventKind, lacks: EventKind) -> Select[Any]:
    days, e = counted_days(selection), CaseEvent
    reached_on = func.min(e.occurred_on).filter(e.kind == reached, e.occurred_on.between(days.from_on, days.to_on))
    found = (
        select(e.case_id, reached_on.label("day"))
        .where(e.kind.in_([reached, lacks]), valid_events(selection.cut))
        .group_by(e.case_id)
        .having(reached_on.is_not(None), func.count().filter(e.kind == lacks) == 0)
        .subquery()
        .c
    )
    why = _(
        "%(reached)s i perioden, men %(lacking)s saknas i ärendet.",
        reached=TRANSITIONS[reached].label,
        lacking=TRANSITIONS[lacks].label.lower(),
    )
    facts = Facts(selection.cut)
    return _people(selection, found.case_id, found.day, 1, why).where(chosen_cases(facts, selection))


def _people(selection: Selection, case_id: Any, day: Any, value: Any, why: str) -> Select[Any]:
    facts = Facts(selection.cut)
    shown = columns(
        case_id=case_id, sex=facts.participant.sex, unit_id=facts.case.to_unit_id, day=day, value=value, why=why
    )
    return (
        select(*shown)
        .join(facts.case, facts.case.id == case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
    )


def _parts() -> tuple[tuple[str, str], ...]:
    return (
        (SILENT, _("inget har hänt på %(days)s dagar, alla etapper", days=SILENT_DAYS)),
        *((silent_part(stage), _silent_words(stage)) for stage in OPEN_STAGES),
        (OVERDUE, _("planerat slut har passerat utan registrerat slut")),
        *((lacking_part(*pair), _lacking_words(*pair)) for pair in LACKING),
    )


def _silent_words(stage: Stage) -> str:
    return _("inget har hänt på %(days)s dagar, %(stage)s", days=SILENT_DAYS, stage=word(stage))


def _lacking_words(reached: EventKind, lacks: EventKind) -> str:
    labels = {"reached": TRANSITIONS[reached].label.lower(), "lacking": TRANSITIONS[lacks].label.lower()}
    return _("%(reached)s utan %(lacking)s", **labels)


GAP_MEASURES = (
    Measure(
        key=GAP,
        label=_l("Luckor i underlaget"),
        unit=_l("dagar"),
        definition=_l(
            "Ärenden där något troligen inte är registrerat: inget har hänt på %(days)s dagar, ett planerat slut "
            "har passerat, eller en milstolpe saknas. Att en milstolpe hoppas över kan också vara riktigt.",
            days=SILENT_DAYS,
        ),
        source=_l("Ärendets händelser och placeringens planerade slut"),
        rows=gap_rows,
        parts_of=_parts,
    ),
)

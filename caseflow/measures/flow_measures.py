"""The flow as measures: who stood in a stage, came to it, left it, and for how long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from caseflow.cases.terms import Stage
from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.measures.facts import Facts
from caseflow.measures.flow_stages import CLOSED_STAGES, OPEN_STAGES, stays, there_on
from caseflow.measures.measure import Measure, Sum, columns, said
from caseflow.measures.selection import Period, Selection

STOCK, IN, OUT, DAYS, STAY, STEP = "flow.stock", "flow.in", "flow.out", "flow.days", "flow.stay", "flow.step"
# The whole flow, from referral to close: the part without a name.
WHOLE = ""
# Nothing follows a referral that was returned or withdrawn.
STEPS = tuple(
    (before, stage)
    for before in Stage
    if before not in (Stage.RETURNED, Stage.WITHDRAWN)
    for stage in (*OPEN_STAGES, *CLOSED_STAGES)
    if before is not stage
)


def step_part(before: Stage, stage: Stage) -> str:
    """The part of `flow.step` that counts the step."""
    return f"{before}>{stage}"


def word(stage: Stage) -> str:
    """The stage within a sentence. Before the referral a case is with the unit that refers."""
    return _("anvisande enhet") if stage is Stage.NEW else stage.label.lower()


def counted_days(selection: Selection) -> Period:
    """The days that are counted, up to the cut-off."""
    return selection.counted.until(selection.cut.as_of)


class _Taken(NamedTuple):
    """Which stays are counted, the day each is told by, what it counts for, and why it was taken."""

    condition: ColumnElement[bool]
    day: Any
    value: Any
    why: Any


def _there(stay: Any, stage: str, days: Period) -> _Taken:
    why = _("Ärendet var %(there)s när %(day)s var slut.", there=stage, day=days.to_on)
    return _Taken(there_on(stay, days.to_on), stay.came_on, 1, why)


def _came(stay: Any, stage: str, days: Period) -> _Taken:
    text = _("Ärendet blev %(there)s i perioden och kom från {before}.", there=stage)
    why = said(text, before=_words(stay.before))
    return _Taken(stay.came_on.between(days.from_on, days.to_on), stay.came_on, 1, why)


def _left(stay: Any, stage: str, days: Period) -> _Taken:
    text = _("Ärendet var %(there)s och gick i perioden vidare till {after}.", there=stage)
    why = said(text, after=_words(stay.after))
    return _Taken(stay.left_on.between(days.from_on, days.to_on), stay.left_on, 1, why)


def _was(stay: Any, stage: str, days: Period) -> _Taken:
    """There when the period began, or came in it. The value is the days of the period at whose end it was there."""
    touches = and_(stay.came_on <= days.to_on, or_(stay.left_on.is_(None), stay.left_on >= days.from_on))
    why = _(
        "Ärendet var %(there)s vid periodens början eller kom dit i perioden; dagarna inom perioden räknas.",
        there=stage,
    )
    return _Taken(touches, stay.came_on, days_within(stay, days), why)


def _ended(stay: Any, stage: str, days: Period) -> _Taken:
    taken = _left(stay, stage, days)
    return taken._replace(value=stay.left_on - stay.came_on)


def days_within(stay: Any, days: Period) -> ColumnElement[int]:
    """On how many days of the period the case was there at the end of the day."""
    after = days.to_on + timedelta(1)
    within = func.least(func.coalesce(stay.left_on, after), after) - func.greatest(stay.came_on, days.from_on)
    # Of a period that begins after the cut-off nothing is counted.
    return func.greatest(within, 0)


TAKEN = {STOCK: _there, IN: _came, OUT: _left, DAYS: _was, STAY: _ended}


def stay_rows(key: str, selection: Selection) -> Select[Any]:
    """The stays in the stage that the part names, or in the whole flow, that the measure counts. Raises NotFound."""
    part = selection.part
    stay = stays(selection, whole=part == WHOLE).c
    if part not in (WHOLE, *OPEN_STAGES, *(CLOSED_STAGES if key == IN else ())):
        raise NotFound(_("Det finns ingen etapp som heter %(name)s.", name=part))
    stage = Stage(part) if part else OPEN_STAGES[0]
    there = _("i etappen %(stage)s", stage=word(stage)) if part else _("i flödet")
    taken = TAKEN[key](stay, there, counted_days(selection))
    return _rows(selection, stay, taken, stay.stage == stage)


def step_rows(selection: Selection) -> Select[Any]:
    """The cases that went from one stage to another in the period. Raises NotFound."""
    stay, days = stays(selection).c, counted_days(selection)
    pair = next((pair for pair in STEPS if step_part(*pair) == selection.part), None)
    if pair is None:
        raise NotFound(_("Välj ett steg från en etapp till en annan."))
    before, stage = pair
    came_from = func.coalesce(stay.before, literal(Stage.NEW, stay.stage.type)) == before
    why = _("Ärendet gick i perioden från %(before)s till %(after)s.", before=word(before), after=word(stage))
    taken = _Taken(stay.came_on.between(days.from_on, days.to_on), stay.came_on, 1, why)
    return _rows(selection, stay, taken, came_from, stay.stage == stage)


def _rows(selection: Selection, stay: Any, taken: _Taken, *conditions: ColumnElement[bool]) -> Select[Any]:
    facts = Facts(selection.cut)
    return (
        select(
            *columns(
                case_id=stay.case_id,
                sex=facts.participant.sex,
                unit_id=facts.case.to_unit_id,
                day=taken.day,
                value=taken.value,
                why=taken.why,
            )
        )
        .join(facts.case, facts.case.id == stay.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(taken.condition, *conditions)
    )


def _step_parts() -> tuple[tuple[str, str], ...]:
    return tuple(
        (step_part(*pair), _("%(before)s till %(after)s", before=word(pair[0]), after=word(pair[1]))) for pair in STEPS
    )


def _words(stage: Any) -> ColumnElement[str]:
    return case(*((stage == one, literal(word(one))) for one in Stage), else_=literal(word(Stage.NEW)))


def _measure(key: str, label: Any, unit: Any, definition: Any, stages: tuple[Stage, ...], how: Sum) -> Measure:
    return Measure(
        key=key,
        label=label,
        unit=unit,
        definition=definition,
        source=_l("Ärendets händelser"),
        rows=partial(stay_rows, key),
        sum=how,
        decimals=1 if how is Sum.MEAN else 0,
        parts_of=lambda: tuple((stage.value, stage.label) for stage in stages),
    )


_DAY_END = _l("Ett ärende står på en dag i den etapp där det är när dagen är slut.")
FLOW_MEASURES = (
    _measure(
        STOCK,
        _l("Bestånd"),
        _l("ärenden"),
        _l(
            "Ärenden i etappen när den sista räknade dagen är slut. %(day_end)s",
            day_end=_DAY_END,
        ),
        OPEN_STAGES,
        Sum.COUNT,
    ),
    _measure(
        IN,
        _l("Inflöde"),
        _l("ärenden"),
        _l(
            "Ärenden som i perioden kom till etappen, eller till flödet; två gånger om de kom två gånger. %(day_end)s",
            day_end=_DAY_END,
        ),
        (*OPEN_STAGES, *CLOSED_STAGES),
        Sum.COUNT,
    ),
    _measure(
        OUT,
        _l("Utflöde"),
        _l("ärenden"),
        _l(
            "Ärenden som i perioden lämnade etappen, eller flödet. %(day_end)s",
            day_end=_DAY_END,
        ),
        OPEN_STAGES,
        Sum.COUNT,
    ),
    _measure(
        DAYS,
        _l("Dagar i etappen under perioden"),
        _l("dagar"),
        _l(
            "För ärenden som var i etappen när perioden började eller kom dit i den: dagarna inom perioden. "
            "%(day_end)s",
            day_end=_DAY_END,
        ),
        OPEN_STAGES,
        Sum.TOTAL,
    ),
    _measure(
        STAY,
        _l("Tid i etappen"),
        _l("dagar"),
        _l(
            "Dagar från att ärendet kom till etappen till att det lämnade den, för dem som lämnade den i perioden. "
            "Även dagar före perioden räknas."
        ),
        OPEN_STAGES,
        Sum.MEAN,
    ),
    Measure(
        key=STEP,
        label=_l("Steg mellan etapper"),
        unit=_l("ärenden"),
        definition=_l(
            "Ärenden som i perioden gick från en etapp till en annan. %(day_end)s",
            day_end=_DAY_END,
        ),
        source=_l("Ärendets händelser"),
        rows=step_rows,
        parts_of=_step_parts,
    ),
)

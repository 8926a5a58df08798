"""W1 to W7 as measures: the waits that the figures of `queries.wait_report` count, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true

from caseflow.core.errors import NotFound
from caseflow.measures.charts import AGE_ENDS
from caseflow.measures.measure import Better, Measure, Sum
from caseflow.measures.queries import length_of, waits
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Selection

OPEN, BEGUN, STOPPED, UNKNOWN = "open", "begun", "stopped", "unknown"
FINISHED, UNFINISHED = "begun.ended", "begun.unfinished"
# Lengths at which reports say how many still waited and how many had waited no longer.
ROUND_LENGTHS = {"days": (7, 14, 30, 60, 90, 180, 365), "months": (6, 12, 24, 36, 60, 120)}


@dataclass(frozen=True)
class _Words:
    """How the sentences speak of a wait: "Första mötet hölls", "anvisningen", "ärendet stängdes före första mötet"."""

    began: str
    beginning: str
    ended: str
    end: str
    stopped: str


_WORDS = {
    Wait.W1: _Words(
        "Första kontakten togs",
        "första kontakten",
        "Beslutet fattades",
        "beslutet",
        "anvisningen gjordes före beslutet",
    ),
    Wait.W2: _Words("Ansökan kom in", "ansökan", "Beslutet fattades", "beslutet", "anvisningen gjordes före beslutet"),
    Wait.W3: _Words(
        "Anvisningen gjordes", "anvisningen", "Första mötet hölls", "första mötet", "ärendet stängdes före första mötet"
    ),
    Wait.W4: _Words(
        "Första mötet hölls",
        "första mötet",
        "Första placeringen började",
        "första placeringen",
        "ärendet stängdes eller gick direkt till en anställning",
    ),
    Wait.W5: _Words(
        "Första placeringen började",
        "första placeringen",
        "Första anställningen började",
        "första anställningen",
        "ärendet stängdes före en anställning",
    ),
    Wait.W6: _Words(
        "Anvisningen gjordes",
        "anvisningen",
        "Ärendet avslutades till arbete eller studier",
        "avslutet till arbete eller studier",
        "ärendet stängdes utan arbete eller studier",
    ),
    Wait.W7: _Words(
        "Försörjningsstödet började",
        "försörjningsstödets början",
        "Hushållet lämnade försörjningsstödet",
        "den dag då hushållet lämnar stödet",
        "ärendet stängdes utan att hushållet lämnade stödet",
    ),
}


def age_parts(wait: Wait) -> tuple[tuple[str, int, int | None], ...]:
    """The groups of open waits by age: part, lowest and highest age, both counted; the last has no highest."""
    ends = AGE_ENDS[wait.unit]
    lows = (0, *(end + 1 for end in ends))
    groups = zip(lows, (*ends, None), strict=True)
    return tuple((f"{OPEN}.{low}-{'' if high is None else high}", low, high) for low, high in groups)


def waited_parts(wait: Wait) -> tuple[tuple[str, int], ...]:
    """Those begun in the period who still waited at the beginning of a day (month, for W7): part, and that day."""
    return tuple((f"waited.{length}", length) for length in (0, *ROUND_LENGTHS[wait.unit]))


class _Taken(NamedTuple):
    """Which waits a part takes, the day each is told by, and why it was taken."""

    condition: ColumnElement[bool]
    day: ColumnElement[Any]
    why: ColumnElement[str]


def wait_rows(wait: Wait, selection: Selection) -> Select[Any]:
    """One row per wait of the part that is asked for; `value` is its length, in the wait's unit. Raises NotFound."""
    w = waits(wait, selection.cut, selection.chosen, computed=False, on=selection.last_on).c
    length = length_of(wait, w.began_on, func.coalesce(w.ended_on, w.stopped_on, selection.cut.as_of))
    taken = _taken(wait, w, length, selection).get(selection.part)
    if taken is None:
        raise NotFound(f"Måttet {wait} har ingen del som heter {selection.part}.")
    return select(
        w.case_id,
        w.household_id,
        w.sex,
        w.unit_id,
        taken.day.label("day"),
        func.coalesce(length, 0).label("value"),
        taken.why.label("why"),
    ).where(taken.condition)


def _taken(wait: Wait, w: Any, length: Any, selection: Selection) -> dict[str, _Taken]:
    """The parts by name; "" are the waits that the mean is of."""
    words, period = _WORDS[wait], selection.counted
    began_in = w.began_on.between(period.from_on, period.to_on)
    ended_in = w.ended_on.between(period.from_on, period.to_on)
    stopped_in = w.stopped_on.between(period.from_on, period.to_on)
    is_open = and_(w.ended_on.is_(None), w.stopped_on.is_(None))
    why_open = literal(f"Väntan på {words.end} pågår på brytdagen; den räknas från {words.beginning}.")
    if selection.chosen.begun:
        own = _Taken(and_(began_in, w.ended_on.is_not(None)), w.began_on, _why_begun(words, w))
    else:
        own = _Taken(and_(ended_in, w.began_on.is_not(None)), w.ended_on, _why_ended(wait, words, w))
    return {
        "": own,
        BEGUN: _Taken(began_in, w.began_on, _why_begun(words, w)),
        FINISHED: _Taken(and_(began_in, w.ended_on.is_not(None)), w.began_on, _why_begun(words, w)),
        UNFINISHED: _Taken(and_(began_in, w.ended_on.is_(None)), w.began_on, _why_begun(words, w)),
        OPEN: _Taken(is_open, w.began_on, why_open),
        STOPPED: _Taken(stopped_in, w.stopped_on, literal(f"Väntan slutade utan mål i perioden: {words.stopped}.")),
        UNKNOWN: _Taken(and_(ended_in, w.began_on.is_(None)), w.ended_on, literal(_why_unknown(words))),
        **{
            name: _Taken(and_(is_open, length >= low, length <= high if high else true()), w.began_on, why_open)
            for name, low, high in age_parts(wait)
        },
        **{
            name: _Taken(and_(began_in, length >= least), w.began_on, _why_begun(words, w))
            for name, least in waited_parts(wait)
        },
    }


def _why_ended(wait: Wait, words: _Words, w: Any) -> ColumnElement[str]:
    if wait is Wait.W7:
        since = "månaderna räknas från försörjningsstödets början, en gång för hushållet."
        topped_up = literal(f"Hushållet har bara utfyllnad kvar sedan ett avslut i perioden; {since}")
        return case(
            (w.left_wholly, literal(f"Hushållet lämnade försörjningsstödet helt i perioden; {since}")), else_=topped_up
        )
    return literal(f"{words.ended} i perioden; väntan räknas från {words.beginning}.")


def _why_begun(words: _Words, w: Any) -> ColumnElement[str]:
    return case(
        (w.ended_on.is_not(None), literal(f"{words.began} i perioden; väntan räknas till {words.end}.")),
        (w.stopped_on.is_not(None), literal(f"{words.began} i perioden; väntan slutade utan mål: {words.stopped}.")),
        else_=literal(f"{words.began} i perioden; väntan på {words.end} pågår och räknas till brytdagen."),
    )


def _why_unknown(words: _Words) -> str:
    return f"{words.ended} i perioden, men dagen för {words.beginning} saknas. Längden är okänd och satt till 0."


def _parts(wait: Wait) -> tuple[tuple[str, str], ...]:
    unit = wait.unit_label
    ages = (
        (
            name,
            f"pågår på brytdagen sedan {low} {unit} eller mer" if high is None else f"pågår sedan {low}–{high} {unit}",
        )
        for name, low, high in age_parts(wait)
    )
    waited = ((name, f"började i perioden och varade minst {least} {unit}") for name, least in waited_parts(wait))
    return (
        (BEGUN, "började i perioden"),
        (FINISHED, "började i perioden och har nått målet"),
        (UNFINISHED, "började i perioden och har inte nått målet på brytdagen"),
        (OPEN, "pågår på brytdagen"),
        (STOPPED, "slutade utan mål i perioden"),
        (UNKNOWN, "slutade i perioden, början okänd"),
        *ages,
        *waited,
    )


def _measure(wait: Wait) -> Measure:
    words, in_months = _WORDS[wait], wait is Wait.W7
    definition = (
        f"Hela {'kalendermånader' if in_months else 'kalenderdagar'} från {words.beginning} till {words.end}, "
        "för väntan som slutade i perioden. Den första av varje slag i ärendet räknas."
    )
    return Measure(
        key=wait.value,
        label=wait.label,
        unit=wait.unit_label,
        definition=f"{definition} Varje hushåll räknas en gång." if in_months else definition,
        source="Ärendets händelser" + (" och dagen då hushållets försörjningsstöd började" if in_months else ""),
        rows=partial(wait_rows, wait),
        sum=Sum.MEAN,
        better=Better.LOWER,
        decimals=1,
        parts=_parts(wait),
    )


WAIT_MEASURES = tuple(_measure(wait) for wait in Wait)

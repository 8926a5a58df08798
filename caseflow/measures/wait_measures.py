"""W1 to W7 as measures: the waits that the figures of `queries.wait_report` count, one row each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true

from caseflow.core.errors import NotFound
from caseflow.core.language import _, _l
from caseflow.measures.charts import AGE_ENDS
from caseflow.measures.measure import Better, Measure, Sum
from caseflow.measures.queries import length_of, waits
from caseflow.measures.rules import Wait, label_of
from caseflow.measures.selection import Selection

OPEN, BEGUN, STOPPED, UNKNOWN = "open", "begun", "stopped", "unknown"
FINISHED, UNFINISHED = "begun.ended", "begun.unfinished"
# Parts by length: "waited.9", begun in the period and at least so long; "waited.3-4", the own rows that were so long,
# both counted.
WAITED = "waited."
# Lengths at which reports say how many still waited and how many had waited no longer.
ROUND_LENGTHS = {"days": (7, 14, 30, 60, 90, 180, 365), "months": (6, 12, 24, 36, 60, 120)}


@dataclass(frozen=True)
class _Words:
    """How the sentences speak of a wait: "Första mötet hölls", "anvisningen", "ärendet stängdes före första mötet"."""

    began: Any
    beginning: Any
    ended: Any
    end: Any
    stopped: Any


_WORDS = {
    Wait.W1: _Words(
        _l("Första kontakten togs"),
        _l("första kontakten"),
        _l("Beslutet fattades"),
        _l("beslutet"),
        _l("anvisningen gjordes före beslutet"),
    ),
    Wait.W2: _Words(
        _l("Ansökan kom in"),
        _l("ansökan"),
        _l("Beslutet fattades"),
        _l("beslutet"),
        _l("anvisningen gjordes före beslutet"),
    ),
    Wait.W3: _Words(
        _l("Anvisningen gjordes"),
        _l("anvisningen"),
        _l("Första mötet hölls"),
        _l("första mötet"),
        _l("ärendet stängdes före första mötet"),
    ),
    Wait.W4: _Words(
        _l("Första mötet hölls"),
        _l("första mötet"),
        _l("Första placeringen började"),
        _l("första placeringen"),
        _l("ärendet stängdes eller gick direkt till en anställning"),
    ),
    Wait.W5: _Words(
        _l("Första placeringen började"),
        _l("första placeringen"),
        _l("Första anställningen började"),
        _l("första anställningen"),
        _l("ärendet stängdes före en anställning"),
    ),
    Wait.W6: _Words(
        _l("Anvisningen gjordes"),
        _l("anvisningen"),
        _l("Ärendet avslutades till arbete eller studier"),
        _l("avslutet till arbete eller studier"),
        _l("ärendet stängdes utan arbete eller studier"),
    ),
    Wait.W7: _Words(
        _l("Försörjningsstödet började"),
        _l("försörjningsstödets början"),
        _l("Hushållet lämnade försörjningsstödet"),
        _l("den dag då hushållet lämnar stödet"),
        _l("ärendet stängdes utan att hushållet lämnade stödet"),
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
    return tuple((f"{WAITED}{length}", length) for length in (0, *ROUND_LENGTHS[wait.unit]))


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
        raise NotFound(_("Måttet %(wait)s har ingen del som heter %(part)s.", wait=wait, part=selection.part))
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
    text = _(
        "Väntan på %(end)s pågår på brytdagen; den räknas från %(beginning)s.", end=words.end, beginning=words.beginning
    )
    why_open = literal(text)
    why_stopped = literal(_("Väntan slutade utan mål i perioden: %(how)s.", how=words.stopped))
    if selection.chosen.begun:
        own = _Taken(and_(began_in, w.ended_on.is_not(None)), w.began_on, _why_begun(words, w))
    else:
        own = _Taken(and_(ended_in, w.began_on.is_not(None)), w.ended_on, _why_ended(wait, words, w))
    begun = _Taken(began_in, w.began_on, _why_begun(words, w))
    return {
        "": own,
        BEGUN: begun,
        FINISHED: _Taken(and_(began_in, w.ended_on.is_not(None)), w.began_on, _why_begun(words, w)),
        UNFINISHED: _Taken(and_(began_in, w.ended_on.is_(None)), w.began_on, _why_begun(words, w)),
        OPEN: _Taken(is_open, w.began_on, why_open),
        STOPPED: _Taken(stopped_in, w.stopped_on, why_stopped),
        UNKNOWN: _Taken(and_(ended_in, w.began_on.is_(None)), w.ended_on, literal(_why_unknown(words))),
        **{
            name: _Taken(and_(is_open, length >= low, length <= high if high else true()), w.began_on, why_open)
            for name, low, high in age_parts(wait)
        },
        **_of_length(selection.part, length, own, begun),
    }


def _of_length(part: str, length: Any, own: _Taken, begun: _Taken) -> dict[str, _Taken]:
    """The part that WAITED begins, where it is one."""
    found = re.fullmatch(re.escape(WAITED) + "([0-9]{1,5})(?:-([0-9]{1,5}))?", part)
    if found is None:
        return {}
    low, high = int(found[1]), found[2]
    if high is None:
        return {part: begun._replace(condition=and_(begun.condition, length >= low))}
    return {part: own._replace(condition=and_(own.condition, length.between(low, int(high))))}


def _why_ended(wait: Wait, words: _Words, w: Any) -> ColumnElement[str]:
    if wait is Wait.W7:
        left = _(
            "Hushållet lämnade försörjningsstödet helt i perioden; månaderna räknas från försörjningsstödets början, "
            "en gång för hushållet."
        )
        topped_up = _(
            "Hushållet har bara utfyllnad kvar sedan ett avslut i perioden; månaderna räknas från försörjningsstödets "
            "början, en gång för hushållet."
        )
        return case((w.left_wholly, literal(left)), else_=literal(topped_up))
    return literal(
        _("%(ended)s i perioden; väntan räknas från %(beginning)s.", ended=words.ended, beginning=words.beginning)
    )


def _why_begun(words: _Words, w: Any) -> ColumnElement[str]:
    ended = _("%(began)s i perioden; väntan räknas till %(end)s.", began=words.began, end=words.end)
    stopped = _("%(began)s i perioden; väntan slutade utan mål: %(how)s.", began=words.began, how=words.stopped)
    goes_on = _(
        "%(began)s i perioden; väntan på %(end)s pågår och räknas till brytdagen.", began=words.began, end=words.end
    )
    return case(
        (w.ended_on.is_not(None), literal(ended)),
        (w.stopped_on.is_not(None), literal(stopped)),
        else_=literal(goes_on),
    )


def _why_unknown(words: _Words) -> str:
    return _(
        "%(ended)s i perioden, men dagen för %(beginning)s saknas. Längden är okänd och satt till 0.",
        ended=words.ended,
        beginning=words.beginning,
    )


def _parts(wait: Wait) -> tuple[tuple[str, str], ...]:
    unit = wait.unit_label
    ages = ((name, _age_words(low, high, unit)) for name, low, high in age_parts(wait))
    waited = ((name, _waited_words(wait, str(least))) for name, least in waited_parts(wait))
    return (
        (BEGUN, _("började i perioden")),
        (FINISHED, _("började i perioden och har nått målet")),
        (UNFINISHED, _("började i perioden och har inte nått målet på brytdagen")),
        (OPEN, _("pågår på brytdagen")),
        (STOPPED, _("slutade utan mål i perioden")),
        (UNKNOWN, _("slutade i perioden, början okänd")),
        *ages,
        *waited,
    )


def _age_words(low: int, high: int | None, unit: str) -> str:
    if high is None:
        return _("pågår på brytdagen sedan %(low)s %(unit)s eller mer", low=low, unit=unit)
    return _("pågår sedan %(low)s–%(high)s %(unit)s", low=low, high=high, unit=unit)


def _waited_words(wait: Wait, length: str) -> str:
    unit = wait.unit_label
    if "-" in length:
        return _("varade %(length)s %(unit)s", length=length.replace("-", "–"), unit=unit)
    return _("började i perioden och varade minst %(length)s %(unit)s", length=length, unit=unit)


def _measure(wait: Wait) -> Measure:
    words, in_months = _WORDS[wait], wait is Wait.W7
    in_days = _l(
        "Hela kalenderdagar från %(beginning)s till %(end)s, för väntan som slutade i perioden. Den första av varje "
        "slag i ärendet räknas.",
        beginning=words.beginning,
        end=words.end,
    )
    of_households = _l(
        "Hela kalendermånader från %(beginning)s till %(end)s, för väntan som slutade i perioden. Den första av varje "
        "slag i ärendet räknas. Varje hushåll räknas en gång.",
        beginning=words.beginning,
        end=words.end,
    )
    since = _l("Ärendets händelser och dagen då hushållets försörjningsstöd började")
    return Measure(
        key=wait.value,
        label=label_of(wait),
        unit=_l("månader") if in_months else _l("dagar"),
        definition=of_households if in_months else in_days,
        source=since if in_months else _l("Ärendets händelser"),
        rows=partial(wait_rows, wait),
        sum=Sum.MEAN,
        better=Better.LOWER,
        decimals=1,
        parts_of=lambda: _parts(wait),
        free_part=WAITED,
        free_words=partial(_waited_words, wait),
    )


WAIT_MEASURES = tuple(_measure(wait) for wait in Wait)

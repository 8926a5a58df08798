"""The target group of 500-uppdraget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseflow.core.language import _
from caseflow.core.periods import age_on, months_between

MIN_AGE, MAX_AGE = 25, 59
MIN_ACTIVITY_HOURS = 10


class Answer(StrEnum):
    """Whether a criterion holds. UNKNOWN: a fact is missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Criterion:
    """One condition of the target group, what is known of it, and the answer."""

    label: str
    known: str
    answer: Answer


@dataclass(frozen=True)
class Circumstances:
    """What the target group is judged by. None: not known."""

    birth_on: date
    assistance_since_on: date | None
    af_registered: bool | None
    leaves_establishment: bool | None
    activity_hours: int | None
    children: int | None


@dataclass(frozen=True)
class TargetGroup:
    """The judgement: every criterion, and whether a household with children gives priority."""

    criteria: tuple[Criterion, ...]
    priority: bool

    @property
    def answer(self) -> Answer:
        answers = {criterion.answer for criterion in self.criteria}
        if Answer.NO in answers:
            return Answer.NO
        return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def target_group(person: Circumstances, on: date) -> TargetGroup:
    """Judge the target group of 500-uppdraget on the day. Source: DOMAIN.md, slutrapport 500-uppdraget 2.1.

    Age 25–59, on assistance, registered at Arbetsförmedlingen or leaving etableringen, able to be active at least
    10 hours a week; households with children first.
    """
    age = age_on(person.birth_on, on)
    since = person.assistance_since_on
    months = (
        _("%(n)s månader, sedan %(month)s", n=months_between(since, on), month=f"{since:%Y-%m}")
        if since
        else _("uppgift saknas")
    )
    hours = person.activity_hours
    criteria = (
        Criterion(
            _("%(first)s–%(last)s år", first=MIN_AGE, last=MAX_AGE),
            _("%(n)s år", n=age),
            _answer(MIN_AGE <= age <= MAX_AGE),
        ),
        Criterion(_("Har försörjningsstöd"), months, _answer(since <= on if since else None)),
        Criterion(_("Arbetsförmedlingen eller etableringen"), _registered(person), _answer(_either(person))),
        Criterion(
            _("Kan delta minst %(n)s timmar i veckan", n=MIN_ACTIVITY_HOURS),
            _("uppgift saknas") if hours is None else _("%(n)s timmar", n=hours),
            _answer(None if hours is None else hours >= MIN_ACTIVITY_HOURS),
        ),
    )
    return TargetGroup(criteria, priority=bool(person.children))


def _answer(holds: bool | None) -> Answer:
    if holds is None:
        return Answer.UNKNOWN
    return Answer.YES if holds else Answer.NO


def _either(person: Circumstances) -> bool | None:
    if person.af_registered or person.leaves_establishment:
        return True
    # A plain "no" to being registered, with nothing said of etableringen, is a no.
    return None if person.af_registered is None else False


def _registered(person: Circumstances) -> str:
    if person.af_registered:
        return _("inskriven på Arbetsförmedlingen")
    if person.leaves_establishment:
        return _("lämnar etableringen")
    return _("uppgift saknas") if person.af_registered is None else _("inte inskriven")

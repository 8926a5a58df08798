"""What happened in a case, in words: the timeline and the notes, as much of them as their reader sees.

Reads a loaded case; asks nothing of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from caseflow.accounts.models import User
from caseflow.cases import rules
from caseflow.cases.models import Assessment, AssessmentArea, Case, CaseEvent, Placement
from caseflow.cases.rules import CaseState
from caseflow.cases.sharing import Shared
from caseflow.cases.terms import EventKind, Stage
from caseflow.core.language import _, _l
from caseflow.security.permissions import Matter
from caseflow.web.formatting import klockslag, kr, tal

K = EventKind
HOURS_FULL_TIME = 40
COUNT_WORDS = (
    _l("inget"),
    _l("ett"),
    _l("två"),
    _l("tre"),
    _l("fyra"),
    _l("fem"),
    _l("sex"),
    _l("sju"),
    _l("åtta"),
    _l("nio"),
    _l("tio"),
    _l("elva"),
    _l("tolv"),
)
# Facts that are steps on the participant's way, as opposed to what was done meanwhile.
MILESTONES = frozenset(K) - {K.ASSESSED, K.FOLLOW_UP, K.HANDED_OVER, K.NOTE}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; the fields are those of templates/macros/timeline.html."""

    event: CaseEvent
    on: date
    title: str
    text: str
    by: str
    was_on: date | None = None
    css: str = "st-none"
    glyph: str | None = None
    voided: bool = False
    fix: str | None = None
    actions: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Turn:
    """A valid event with the state of the case before and after it."""

    event: CaseEvent
    before: CaseState
    after: CaseState


def turns(case: Case) -> list[Turn]:
    """The valid events in the order in which they count."""
    events = sorted(case.valid_events, key=lambda event: event.fact.order)
    facts = [event.fact for event in events]
    states = [rules.replay(facts[:count]) for count in range(len(facts) + 1)]
    return [Turn(event, states[place], states[place + 1]) for place, event in enumerate(events)]


def entries(shared: Shared) -> list[Entry]:
    """Every event that is shared, newest first. A corrected one stands inside the one that replaced it."""
    case = shared.case
    replaced = {event.replaces_id for event in case.events if event.replaces_id is not None}
    # Accepting a referral is a stage of its own to the rules but looks as before: it gets no mark.
    stages = {turn.event: turn.after.stage for turn in turns(case) if turn.after.stage.css != turn.before.stage.css}
    referral = next(event for event in case.valid_events if event.kind == K.REFERRED)
    stages[referral] = Stage.REFERRED
    words = Words(shared)
    shown = [event for event in case.events if event.id not in replaced and shared.sees_event(event)]
    shown.sort(key=lambda event: event.fact.order, reverse=True)
    return [_entry(event, words, stages.get(event)) for event in shown]


def assessments(case: Case) -> list[CaseEvent]:
    """The valid assessments, the baseline first."""
    found = [event for event in case.valid_events if event.kind == K.ASSESSED]
    return sorted(found, key=lambda event: event.fact.order)


class Words:
    """Titles and texts of a case's events, as one reader sees them."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._case = shared.case
        self._assessments = assessments(shared.case)

    def title(self, event: CaseEvent) -> str:
        if event.kind in (K.PLACEMENT_STARTED, K.PLACEMENT_ENDED) and event.placement is not None:
            kind, workplace = event.placement.label, event.placement.workplace.name
            if event.kind == K.PLACEMENT_STARTED:
                return _("%(kind)s påbörjad, %(workplace)s", kind=kind, workplace=workplace)
            return _("%(kind)s avslutad, %(workplace)s", kind=kind, workplace=workplace)
        if event.kind == K.ASSESSED:
            return self._assessment_title(event)
        if event.kind == K.EXITED and event.outcome is not None:
            outcome = event.outcome.label
            return _("Avslut: %(outcome)s", outcome=f"{outcome[0].lower()}{outcome[1:]}")
        return {
            K.REFERRED: _("Anvisad till %(unit)s", unit=self._case.to_unit.code),
            K.ACCEPTED: _("Anvisning mottagen av %(unit)s", unit=self._case.to_unit.code),
            K.RETURNED: _("Återlämnad till %(unit)s", unit=self._case.from_unit.code),
        }.get(event.kind, str(rules.TRANSITIONS[event.kind].label))

    def _assessment_title(self, event: CaseEvent) -> str:
        if event not in self._assessments:
            return _("Skattning")
        place = self._assessments.index(event) + 1
        return _("Skattning 1, utgångsläge") if place == 1 else _("Skattning %(number)s", number=place)

    def text(self, event: CaseEvent) -> str:
        said = sentence(event.note) if self._shared.sees_text(event) else ""
        return " ".join(part for part in (self._facts(event), said[:1].upper() + said[1:]) if part)

    def reason(self, event: CaseEvent) -> str:
        """Why the event was corrected or voided: " Skäl: fel dag." """
        if not self._shared.sees_text(event):
            return ""
        return " " + _("Skäl: %(reason)s", reason=sentence(event.void_reason))

    def _facts(self, event: CaseEvent) -> str:
        if event.kind == K.PLACEMENT_STARTED and event.placement is not None:
            return placement_facts(event.placement)
        if event.kind == K.ASSESSED and event.assessment is not None:
            first = self._assessments[0].assessment if self._assessments else None
            return movement(first if first is not event.assessment else None, event.assessment)
        if event.kind == K.EXITED:
            effect = f"{event.household_effect.label}." if event.household_effect else ""
            typed = event.typed_baseline_kr
            known = _("Försörjningsstöd före avslutet, angivet: %(sum)s per månad.", sum=kr(typed)) if typed else ""
            return f"{effect} {known}".strip()
        return ""


def _entry(event: CaseEvent, words: Words, stage: Stage | None) -> Entry:
    old = event.replaces
    entry = Entry(event, event.occurred_on, words.title(event), words.text(event), _by(event))
    if stage is not None:
        entry = replace(entry, css=stage.css, glyph=stage.glyph)
    fixes = []
    if old is not None:
        was_on = old.occurred_on if old.occurred_on != event.occurred_on else None
        entry = replace(entry, was_on=was_on)
        fixes.append(_correction(event, old, words))
    if event.voided_at is not None:
        entry = replace(entry, voided=True)
        fixes.append(
            _(
                "Makulerad %(stamp)s.%(reason)s Räknas inte i ledtider eller statistik.",
                stamp=_stamp(event),
                reason=words.reason(event),
            )
        )
    return replace(entry, fix=" ".join(fixes) or None)


def _correction(event: CaseEvent, old: CaseEvent, words: Words) -> str:
    """What was corrected, when, by whom and why; the older corrections of the same fact behind it."""
    was = []
    if words.title(old) != words.title(event) and event.kind != K.ASSESSED:
        was.append(words.title(old))
    if words.text(old) != words.text(event):
        was.append(words.text(old) or _("ingen text"))
    told = [
        _("Datumet rättat %(stamp)s.%(reason)s", stamp=_stamp(old), reason=words.reason(old))
        if old.occurred_on != event.occurred_on
        else _("Rättad %(stamp)s.%(reason)s", stamp=_stamp(old), reason=words.reason(old))
    ]
    if was:
        told.append(_("Tidigare: %(was)s", was=sentence(". ".join(part.rstrip(".") for part in was))))
    if old.replaces is not None:
        told.append(_correction(old, old.replaces, words))
    return " ".join(told)


def _stamp(voided: CaseEvent) -> str:
    return _("%(time)s av %(who)s", time=klockslag(voided.voided_at), who=who(voided.voided_by))


def _by(event: CaseEvent) -> str:
    if event.recorded_by is None:
        return _("Inläst från fil")
    return f"{event.recorded_by.name}, {event.unit.code}" if event.unit else event.recorded_by.name


def who(user: User | None) -> str:
    """A user's name; without one, it was done when a file was read."""
    return _("inläsning av fil") if user is None else user.name


def placement_facts(placement: Placement) -> str:
    """ "50 %, 20 timmar i veckan. Planerad till 2020-12-18. Handledare …" """
    hours = tal(Decimal(placement.percent * HOURS_FULL_TIME) / 100)
    parts = [_("%(percent)s\N{NO-BREAK SPACE}%%, %(hours)s timmar i veckan.", percent=placement.percent, hours=hours)]
    if placement.planned_end_on is not None:
        parts.append(_("Planerad till %(day)s.", day=placement.planned_end_on))
    if placement.supervisor:
        parts.append(_("Handledare %(name)s.", name=placement.supervisor))
    return " ".join(parts)


def sentence(text: str | None) -> str:
    """The text with a full stop at its end."""
    text = (text or "").strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


def values_of(assessment: Assessment) -> dict[AssessmentArea, int]:
    """The scores by area, in the areas' order."""
    return {score.area: score.value for score in sorted(assessment.scores, key=lambda score: score.area.position)}


def mean(values: Iterable[int]) -> Decimal | None:
    """Mean of the scores, None of none."""
    known = list(values)
    return Decimal(sum(known)) / len(known) if known else None


def movement(first: Assessment | None, latest: Assessment) -> str:
    """How far the participant has moved since the baseline. Without `first` the assessment is the baseline itself."""
    now = values_of(latest)
    if first is None:
        return _("Medelvärde %(mean)s i %(areas)s.", mean=tal(mean(now.values()), 1), areas=_areas(len(now)))
    then = values_of(first)
    changes = [now[area] - then[area] for area in now if area in then]
    raised, lowered = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    return _(
        "Medelvärde %(mean)s, utgångsläge %(baseline)s. "
        "Höjd i %(raised)s, oförändrad i %(unchanged)s, sänkt i %(lowered)s.",
        mean=tal(mean(now.values()), 1),
        baseline=tal(mean(then.values()), 1),
        raised=_areas(raised),
        unchanged=count(len(changes) - raised - lowered),
        lowered=count(lowered),
    )


def count(number: int) -> str:
    """Small numbers in words, of a neuter noun."""
    return str(COUNT_WORDS[number]) if number < len(COUNT_WORDS) else str(number)


def _areas(number: int) -> str:
    # Swedish says "inget område"; the catalogue's plural would take the other form for none.
    return _("%(count)s område", count=count(number)) if number <= 1 else _("%(count)s områden", count=count(number))


@dataclass(frozen=True)
class Change:
    """What somebody did to the case, for whoever has a form of it open."""

    at: datetime
    sentence: str


def changes(shared: Shared, since: datetime | None) -> list[Change]:
    """What has been done since the instant, latest first; the latest thing alone where the instant is not known."""
    found = sorted(_changes(shared), key=lambda change: change.at, reverse=True)
    return [change for change in found if since and change.at >= since] or found[:1]


def _changes(shared: Shared) -> Iterator[Change]:
    case, words = shared.case, Words(shared)
    replaced = {event.replaces_id for event in case.events if event.replaces_id is not None}
    for event in filter(shared.sees_event, case.events):
        what = {"what": f"{words.title(event)} {event.occurred_on}"}
        said = {"who": who(event.recorded_by), "time": klockslag(event.recorded_at)} | what
        yield Change(
            event.recorded_at,
            _("%(time)s: %(who)s rättade %(what)s.", **said)
            if event.replaces_id
            else _("%(time)s: %(who)s registrerade %(what)s.", **said),
        )
        if event.voided_at is not None and event.id not in replaced:
            said = {"who": who(event.voided_by), "time": klockslag(event.voided_at)} | what
            yield Change(event.voided_at, _("%(time)s: %(who)s makulerade %(what)s.", **said))
    for membership in case.programmes:
        at = membership.voided_at or membership.recorded_at
        name = membership.programme.name
        yield Change(at, _("%(time)s: programmet %(name)s ändrades.", time=klockslag(at), name=name))
    paid = case.placements if shared.sees(Matter.WAGE_COSTS) else []
    for cost in (cost for placement in paid for cost in placement.wage_costs if cost.voided_at is None):
        time = klockslag(cost.recorded_at)
        yield Change(
            cost.recorded_at,
            _("%(time)s: lönekostnaden för %(month)s registrerades.", month=f"{cost.month_on:%Y-%m}", time=time),
        )

"""THE FLOW: what may happen to a case, in which order, and what follows from it.

Pure: values and dates in, values out. `TRANSITIONS` is the one table; `replay` reads a case's log by it,
`check` says whether one more fact may join the log. Nothing else in the program decides this.
`docs/flow.md` is printed from the table.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.security.permissions import Role

# A case that is worked is followed up at least this often (days). Source: AMC's routine, shown on Min dag.
FOLLOW_UP_DAYS = 60
FULL_TIME_PERCENT = 100
# No case is older than the register: an earlier year is mistyped.
EARLIEST = date(1990, 1, 1)

K, S = EventKind, Stage
WORKED = frozenset({S.ASSESSMENT, S.PLACEMENT, S.EMPLOYMENT})
OPEN = frozenset({S.REFERRED, S.ACCEPTED}) | WORKED
EXITED = frozenset({S.EXIT_WORK, S.EXIT_STUDIES, S.EXIT_OTHER})
CLOSED = EXITED | {S.RETURNED, S.WITHDRAWN}


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `after`: stages the fact may follow. `leads_to`: the stage it leads to, None where that depends on the fact
    or nothing changes. `needs`: facts that must be there, on the same day or before. `owners`: the roles that
    register it. `rank` orders facts of the same day. `definite` is the word within a sentence.
    """

    label: str
    definite: str
    after: frozenset[Stage]
    leads_to: Stage | None
    needs: tuple[EventKind, ...]
    owners: tuple[Role, ...]
    rank: int
    once: bool = False

    @property
    def colour(self) -> str:
        """The stage colour (CSS class) of the mark in the timeline; facts that move nothing get none."""
        return self.leads_to.css if self.leads_to and self.leads_to != S.NEW else "st-none"


COUNSELLOR, SOCIAL_WORKER = (Role.COUNSELLOR,), (Role.SOCIAL_WORKER,)
BOTH = COUNSELLOR + SOCIAL_WORKER
NEW = frozenset({S.NEW})
BEFORE_MEETING = frozenset({S.REFERRED, S.ACCEPTED})

TRANSITIONS: dict[EventKind, Transition] = {
    K.FIRST_CONTACT: Transition(_l("Första kontakt"), _l("första kontakten"), NEW, S.NEW, (), SOCIAL_WORKER, 0, True),
    K.APPLICATION: Transition(_l("Ansökan"), _l("ansökan"), NEW, S.NEW, (), SOCIAL_WORKER, 1, True),
    K.DECISION: Transition(_l("Beslut om försörjningsstöd"), _l("beslutet"), NEW, S.NEW, (), SOCIAL_WORKER, 2, True),
    K.REFERRED: Transition(_l("Anvisning"), _l("anvisningen"), NEW, S.REFERRED, (), SOCIAL_WORKER, 3, True),
    K.ACCEPTED: Transition(
        _l("Anvisning mottagen"),
        _l("mottagandet"),
        frozenset({S.REFERRED}),
        S.ACCEPTED,
        (K.REFERRED,),
        COUNSELLOR,
        4,
        True,
    ),
    K.RETURNED: Transition(
        _l("Anvisning återlämnad"), _l("återlämnandet"), BEFORE_MEETING, S.RETURNED, (K.REFERRED,), COUNSELLOR, 9
    ),
    K.WITHDRAWN: Transition(
        _l("Anvisning återkallad"), _l("återkallandet"), BEFORE_MEETING, S.WITHDRAWN, (K.REFERRED,), SOCIAL_WORKER, 9
    ),
    K.FIRST_MEETING: Transition(
        _l("Första möte"), _l("första mötet"), BEFORE_MEETING, S.ASSESSMENT, (K.REFERRED,), COUNSELLOR, 5, True
    ),
    K.ASSESSED: Transition(_l("Skattning"), _l("skattningen"), WORKED, None, (K.FIRST_MEETING,), COUNSELLOR, 6),
    K.PLACEMENT_STARTED: Transition(
        _l("Placering påbörjad"), _l("placeringens start"), WORKED, S.PLACEMENT, (K.FIRST_MEETING,), COUNSELLOR, 7
    ),
    K.PLACEMENT_ENDED: Transition(
        _l("Placering avslutad"),
        _l("placeringens slut"),
        frozenset({S.PLACEMENT, S.EMPLOYMENT}),
        S.ASSESSMENT,
        (K.PLACEMENT_STARTED,),
        COUNSELLOR,
        8,
    ),
    K.FOLLOW_UP: Transition(_l("Uppföljning"), _l("uppföljningen"), WORKED, None, (K.FIRST_MEETING,), COUNSELLOR, 6),
    K.HANDED_OVER: Transition(_l("Byte av konsulent"), _l("bytet"), OPEN, None, (K.REFERRED,), COUNSELLOR, 6),
    K.NOTE: Transition(_l("Anteckning"), _l("anteckningen"), OPEN | CLOSED, None, (K.REFERRED,), BOTH, 10),
    K.EXITED: Transition(
        _l("Avslut"), _l("avslutet"), frozenset({S.ACCEPTED, S.ASSESSMENT}), S.EXIT_OTHER, (K.REFERRED,), COUNSELLOR, 9
    ),
    K.REOPENED: Transition(
        _l("Ärendet återöppnat"), _l("återöppnandet"), EXITED, S.ASSESSMENT, (K.EXITED,), COUNSELLOR, 9
    ),
}


@dataclass(frozen=True)
class PlacementFact:
    """What the rules need to know of a placement; `key` tells two apart."""

    key: Hashable
    kind: PlacementKind
    percent: int


@dataclass(frozen=True)
class Fact:
    """One event of a case as the rules see it. `sequence` is its place in the order of registration."""

    kind: EventKind
    on: date
    sequence: int = 0
    placement: PlacementFact | None = None
    outcome: ExitOutcome | None = None

    @property
    def order(self) -> tuple[date, int, int]:
        return (self.on, TRANSITIONS[self.kind].rank, self.sequence)


@dataclass(frozen=True)
class CaseState:
    """Where a case stands after its facts. `milestones` holds the first day of every kind of fact."""

    stage: Stage = S.NEW
    stage_since_on: date | None = None
    milestones: dict[EventKind, date] = field(default_factory=dict)
    first_employment_on: date | None = None
    ongoing: tuple[PlacementFact, ...] = ()
    closed_on: date | None = None
    follow_up_from_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN

    @property
    def follow_up_due_on(self) -> date | None:
        """The day the next follow-up is due: FOLLOW_UP_DAYS after the last contact; None outside the worked stages."""
        if self.stage not in WORKED or self.follow_up_from_on is None:
            return None
        return self.follow_up_from_on + timedelta(days=FOLLOW_UP_DAYS)


FOLLOWED_UP_BY = frozenset(
    {K.FIRST_MEETING, K.ASSESSED, K.FOLLOW_UP, K.PLACEMENT_STARTED, K.PLACEMENT_ENDED, K.REOPENED}
)


def replay(facts: Iterable[Fact]) -> CaseState:
    """The state that the facts lead to, read in order of day. Raises RuleBroken at the first illegal one."""
    state = CaseState()
    for fact in sorted(facts, key=lambda fact: fact.order):
        state = _apply(state, fact)
    return state


def check(facts: Sequence[Fact], new: Fact, today: date) -> CaseState:
    """The state after the new fact has joined the others. Raises RuleBroken with the user's sentence."""
    return validate([*facts, new], today)


def validate(facts: Sequence[Fact], today: date) -> CaseState:
    """The state of a whole log whose dates agree with each other. Raises RuleBroken with the user's sentence."""
    for fact in facts:
        _check_dates(facts, fact, today)
    return replay(facts)


def next_steps(state: CaseState) -> list[EventKind]:
    """The kinds of fact that may come next, in the table's order.

    An exit is offered during a placement too: the form ends the placement on the same day.
    """
    steps = [kind for kind, row in TRANSITIONS.items() if state.stage in row.after and row.after != NEW]
    if state.ongoing:
        steps.append(K.EXITED)
    return steps


def require(state: CaseState, kind: EventKind, today: date) -> None:
    """Raise RuleBroken, with the user's sentence, unless a fact of the kind may come next."""
    if kind not in next_steps(state):
        raise RuleBroken(_refusal(Fact(kind, today), state))


def _apply(state: CaseState, fact: Fact) -> CaseState:
    row = TRANSITIONS[fact.kind]
    if row.once and fact.kind in state.milestones:
        raise RuleBroken(
            _(
                "%(event)s finns redan, %(day)s. Rätta den i stället.",
                event=row.label,
                day=state.milestones[fact.kind],
            )
        )
    if state.stage not in row.after:
        raise RuleBroken(_refusal(fact, state))
    ongoing = _ongoing_after(state, fact)
    stage = _stage_after(state, fact, ongoing)
    return replace(
        state,
        stage=stage,
        stage_since_on=fact.on if stage != state.stage else state.stage_since_on,
        milestones={fact.kind: fact.on} | state.milestones,
        first_employment_on=state.first_employment_on or (fact.on if _begins_employment(fact) else None),
        ongoing=ongoing,
        closed_on=(state.closed_on if state.stage in CLOSED else fact.on) if stage in CLOSED else None,
        follow_up_from_on=fact.on if fact.kind in FOLLOWED_UP_BY else state.follow_up_from_on,
    )


def _begins_employment(fact: Fact) -> bool:
    placement = fact.placement
    return fact.kind == K.PLACEMENT_STARTED and placement is not None and placement.kind.is_employment


def _ongoing_after(state: CaseState, fact: Fact) -> tuple[PlacementFact, ...]:
    placement = fact.placement
    if fact.kind == K.PLACEMENT_STARTED and placement is not None:
        taken = sum(other.percent for other in state.ongoing)
        if taken + placement.percent > FULL_TIME_PERCENT:
            raise RuleBroken(
                _(
                    "Omfattningen blir %(total)s %% från %(on)s. Tillsammans får placeringarna vara "
                    "högst %(most)s %%: sänk omfattningen eller avsluta en annan placering "
                    "först. En placering räknas även sin sista dag.",
                    total=taken + placement.percent,
                    on=fact.on,
                    most=FULL_TIME_PERCENT,
                ),
                field="omfattning_procent",
            )
        return (*state.ongoing, placement)
    if fact.kind == K.PLACEMENT_ENDED and placement is not None:
        if all(other.key != placement.key for other in state.ongoing):
            raise RuleBroken(
                _(
                    "Placeringen pågår inte %(on)s: den har inte börjat eller är redan avslutad. "
                    "Kontrollera slutdatumet.",
                    on=fact.on,
                ),
                field="slut",
            )
        return tuple(other for other in state.ongoing if other.key != placement.key)
    return state.ongoing


def _stage_after(state: CaseState, fact: Fact, ongoing: tuple[PlacementFact, ...]) -> Stage:
    if fact.kind == K.EXITED:
        if fact.outcome is None:
            raise RuleBroken(_("Välj vad ärendet avslutas till."), field="utfall")
        return fact.outcome.stage
    if fact.kind == K.REOPENED:
        return S.ASSESSMENT if K.FIRST_MEETING in state.milestones else S.ACCEPTED
    if fact.kind in (K.PLACEMENT_STARTED, K.PLACEMENT_ENDED):
        if any(placement.kind.is_employment for placement in ongoing):
            return S.EMPLOYMENT
        return S.PLACEMENT if ongoing else S.ASSESSMENT
    return TRANSITIONS[fact.kind].leads_to or state.stage


def _refusal(fact: Fact, state: CaseState) -> str:
    row = TRANSITIONS[fact.kind]
    if state.ongoing and fact.kind == K.EXITED:
        return _(
            "%(event)s %(on)s kan inte registreras medan en placering pågår. Avsluta placeringen först.",
            event=row.label,
            on=fact.on,
        )
    if state.stage in CLOSED and fact.kind != K.REOPENED:
        return _(
            "%(event)s %(on)s kan inte registreras: ärendet är stängt sedan %(closed_on)s (%(stage)s).",
            event=row.label,
            on=fact.on,
            closed_on=state.closed_on,
            stage=state.stage.label.lower(),
        )
    if state.stage == S.NEW:
        return _(
            "%(event)s %(on)s kan inte registreras före anvisningen. Registrera anvisningen först.",
            event=row.label,
            on=fact.on,
        )
    if fact.kind == K.ACCEPTED and K.FIRST_MEETING in state.milestones:
        return _(
            "Första mötet %(day)s kan inte ligga före mottagandet %(on)s. Rätta mottagandets "
            "dag först, eller ange en senare mötesdag.",
            day=state.milestones[K.FIRST_MEETING],
            on=fact.on,
        )
    if state.stage in BEFORE_MEETING and K.FIRST_MEETING in row.needs:
        return _("%(event)s kräver första mötet. Registrera första mötet först.", event=row.label)
    return _(
        "%(event)s %(on)s kan inte registreras när ärendet är i etappen %(stage)s.",
        event=row.label,
        on=fact.on,
        stage=state.stage.label.lower(),
    )


# Facts before the referral may be missing, but those that are there come in this order.
BEFORE_REFERRAL = (K.FIRST_CONTACT, K.APPLICATION, K.DECISION, K.REFERRED)


def _check_dates(facts: Sequence[Fact], fact: Fact, today: date) -> None:
    row = TRANSITIONS[fact.kind]
    if fact.on > today:
        raise RuleBroken(
            _(
                "%(event)s: datumet %(on)s ligger i framtiden. I dag är det %(today)s. Ange en dag till och med i dag.",
                event=row.label,
                on=fact.on,
                today=today,
            ),
            field=_FIELDS.get(fact.kind, "datum"),
        )
    if fact.on < EARLIEST:
        raise RuleBroken(
            _("%(event)s: datumet %(on)s ligger för långt tillbaka. Kontrollera årtalet.", event=row.label, on=fact.on),
            field=_FIELDS.get(fact.kind, "datum"),
        )
    for need in row.needs:
        _check_need(fact, need, _first_day(facts, need, fact))
    if fact.kind in BEFORE_REFERRAL:
        for earlier in BEFORE_REFERRAL[: BEFORE_REFERRAL.index(fact.kind)]:
            day = _first_day(facts, earlier, fact)
            if day is not None:
                _check_need(fact, earlier, day)


def _check_need(fact: Fact, need: EventKind, day: date | None) -> None:
    row, needed = TRANSITIONS[fact.kind], TRANSITIONS[need]
    if day is None:
        raise RuleBroken(
            _("%(event)s kräver %(needed)s. Registrera %(needed)s först.", event=row.label, needed=needed.definite)
        )
    if fact.on < day:
        raise RuleBroken(
            _(
                "%(event)s %(on)s kan inte ligga före %(needed)s %(day)s.",
                event=row.label,
                on=fact.on,
                needed=needed.definite,
                day=day,
            ),
            field=_FIELDS.get(fact.kind, "datum"),
        )


def _first_day(facts: Sequence[Fact], kind: EventKind, of: Fact) -> date | None:
    """The first day of the kind; for the end of a placement, the start of that same placement."""
    days = [
        fact.on
        for fact in facts
        if fact.kind == kind
        and (of.kind != K.PLACEMENT_ENDED or of.placement is None or _same_placement(fact, of.placement))
    ]
    return min(days, default=None)


def _same_placement(fact: Fact, placement: PlacementFact) -> bool:
    return fact.placement is not None and fact.placement.key == placement.key


# The form field and file column that a date of this kind comes from.
_FIELDS: dict[EventKind, str] = {
    K.FIRST_CONTACT: "forsta_kontakt",
    K.APPLICATION: "ansokan",
    K.DECISION: "beslut",
    K.REFERRED: "anvisad",
    K.PLACEMENT_STARTED: "start",
    K.PLACEMENT_ENDED: "slut",
}

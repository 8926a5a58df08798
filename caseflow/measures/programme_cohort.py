"""Where those who began a place in a programme stood 12 and 18 months later."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from caseflow.cases.models import CaseEvent, CaseProgramme, Placement
from caseflow.cases.terms import WORK_OR_STUDIES, EventKind, HouseholdEffect, PlacementKind
from caseflow.core.language import _, _l
from caseflow.measures.facts import Facts
from caseflow.measures.measure import said
from caseflow.measures.milestones import CLOSING, known
from caseflow.measures.programme_rows import first_places, in_period
from caseflow.measures.programme_savings import month_of
from caseflow.measures.selection import Selection
from caseflow.people.models import AssistancePayment

FOLLOWED_MONTHS = (12, 18)


class Standing(StrEnum):
    """Where a participant stands on the day of the follow-up. Each has one; the first that fits, from the top."""

    NOT_YET = "not_yet"
    EMPLOYED = "employed"
    IN_PROGRAMME = "in_programme"
    BACK = "back"
    WORK_OR_STUDIES = "work_or_studies"
    LEFT_OTHERWISE = "left_otherwise"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return str(_WORDS[self][0])

    @property
    def rule(self) -> str:
        """What takes a participant in, as a sentence."""
        return str(_WORDS[self][1])


_WORDS = {
    Standing.NOT_YET: (_l("Har ännu inte följts upp"), _l("Uppföljningsdagen ligger efter brytdagen.")),
    Standing.EMPLOYED: (
        _l("I arbetsmarknadsanställning"),
        _l("Ärendet är öppet och en arbetsmarknadsanställning pågår."),
    ),
    Standing.IN_PROGRAMME: (_l("Kvar i programmet"), _l("Ärendet är öppet och med i programmet, utan anställning.")),
    Standing.BACK: (
        _l("Åter på försörjningsstöd"),
        _l(
            "Hushållet hade lämnat stödet helt men fick en utbetalning för månaden, eller deltagaren har ett nytt "
            "ärende."
        ),
    ),
    Standing.WORK_OR_STUDIES: (_l("I arbete eller studier"), _l("Det senaste avslutet är till arbete eller studier.")),
    Standing.LEFT_OTHERWISE: (
        _l("Lämnat på annat sätt"),
        _l("Ärendet är stängt utan arbete eller studier, eller har lämnat programmet men pågår."),
    ),
    Standing.UNKNOWN: (_l("Uppgift saknas"), _l("Ärendet är avslutat utan att utfallet är känt.")),
}


def cohort_rows(selection: Selection) -> Select[Any]:
    """One row per participant whose first place began in the period, with the standing on the day some months later.

    Parts: "12" and "18" (months, all standings) and "12_employed" and so on. The day followed up is the same day of a
    later month (or its last). What counts is what had happened by that day, as known at the cut's instant.
    """
    wanted, _underscore, standing = (selection.part or "12").partition("_")
    p = _followed(selection, int(wanted)).c
    rule = case(*((p.standing == one, one.rule) for one in Standing))
    why = said(
        _("Första platsen började {day}, uppföljd {followed_on}. {rule}"),
        day=p.day,
        followed_on=p.followed_on,
        rule=rule,
    )
    return select(
        p.case_id,
        cast(null(), Integer).label("household_id"),
        p.sex,
        p.unit_id,
        p.day,
        literal(1).label("value"),
        why.label("why"),
    ).where(p.standing == standing if standing else true())


def standings(selection: Selection, months: int) -> Select[Any]:
    """Standing, sex and number of participants, of the same rows."""
    p = _followed(selection, months).c
    return select(p.standing, p.sex, func.count()).group_by(p.standing, p.sex)


def _followed(selection: Selection, months: int) -> Subquery:
    """The first places with `followed_on` and `standing`."""
    first = first_places(selection)
    followed_on = cast(first.c.day + func.make_interval(0, months), Date)
    p = select(first, followed_on.label("followed_on")).where(in_period(first.c.day, selection)).subquery("begun")
    latest = _latest_case(p, selection)
    last = _last_closing(p, latest, selection)
    is_open = func.coalesce(last.c.closings, 0) == 0
    back = and_(
        last.c.household_effect == HouseholdEffect.LEFT,
        last.c.occurred_on < month_of(p.c.followed_on),
        _is_paid(p, selection),
    )
    standing = case(
        (p.c.followed_on > selection.cut.as_of, Standing.NOT_YET),
        (and_(is_open, _is_employed(p, latest, selection)), Standing.EMPLOYED),
        (and_(is_open, _is_member(p, latest, selection)), Standing.IN_PROGRAMME),
        (and_(is_open, latest.c.id != p.c.case_id), Standing.BACK),
        (is_open, Standing.LEFT_OTHERWISE),
        (back, Standing.BACK),
        (last.c.outcome.in_(WORK_OR_STUDIES), Standing.WORK_OR_STUDIES),
        (and_(last.c.kind == EventKind.EXITED, last.c.outcome.is_(None)), Standing.UNKNOWN),
        else_=Standing.LEFT_OTHERWISE,
    )
    query = select(p, cast(standing, String).label("standing")).join(latest, true()).join(last, true(), isouter=True)
    return query.subquery("followed")


def _happened(p: Subquery, selection: Selection) -> ColumnElement[bool]:
    return and_(CaseEvent.occurred_on <= p.c.followed_on, known(CaseEvent, selection.cut.known_at))


def _latest_case(p: Subquery, selection: Selection) -> LateralFromClause:
    """The participant's case last referred by the day: the place's own, or a new one."""
    facts = Facts(selection.cut)
    return (
        select(facts.case.id)
        .join(CaseEvent, CaseEvent.case_id == facts.case.id)
        .where(
            facts.case.participant_id == p.c.participant_id,
            CaseEvent.kind == EventKind.REFERRED,
            _happened(p, selection),
        )
        .order_by(CaseEvent.occurred_on.desc(), facts.case.id.desc())
        .limit(1)
        .lateral("latest")
    )


def _last_closing(p: Subquery, latest: LateralFromClause, selection: Selection) -> LateralFromClause:
    """The last closing of the case by the day. `closings`: how many more than reopenings; 0, it is open again."""
    closing = CaseEvent.kind.in_(CLOSING)
    more = func.sum(case((closing, 1), else_=-1)).over()
    return (
        select(
            CaseEvent.kind, CaseEvent.occurred_on, CaseEvent.outcome, CaseEvent.household_effect, more.label("closings")
        )
        .where(
            CaseEvent.case_id == latest.c.id,
            or_(closing, CaseEvent.kind == EventKind.REOPENED),
            _happened(p, selection),
        )
        .order_by(CaseEvent.occurred_on.desc(), CaseEvent.sequence.desc())
        .limit(1)
        .lateral("last")
    )


def _is_employed(p: Subquery, latest: LateralFromClause, selection: Selection) -> ColumnElement[bool]:
    """A subsidised employment of the case has begun by the day, and not ended."""
    ended = aliased(CaseEvent)
    # The day is that of the participant outside both statements: not told so, this one would look at everybody's.
    ends = (
        select(ended.id)
        .where(
            ended.placement_id == Placement.id,
            ended.kind == EventKind.PLACEMENT_ENDED,
            ended.occurred_on <= p.c.followed_on,
            known(ended, selection.cut.known_at),
        )
        .correlate(Placement, p)
    )
    begun = (
        select(CaseEvent.id)
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .where(
            CaseEvent.case_id == latest.c.id,
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            Placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT,
            _happened(p, selection),
            ~ends.exists(),
        )
    )
    return begun.exists()


def _is_member(p: Subquery, latest: LateralFromClause, selection: Selection) -> ColumnElement[bool]:
    """The case is in the programme on the day."""
    programme = selection.chosen.programme
    membership = select(CaseProgramme.id).where(
        CaseProgramme.case_id == latest.c.id,
        true() if programme is None else CaseProgramme.programme_id == programme.id,
        CaseProgramme.from_on <= p.c.followed_on,
        or_(CaseProgramme.to_on.is_(None), CaseProgramme.to_on >= p.c.followed_on),
        known(CaseProgramme, selection.cut.known_at),
    )
    return membership.exists()


def _is_paid(p: Subquery, selection: Selection) -> ColumnElement[bool]:
    """Assistance was paid to the household for the day's month."""
    payment = select(AssistancePayment.id).where(
        AssistancePayment.household_id == p.c.household_id,
        AssistancePayment.month_on == month_of(p.c.followed_on),
        AssistancePayment.paid_kr > 0,
        known(AssistancePayment, selection.cut.known_at),
    )
    return payment.exists()

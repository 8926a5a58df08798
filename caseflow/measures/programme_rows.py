"""The rows a programme's figures are counted from: first places, households that left, exits to studies, wage costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
)

from caseflow.cases.models import CaseEvent, Placement, WageCost
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind
from caseflow.core.language import _
from caseflow.core.periods import add_months, first_of_month
from caseflow.measures.facts import Facts, chosen_cases, member_of
from caseflow.measures.measure import said
from caseflow.measures.milestones import known, months, valid_events
from caseflow.measures.programme_savings import NO_SEX, chosen_on, leavings, with_baselines
from caseflow.measures.selection import Selection

EMPLOYMENT_OR_INTERNSHIP = "employment_or_internship"
DEVELOPMENT_PLACE = PlacementKind.DEVELOPMENT_PLACE.value
OF_WHICH = "of_which"
# A part of the places: those at workplaces of one board, "board:Bildningsnämnden".
BOARD = "board:"
# A part of the kronor: as if the programme had paid nothing.
BEFORE_PROGRAMME = "before_programme"


def in_period(day: Any, selection: Selection) -> ColumnElement[bool]:
    """The day is counted: in the period, and not after the cut-off."""
    found: ColumnElement[bool] = day.between(selection.period.from_on, selection.last_on)
    return found


def first_places(selection: Selection) -> Subquery:
    """Each participant's first placement begun in the programme by `as_of`, whenever that was.

    `kind`: EMPLOYMENT_OR_INTERNSHIP or DEVELOPMENT_PLACE. `of_which`: a development place at the programme's named
    workplace. `board`: the employer's förvaltning or nämnd.
    """
    facts = Facts(selection.cut)
    programme_id = selection.chosen.programme.id if selection.chosen.programme else None
    named = select(facts.programme.of_which_workplace).where(facts.programme.id == programme_id).scalar_subquery()
    development = Placement.kind == PlacementKind.DEVELOPMENT_PLACE
    query = (
        select(
            facts.participant.id.label("participant_id"),
            facts.participant.household_id,
            facts.participant.sex,
            facts.case.id.label("case_id"),
            facts.case.to_unit_id.label("unit_id"),
            CaseEvent.occurred_on.label("day"),
            Placement.kind.label("placement_kind"),
            case((development, DEVELOPMENT_PLACE), else_=EMPLOYMENT_OR_INTERNSHIP).label("kind"),
            and_(development, facts.workplace.name == named).label("of_which"),
            facts.workplace.name.label("workplace"),
            facts.employer.department.label("board"),
        )
        .distinct(facts.participant.id)
        .select_from(CaseEvent)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .join(Placement, Placement.id == CaseEvent.placement_id)
        .join(facts.workplace, facts.workplace.id == Placement.workplace_id)
        .join(facts.employer, facts.employer.id == facts.workplace.employer_id)
        .where(
            CaseEvent.kind == EventKind.PLACEMENT_STARTED,
            valid_events(selection.cut),
            chosen_on(facts, selection, CaseEvent.occurred_on),
        )
        .order_by(facts.participant.id, CaseEvent.occurred_on, CaseEvent.sequence, CaseEvent.id)
    )
    return query.subquery("places")


def place_rows(selection: Selection) -> Select[Any]:
    """One row per participant whose first placement began in the period. Parts: a kind, OF_WHICH, BOARD and a name."""
    p = first_places(selection).c
    part = selection.part
    counted: ColumnElement[bool] = p.kind == part if part else true()
    if part == OF_WHICH:
        counted = p.of_which
    elif part.startswith(BOARD):
        counted = p.board == part.removeprefix(BOARD)
    words = case(*((p.placement_kind == kind, kind.word) for kind in PlacementKind))
    text = _("Deltagarens första placering i programmet började {day}: {kind} på {workplace}.")
    return select(
        p.case_id,
        cast(null(), Integer).label("household_id"),
        p.sex,
        p.unit_id,
        p.day,
        literal(1).label("value"),
        said(text, day=p.day, kind=words, workplace=p.workplace).label("why"),
    ).where(in_period(p.day, selection), counted)


def household_rows(selection: Selection) -> Select[Any]:
    """One row per household that left in the period. Parts: "wholly" and "topped_up", whose kronor are known, and
    "unknown"."""
    left = with_baselines(leavings(selection), selection.cut).c
    parts = {
        "wholly": and_(left.wholly, left.baseline_kr.is_not(None)),
        "topped_up": and_(~left.wholly, left.baseline_kr.is_not(None)),
        "unknown": left.baseline_kr.is_(None),
    }
    unsaid = left.baseline_kr.is_(None)
    texts = (
        (
            and_(left.wholly, unsaid),
            _("Hushållet räknas vid avslutet {day}: det lämnade stödet helt, ingen utbetalning är känd."),
        ),
        (left.wholly, _("Hushållet räknas vid avslutet {day}: det lämnade stödet helt.")),
        (unsaid, _("Hushållet räknas vid avslutet {day}: det har kvar utfyllnad, ingen utbetalning är känd.")),
        (true(), _("Hushållet räknas vid avslutet {day}: det har kvar utfyllnad.")),
    )
    why = case(*((condition, said(text, day=left.left_on)) for condition, text in texts))
    return _of_household(left, literal(1), why).where(
        in_period(left.left_on, selection), parts.get(selection.part, true())
    )


def month_rows(selection: Selection) -> Select[Any]:
    """Calendar months on assistance of each household that left in the period, where the beginning is known."""
    left = leavings(selection).c
    since = left.assistance_since_on
    why = said(_("Hushållet hade försörjningsstöd från {since} till avslutet {day}."), since=since, day=left.left_on)
    return _of_household(left, months(since, left.left_on), why).where(
        in_period(left.left_on, selection), since <= left.left_on
    )


def _of_household(left: Any, value: Any, why: Any) -> Select[Any]:
    return select(
        case((left.household_id.is_(None), left.case_id)).label("case_id"),
        left.household_id,
        NO_SEX.label("sex"),
        left.unit_id,
        left.left_on.label("day"),
        value.label("value"),
        why.label("why"),
    )


def study_rows(selection: Selection) -> Select[Any]:
    """One row per participant with an exit to studies in the programme, at the first."""
    facts = Facts(selection.cut)
    first = (
        select(
            facts.case.id.label("case_id"),
            facts.participant.sex,
            facts.case.to_unit_id.label("unit_id"),
            CaseEvent.occurred_on.label("day"),
        )
        .distinct(facts.participant.id)
        .select_from(CaseEvent)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            CaseEvent.kind == EventKind.EXITED,
            CaseEvent.outcome == ExitOutcome.STUDIES,
            valid_events(selection.cut),
            chosen_on(facts, selection, CaseEvent.occurred_on),
        )
        .order_by(facts.participant.id, CaseEvent.occurred_on, CaseEvent.id)
        .subquery("studies")
        .c
    )
    return select(
        first.case_id,
        cast(null(), Integer).label("household_id"),
        first.sex,
        first.unit_id,
        first.day,
        literal(1).label("value"),
        said(_("Ärendet avslutades till studier {day}."), day=first.day).label("why"),
    ).where(in_period(first.day, selection))


def cost_rows(selection: Selection) -> Select[Any]:
    """One row per employment and month. Parts: "wage", "af" and "programme" (what they paid, negative), "" the net,
    BEFORE_PROGRAMME the net that it would be without the programme's own money.

    The wages of an employment count whole in each programme of its case, to the month of the cut-off. A placement whose
    start has been voided never was, and costs nothing.
    """
    facts, cost = Facts(selection.cut), WageCost
    begun = select(CaseEvent.id).where(
        CaseEvent.placement_id == Placement.id,
        CaseEvent.kind == EventKind.PLACEMENT_STARTED,
        valid_events(selection.cut),
    )
    values: dict[str, Any] = {
        "wage": cost.wage_kr,
        "af": -cost.af_kr,
        "programme": -cost.programme_kr,
        BEFORE_PROGRAMME: cost.wage_kr - cost.af_kr,
    }
    text = _(
        "Arbetsmarknadsanställning i {month}: lön {wage} kr, Arbetsförmedlingen betalade {af} kr och programmet "
        "{programme} kr."
    )
    month = func.to_char(cost.month_on, "YYYY-MM")
    why = said(text, month=month, wage=cost.wage_kr, af=cost.af_kr, programme=cost.programme_kr)
    return (
        select(
            facts.case.id.label("case_id"),
            cast(null(), Integer).label("household_id"),
            facts.participant.sex,
            facts.case.to_unit_id.label("unit_id"),
            cost.month_on.label("day"),
            values.get(selection.part, cost.wage_kr - cost.af_kr - cost.programme_kr).label("value"),
            why.label("why"),
        )
        .select_from(cost)
        .join(Placement, Placement.id == cost.placement_id)
        .join(facts.case, facts.case.id == Placement.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            Placement.kind == PlacementKind.SUBSIDISED_EMPLOYMENT,
            cost.month_on >= first_of_month(selection.period.from_on),
            cost.month_on < add_months(selection.last_on, 1),
            known(cost, selection.cut.known_at),
            _ever_in(facts, selection),
            begun.exists(),
        )
    )


def _ever_in(facts: Facts, selection: Selection) -> ColumnElement[bool]:
    """The filter; it is enough that the case has come into the programme by `as_of`."""
    chosen = selection.chosen
    others = chosen_cases(facts, replace(selection, chosen=replace(chosen, programme=None)))
    if chosen.programme is None:
        return others
    return and_(others, member_of(facts, chosen.programme.id, selection.cut.as_of))

"""F2, F3, F4 and F7: exits and what they led to.

An exit counts as it was stated at the time, each once, also when the case was reopened later (docs/decisions/0010). One
that was wrong has been corrected or voided, and counts no more.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, select

from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import WORK_OR_STUDIES, EventKind, ExitOutcome
from caseflow.core.language import _, _l
from caseflow.measures.costs import net_cost_millions
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.measure import Better, Measure, columns, said
from caseflow.measures.milestones import valid_events
from caseflow.measures.selection import Selection

WORK, STUDIES = "work", "studies"
OSA = "OSA"
_WORK = (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK)


def exit_rows(selection: Selection, *conditions: ColumnElement[bool]) -> Select[Any]:
    """One row per exit in the period that meets the conditions."""
    facts = Facts(selection.cut)
    label = case(*((CaseEvent.outcome == outcome, outcome.label) for outcome in ExitOutcome))
    return (
        select(
            *columns(
                case_id=facts.case.id,
                sex=facts.participant.sex,
                unit_id=facts.case.to_unit_id,
                day=CaseEvent.occurred_on,
                why=said(_("Avslut i perioden: {outcome}."), outcome=label),
            )
        )
        .select_from(CaseEvent)
        .join(facts.case, facts.case.id == CaseEvent.case_id)
        .join(facts.participant, facts.participant.id == facts.case.participant_id)
        .where(
            CaseEvent.kind == EventKind.EXITED,
            CaseEvent.occurred_on.between(selection.period.from_on, selection.period.to_on),
            valid_events(selection.cut),
            chosen_cases(facts, selection),
            *conditions,
        )
    )


def work_or_studies_rows(selection: Selection) -> Select[Any]:
    """Exits to work or studies; a part names one outcome, or "work" both kinds of work."""
    return exit_rows(selection, CaseEvent.outcome.in_(_outcomes(selection.part)))


def neither_rows(selection: Selection) -> Select[Any]:
    """Exits to anything else; a part names one outcome."""
    neither = CaseEvent.outcome.not_in(WORK_OR_STUDIES)
    return exit_rows(selection, CaseEvent.outcome == ExitOutcome(selection.part) if selection.part else neither)


def osa_rows(selection: Selection) -> Select[Any]:
    """Exits from OSA to work or studies."""
    facts = Facts(selection.cut)
    of_osa = facts.case.to_unit_id == select(facts.unit.id).where(facts.unit.code == OSA).scalar_subquery()
    return exit_rows(selection, CaseEvent.outcome.in_(_outcomes(selection.part)), of_osa)


def _outcomes(part: str) -> tuple[ExitOutcome, ...]:
    return {"": WORK_OR_STUDIES, WORK: _WORK, STUDIES: (ExitOutcome.STUDIES,)}[part]


_AS_STATED = _l(
    "Ett avslut räknas så som det angavs, även om ärendet återöppnades senare; ett avslut som var fel rättas och "
    "räknas inte. Enhet: den som tog emot ärendet."
)


def _work_parts() -> tuple[tuple[str, str], ...]:
    return (WORK, _("till arbete, osubventionerat och subventionerat")), (STUDIES, _("till studier"))


TO_WORK_OR_STUDIES = Measure(
    key="F2",
    label=_l("Avslut till arbete eller studier"),
    unit=_l("avslut"),
    definition=_l(
        "Avslut i perioden till osubventionerat arbete, subventionerat arbete på ordinarie arbetsmarknad eller "
        "studier med rätt till studiemedel. %(as_stated)s",
        as_stated=_AS_STATED,
    ),
    source=_l("Ärendenas händelser; nämndindikator F2"),
    rows=work_or_studies_rows,
    better=Better.HIGHER,
    parts_of=_work_parts,
    yearly=True,
)

TO_NEITHER = Measure(
    key="F3",
    label=_l("Avslut till varken arbete eller studier"),
    unit=_l("avslut"),
    definition=_l("Avslut i perioden till något annat än arbete eller studier. %(as_stated)s", as_stated=_AS_STATED),
    source=_l("Ärendenas händelser; nämndindikator F3"),
    rows=neither_rows,
    better=Better.LOWER,
    parts_of=lambda: tuple((one.value, one.label) for one in ExitOutcome if not one.is_work_or_studies),
    yearly=True,
)

FROM_OSA = Measure(
    key="F4",
    label=_l("Avslut från OSA till arbete eller studier"),
    unit=_l("avslut"),
    definition=_l("Som F2, för ärenden som OSA tog emot. %(as_stated)s", as_stated=_AS_STATED),
    source=_l("Ärendenas händelser; nämndindikator F4"),
    rows=osa_rows,
    better=Better.HIGHER,
    parts_of=_work_parts,
    yearly=True,
)

PER_MILLION = Measure(
    key="F7",
    label=_l("Avslut till arbete eller studier per miljon kronor i nettokostnad"),
    unit=_l("avslut per mnkr"),
    definition=_l(
        "F2 delat med nettokostnaden i miljoner kronor för samma kalenderår: enhetens egen, eller för alla enheter "
        "summan för dem som tar emot ärenden. Uppgift saknas när en kostnad inte är registrerad eller året inte är "
        "slut. Kostnaden är inte uppdelad på kön. Enheterna har olika målgrupper och kan inte jämföras med varandra."
    ),
    source=_l("Ärendenas händelser; nämndindikator F7"),
    rows=work_or_studies_rows,
    better=Better.HIGHER,
    decimals=1,
    by_sex=False,
    per=net_cost_millions,
)

EXIT_MEASURES = (TO_WORK_OR_STUDIES, TO_NEITHER, FROM_OSA, PER_MILLION)

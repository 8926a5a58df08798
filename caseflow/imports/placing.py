"""Rows of placeringar and lonekostnader."""

from __future__ import annotations

from decimal import Decimal

from caseflow.cases import corrections, log, placements
from caseflow.cases.log import Details
from caseflow.cases.models import CaseEvent, Placement, WageCost
from caseflow.cases.placements import PlacementInput
from caseflow.cases.terms import EventKind
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.imports.drafts import Change, Draft, Step
from caseflow.imports.kinds import FileKind
from caseflow.imports.known import Known
from caseflow.imports.people import refuse_dependent
from caseflow.imports.rows import Outcome, Row, Rows
from caseflow.organisation.models import Employer, Workplace
from caseflow.security.permissions import Actor

FULL_TIME_PERCENT = 100


def read_placement(row: Row, draft: Draft, known: Known) -> Change | None:
    """A new placement with its start and end, or what the row changes in the one there is."""
    old = known.placements.get(row["placering_id"])
    try:
        if old is None:
            return _new_placement(row, draft, known)
        if old.case is not draft.case:
            raise RuleBroken(
                f"Placeringen hör till en annan anvisning än {row['anvisning_id']}. Rätta anvisning_id.", "anvisning_id"
            )
        return _changed_placement(row, draft, old, known)
    except RuleBroken as error:
        row.refuse_for(error)
        return None


def _new_placement(row: Row, draft: Draft, known: Known) -> Change:
    placement = placements.build(_input(row, None))
    steps = [Step(EventKind.PLACEMENT_STARTED, row["start"], Details(placement=placement))]
    if row["slut"] is not None:
        details = Details(placement=placement, note=row["slutorsak"] or "")
        steps.append(Step(EventKind.PLACEMENT_ENDED, row["slut"], details))

    def prepare() -> None:
        placement.workplace = _workplace(row, known)
        known.placements[row["placering_id"]] = placement

    return Change(draft, [(row, Outcome.NEW)], steps, prepare=prepare)


def _changed_placement(row: Row, draft: Draft, old: Placement, known: Known) -> Change | None:
    """Other facts make a new placement row that takes over events and costs; other days only replace the events."""
    started, ended = _event(old, EventKind.PLACEMENT_STARTED, draft), _event(old, EventKind.PLACEMENT_ENDED, draft)
    assert started is not None
    new = placements.build(_input(row, old)) if _differs(row, old) else old
    steps: list[Step] = []
    if new is not old or started.occurred_on != row["start"]:
        details = log.details_of(started) | {"placement": new}
        steps.append(Step(EventKind.PLACEMENT_STARTED, row["start"], details, started))
    end = _end_step(row, new, old, ended)
    if end is not None:
        steps.append(end)
    if not steps:
        row.outcome = Outcome.UNCHANGED
        return None

    def prepare() -> None:
        if new is not old:
            new.workplace = _workplace(row, known)
            corrections.take_over(new, old)
            known.placements[row["placering_id"]] = new

    return Change(draft, [(row, Outcome.CHANGED)], steps, prepare=prepare)


def _end_step(row: Row, new: Placement, old: Placement, ended: CaseEvent | None) -> Step | None:
    if ended is None:
        if row["slut"] is None:
            return None
        return Step(EventKind.PLACEMENT_ENDED, row["slut"], Details(placement=new, note=row["slutorsak"] or ""))
    # Empty cells leave the end that is known.
    on = row["slut"] or ended.occurred_on
    note = row["slutorsak"] if row["slutorsak"] is not None else ended.note
    if new is old and (on, note) == (ended.occurred_on, ended.note):
        return None
    return Step(EventKind.PLACEMENT_ENDED, on, log.details_of(ended) | {"placement": new, "note": note}, ended)


def _event(placement: Placement, kind: EventKind, draft: Draft) -> CaseEvent | None:
    return next((e for e in draft.case.valid_events if e.kind == kind and e.placement is placement), None)


def _input(row: Row, old: Placement | None) -> PlacementInput:
    """What the row says, and where its cells are empty what is known. The workplace is put in when it is saved."""
    kind, form = row["typ"], row["anstallningsform"]
    if form is None and old is not None and kind == old.kind:
        form = old.form
    return PlacementInput(
        kind=kind,
        workplace=Workplace(name=_names(row)[1]),
        percent=row["omfattning_procent"] or (old.percent if old else FULL_TIME_PERCENT),
        starts_on=row["start"],
        form=form,
        supervisor=old.supervisor if old else "",
        planned_end_on=row["planerat_slut"] or (old.planned_end_on if old else None),
        external_id=row["placering_id"],
    )


def _differs(row: Row, old: Placement) -> bool:
    given = _input(row, old)
    there = (old.kind, old.form, old.percent, old.planned_end_on)
    where = (old.workplace.employer.name, old.workplace.name)
    return (given.kind, given.form, given.percent, given.planned_end_on) != there or _names(row) != where


def _names(row: Row) -> tuple[str, str]:
    """Employer and workplace; a workplace without a name of its own bears the employer's."""
    return row["arbetsgivare"], row["arbetsplats"] or row["arbetsgivare"]


def _workplace(row: Row, known: Known) -> Workplace:
    """The row's workplace, added with its employer where they are new. The sector is used for a new employer only."""
    employer_name, name = _names(row)
    found = known.workplaces.get((employer_name, name))
    if found is None:
        employer = known.employers.get(employer_name)
        if employer is None:
            employer = known.employers[employer_name] = Employer(name=employer_name, sector=row["sektor"])
            db.session.add(employer)
        found = known.workplaces[employer_name, name] = Workplace(name=name, employer=employer)
    return found


def read_wage_costs(rows: Rows, known: Known, actor: Actor) -> None:
    """Add wage costs; a changed sum voids the row there is and adds another."""
    for row in rows.pending(FileKind.WAGE_COSTS):
        placement = known.placements.get(row["placering_id"])
        if placement is None:
            refuse_dependent(row, rows, FileKind.PLACEMENTS, "placering_id", f"Placeringen {row['placering_id']}")
            continue
        try:
            row.outcome = _set_wage_cost(row, placement, actor)
        except RuleBroken as error:
            row.refuse_for(error)


def _set_wage_cost(row: Row, placement: Placement, actor: Actor) -> Outcome:
    costs: list[WageCost] = placement.wage_costs
    old = next((cost for cost in costs if cost.month_on == row["manad"] and cost.voided_at is None), None)
    wage: Decimal = row["lonekostnad"]
    af = _given(row["af_bidrag"], old.af_kr if old else None)
    programme = _given(row["programmedel"], old.programme_kr if old else None)
    if old is not None and (old.wage_kr, old.af_kr, old.programme_kr) == (wage, af, programme):
        return Outcome.UNCHANGED
    placements.set_wage_cost(placement, row["manad"], wage, af, programme, actor)
    return Outcome.NEW if old is None else Outcome.CHANGED


def _given(said: Decimal | None, known: Decimal | None) -> Decimal:
    """What the cell says; when it is empty, what is known; else nothing was paid."""
    return next((value for value in (said, known) if value is not None), Decimal(0))

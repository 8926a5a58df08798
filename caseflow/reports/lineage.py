"""The rows behind a figure: the figure's own statement, listed instead of summed, as far as the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, not_, select, true
from werkzeug.datastructures import MultiDict

from caseflow.cases.models import Case
from caseflow.cases.queries import hidden_from, visible_to
from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.extensions import db
from caseflow.measures.measure import Measure
from caseflow.measures.registry import get_measure
from caseflow.measures.selection import Selection
from caseflow.organisation.models import Unit
from caseflow.people.models import Household, Participant
from caseflow.reports.naming import sees_everybody, sees_pseudonyms, subject
from caseflow.reports.reading import QuestionForm, read_selection
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Actor
from caseflow.web.pagination import Page

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class CountedRow:
    """One thing that a figure counts. `subject`: what to call it; `number`, `public_id`: for who may open the case."""

    subject: str
    number: str | None
    public_id: UUID | None
    unit: str | None
    day: date | None
    value: Decimal | float | None
    why: str


@dataclass(frozen=True)
class Lineage:
    """What stands behind one figure. `total`: every row; `outside`: those of other units, `protected`: those of
    protected persons that the reader may not see. Both are only counted."""

    measure: Measure
    selection: Selection
    total: int
    outside: int
    protected: int
    page: Page[CountedRow]
    pseudonyms: bool
    sort: str

    @property
    def part_label(self) -> str:
        """What the part is, "" for the measure's own rows."""
        return self.measure.part_label(self.selection.part) or ""


def open_lineage(args: MultiDict[str, str], actor: Actor) -> tuple[QuestionForm, Lineage | None]:
    """The rows that the address asks for: matt, del and the selection's words, page and sort. None: not readable.

    A look at cases is logged. Raises NotFound for a measure or a part that is none.
    """
    measure = get_counted(args["matt"], args.get("del", ""))
    form, selection = read_selection(args)
    if selection is None:
        return form, None
    found = lineage(measure, selection, actor, args.get("page", 1, type=int), args.get("sort", "day"))
    if not found.pseudonyms:
        log_access(
            actor, AccessKind.OPENED_ROWS, detail=f"{measure.key} {' '.join(selection.address().values())}"[:200]
        )
    return form, found


def get_counted(key: str, part: str) -> Measure:
    """The measure, when it has the part. Raises NotFound."""
    measure = get_measure(key)
    if measure.part_label(part) is None:
        raise NotFound(_("Måttet %(label)s har ingen del som heter %(part)s.", label=measure.label, part=part))
    return measure


def lineage(measure: Measure, selection: Selection, actor: Actor, number: int = 1, sort: str = "day") -> Lineage:
    """The page of rows. Whoever sees no person gets pseudonyms, everybody else the cases of their own scope."""
    pseudonyms = sees_pseudonyms(actor)
    rows = measure.rows(selection).subquery()
    hidden = _hidden(rows, actor)
    visible = and_(true() if pseudonyms else _visible(rows, actor), not_(hidden))
    numbers = select(func.count(), func.count().filter(visible), func.count().filter(hidden))
    total, seen, protected = db.session.execute(_joined(numbers, rows, measured=False)).one()
    number = min(max(1, number), max(1, -(-seen // ROWS_PER_PAGE)))
    query = select(
        rows.c.case_id, rows.c.household_id, Case.number, Case.public_id, Household.number, Unit.code, *_shown(rows.c)
    )
    query = _joined(query, rows).where(visible).order_by(*_order(rows.c, sort))
    listed = db.session.execute(query.limit(ROWS_PER_PAGE).offset((number - 1) * ROWS_PER_PAGE)).tuples()
    shown = [_row(*row, pseudonyms=pseudonyms) for row in listed]
    outside = total - seen - protected
    page = Page(shown, number, ROWS_PER_PAGE, seen)
    return Lineage(measure, selection, total, outside, protected, page, pseudonyms, sort)


def _row(
    case_id: int | None,
    household_id: int | None,
    case_number: str | None,
    public_id: UUID | None,
    household_number: str | None,
    *shown: Any,
    pseudonyms: bool,
) -> CountedRow:
    who = subject(case_id, household_id, case_number, public_id, household_number, pseudonyms)
    return CountedRow(who.name, who.case_number, who.case_id, *shown)


def _joined(query: Select[Any], rows: Any, measured: bool = True) -> Select[Any]:
    """The query on the rows with the registers that name them."""
    query = (
        query.select_from(rows)
        .join(Case, Case.id == rows.c.case_id, isouter=True)
        .join(Household, Household.id == rows.c.household_id, isouter=True)
    )
    return query.join(Unit, Unit.id == rows.c.unit_id, isouter=True) if measured else query


def _visible(rows: Any, actor: Actor) -> ColumnElement[bool]:
    """The row is of a case that the actor may see, or of a household with such a case."""
    household_id = rows.c.household_id
    other = select(Case.id).join(Participant, Participant.id == Case.participant_id)
    of_household = other.where(Participant.household_id == household_id, visible_to(actor)).correlate(rows)
    everybody = true() if sees_everybody(actor) else of_household.exists()
    return case((rows.c.case_id.is_not(None), visible_to(actor)), else_=everybody)


def _hidden(rows: Any, actor: Actor) -> ColumnElement[bool]:
    """The row is of a protected case, or a household with somebody protected, that the actor may not see."""
    household_id = rows.c.household_id
    member = select(Case.id).join(Participant, Participant.id == Case.participant_id)
    seen = member.where(Participant.household_id == household_id, visible_to(actor)).correlate(rows)
    together = select(Participant.household_id).join(Case, Case.participant_id == Participant.id)
    protected = and_(household_id.in_(together.where(hidden_from(actor))), not_(seen.exists()))
    return case((rows.c.case_id.is_not(None), func.coalesce(hidden_from(actor), false())), else_=protected)


def _shown(rows: Any) -> tuple[Any, ...]:
    return rows.day, rows.value, rows.why


def _order(rows: Any, sort: str) -> tuple[Any, ...]:
    key = {"value": rows.value, "unit": Unit.code}.get(sort.removeprefix("-"), rows.day)
    first = key.desc().nulls_last() if sort.startswith("-") else key.asc().nulls_last()
    return first, rows.day, rows.case_id, rows.household_id, rows.value

"""What an actor sees of one participant, out of every table that the catalogue says holds something about them.

A table joins by the column that leads to the person: a new table with a `participant_id` or `household_id` is in the
extract at once; one of cases when `extract_scope.MATTERS` says what it takes to see it. The words are Swedish: it is
the authority's document.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select

from caseflow.accounts.models import User
from caseflow.cases.models import AssessmentArea
from caseflow.core import clock
from caseflow.core.language import in_swedish
from caseflow.extensions import Base, db
from caseflow.organisation.models import Programme, Unit, Workplace
from caseflow.people.models import Participant
from caseflow.privacy.activities import ABOUT_THE_PARTICIPANT, ACTIVITIES, Category
from caseflow.privacy.catalogue import TABLES
from caseflow.privacy.extract_scope import View
from caseflow.privacy.record import responsible
from caseflow.security.audit import AuditRow
from caseflow.security.permissions import Actor

# Why a table that may hold something about a person is not in the extract.
LEFT_OUT = {
    "draft": "Text som inte fått sin slutliga utformning (5 kap. 2 § lagen 2018:218). Tas bort senast efter 30 dagar.",
    "import_file": "En inläst fil tas bort när den är inläst; det den sade står i de andra tabellerna.",
    "import_run": "Rader som avvisats hör inte till någon person i registret. Tas bort efter 30 dagar.",
    "log_question": "Frågor till personal om deras läsningar, med svar. Vilka som har läst står i utdraget.",
    "log_review": "Protokoll över de frågorna.",
    "thinning": "En lista över löpnummer som ska gallras. Försvinner när gallringen är gjord.",
    "subject_extract": "Tidigare registerutdrag säger inget utöver det här.",
}
# Columns that are made of others, or that are said otherwise.
MADE_OF_OTHERS = {
    ("participant", "number_hash"): "räknas fram ur personnumret",
    ("participant", "title_key"): "räknas fram ur namnet",
    ("participant", "number_encrypted"): "står i klartext som number",
}
# Said with the names of units that have more than is shown.
ELSEWHERE = (
    "Utdraget visar det som den som har tagit fram det får se. Enheterna här har egna uppgifter om personen som inte "
    "är med: det kan vara anteckningar, skattningar, lönekostnader eller hela ärenden. Begär registerutdrag också där."
)
LEADS = ("participant_id", "case_id", "household_id", "placement_id", "assessment_id")


def about(actor: Actor, person: Participant) -> dict[str, Any]:
    """The extract as it is kept and handed out: plain values, ready for JSON. No more than the actor sees."""
    names, view = _Names(), View(actor, person)
    others = view.others()
    with in_swedish():
        return {
            "format": "caseflow-registerutdrag-1",
            "made_at": clock.now().isoformat(),
            "responsible": dict(responsible()),
            "person": {"name": person.name, "number": person.number},
            "elsewhere": {"said": ELSEWHERE if others else "", "units": others},
            "tables": [_table(name, view, names) for name in tables_about()],
            "left_out": LEFT_OUT,
            "readers": _readers(person),
            "processing": [_processing(activity) for activity in ACTIVITIES],
        }


def tables_about() -> list[str]:
    """The tables that hold something about a participant, in the order of the catalogue."""
    return [
        name for name, _, rows in TABLES if name not in LEFT_OUT and {row[0] for row in rows} & ABOUT_THE_PARTICIPANT
    ]


def columns_about(table: str) -> list[str]:
    """The columns that are shown: what is about the person, and who registered it."""
    rows = next(rows for name, _, rows in TABLES if name == table)
    shown = ABOUT_THE_PARTICIPANT | {Category.STAFF}
    told = [column for category, _, columns in rows if category in shown for column in columns.split()]
    return [column for column in told if (table, column) not in MADE_OF_OTHERS]


def rows_of(table: Table, view: View) -> ColumnElement[bool]:
    """The rows of the table that are about the person, of the cases that are seen. Raises KeyError where nothing says
    which they are."""
    if table.name in SPECIAL:
        return SPECIAL[table.name](table, view)
    lead = next((name for name in LEADS if name in table.c), None)
    if lead is None:
        raise KeyError(table.name)
    column = table.c[lead]
    if lead == "participant_id":
        return column == view.person.id
    if lead == "household_id":
        return column == view.person.household_id
    if lead == "case_id":
        return column.in_(view.case_ids(table.name))
    return column.in_(_ids({"placement_id": "placement", "assessment_id": "assessment"}[lead], table.name, view))


def _ids(parts: str, table: str, view: View) -> Select[tuple[int]]:
    """The placements or assessments of the cases whose rows of the table are seen."""
    whole = Base.metadata.tables[parts]
    return select(whole.c.id).where(whole.c.case_id.in_(view.case_ids(table)))


def _versions(table: Table, view: View) -> ColumnElement[bool]:
    """What the registers said before of the person, their household and cases."""
    register, row = table.c.register, table.c.row_id
    return or_(
        and_(register == "participant", row == view.person.id),
        and_(register == "household", row == view.person.household_id),
        and_(register == "cases", row.in_(view.case_ids(table.name))),
    )


SPECIAL: dict[str, Callable[[Table, View], ColumnElement[bool]]] = {
    "participant": lambda table, view: table.c.id == view.person.id,
    "household": lambda table, view: table.c.id == view.person.household_id,
    "cases": lambda table, view: table.c.id.in_(view.case_ids(table.name)),
    "register_version": _versions,
}


def _table(name: str, view: View, names: _Names) -> dict[str, Any]:
    table = Base.metadata.tables[name]
    columns = columns_about(name)
    query = select(table).where(rows_of(table, view)).order_by(*table.primary_key.columns)
    found = [view.shown(name, dict(row)) for row in db.session.execute(query).mappings()]
    rows = [{column: names.of(column, row[column]) for column in columns} for row in found if row is not None]
    if name == "participant":
        rows[0] = {"number": view.person.number, **rows[0]}
    purpose = next(activity.purpose for table_name, activity, _ in TABLES if table_name == name)
    return {"table": name, "purpose": purpose, "rows": rows}


def _readers(person: Participant) -> list[dict[str, Any]]:
    """Who has read or changed something about the person, oldest first."""
    query = (
        select(AuditRow.at, AuditRow.kind, User.name, Unit.code)
        .outerjoin(User, User.id == AuditRow.user_id)
        .outerjoin(Unit, Unit.id == AuditRow.unit_id)
        .where(AuditRow.participant_id == person.id)
        .order_by(AuditRow.id)
    )
    return [
        {"at": _plain(at), "who": name or "Caseflow", "unit": unit or "", "what": kind.label}
        for at, kind, name, unit in db.session.execute(query)
    ]


def _processing(activity: Any) -> dict[str, str]:
    """What article 15.1 a–d asks to be told."""
    return {
        "name": activity.name,
        "purpose": activity.purpose,
        "ground": activity.ground,
        "recipients": activity.recipients,
        "retention": activity.retention,
    }


class _Names:
    """What the ids of staff and registers stand for, read once."""

    def __init__(self) -> None:
        users = dict(db.session.execute(select(User.id, User.name)).tuples().all())
        units = dict(db.session.execute(select(Unit.id, Unit.code)).tuples().all())
        workplaces = {one.id: one.label for one in db.session.scalars(select(Workplace))}
        programmes = dict(db.session.execute(select(Programme.id, Programme.name)).tuples().all())
        areas = dict(db.session.execute(select(AssessmentArea.id, AssessmentArea.name)).tuples().all())
        self._registers: tuple[tuple[str, dict[int, str]], ...] = (
            *(("unit_id", units), ("workplace_id", workplaces), ("programme_id", programmes), ("area_id", areas)),
            *((name, users) for name in ("_by_id", "social_worker_id", "counsellor_id", "user_id")),
        )

    def of(self, column: str, value: Any) -> Any:
        """The value as JSON can hold it; an id of staff or of a register by its name."""
        register = next((known for ending, known in self._registers if column.endswith(ending)), None)
        return register.get(value) if register is not None and value is not None else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value

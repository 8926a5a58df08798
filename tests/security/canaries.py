"""Words that are found nowhere else, planted in every personal text, and whose they are.

A canary is "kn", the number of its column, "z", the row's id and "q". The data catalogue says which columns are
personal. A personnummer and a birth day are canaries as they are.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date

from pypdf import PdfReader
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, DateTime, Integer, Numeric, String, Text, text
from sqlalchemy.types import TypeEngine
from werkzeug.test import TestResponse

from caseflow.cases import corrections
from caseflow.cases.terms import EventKind
from caseflow.database import Choice
from caseflow.extensions import Base, db
from caseflow.privacy.activities import Category
from caseflow.privacy.entries import entries
from tests.meta.world import World

PERSONAL = frozenset({Category.IDENTITY, Category.CASE, Category.ASSISTANCE, Category.PLACEMENT, Category.ASSESSMENT})
# What a value of these is says nothing of whose it is: keys, kinds, yes and no, steps of time, sums.
NOBODYS: tuple[type[TypeEngine[object]], ...] = (Choice, Boolean, BigInteger, Integer, Numeric, DateTime, ARRAY)
# Days of what happened, which figures are made of.
DAYS = frozenset(
    {
        *("assistance_since_on", "month_on", "stage_since_on", "referred_on", "closed_on", "follow_up_due_on"),
        *("occurred_on", "from_on", "to_on", "planned_end_on", "until_on", "began_on", "ended_on", "stopped_on"),
        "consent_on",
    }
)
# Personal columns that take no canary of their own: why.
OTHERWISE = {
    ("participant", "title_key"): "computed by the database from the name",
    ("participant", "number_hash"): "of the personnummer, which is a canary",
    ("participant", "number_encrypted"): "the personnummer, which is a canary",
    ("participant", "birth_on"): "a canary as it is: every participant gets a day of their own",
    ("register_version", "facts"): "days, kinds and keys",
    ("log_question", "answer"): "of a reading, by whoever read: shown to them and to whoever reviews the log",
    ("log_question", "comment"): "of a reading, by whoever reviews the log: shown to reviewers",
    ("log_review", "protocol"): "made of the questions",
    ("subject_extract", "content_encrypted"): "made of what is planted",
    ("import_run", "refused_encrypted"): "made of what the test uploads",
    ("import_file", "content_encrypted"): "made of what the test uploads",
    ("draft", "fields_encrypted"): "made of what the test writes",
}
# From a row to its case.
CASES_OF = {
    "participant": "SELECT p.id, c.id FROM participant p JOIN cases c ON c.participant_id = p.id",
    "household": (
        "SELECT h.id, c.id FROM household h JOIN participant p ON p.household_id = h.id "
        "JOIN cases c ON c.participant_id = p.id"
    ),
    "cases": "SELECT id, id FROM cases",
    "case_event": "SELECT id, case_id FROM case_event",
    "placement": "SELECT id, case_id FROM placement",
    "case_grant": "SELECT id, case_id FROM case_grant",
    "retention_hold": "SELECT h.id, c.id FROM retention_hold h JOIN cases c ON c.participant_id = h.participant_id",
}
CANARY = re.compile(r"kn(\d+)z(\d+)q")


@dataclass(frozen=True)
class Canary:
    """Where a word that was found had been planted."""

    table: str
    column: str
    row_id: int
    case_id: int


@dataclass(frozen=True)
class Canaries:
    """What is planted: the columns by their number, the case of every row, and words that are canaries as they are."""

    columns: tuple[tuple[str, str], ...]
    cases: dict[tuple[str, int], int]
    as_they_are: dict[str, Canary]

    def found_in(self, words: str) -> set[Canary]:
        """Every canary in the text."""
        found = {canary for word, canary in self.as_they_are.items() if word in words}
        for number, row_id in CANARY.findall(words):
            table, column = self.columns[int(number)]
            # Of a row that was made later from what was planted: the case of what it was made from is not known.
            found.add(Canary(table, column, int(row_id), self.cases.get((table, int(row_id)), 0)))
        return found


def personal_columns() -> list[tuple[str, str]]:
    """Every column that the catalogue calls personal. Another test holds the catalogue to the models."""
    return [(one.table, one.column) for one in entries() if one.category in PERSONAL]


def columns() -> tuple[tuple[str, str], ...]:
    """The personal columns that take a canary: those of words."""
    tables = Base.metadata.tables
    return tuple(
        (table, column)
        for table, column in personal_columns()
        if takes_words(tables[table].c[column])
        if (table, column) not in OTHERWISE
    )


def takes_words(column: Column[object]) -> bool:
    return isinstance(column.type, String | Text) and not isinstance(column.type, Choice)


def undecided() -> list[tuple[str, str]]:
    """Personal columns of which nobody has said how the test looks for them."""
    tables = Base.metadata.tables
    return [
        (table, column)
        for table, column in personal_columns()
        if not isinstance(tables[table].c[column].type, NOBODYS)
        if (table, column) not in {*columns(), *OTHERWISE}
        if column not in DAYS
    ]


def plant(world: World) -> Canaries:
    """Put a canary into every personal text of every row; each case has a correction with its reason."""
    for case in world.cases.values():
        contact = next((event for event in case.valid_events if event.kind == EventKind.FIRST_CONTACT), None)
        if contact is not None and case.social_worker is not None:
            corrections.correct_date(case.social_worker.actor, case, contact, date(2020, 2, 4), "fel dag")
        meeting = next((event for event in case.valid_events if event.kind == EventKind.FIRST_MEETING), None)
        if meeting is not None and case.counsellor is not None:
            corrections.correct_date(case.counsellor.actor, case, meeting, meeting.occurred_on, "fel text", "ny text")
    db.session.commit()
    planted = columns()
    for number, (table, column) in enumerate(planted):
        given = f"UPDATE {table} SET {column} = 'kn{number}z' || id || 'q'"
        # An event that stands has no reason for being voided.
        db.session.execute(text(given + (" WHERE void_reason IS NOT NULL" if column == "void_reason" else "")))
    db.session.execute(text("UPDATE participant SET birth_on = date '1971-03-02' + id::int"))
    db.session.commit()
    db.session.expire_all()
    cases = {
        (table, row_id): case_id
        for table, query in CASES_OF.items()
        for row_id, case_id in db.session.execute(text(query)).tuples()
    }
    return Canaries(planted, cases, as_they_are(world))


def as_they_are(world: World) -> dict[str, Canary]:
    """The personnummer with its hyphen and without, and the birth day."""
    found: dict[str, Canary] = {}
    for case in world.cases.values():
        person = case.participant
        number = Canary("participant", "number", person.id, case.id)
        found |= {person.number: number, person.number.replace("-", ""): number}
        found[person.birth_on.isoformat()] = Canary("participant", "birth_on", person.id, case.id)
    return found


def words_of(answer: TestResponse) -> str:
    """What can be read in an answer: the text of a page, of every sheet, of every page of a PDF; and its headers."""
    body = answer.get_data()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            read = " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    elif body.startswith(b"%PDF"):
        read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    else:
        read = body.decode(errors="replace")
    return f"{read} {answer.headers}"

"""Households, participants and payments from their rows. An empty cell leaves what is known as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, update

from caseflow.core import clock
from caseflow.extensions import Base, db
from caseflow.imports.kinds import FileKind
from caseflow.imports.known import Known, among
from caseflow.imports.rows import Outcome, Row, Rows
from caseflow.people.models import AssistancePayment, Household, Participant, Protection


def read_households(rows: Rows, known: Known) -> None:
    """Add and change households."""
    for row in rows.pending(FileKind.HOUSEHOLDS):
        number = row["hushallsnr"]
        facts = {
            "children": row["antal_barn"],
            "assistance_since_on": row["bistand_sedan"],
            "reason_code": row["orsakskod"],
        }
        household = known.households.get(number)
        if household is None:
            household = known.households[number] = Household(number=number, **_given(facts))
            db.session.add(household)
            row.outcome = Outcome.NEW
        else:
            row.outcome = _change(household, facts)
    rows.settle(FileKind.HOUSEHOLDS)


def read_participants(rows: Rows, known: Known) -> None:
    """Add and change participants."""
    for row in rows.pending(FileKind.PARTICIPANTS):
        household = find_household(row, rows, known) if row["hushallsnr"] else None
        if row.outcome == Outcome.REFUSED:
            continue
        facts = {
            "first_name": row["fornamn"],
            "last_name": row["efternamn"],
            "household": household,
            "protection": row["skyddad"],
            "af_registered": row["af_inskriven"],
            "activity_hours": row["aktivitet_tim_vecka"],
        }
        identity = row["personnummer"]
        participant = known.participants.get(identity.number)
        if participant is None:
            participant = known.participants[identity.number] = Participant(
                **{"protection": Protection.NONE} | _given(facts)
            )
            participant.set_identity(identity)
            db.session.add(participant)
            row.outcome = Outcome.NEW
        else:
            if participant.protected and row["skyddad"] == Protection.MARKING:
                # That somebody is protected says nothing against the stronger kind.
                del facts["protection"]
            row.outcome = _change(participant, facts)
    rows.settle(FileKind.PARTICIPANTS)
    db.session.flush()


@dataclass(frozen=True)
class _Sum:
    household_id: int
    month_on: date
    paid_kr: Decimal


def read_payments(rows: Rows, known: Known) -> None:
    """Add payments; a changed sum voids the row there is and adds another."""
    outdated: list[int] = []
    sums: list[_Sum] = []
    for row in rows.pending(FileKind.PAYMENTS):
        household = find_household(row, rows, known)
        if household is None:
            continue
        old = known.payments.get((household.number, row["manad"]))
        if old is not None and old[1] == row["belopp"]:
            row.outcome = Outcome.UNCHANGED
            continue
        if old is not None:
            outdated.append(old[0])
        row.outcome = Outcome.NEW if old is None else Outcome.CHANGED
        sums.append(_Sum(household.id, row["manad"], row["belopp"]))
    now = clock.now()
    if outdated:
        db.session.execute(
            update(AssistancePayment).where(among(AssistancePayment.id, outdated)).values(voided_at=now),
            execution_options={"synchronize_session": False},
        )
    if sums:
        db.session.execute(insert(AssistancePayment), [vars(paid) | {"recorded_at": now} for paid in sums])


def find_household(row: Row, rows: Rows, known: Known) -> Household | None:
    """The household that the row names; the row is refused when there is none."""
    number = row["hushallsnr"]
    household = known.households.get(number)
    if household is None:
        refuse_dependent(row, rows, FileKind.HOUSEHOLDS, "hushallsnr", f"Hushållet {number}")
    return household


def refuse_dependent(row: Row, rows: Rows, kind: FileKind, column: str, thing: str) -> None:
    """Refuse the row because what it refers to is not there, or has just been refused itself."""
    refused = rows.find_refused(kind, row[column])
    if refused is not None:
        row.refuse(f"{thing} avvisades ({refused.place}). Rätta den raden och läs in båda igen.", column)
    else:
        row.refuse(f"{thing} finns inte. Läs in filen {kind.value} med den raden, eller rätta {column}.", column)


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _change(row: Base, facts: dict[str, Any]) -> Outcome:
    """Take over the given facts that differ."""
    differing = {name: value for name, value in _given(facts).items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return Outcome.CHANGED if differing else Outcome.UNCHANGED

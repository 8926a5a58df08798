"""What a register said before it was changed is remembered, whoever changes it, and can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from caseflow.cases.models import Case
from caseflow.core import clock, personnummer
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.history import RegisterVersion, registers
from caseflow.measures import checks
from caseflow.measures.facts import Facts, known_then, programme_then, settled_at
from caseflow.measures.selection import Cut
from caseflow.organisation.models import Programme, ProgrammeBudget, Target
from caseflow.people.models import Household, Participant
from tests import factories
from tests.owner import as_owner

SINCE, CORRECTED = date(2018, 3, 1), date(2017, 5, 1)


def known_as(model: Any, row_id: int, column: str, at: datetime | None) -> Any:
    """What the column said at the instant; None also where the row was not known."""
    then = known_then(model, at)
    return db.session.scalar(select(getattr(then, column)).where(then.id == row_id))


def by_object(home: Household) -> None:
    home.assistance_since_on = CORRECTED


def by_statement(home: Household) -> None:
    db.session.execute(update(Household).where(Household.id == home.id).values(assistance_since_on=CORRECTED))


def by_hand(home: Household) -> None:
    db.session.execute(
        text("UPDATE household SET assistance_since_on = :day, known_since_at = :at WHERE id = :id"),
        {"day": CORRECTED, "at": clock.now(), "id": home.id},
    )


@pytest.mark.parametrize("change", [by_object, by_statement, by_hand])
def test_a_changed_fact_is_still_known_as_it_was(app: Flask, change: Callable[[Household], None]) -> None:
    home = factories.make_household(since=SINCE)
    before = clock.now()
    change(home)
    db.session.commit()
    said = [known_as(Household, home.id, "assistance_since_on", at) for at in (before, clock.now(), None)]
    assert said == [SINCE, CORRECTED, CORRECTED]


def test_a_row_is_unknown_before_it_was_recorded(app: Flask) -> None:
    before = clock.now()
    home = factories.make_household()
    assert known_as(Household, home.id, "id", before) is None
    assert known_as(Household, home.id, "id", clock.now()) == home.id


def test_a_change_of_what_is_not_remembered_leaves_no_version_and_the_same_instant(app: Flask) -> None:
    home = factories.make_household()
    known_since_at = home.known_since_at
    home.reason_code = "12"
    db.session.commit()
    assert home.known_since_at == known_since_at
    assert versions() == []


def test_a_clock_that_was_moved_back_does_not_turn_history_round(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    home = factories.make_household(since=SINCE)
    known_since_at = home.known_since_at
    monkeypatch.setenv("CASEFLOW_TODAY", "2020-06-01")
    home.assistance_since_on = CORRECTED
    db.session.commit()
    assert home.known_since_at == known_since_at + timedelta(microseconds=1)


def test_a_change_by_hand_without_an_instant_counts_from_the_server_s_clock(app: Flask) -> None:
    home = factories.make_household(since=SINCE)
    db.session.execute(text("UPDATE household SET assistance_since_on = '2017-05-01'"))
    db.session.commit()
    real = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert real - timedelta(minutes=1) < home.known_since_at <= real


def test_sex_birth_and_household_of_a_person_are_remembered_and_never_number_or_name(app: Flask) -> None:
    old_home, new_home = factories.make_household(), factories.make_household()
    person = factories.make_participant(date(1980, 1, 1), Sex.WOMAN, household=old_home)
    before = clock.now()
    person.set_identity(personnummer.parse(factories.number_for(date(1981, 2, 3), Sex.MAN)))
    person.household = new_home
    db.session.commit()
    assert known_as(Participant, person.id, "sex", before) is Sex.WOMAN
    assert known_as(Participant, person.id, "birth_on", before) == date(1980, 1, 1)
    assert known_as(Participant, person.id, "household_id", before) == old_home.id
    assert known_as(Participant, person.id, "sex", clock.now()) is Sex.MAN
    assert [set(version.facts) for version in versions()] == [{"birth_on", "sex", "household_id"}]


def test_a_deleted_person_leaves_nothing_behind(app: Flask) -> None:
    person = factories.make_participant(date(1980, 1, 1))
    person.household = None
    db.session.commit()
    assert len(versions()) == 1
    db.session.execute(delete(Participant).where(Participant.id == person.id))
    db.session.commit()
    assert versions() == []


def test_a_case_moved_to_another_unit_was_known_at_the_old_one(app: Flask) -> None:
    case = factories.make_case(date(2020, 9, 1))
    was, moved = case.to_unit_id, factories.unit("OSA").id
    before = clock.now()
    case.to_unit_id = moved
    db.session.commit()
    assert [known_as(Case, case.id, "to_unit_id", at) for at in (before, None)] == [was, moved]
    assert known_as(Case, case.id, "number", before) == case.number


def test_a_target_that_was_shortened_still_went_on_before(app: Flask) -> None:
    target = db.session.scalars(select(Target).where(Target.measure == "W1", Target.valid_to.is_(None))).one()
    before = clock.now()
    target.valid_to, target.value = date(2020, 6, 30), Decimal("5.50")
    db.session.commit()
    then = Facts(Cut(date(2020, 11, 30), before)).target
    found = db.session.execute(select(then.value, then.valid_to).where(then.id == target.id)).one()
    assert found == (Decimal(5), None)


def test_a_programme_is_told_with_name_span_and_budgets_of_then(app: Flask) -> None:
    programme = factories.programme()
    was = (programme.name, programme.place_goal, [one.granted_kr for one in programme.budgets])
    before = clock.now()
    programme.name, programme.place_goal = "Uppdrag 484", 484
    programme.budgets[0].granted_kr = Decimal(1)
    programme.budgets.append(ProgrammeBudget(year=2023, granted_kr=Decimal(2), assistance_reduction_kr=Decimal(3)))
    db.session.commit()
    then = programme_then(programme, Cut(date(2020, 11, 30), before))
    assert (then.name, then.place_goal, [one.granted_kr for one in then.budgets]) == was
    assert programme_then(programme, Cut(date(2020, 11, 30))) is programme
    assert then not in db.session
    assert db.session.scalars(select(Programme).where(Programme.code == programme.code)).one().place_goal == 484


def test_the_triggers_remember_the_columns_that_the_models_name(app: Flask) -> None:
    found = db.session.execute(
        text("SELECT tgrelid::regclass::text, tgname, tgenabled, tgargs FROM pg_trigger WHERE NOT tgisinternal")
    ).all()
    kept = {table: (on, bytes(args).decode()) for table, name, on, args in found if name == "keep_version"}
    assert kept == {
        model.__tablename__: ("O", "".join(f"{column}\0" for column in model.HISTORY)) for model in registers()
    }
    assert {table for table, name, *_ in found if name == "forget_versions"} == set(kept)


def test_the_check_tells_of_a_version_that_is_missing(app: Flask) -> None:
    home = factories.make_household(since=SINCE)
    for day in (date(2017, 1, 1), date(2016, 1, 1), date(2015, 1, 1)):
        home.assistance_since_on = day
        db.session.commit()
    assert list(checks.history_is_whole()) == []
    middle = versions()[1]
    db.session.delete(middle)
    db.session.commit()
    assert list(checks.history_is_whole()) == [
        f"household {home.id}: en tidigare uppgift saknas mellan {middle.recorded_at} och {middle.replaced_at}."
    ]


def test_the_check_tells_of_a_register_that_no_longer_remembers(app: Flask) -> None:
    db.session.commit()
    as_owner("ALTER TABLE household DISABLE TRIGGER keep_version")
    try:
        assert list(checks.history_is_whole()) == ["household: ändringar sparas inte. Slå på utlösaren keep_version."]
    finally:
        db.session.rollback()
        as_owner("ALTER TABLE household ENABLE TRIGGER keep_version")


def test_what_a_running_transaction_records_is_not_yet_settled(app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as other:
        other.execute("INSERT INTO household (number, reason_code) VALUES ('W1', '')")
        recorded_at = clock.now()
        assert settled_at() < recorded_at
        other.rollback()
    db.session.rollback()
    assert clock.now() - timedelta(seconds=5) < settled_at() < clock.now()


def versions() -> list[RegisterVersion]:
    return list(db.session.scalars(select(RegisterVersion).order_by(RegisterVersion.replaced_at)))

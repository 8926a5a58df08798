"""Gallring: nobody is left, every figure is the same, two have agreed, and a restore does not bring anybody back."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import redis
from flask import Flask
from psycopg import sql
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from caseflow.accounts.models import User
from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, RuleBroken
from caseflow.database import unit_of_work
from caseflow.extensions import Base, db
from caseflow.jobs.models import Job, JobStatus
from caseflow.jobs.runner import run_job
from caseflow.measures.services import rebuild_waits, renew_reports
from caseflow.people.models import Participant
from caseflow.privacy import extract_services, forgetting, holds, outside, review_services, thinning
from caseflow.privacy.activities import ABOUT_THE_PARTICIPANT
from caseflow.privacy.entries import entries
from caseflow.privacy.models import Thinning
from caseflow.privacy.retention import Reason, list_over
from caseflow.privacy.review_models import LogQuestion, LogReview, Verdict
from caseflow.privacy.review_models import Reason as DrawnFor
from caseflow.reports.as_json import json_text
from caseflow.reports.kinds import REPORTS
from caseflow.reports.reading import QuestionForm
from caseflow.reports.services import freeze
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Role
from tests import factories
from tests.conftest import SERVER_URL, administer
from tests.privacy.canaries import planted
from tests.privacy.conftest import signed_in

TODAY = date(2020, 12, 1)


@pytest.fixture
def anchors(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(app.config, "CASEFLOW_ANCHORS", str(tmp_path))
    return tmp_path


@pytest.fixture
def old(app: Flask, anchors: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case that was closed in 2013, and one like it that goes on still."""
    monkeypatch.setenv("CASEFLOW_TODAY", "2013-12-20")
    case = planted("kanarie", date(1971, 4, 7), date(2013, 3, 4), closed_on=date(2013, 10, 1))
    monkeypatch.setenv("CASEFLOW_TODAY", TODAY.isoformat())
    planted("levande", date(1982, 4, 9), date(2020, 3, 2))
    rebuild_waits()
    renew_reports()
    db.session.commit()
    return case


@pytest.fixture
def managers(app: Flask) -> tuple[User, User]:
    first, second = (factories.make_user(Role.MANAGER, None) for _ in range(2))
    return first, second


def agreed(managers: tuple[User, User]) -> Thinning:
    """Proposed by one, approved by the other, and done."""
    with unit_of_work():
        made = thinning.propose(managers[0].actor)
    with unit_of_work():
        thinning.approve(managers[1].actor, made)
    job_id = db.session.scalars(select(Job.id).where(Job.task == "privacy.thin")).one()
    assert run_job(job_id) == JobStatus.DONE
    db.session.expire_all()
    return thinning.get_thinning(made.id)


def everything() -> str:
    """Every column of every table, and everything in Valkey, as text."""
    found = []
    for table in Base.metadata.sorted_tables:
        found += [str(row[0]) for row in db.session.execute(text(f'SELECT to_jsonb(t)::text FROM "{table.name}" t'))]
    store = redis.from_url(os.environ["REDIS_URL"])
    found += [f"{key!r} {store.dump(key)!r}" for key in store.scan_iter("*")]
    return "\n".join(found)


def figures() -> dict[str, str]:
    """Every report of the year in which the case was, whole and for an age group."""
    asked = {"fran": "2013-01-01", "till": "2013-12-31", "brytdag": "2013-12-31"}
    told = {}
    for key, kind in REPORTS.items():
        for more in ({}, {"alder": "25-59"}, {"kant": "2020-11-30"}):
            question = QuestionForm({**asked, "program": "500-uppdraget", **more}, kind).read()
            if question is not None:
                said = json.loads(json_text(kind.build(question), None))
                told[f"{key} {more}"] = json.dumps({**said, "known_at": ""}, sort_keys=True)
    return told


def test_nothing_of_the_person_is_left_anywhere_and_every_figure_is_the_same(
    old: Case, managers: tuple[User, User]
) -> None:
    person = old.participant
    gone = ["kanarie", old.number, person.number_hash.hex(), person.number_encrypted.hex(), "1971-04-07"]
    number = person.number.replace("-", "")
    extract_services.make(managers[0].actor, old)
    asked = QuestionForm({"fran": "2013-01-01", "till": "2013-12-31"}, next(iter(REPORTS.values()))).read()
    assert asked is not None
    frozen = freeze(
        factories.make_user(Role.CONTROLLER, None).actor, next(iter(REPORTS.values())), asked, "Bokslut", "once"
    )
    db.session.commit()
    before, content, sha256 = figures(), frozen.content, frozen.sha256
    assert len(before) > len(REPORTS)
    assert [mark for mark in gone if mark not in everything()] == []
    done = agreed(managers)
    assert done.protocol["counts"]["persons"] == 1
    left = everything()
    # The staff's own name is not the person's.
    assert [mark for mark in (*gone, number) if mark in left.replace("Konsulent kanariestab", "")] == []
    assert {key: told for key, told in figures().items() if told != before[key]} == {}
    db.session.refresh(frozen)
    assert (frozen.content, frozen.sha256) == (content, sha256)
    assert "levande" in left


def test_a_signed_log_review_keeps_its_readings_but_not_of_whom_they_were(
    old: Case, managers: tuple[User, User]
) -> None:
    other = db.session.scalars(select(Case).where(Case.id != old.id)).one()
    reader = factories.make_user(Role.COUNSELLOR, "AMC")
    review = LogReview(of_managers=False, month_on=date(2013, 11, 1), seed="0", drawn_at=clock.now())
    review.questions = [
        LogQuestion(
            audit_id=number,
            reader_id=reader.id,
            participant_id=case.participant_id,
            case_id=case.id,
            kind=AccessKind.OPENED_CASE,
            read_at=datetime(2013, 11, 4, 8, number, tzinfo=UTC),
            reasons=[DrawnFor.RANDOM.value],
            answer=f"{case.participant.name} ringde.",
            verdict=Verdict.REASONABLE,
            comment=f"Om {case.participant.name}.",
        )
        for number, case in enumerate((old, other), start=1)
    ]
    factories.save(review)
    with unit_of_work():
        review_services.sign_off(managers[0].actor, review.id)
    kept, number, name = review.protocol["rows"][1], old.number, old.participant.name
    assert (number in everything(), name in everything()) == (True, True)
    agreed(managers)
    left = everything()
    assert (number in left, name in left) == (False, False)
    db.session.refresh(review)
    emptied, untouched = review.protocol["rows"]
    assert (emptied["reader"], emptied["case"], emptied["verdict"]) == (reader.name, "", "Rimlig")
    assert untouched == kept


def test_the_case_is_nobodys_to_open_afterwards(app: Flask, old: Case, managers: tuple[User, User]) -> None:
    number = old.number
    agreed(managers)
    client = signed_in(app, managers[0])
    renamed = db.session.scalars(select(Case.number).where(Case.thinned_at.is_not(None))).one()
    assert {client.get(f"/arenden/{one}").status_code for one in (number, renamed)} == {404}
    assert renamed not in client.get("/arenden").text


def test_two_different_managers_must_agree(old: Case, managers: tuple[User, User]) -> None:
    made = thinning.propose(managers[0].actor)
    with pytest.raises(NotAllowed):
        thinning.approve(managers[0].actor, made)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(update(Thinning).values(approved_by_id=managers[0].id, approved_at=clock.now()))
    db.session.rollback()
    assert db.session.scalars(select(Participant.thinned_at)).all() == [None, None]


def test_nobody_is_thinned_out_before_five_years_have_gone(old: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_over(date(2018, 12, 19)) == []
    (record,) = list_over(date(2018, 12, 20))
    assert (record.participant_ids, record.deadline(5)) == ((old.participant_id,), date(2019, 12, 31))


def test_research_holds_and_open_cases_keep_the_whole_household(
    old: Case, managers: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reasons() == [Reason.NONE]
    with unit_of_work():
        holds.place(managers[0].actor, old, "Överklagat", date(2020, 12, 1))
    assert reasons() == [Reason.HELD]
    monkeypatch.setenv("CASEFLOW_TODAY", "2020-12-02")
    assert reasons() == [Reason.NONE]
    monkeypatch.setenv("CASEFLOW_TODAY", "2013-12-20")
    relative = factories.make_participant(date(1990, 5, 15), household=old.participant.household)
    monkeypatch.setenv("CASEFLOW_TODAY", "2020-12-02")
    assert reasons() == [Reason.RESEARCH]
    monkeypatch.setenv("CASEFLOW_TODAY", "2013-12-20")
    factories.make_case(date(2013, 11, 1), participant=relative)
    monkeypatch.setenv("CASEFLOW_TODAY", "2020-12-02")
    assert reasons() == [Reason.OPEN]


def reasons() -> list[Reason]:
    return [record.reason for record in list_over(clock.today())]


def test_who_has_got_an_entry_since_the_proposal_is_left(old: Case, managers: tuple[User, User]) -> None:
    made = thinning.propose(managers[0].actor)
    thinning.approve(managers[1].actor, made)
    services.add_note(factories.make_user(Role.COUNSELLOR, "AMC").actor, old, "Ringde i dag.")
    db.session.commit()
    with unit_of_work():
        thinning.carry_out(made, lambda *_: None)
    assert (made.protocol["counts"]["persons"], made.protocol["left"]) == (0, 1)
    assert old.participant.thinned_at is None


def test_the_certificate_shows_when_it_was_changed(app: Flask, old: Case, managers: tuple[User, User]) -> None:
    done = agreed(managers)
    client = signed_in(app, managers[0])
    assert "Protokollet är oförändrat" in client.get(f"/dataskydd/gallring/{done.id}").text
    db.session.execute(update(Thinning).values(protocol={**done.protocol, "left": 7}))
    db.session.commit()
    assert "Protokollet har ändrats" in client.get(f"/dataskydd/gallring/{done.id}").text


def test_without_a_folder_outside_the_database_nothing_is_thinned_out(
    app: Flask, old: Case, managers: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CASEFLOW_ANCHORS", None)
    with pytest.raises(RuleBroken):
        thinning.propose(managers[0].actor)


def test_a_restore_brings_nobody_back(
    app: Flask, old: Case, managers: tuple[User, User], database_url: str, anchors: Path
) -> None:
    name, ids = make_url(database_url).database, [manager.id for manager in managers]
    copied(name, f"{name}_backup")
    first, second = (db.session.get_one(User, key) for key in ids)
    agreed((first, second))
    assert "kanarie" not in (anchors / outside.FILE).read_text()
    copied(f"{name}_backup", name)
    administer(sql.SQL("DROP DATABASE {}").format(sql.Identifier(f"{name}_backup")))
    assert "Förnamnkanarie" in everything()
    told = app.test_cli_runner().invoke(args=["gallra", "--again"]).output
    assert told == "1 personer gallrade på nytt.\n"
    left = everything()
    assert "Förnamnkanarie" not in left
    assert "Förnamnlevande" in left
    assert app.test_cli_runner().invoke(args=["gallra", "--again"]).output == "0 personer gallrade på nytt.\n"


def copied(source: str | None, target: str | None) -> None:
    """The target database as the source is, whatever it was."""
    assert source
    assert target
    assert SERVER_URL
    db.session.remove()
    db.engine.dispose()
    # A copy wants nobody in the database that is copied.
    gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
    administer(sql.SQL(gone).format(sql.Literal(source)))
    administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
    administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source)))


def test_who_comes_back_after_the_thinning_is_somebody_new(old: Case, managers: tuple[User, User]) -> None:
    birth_on, sex = old.participant.birth_on, old.participant.sex
    agreed(managers)
    back = factories.make_participant(birth_on, sex)
    assert thinning.again() == 0
    assert back.thinned_at is None


def test_every_personal_column_is_either_emptied_or_kept_on_purpose(migrated_app: Flask) -> None:
    decided = {(table, column) for table, (_, columns) in forgetting.EMPTIED.items() for column in columns}
    decided |= {(table, column) for table, columns in forgetting.KEPT.items() for column in columns.split()}
    decided |= forgetting.OTHERWISE
    whole = set(forgetting.REMOVED) | forgetting.GONE_LONG_AGO
    personal = {
        (entry.table, entry.column)
        for entry in entries()
        if entry.category in ABOUT_THE_PARTICIPANT and entry.table not in whole and entry.column != "public_id"
    }
    assert personal - decided == set()

"""Whoever owns the database can change the audit, but not unseen."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from psycopg.rows import dict_row

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.security import anchors, chain
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Role
from tests import factories
from tests.owner import owners_connection
from tests.security_figures import SecurityFigure, tries

Owner = psycopg.Connection[dict[str, Any]]
COLUMNS = (*chain.SAYS, "seal")
PUT = f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})"
ANCHORED = 150


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(app.config, "CASEFLOW_ANCHORS", str(tmp_path))
    return tmp_path


@pytest.fixture
def audit(app: Flask, folder: Path) -> int:
    """A chain with looks and changes, anchored, and some rows after that. How many rows the anchor holds."""
    karin = factories.make_user(Role.COUNSELLOR, "AMC")
    case = factories.make_case(date(2020, 10, 1))
    while chain.read_head(db.session.connection()).id < ANCHORED:
        log_access(karin.actor, AccessKind.OPENED_CASE, case_id=case.id, detail="Därför.")
        db.session.commit()
    anchor = anchors.drop_anchor(begin=True)
    assert anchor is not None
    for kind in (AccessKind.OPENED_CASE, AccessKind.SEARCHED, AccessKind.DOWNLOADED):
        log_access(karin.actor, kind)
        db.session.commit()
    return anchor.id


@pytest.fixture
def owner(audit: int) -> Iterator[Owner]:
    with owners_connection() as connection:
        connection.row_factory = dict_row
        connection.execute("CREATE TEMPORARY TABLE untouched AS SELECT * FROM audit")
        yield connection


def sentences() -> list[str]:
    found = [fault.sentence for fault in anchors.all_faults()]
    db.session.rollback()
    return found


def rows_of(owner: Owner) -> list[dict[str, Any]]:
    return owner.execute("SELECT * FROM audit ORDER BY id").fetchall()


def write_anew(owner: Owner, rows: list[dict[str, Any]]) -> None:
    owner.execute("TRUNCATE audit")
    owner.cursor().executemany(PUT, rows)


def resealed(rows: list[dict[str, Any]], key: bytes | None) -> list[dict[str, Any]]:
    """The rows numbered and sealed from the first on, by one who has the key, or by one who has to do without."""
    before, sealed = chain.BEFORE_THE_FIRST, []
    for number, row in enumerate(rows, start=1):
        whole = {**row, "id": number}
        before = chain.seal(key, before, whole) if key else without_key(before, whole)
        sealed.append({**whole, "seal": before})
    return sealed


def without_key(before: bytes, row: dict[str, Any]) -> bytes:
    told = [row[name].astimezone(UTC).isoformat() if name == "at" else row[name] for name in chain.SAYS]
    return hashlib.sha256(before + json.dumps(told, ensure_ascii=False).encode()).digest()


def other(name: str, value: Any, chance: random.Random) -> Any:
    """Another value for the column."""
    if name == "at":
        return value + timedelta(microseconds=chance.choice([-1, 1, 3_600_000_000]))
    if name == "seal":
        place = chance.randrange(32)
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    if isinstance(value, str):
        return chance.choice([value + " ", value.upper() + "x", "downloaded" if name == "kind" else "annat"])
    return chance.choice([0 if value is None else None, (value or 0) + 1, (value or 0) + 1_000])


def edit(owner: Owner, chance: random.Random, anchored: int) -> None:
    row = chance.choice(rows_of(owner))
    name = chance.choice([one for one in COLUMNS if one != "id"])
    owner.execute(f"UPDATE audit SET {name} = %s WHERE id = %s", [other(name, row[name], chance), row["id"]])


def renumber(owner: Owner, chance: random.Random, anchored: int) -> None:
    total = len(rows_of(owner))
    owner.execute("UPDATE audit SET id = %s WHERE id = %s", [total + chance.randint(1, 9), chance.randint(1, total)])


def edit_and_seal_without_key(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    at = chance.randrange(len(rows))
    rows[at]["user_id"] = (rows[at]["user_id"] or 0) + 1
    write_anew(owner, rows[:at] + resealed(rows, None)[at:])


def insert_within(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    at = chance.randrange(len(rows))
    rows.insert(at, {**chance.choice(rows)})
    write_anew(owner, [{**row, "id": number} for number, row in enumerate(rows, start=1)])


def insert_at_an_end(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    forged = {**chance.choice(rows), "id": chance.choice([0, -5, len(rows) + 1, len(rows) + 7])}
    owner.execute(PUT, forged | {"seal": chance.choice([forged["seal"], chance.randbytes(32)])})


def delete_one(owner: Owner, chance: random.Random, anchored: int) -> None:
    owner.execute("DELETE FROM audit WHERE id = %s", [chance.randint(1, anchored)])


def delete_many(owner: Owner, chance: random.Random, anchored: int) -> None:
    gone = chance.sample(range(1, anchored + 1), chance.randint(2, anchored - 1))
    owner.execute("DELETE FROM audit WHERE id = ANY(%s)", [gone])


def delete_and_close_the_gap(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    del rows[chance.randrange(anchored)]
    write_anew(owner, [{**row, "id": number} for number, row in enumerate(rows, start=1)])


def cut_the_end(owner: Owner, chance: random.Random, anchored: int) -> None:
    owner.execute("DELETE FROM audit WHERE id >= %s", [chance.randint(2, anchored)])


def empty(owner: Owner, chance: random.Random, anchored: int) -> None:
    owner.execute(chance.choice(["TRUNCATE audit", "DELETE FROM audit"]))


def swap(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    one, two = chance.sample(rows, 2)
    places = {one["id"]: two, two["id"]: one}
    write_anew(owner, [{**places.get(row["id"], row), "id": row["id"]} for row in rows])


def shuffle(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    begin = chance.randrange(anchored - 10)
    part = rows[begin : begin + 10]
    rows[begin : begin + 10] = part[1:] + part[:1]
    write_anew(owner, [{**row, "id": number} for number, row in enumerate(rows, start=1)])


def rewrite_with_the_key(owner: Owner, chance: random.Random, anchored: int) -> None:
    """Every seal right: only the anchor tells."""
    rows = rows_of(owner)
    row = rows[chance.randrange(anchored)]
    name = chance.choice(["at", "user_id", "unit_id", "participant_id", "case_id", "detail", "endpoint"])
    row[name] = other(name, row[name], chance)
    write_anew(owner, resealed(rows, chain.sealing_key()))


def leave_out_and_rewrite_with_the_key(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    first = chance.randrange(anchored)
    del rows[first : first + chance.randint(1, 20)]
    write_anew(owner, resealed(rows, chain.sealing_key()))


def begin_anew_with_the_key(owner: Owner, chance: random.Random, anchored: int) -> None:
    rows = rows_of(owner)
    write_anew(owner, resealed(chance.choices(rows, k=len(rows) + chance.randint(0, 50)), chain.sealing_key()))


TAMPERINGS: tuple[Callable[[Owner, random.Random, int], None], ...] = (
    edit,
    edit,
    edit,
    renumber,
    edit_and_seal_without_key,
    insert_within,
    insert_at_an_end,
    delete_one,
    delete_many,
    delete_and_close_the_gap,
    cut_the_end,
    empty,
    swap,
    shuffle,
    rewrite_with_the_key,
    leave_out_and_rewrite_with_the_key,
    begin_anew_with_the_key,
)


@pytest.mark.security
def test_every_tampering_is_found(audit: int, owner: Owner, security_figure: SecurityFigure) -> None:
    chance, wanted, unseen = random.Random(20201201), tries(1_000, 3 * len(TAMPERINGS)), []
    for number in range(wanted):
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        tamper(owner, chance, audit)
        if not sentences():
            unseen.append(tamper.__name__)
        owner.execute("TRUNCATE audit")
        owner.execute("INSERT INTO audit SELECT * FROM untouched")
        if sentences():
            unseen.append(f"{tamper.__name__}: the untouched chain is accused")
    assert unseen == []
    security_figure("Audit tamperings made as the database's owner, found", measured=wanted, ideal=wanted)


def test_the_untouched_chain_is_clean(audit: int) -> None:
    assert sentences() == []


def test_a_fault_says_what_is_wrong_and_where(audit: int, owner: Owner) -> None:
    owner.execute("UPDATE audit SET detail = 'x' WHERE id = 7")
    owner.execute("DELETE FROM audit WHERE id IN (12, 13)")
    owner.execute("DELETE FROM audit WHERE id >= 150")
    found = sentences()
    assert "Rad 7 " in found[0]
    assert "ändrad" in found[0]
    assert "Raderna 12–13 saknas" in found[1]
    assert "Rad 150 fanns när loggen förankrades" in found[-1]
    assert len(found) == 3


def test_rows_after_the_last_anchor_can_be_cut_off_unseen_and_that_is_why_it_is_dropped_often(
    audit: int, owner: Owner
) -> None:
    owner.execute("DELETE FROM audit WHERE id > %s", [audit])
    assert sentences() == []


def test_the_command_tells_faults_and_fails(app: Flask, audit: int, owner: Owner) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()
    clean = runner.invoke(args=["audit", "verify"])
    assert (clean.exit_code, "inga fel" in clean.output) == (0, True)
    owner.execute("UPDATE audit SET user_id = 99 WHERE id = 5")
    faulty = runner.invoke(args=["audit", "verify"])
    assert (faulty.exit_code, "Rad 5 " in faulty.output) == (1, True)


def test_an_anchor_is_added_at_the_end_of_its_file_and_only_when_the_chain_has_grown(audit: int, folder: Path) -> None:
    path = folder / anchors.FILE
    before = path.read_text()
    assert anchors.drop_anchor() is not None
    assert anchors.drop_anchor() is None
    assert path.read_text().startswith(before)
    assert [anchor.id for anchor in anchors.read(path)] == [audit, audit + 3]


def test_a_chain_that_left_its_anchor_gets_no_new_one(audit: int, owner: Owner) -> None:
    owner.execute("DELETE FROM audit WHERE id >= 100")
    with pytest.raises(RuleBroken):
        anchors.drop_anchor()


def test_the_beat_drops_an_anchor_an_hour(audit: int, folder: Path) -> None:
    path = folder / anchors.FILE
    anchors.drop_anchor_if_due()
    [only] = anchors.read(path)
    path.write_text(replace(only, at=clock.now() - timedelta(hours=1)).line)
    anchors.drop_anchor_if_due()
    assert len(anchors.read(path)) == 2


def test_a_changed_file_of_anchors_is_told(audit: int, folder: Path) -> None:
    (folder / anchors.FILE).write_text("{}\n")
    assert sentences() == [f"Filen med ankare, {folder / anchors.FILE}, är skadad eller ändrad."]


def test_a_lost_file_of_anchors_is_told_and_begun_anew_only_when_asked(
    audit: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / anchors.FILE).unlink()
    began_at = chain.read_beginning()
    assert began_at is not None
    monkeypatch.setattr(clock, "now", lambda: began_at + timedelta(hours=23))
    assert sentences() == []
    monkeypatch.setattr(clock, "now", lambda: began_at + timedelta(hours=24))
    [told] = sentences()
    assert "saknas eller är tom" in told
    anchors.drop_anchor_if_due()
    with pytest.raises(RuleBroken, match="saknas eller är tom"):
        anchors.drop_anchor()
    assert not (folder / anchors.FILE).exists()
    assert anchors.drop_anchor(begin=True) is not None
    assert sentences() == []


def test_without_a_folder_no_anchor_can_be_dropped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "CASEFLOW_ANCHORS", None)
    anchors.drop_anchor_if_due()
    told = app.test_cli_runner().invoke(args=["audit", "anchor"])
    assert (told.exit_code, "CASEFLOW_ANCHORS" in told.output) == (1, True)

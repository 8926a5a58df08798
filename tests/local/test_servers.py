"""Servers of a data folder: shared, kept to one owner, and never left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from caseflow.local import servers, settings
from caseflow.local.trouble import Trouble
from tests.local.conftest import Started, are_gone

HOLD_THE_SERVERS = """
import sys, time
from pathlib import Path
from caseflow.local import servers
with servers.connect(Path(sys.argv[1])) as addresses:
    print("ready", addresses["DATABASE_URL"], flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def no_servers_of_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CASEFLOW_OWNER_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def query(addresses: dict[str, str], statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(addresses["CASEFLOW_OWNER_URL"].replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_what_is_stored_is_still_there_when_the_servers_start_again(data: Path) -> None:
    with servers.connect(data) as addresses:
        query(addresses, "CREATE TABLE kept AS SELECT 'still here' AS text")
        redis.Redis.from_url(addresses["REDIS_URL"]).set("kept", "still here")
    with servers.connect(data) as addresses:
        assert query(addresses, "SELECT text FROM kept") == [("still here",)]
        assert redis.Redis.from_url(addresses["REDIS_URL"]).get("kept") == b"still here"


def test_swedish_letters_and_binary_order_do_not_depend_on_the_machine(data: Path) -> None:
    with servers.connect(data) as addresses:
        assert query(addresses, "SELECT lower('ÅÄÖ'), 'Z' < 'a'") == [("åäö", True)]


def test_the_servers_ask_for_their_password(data: Path) -> None:
    with servers.connect(data) as addresses:
        without = (
            addresses["DATABASE_URL"]
            .replace("+psycopg", "")
            .replace(settings.secrets_of(data)["postgres_app_password"], "wrong")
        )
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(without)
        port = addresses["REDIS_URL"].rpartition(":")[2]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://127.0.0.1:{port}").ping()


def test_secrets_are_made_once_and_for_the_owner_only(data: Path) -> None:
    with servers.connect(data):
        first = settings.secrets_of(data)
    assert settings.secrets_of(data) == first
    assert (data / settings.SECRETS).stat().st_mode & 0o777 == 0o600
    assert len(set(first.values())) == 6


def test_a_second_command_joins_the_servers_of_the_first(data: Path) -> None:
    with servers.connect(data) as first, servers.connect(data) as second:
        assert second == first


def test_the_first_command_waits_for_the_one_that_joined_it(data: Path, start: Callable[..., Started]) -> None:
    first = start("-c", HOLD_THE_SERVERS, str(data), "0.5")
    first.wait_for("ready")
    with servers.connect(data) as addresses:
        assert addresses["DATABASE_URL"] in first.output()
        with pytest.raises(TimeoutError):
            wait_a_little(first)
        assert query(addresses, "SELECT 1") == [(1,)]
    assert first.ends_with() == 0


def wait_a_little(started: Started) -> None:
    import subprocess

    try:
        started.process.wait(2)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error


def test_killing_the_owner_stops_its_servers_and_frees_the_folder(data: Path, start: Callable[..., Started]) -> None:
    owner = start("-c", HOLD_THE_SERVERS, str(data), "600")
    owner.wait_for("ready")
    family = owner.family()
    assert len(family) > 2
    owner.process.kill()
    owner.ends_with()
    with servers.connect(data) as addresses:
        assert query(addresses, "SELECT 1") == [(1,)]
        assert are_gone(family, 0.2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_servers_run_as_an_ordinary_user_too(data: Path, start: Callable[..., Started]) -> None:
    try:
        subprocess.run([sys.executable, "-c", ""], user="nobody", check=True)
    except PermissionError:
        pytest.skip(f"an ordinary user cannot run {sys.executable}: it lies in a folder of root's own")
    data.parent.chmod(0o777)
    owner = start("-c", HOLD_THE_SERVERS, str(data), "600", user="nobody", HOME="/nonexistent")
    owner.wait_for("ready")
    assert {process.username() for process in owner.family()} == {"nobody"}


def test_own_servers_are_used_when_both_are_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere/0")
    with servers.connect(data) as addresses:
        assert addresses == {
            "DATABASE_URL": "postgresql://somewhere/else",
            "REDIS_URL": "redis://somewhere/0",
        }
    assert not data.exists()


def test_a_data_folder_that_is_a_file_is_refused_with_a_way_out(data: Path) -> None:
    data.write_text("")
    with pytest.raises(Trouble, match=r"ingen mapp[\s\S]*--data"), servers.connect(data):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is also the servers' user")
def test_root_is_told_when_the_servers_user_cannot_reach_the_folder(data: Path) -> None:
    data.parent.chmod(0o700)
    with pytest.raises(Trouble, match=r"når inte[\s\S]*--data"), servers.connect(data):
        pass


def test_a_cluster_of_another_version_is_refused_with_a_way_out(data: Path) -> None:
    with servers.connect(data):
        pass
    (data / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(Trouble, match=r"PostgreSQL 9\.6"), servers.connect(data):
        pass

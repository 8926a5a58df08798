"""`run.py` from an empty folder to a page, and back to nothing running."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from caseflow.local import servers, settings
from caseflow.local.folders import REPO
from tests.local.conftest import Started, are_gone

UP = "Stoppa med Ctrl-C"


def serve(start: Callable[..., Started], data: Path, port: int) -> Started:
    return start("-m", "caseflow.local", "serve", "--port", str(port), "--data", str(data), "--empty")


def status_of_first_page(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
def test_it_serves_shares_its_servers_refuses_a_second_start_and_stops_everything(
    data: Path, port: int, start: Callable[..., Started], environment: dict[str, str]
) -> None:
    first = serve(start, data, port)
    first.wait_for(UP)
    assert f"http://127.0.0.1:{port}" in first.output()
    assert status_of_first_page(port) < 500

    second = serve(start, data, port + 1)
    assert second.ends_with() == 1
    assert f"används redan av ett Caseflow (http://127.0.0.1:{port}" in second.output()
    assert "--data MAPP" in second.output()

    command = [sys.executable, "-m", "flask", "--app", "wsgi", "routes-table"]
    told = subprocess.run(
        command, cwd=REPO, env={**environment, "CASEFLOW_DATA": str(data)}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr

    family = first.family()
    first.process.send_signal(signal.SIGTERM)
    assert first.ends_with() == 0
    assert are_gone(family, 1)
    assert "Traceback" not in first.output() + second.output()


@pytest.mark.slow
def test_killed_it_leaves_nothing_running_and_starts_warm_with_its_data(
    data: Path, port: int, start: Callable[..., Started]
) -> None:
    first = serve(start, data, port)
    first.wait_for(UP)
    url = settings.read(data / servers.RUNNING)["CASEFLOW_OWNER_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (text text)")
    family = first.family()
    first.process.kill()
    first.ends_with()
    assert are_gone(family)

    again = serve(start, data, port)
    again.wait_for(UP)
    url = settings.read(data / servers.RUNNING)["CASEFLOW_OWNER_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_taken_port_ends_in_a_sentence_with_another_port(
    data: Path, port: int, start: Callable[..., Started]
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        ended = serve(start, data, port)
        assert ended.ends_with() == 1
    assert f"Port {port} används redan" in ended.output()
    assert f"--port {port + 1}" in ended.output()
    assert "Traceback" not in ended.output()


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_server_of_ones_own_that_cannot_be_reached_ends_in_a_sentence(
    name: str, data: Path, port: int, start: Callable[..., Started]
) -> None:
    nowhere = {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{port}/nothing",
        "REDIS_URL": f"redis://127.0.0.1:{port}",
    }
    command = ["-m", "caseflow.local", "serve", "--port", str(port), "--data", str(data)]
    ended = start(*command, **{name: nowhere[name]})
    assert ended.ends_with() == 1
    assert f"{name} går inte att nå" in ended.output()
    assert "Traceback" not in ended.output()


def test_a_folder_with_the_demo_is_not_made_empty(data: Path, port: int, start: Callable[..., Started]) -> None:
    data.mkdir()
    settings.remember_contents(data, "demo")
    ended = serve(start, data, port)
    assert ended.ends_with() == 1
    assert "innehåller redan demon" in ended.output()

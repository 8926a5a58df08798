"""`run.py`: everything from an empty folder to a page in the browser, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from caseflow.accounts.demo import PASSWORD, SIGN_INS
from caseflow.local import settings
from caseflow.local.children import Child, start, stop_all
from caseflow.local.commands import run_command
from caseflow.local.folders import REPO
from caseflow.local.ports import LOOPBACK, is_free
from caseflow.local.progress import step
from caseflow.local.servers import OWNER, Owned, claim, owning
from caseflow.local.trouble import READ_THE_LOG, Trouble

READY_SECONDS = 120


def serve(data: Path, port: int, *, empty: bool) -> None:
    """Returns never: ends by Ctrl-C or SIGTERM (KeyboardInterrupt), or by a Trouble."""
    with claim(data) as lock:
        if not is_free(port):
            way_out = f"välj en annan: python3 run.py --port {port + 1 if port < 65535 else 8000}"
            raise Trouble(f"Port {port} används redan av ett annat program.", way_out)
        refuse_to_empty(data, empty)
        print(f"Caseflow startar med data i {data}", flush=True)
        with contextlib.ExitStack() as stack:
            with step("Startar databas och meddelandekö"):
                owned = stack.enter_context(owning(data, lock, f"http://{LOOPBACK}:{port}"))
            fill(owned, empty=empty)
            programs = stack.enter_context(running_programs(owned, port))
            greet(data, port)
            watch([*owned.servers, *programs])


def refuse_to_empty(data: Path, empty: bool) -> None:
    if empty and (settings.contents_of(data) or "").startswith("demo"):
        raise Trouble(f"Datamappen {data} innehåller redan demon.", "välj en ny mapp med --data MAPP --empty")


def fill(owned: Owned, *, empty: bool) -> None:
    """Tables, base data and, at the first run, the demo or a first administrator.

    The demo is read in through the ordinary import, which changes nothing when it is repeated: a first run
    that was cut off is simply run again.
    """
    data = owned.data
    if settings.contents_of(data) is None:
        settings.remember_contents(data, first_contents(owned.addresses["DATABASE_URL"], empty))
    flask(owned, "Förbereder databasen", "db", "upgrade")
    flask(owned, "Lägger in grunduppgifter", "setup")
    contents = settings.contents_of(data)
    if contents == "demo unfinished":
        files = sorted(str(file) for file in (REPO / "demo").glob("*.csv"))
        flask(owned, "Läser in demon", "import", *files)
        flask(owned, "Lägger upp demons användare", "demo-users")
        flask(owned, "Fördelar ärendena", "demo-assign")
        flask(owned, "Räknar måtten", "measures", "rebuild")
        settings.remember_contents(data, "demo")
    if contents == "empty unfinished":
        # Shown at once, for it is told this one time only.
        print(f"\n{flask(owned, 'Lägger upp en administratör', 'create-administrator')}", flush=True)
        settings.remember_contents(data, "empty")


def first_contents(database_url: str, empty: bool) -> str:
    """What a database that this folder has not met before is to hold; one with tables is somebody's own."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found and found[0]:
        return "own"
    return "empty unfinished" if empty else "demo unfinished"


def environment(owned: Owned) -> dict[str, str]:
    return {**os.environ, **settings.environment_of(owned.data), **owned.addresses}


def programs_environment(owned: Owned) -> dict[str, str]:
    """What answers requests is not told how to become the database's owner."""
    return {name: value for name, value in environment(owned).items() if name != OWNER}


def flask(owned: Owned, title: str, *arguments: str) -> str:
    return run_command(title, arguments, environment(owned), owned.data / "log" / "setup.log")


@contextlib.contextmanager
def running_programs(owned: Owned, port: int) -> Iterator[list[Child]]:
    """Web, worker and beat. The web comes alone at first: it is what somebody waits for."""
    celery = ["-m", "celery", "-A", "caseflow.worker:celery"]
    web = ["-m", "gunicorn", "wsgi:app", "--bind", f"{LOOPBACK}:{port}", "--preload", "--no-control-socket"]
    schedule = str(owned.data / "beat-schedule")
    programs: list[Child] = []
    try:
        with step("Startar webbplatsen"):
            web += ["--workers", "2", "--threads", "4", "--access-logfile", "-"]
            programs.append(start_python(owned, "webben", web))
            wait_until_answering(port, programs)
        worker = ["worker", "--loglevel", "info", "--concurrency", "2"]
        programs.append(start_python(owned, "jobben", [*celery, *worker]))
        beat = ["beat", "--loglevel", "info", "--schedule", schedule, "--pidfile="]
        programs.append(start_python(owned, "klockan", [*celery, *beat]))
        yield programs
    finally:
        stop_all(programs)


def start_python(owned: Owned, name: str, arguments: list[str]) -> Child:
    return start(
        name,
        [sys.executable, *arguments],
        log=owned.data / "log" / f"{name}.log",
        environment=programs_environment(owned),
        working_directory=REPO,
        keep_open=[owned.lock.fileno()],
    )


def wait_until_answering(port: int, programs: list[Child]) -> None:
    """Any answer will do, an error page too: it shows that the web is there."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        stop_if_one_is_gone(programs)
        try:
            urllib.request.urlopen(f"http://{LOOPBACK}:{port}/", timeout=READY_SECONDS).close()  # nosec B310 (our own)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise Trouble("Webbplatsen svarar inte.", READ_THE_LOG, programs[0].log)


def stop_if_one_is_gone(programs: list[Child]) -> None:
    for child in programs:
        if not child.is_running():
            raise Trouble(f"{child.name.capitalize()} stannade oväntat.", READ_THE_LOG, child.log)


def watch(programs: list[Child]) -> None:
    while True:
        stop_if_one_is_gone(programs)
        time.sleep(0.5)


def greet(data: Path, port: int) -> None:
    print(f"\nCaseflow finns på http://{LOOPBACK}:{port}\n")
    if settings.contents_of(data) == "demo":
        print(f"Logga in med lösenordet {PASSWORD} som någon av:")
        for username, name, role in SIGN_INS:
            print(f"  {username:<18} {name}, {role}")
        print(f"\nDemons idag är {settings.DEMO_TODAY}; personerna är påhittade.")
    print(f"Loggar: {data / 'log'}\nStoppa med Ctrl-C.", flush=True)

"""The embedded PostgreSQL of a data folder.

It listens on loopback only, on a free port, and asks for a password (SCRAM) kept in the folder: other users
of the same machine reach loopback too. A Unix socket would need a path below 108 characters, which a data
folder may not have.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from pwd import struct_passwd

import psycopg
from psycopg import sql

from caseflow.local.binaries import postgres_programs
from caseflow.local.children import Child, start, stop_all
from caseflow.local.folders import make_owned, server_user, write_for
from caseflow.local.ports import LOOPBACK, free_port
from caseflow.local.settings import APP_PASSWORD, secrets_of
from caseflow.local.trouble import READ_THE_LOG, Trouble, way_out_of

NAME = "caseflow"
"""Of the role that owns everything, and of the database."""
APP_ROLE = "caseflow_app"
"""The application's: what it may do, migrations grant it."""
START_SECONDS = 120
"""Long, for a start after a power cut replays what had not reached the tables."""
FAST_SHUTDOWN = signal.SIGINT
"""PostgreSQL stops without waiting for its clients to leave."""
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests, whose databases nobody mourns after a power cut."""


def start_postgres(data: Path, *, lasting: bool, keep_open: Sequence[int] = ()) -> tuple[Child, dict[str, str]]:
    """PostgreSQL running on the data folder, and the URLs of its database: the application's, and the owner's."""
    user = server_user()
    programs = postgres_programs(data, user)
    cluster = data / "postgres"
    kept = secrets_of(data)
    password, app_password = kept["postgres_password"], kept[APP_PASSWORD]
    if not cluster.exists():
        make_cluster(programs, cluster, password, user)
    check_version(programs, cluster)
    port = free_port()
    options = [
        f"listen_addresses={LOOPBACK}",
        f"port={port}",
        "unix_socket_directories=",
        "max_connections=200",
    ]
    options += ["timezone=UTC", "log_timezone=UTC", *(() if lasting else UNSAFE_BUT_FAST)]
    child = start(
        "databasen",
        [programs / "postgres", "-D", cluster, *(f"--{option}" for option in options)],
        log=data / "log" / "postgres.log",
        run_as=user,
        stop_signal=FAST_SHUTDOWN,
        working_directory=cluster,
        keep_open=keep_open,
    )
    owner, place = f"{NAME}:{password}", f"{LOOPBACK}:{port}"
    try:
        make_database(child, f"postgresql://{owner}@{place}/postgres", app_password)
    except BaseException:
        stop_all([child])
        raise
    return child, {
        "DATABASE_URL": f"postgresql+psycopg://{APP_ROLE}:{app_password}@{place}/{NAME}",
        "CASEFLOW_OWNER_URL": f"postgresql+psycopg://{owner}@{place}/{NAME}",
    }


def make_cluster(programs: Path, cluster: Path, password: str, user: struct_passwd | None) -> None:
    """initdb, into a folder that takes its name when it is whole.

    The built-in locale sorts alike on every machine, and none need be installed.
    """
    unfinished = cluster.with_name("postgres.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_owned(unfinished, user)
    password_file = cluster.with_name("password.part")
    write_for(user, password_file, password)
    log = cluster.parent / "log" / "initdb.log"
    command: list[str | Path] = [programs / "initdb", "-D", unfinished, "-U", NAME, "-E", "UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
    with log.open("wb") as log_file:
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            env={**os.environ, "LC_ALL": "C"},
            cwd=unfinished,
            check=False,
        )
    password_file.unlink()
    if made.returncode:
        way_out = way_out_of(log, "välj en annan mapp med --data, på en vanlig lokal disk")
        raise Trouble(f"Databasen kunde inte skapas i {cluster.parent}.", way_out, log)
    unfinished.rename(cluster)


def check_version(programs: Path, cluster: Path) -> None:
    """A cluster is bound to the major version that made it."""
    told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    ours = told.stdout.split()[-1].split(".")[0]
    made_with = (cluster / "PG_VERSION").read_text().strip()
    if ours != made_with:
        raise Trouble(
            f"Datamappen {cluster.parent} är gjord med PostgreSQL {made_with}, och det här är {ours}.",
            "flytta data med pg_dump, eller börja i en ny mapp med --data",
        )


def make_database(child: Child, url: str, app_password: str) -> None:
    """Waits until PostgreSQL takes connections, then makes the database and the application's role unless they are
    there."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                    connection.execute(f"CREATE DATABASE {NAME}")
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
                    password = sql.Literal(app_password)
                    connection.execute(sql.SQL(f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD {{}}").format(password))
                return
        except psycopg.OperationalError as error:
            if not child.is_running() or time.monotonic() > deadline:
                way_out = way_out_of(child.log, READ_THE_LOG)
                raise Trouble("Databasen startade inte.", way_out, child.log) from error
            time.sleep(0.05)

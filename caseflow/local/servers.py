"""Whose servers to use: one's own, those that another command already runs on the data folder, or new ones.

One program at a time owns a data folder, by a lock that its servers inherit: it is free when the last of
them is gone, even after `kill -9`. The owner writes the addresses in `running.json`; other commands join
there. A command that owns the servers waits at its end for those that joined it.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
import redis

from caseflow.local import folders, settings
from caseflow.local.children import Child, stop_all
from caseflow.local.postgres import start_postgres
from caseflow.local.trouble import Trouble
from caseflow.local.valkey import start_valkey

RUNNING = "running.json"
WAIT_SECONDS = 30
OWN_SERVERS = ("DATABASE_URL", "REDIS_URL")
# Whom migrations are run as; only servers that were started here have such an address.
OWNER = "CASEFLOW_OWNER_URL"


@dataclass(frozen=True)
class Owned:
    """A locked data folder with its servers running. `addresses` has DATABASE_URL and REDIS_URL, and of an embedded
    database its owner's."""

    data: Path
    lock: IO[str]
    addresses: dict[str, str]
    servers: tuple[Child, ...]


@contextlib.contextmanager
def connect(data: Path) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL for as long as the block runs, of servers started here if nobody runs them."""
    if all(name in os.environ for name in OWN_SERVERS):
        yield {name: os.environ[name] for name in OWN_SERVERS}
        return
    folders.prepare(data)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        lock = try_to_lock(data)
        if lock:
            with lock, owning(data, lock, "kommando") as owned:
                yield owned.addresses
                wait_for_those_who_joined(data)
            return
        with joining(data) as addresses:
            if addresses:
                yield addresses
                return
        time.sleep(0.1)
    raise busy(data)


def ensure(data: Path | None = None) -> None:
    """For `wsgi.py`: fills in what `config.py` reads and is not set, and keeps its servers running.

    Does nothing in production, where DATABASE_URL is set and no data folder named: a secret that is missing
    there must be missed, not made up.
    """
    is_production = "DATABASE_URL" in os.environ and "CASEFLOW_DATA" not in os.environ
    if is_production or all(name in os.environ for name in (*OWN_SERVERS, *settings.KEYS)):
        return
    stack = contextlib.ExitStack()
    try:
        folder = folders.data_folder(data)
        folders.prepare(folder)
        addresses = stack.enter_context(connect(folder))
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from trouble
    atexit.register(stack.close)
    os.environ.update({**settings.environment_of(folder), **addresses})


@contextlib.contextmanager
def claim(data: Path) -> Iterator[IO[str]]:
    """The lock of a data folder for `run.py`, which waits only for servers that are just stopping."""
    folders.prepare(data)
    deadline = time.monotonic() + WAIT_SECONDS
    lock = try_to_lock(data)
    while not lock:
        if owner_is_alive(data) or time.monotonic() > deadline:
            raise busy(data)
        time.sleep(0.1)
        lock = try_to_lock(data)
    with lock:
        yield lock


@contextlib.contextmanager
def owning(data: Path, lock: IO[str], who: str, *, lasting: bool = True) -> Iterator[Owned]:
    """The servers that are not one's own, running on the locked folder until the block ends."""
    running = data / RUNNING
    told = {"pid": str(os.getpid()), "who": who}
    settings.write_private(running, told)
    started: list[Child] = []
    addresses = {name: os.environ[name] for name in OWN_SERVERS if name in os.environ}
    try:
        if "DATABASE_URL" not in addresses:
            child, urls = start_postgres(data, lasting=lasting, keep_open=[lock.fileno()])
            addresses |= urls
            started.append(child)
        if "REDIS_URL" not in addresses:
            child, url = start_valkey(data, keep_open=[lock.fileno()])
            started.append(child)
            addresses["REDIS_URL"] = url
        check_own_servers(addresses)
        settings.write_private(running, {**told, **addresses})
        yield Owned(data, lock, addresses, tuple(started))
    finally:
        running.unlink(missing_ok=True)
        stop_all(started)


def check_own_servers(addresses: dict[str, str]) -> None:
    """Says which server of one's own cannot be reached. The embedded ones have answered already."""
    way_out = "starta den, rätta adressen, eller ta bort {0} för att använda den inbyggda"
    try:
        psycopg.connect(addresses["DATABASE_URL"].replace("+psycopg", "", 1), connect_timeout=10).close()
    except psycopg.Error as error:
        told = str(error).splitlines()[0]
        raise Trouble(f"Databasen i DATABASE_URL går inte att nå ({told}).", way_out.format("DATABASE_URL")) from error
    try:
        with redis.Redis.from_url(addresses["REDIS_URL"], socket_connect_timeout=10) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"Servern i REDIS_URL går inte att nå ({error}).", way_out.format("REDIS_URL")) from error


def try_to_lock(data: Path) -> IO[str] | None:
    """The folder's lock, held until it is closed here and in every child; None while somebody has it."""
    file = (data / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextlib.contextmanager
def joining(data: Path) -> Iterator[dict[str, str] | None]:
    """The addresses of servers that somebody else keeps running for the block; None when they are not ready."""
    with (data / "joined").open("w") as joined:
        fcntl.flock(joined, fcntl.LOCK_SH)
        told = settings.read(data / RUNNING)
        ready = owner_is_alive(data) and all(name in told for name in OWN_SERVERS)
        yield {name: told[name] for name in (*OWN_SERVERS, OWNER) if name in told} if ready else None


def wait_for_those_who_joined(data: Path) -> None:
    """Blocks until no command uses our servers any more, and lets no new one in."""
    with (data / "joined").open("w") as joined:
        fcntl.flock(joined, fcntl.LOCK_EX)
        (data / RUNNING).unlink(missing_ok=True)


def owner_is_alive(data: Path) -> bool:
    pid = settings.read(data / RUNNING).get("pid")
    if pid is None:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def busy(data: Path) -> Trouble:
    told = settings.read(data / RUNNING)
    who = told.get("who", "kommando")
    return Trouble(
        f"Datamappen {data} används redan av ett Caseflow ({who}, process {told.get('pid', 'okänd')}).",
        "stoppa det med Ctrl-C där det kör, eller välj en annan mapp med --data MAPP",
    )

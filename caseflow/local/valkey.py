"""The embedded Valkey of a data folder: the broker between web and worker, on loopback with a password."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import redis

from caseflow.local.binaries import valkey_server
from caseflow.local.children import Child, start, stop_all
from caseflow.local.folders import make_owned, server_user, write_for
from caseflow.local.ports import LOOPBACK, free_port
from caseflow.local.settings import secrets_of
from caseflow.local.trouble import READ_THE_LOG, Trouble, way_out_of

START_SECONDS = 30


def start_valkey(data: Path, *, keep_open: Sequence[int] = ()) -> tuple[Child, str]:
    """Valkey running on the data folder, and its URL."""
    user = server_user()
    folder = data / "valkey"
    make_owned(folder, user)
    port, password = free_port(), secrets_of(data)["valkey_password"]
    settings = folder / "valkey.conf"
    # In a file, for a command line can be read by everybody on the machine. Messages outlive a restart, and
    # when memory is full a new one is refused rather than an old one dropped.
    write_for(
        user,
        settings,
        f"bind {LOOPBACK}\nport {port}\nrequirepass {password}\n"
        'dir .\nappendonly yes\nsave ""\nmaxmemory-policy noeviction\n',
    )
    child = start(
        "meddelandekön",
        [valkey_server(data, user), settings],
        log=data / "log" / "valkey.log",
        run_as=user,
        working_directory=folder,
        keep_open=keep_open,
    )
    url = f"redis://:{password}@{LOOPBACK}:{port}/0"
    try:
        wait_until_ready(child, url)
    except BaseException:
        stop_all([child])
        raise
    return child, url


def wait_until_ready(child: Child, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with redis.Redis.from_url(url, socket_timeout=5) as client:
                client.ping()
                return
        except redis.RedisError as error:
            if not child.is_running() or time.monotonic() > deadline:
                way_out = way_out_of(child.log, READ_THE_LOG)
                raise Trouble("Meddelandekön startade inte.", way_out, child.log) from error
            time.sleep(0.05)

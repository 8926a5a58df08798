"""Programs started by this one that never outlive it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pwd import struct_passwd

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 20


@dataclass(frozen=True)
class Child:
    """A running program. `name` is what a sentence calls it, in the definite form: "databasen"."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)

    def wait_until_stopped(self) -> None:
        """Insists when it has not stopped in time."""
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stop_all(children: Sequence[Child]) -> None:
    """All at the same time."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_until_stopped()


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    run_as: struct_passwd | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    working_directory: Path | None = None,
    keep_open: Sequence[int] = (),
) -> Child:
    """Starts a program in a session of its own: Ctrl-C reaches only this one, which stops the rest in order.

    `keep_open` are file descriptors that it inherits: with the lock of a data folder among them the folder
    stays locked until the last program that uses it is gone, however this one ended.
    """
    with log.open("ab") as log_file:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=working_directory,
            user=run_as.pw_uid if run_as else None,
            group=run_as.pw_gid if run_as else None,
            extra_groups=[] if run_as else None,
            pass_fds=keep_open,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, stop_signal, os.getpid()),
        )
    return Child(name, process, log, stop_signal)


def die_with_parent(with_signal: signal.Signals, parent: int) -> None:
    """For a child to run: Linux sends it the signal when its parent dies.

    `Popen` runs this after it has changed the user, which would undo it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(with_signal))
    if os.getppid() != parent:  # the parent died before we could ask
        os._exit(1)

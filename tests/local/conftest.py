"""Real processes: every test has a data folder of its own, and nothing it started is left when it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from caseflow.local.folders import REPO
from caseflow.local.ports import free_port

OF_THE_SUITE = (
    "DATABASE_URL",
    "CASEFLOW_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "CASEFLOW_PNR_KEY",
    "CASEFLOW_PNR_HASH_KEY",
)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the servers' own user can reach, which pytest's `tmp_path` is not."""
    parent = Path(tempfile.mkdtemp(prefix="caseflow-local-"))
    parent.chmod(0o711)
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def environment() -> dict[str, str]:
    """As for somebody who starts Caseflow by hand: without the servers and keys of this suite."""
    others = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
    return {name: value for name, value in others.items() if name not in ("CASEFLOW_TODAY", "CASEFLOW_DATA")}


class Started:
    """A program that a test started, with all its descendants and what it has printed."""

    def __init__(self, command: list[str], environment: dict[str, str], user: str | None = None) -> None:
        self.output_file = Path(tempfile.mkstemp(prefix="caseflow-output-")[1])
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=REPO,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group="nogroup" if user else None,
                extra_groups=[] if user else None,
            )

    def output(self) -> str:
        return self.output_file.read_text()

    def wait_for(self, text: str, seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)

    def ends_with(self, seconds: float = 180) -> int:
        return self.process.wait(seconds)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def clear_away(self) -> None:
        if self.process.poll() is None:
            family = self.family()
            self.process.terminate()
            self.process.wait(180)
            assert are_gone(family)
        self.output_file.unlink()


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Started]]:
    """Starts a program with this Python: `start("-m", "caseflow.local", …)`."""
    started: list[Started] = []

    def start_one(*arguments: str, user: str | None = None, **more: str) -> Started:
        started.append(Started([sys.executable, *arguments], {**environment, **more}, user))
        return started[-1]

    yield start_one
    for one in started:
        one.clear_away()


@pytest.fixture
def port() -> int:
    return free_port()


def are_gone(processes: list[psutil.Process], seconds: float = 30) -> bool:
    """Whether all have ended in time. A zombie has: it waits only for somebody to ask how it went."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(is_alive(process) for process in processes):
            return True
        time.sleep(0.1)
    return False


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

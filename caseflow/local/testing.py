"""`run.py test`: the whole suite over real servers in a folder that is thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from caseflow.local import folders
from caseflow.local.progress import step
from caseflow.local.servers import owning, try_to_lock

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_MARK = "browser"


def run_tests(arguments: list[str]) -> int:
    """The exit code of pytest, which gets the arguments. Says at the end whether browser tests were run."""
    chromium = installed_chromium()
    hindrance = what_hinders(chromium)
    count = BrowserCount()
    os.chdir(folders.REPO)
    with test_servers() as addresses:
        os.environ.update(addresses)
        result = pytest.main([*defaults(arguments), *arguments], plugins=[count])
    print(hindrance or count.told(str(chromium)), flush=True)
    return int(result)


def defaults(arguments: list[str]) -> list[str]:
    """One test process per core, unless the caller decides; without the plugin that the wheel of Valkey brings.

    `loadgroup` keeps tests together that say so: those that share a browser.
    """
    chosen = any(argument.startswith(("-n", "--numprocesses")) for argument in arguments)
    return ["-p", "no:valkey", *([] if chosen else ["-n", str(os.cpu_count() or 1), "--dist", "loadgroup"])]


@contextlib.contextmanager
def test_servers() -> Iterator[dict[str, str]]:
    """Addresses of one's own servers where they are set, else of new ones, gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="caseflow-test-"))
    try:
        folders.prepare(data)
        lock = try_to_lock(data)
        assert lock, "a folder made a moment ago"
        with contextlib.ExitStack() as stack:
            stack.enter_context(lock)
            with step("Startar databas och meddelandekö"):
                owned = stack.enter_context(owning(data, lock, "test", lasting=False))
            yield owned.addresses
    finally:
        shutil.rmtree(data, ignore_errors=True)


def find_chromium() -> str | None:
    """A Chromium that browser tests can be run in; they skip when there is none."""
    chromium = installed_chromium()
    return None if what_hinders(chromium) else chromium


def installed_chromium() -> str | None:
    """The one named in CHROMIUM, else the system's, else the newest of Playwright's own."""
    named = os.environ.get("CHROMIUM")
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    playwrights = sorted(str(path) for path in cache.glob("chromium-*/chrome-linux*/chrome"))
    systems = [path for path in map(shutil.which, CHROMIUM_NAMES) if path]
    return named or next(iter(systems + playwrights[::-1]), None)


def what_hinders(chromium: str | None) -> str | None:
    """Why browser tests cannot be run, and what to do; None when they can."""
    if not chromium:
        return (
            "Webbläsartesterna kördes INTE: ingen Chromium hittades.\n"
            "Gör så här: installera en (på Debian: apt install chromium) eller peka ut den med CHROMIUM."
        )
    driver = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, check=False)
    if driver.returncode:
        told = driver.stderr.decode(errors="replace").strip().splitlines()
        return (
            f"Webbläsartesterna kördes INTE: Playwright startar inte ({told[0] if told else 'okänt fel'}).\n"
            "Gör så här: installera det som saknas, på Debian: apt install libatomic1."
        )
    return None


class BrowserCount:
    """A pytest plugin that counts how the tests marked `browser` went."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if BROWSER_MARK in report.keywords and (report.when == "call" or report.outcome != "passed"):
            self.outcomes[report.outcome] += 1

    def told(self, chromium: str) -> str:
        run = self.outcomes["passed"] + self.outcomes["failed"]
        if run:
            return f"Webbläsartesterna kördes: {run} stycken, i {chromium}."
        return "Webbläsartesterna kördes INTE: inga valdes, eller alla hoppades över."

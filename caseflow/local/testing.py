"""`run.py test`: the whole suite over real servers in a folder that is thrown away."""

from __future__ import annotations

import contextlib
import os
import shutil
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
    """The exit code of pytest, which gets the arguments. Browser tests read CHROMIUM, set when one is found."""
    chromium = find_chromium()
    if chromium:
        os.environ["CHROMIUM"] = chromium
    count = BrowserCount()
    os.chdir(folders.REPO)
    with test_servers() as addresses:
        os.environ.update(addresses)
        result = pytest.main([*defaults(arguments), *arguments], plugins=[count])
    print(count.told(chromium), flush=True)
    return int(result)


def defaults(arguments: list[str]) -> list[str]:
    """One test process per core, unless the caller decides; without the plugin that the wheel of Valkey brings."""
    chosen = any(argument.startswith(("-n", "--numprocesses")) for argument in arguments)
    return ["-p", "no:valkey", *([] if chosen else ["-n", str(os.cpu_count() or 1)])]


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
    """The one named in CHROMIUM, else the system's, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or playwrights_own()


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


class BrowserCount:
    """A pytest plugin that counts how the tests marked `browser` went."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if BROWSER_MARK in report.keywords and (report.when == "call" or report.outcome != "passed"):
            self.outcomes[report.outcome] += 1

    def told(self, chromium: str | None) -> str:
        run = self.outcomes["passed"] + self.outcomes["failed"]
        if run:
            return f"Webbläsartesterna kördes ({run} stycken) i {chromium}."
        if chromium:
            return "Webbläsartesterna kördes inte: inga sådana test valdes."
        return (
            "Webbläsartesterna kördes INTE: ingen Chromium hittades.\n"
            "Gör så här: installera en (på Debian: apt install chromium) eller peka ut den med CHROMIUM."
        )

"""`run.py test`: servers for the suite, and plain words about the browser tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from caseflow.local.folders import REPO
from caseflow.local.testing import BrowserCount

BROWSER_TEST = """
import os
import psycopg
import pytest
from caseflow.local.testing import find_chromium

@pytest.mark.browser
def test_in_a_browser():
    if not find_chromium():
        pytest.skip("no Chromium")

def test_on_servers():
    psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")).close()
"""


def run_tests(folder: Path, environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_two.py").write_text(BROWSER_TEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    command = [sys.executable, "-m", "caseflow.local", "test", "-n0", "-c", str(folder / "pytest.ini"), str(folder)]
    return subprocess.run(
        command, cwd=REPO, env={**environment, **more}, capture_output=True, text=True, check=False, timeout=300
    )


def test_without_a_chromium_it_passes_and_says_that_browser_tests_were_not_run(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "bin").mkdir()
    nowhere = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "CHROMIUM": ""}
    ended = run_tests(tmp_path, environment, **nowhere)
    assert ended.returncode == 0, ended.stdout
    assert "1 passed, 1 skipped" in ended.stdout
    assert "kördes INTE: ingen Chromium hittades" in ended.stdout


def test_it_passes_on_the_failure_of_a_test(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "test_failing.py").write_text("def test_failing():\n    assert False\n")
    assert run_tests(tmp_path, environment).returncode == 1


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [({"passed": 2, "failed": 1}, "kördes: 3 stycken, i /a/chromium"), ({"skipped": 3}, "kördes INTE")],
)
def test_skipped_browser_tests_do_not_count_as_run(outcomes: dict[str, int], told: str) -> None:
    count = BrowserCount()
    count.outcomes.update(outcomes)
    assert told in count.told("/a/chromium")

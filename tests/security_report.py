"""The report of `python3 run.py test -m security`: full numbers, one table, docs/security-figures.md."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from bench.table import machine
from caseflow.local.folders import REPO
from tests.security_figures import FOLDER

DOCUMENT = REPO / "docs" / "security-figures.md"
HEAD = """# Figures of security

`python3 run.py test -m security` measures every figure with its full numbers and writes this page. A figure that is not
at its ideal value is MISSED, and the command fails. In the ordinary suite the same tests run with smaller numbers.

"""


class SecurityReport:
    """A pytest plugin. Has the tests take their full numbers, and writes what they measured when all have been run."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="caseflow-figures-"))
        self.begun = time.monotonic()
        self.unmeasured: list[str] = []
        os.environ[FOLDER] = str(self.folder)  # parallel workers inherit it

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.unmeasured.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        lines = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))]
        shutil.rmtree(self.folder)
        table = written(lines, self.unmeasured)
        terminalreporter.write_line(f"\n{table}")
        if is_whole(config):
            minutes = round((time.monotonic() - self.begun) / 60, 1)
            DOCUMENT.write_text(f"{HEAD}Measured in {minutes} minutes on {machine()}.\n\n{table}", encoding="utf-8")
            terminalreporter.write_line(f"Skrev {DOCUMENT.relative_to(REPO)}.")


def is_whole(config: pytest.Config) -> bool:
    """Whether every test of security was asked for: a choice among them says nothing of the others."""
    return not config.option.keyword and config.args_source == pytest.Config.ArgsSource.TESTPATHS


def written(lines: list[dict[str, Any]], unmeasured: list[str]) -> str:
    """The table, and the tests that failed or were skipped before or beside their figure."""
    rows = ["| what | measured | ideal | |", "| --- | --- | --- | --- |"]
    for line in lines:
        ok = "ok" if line["measured"] == line["ideal"] else "MISSED"
        cells = [str(cell).replace("|", "\\|") for cell in (line["name"], line["measured"], line["ideal"], ok)]
        rows.append(f"| {' | '.join(cells)} |")
    measured = {line["test"] for line in lines if line["measured"] != line["ideal"]}
    rows += [f"| `{test}` | not measured | | MISSED |" for test in dict.fromkeys(unmeasured) if test not in measured]
    return "\n".join(rows) + "\n"

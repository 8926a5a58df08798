"""The linters and the type checker are content."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.sources import ROOT

PRODUCT = ["caseflow", "config.py", "wsgi.py", "run.py"]
COMMANDS = {
    "ruff check": [sys.executable, "-m", "ruff", "check", "."],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "bandit": [sys.executable, "-m", "bandit", "-qq", "-r", "-c", "pyproject.toml", *PRODUCT],
    "mypy": [sys.executable, "-m", "mypy"],
    "import-linter": [str(Path(sys.executable).with_name("lint-imports"))],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_tool_finds_nothing_to_complain_of(name: str) -> None:
    done = subprocess.run(COMMANDS[name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

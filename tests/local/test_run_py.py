"""`run.py` before it hands over."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run
from caseflow.local.folders import REPO


def run_py(*arguments: str, folder: Path = REPO, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "run.py"), *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300
    )


def test_an_old_python_can_read_it_far_enough_to_be_told_that_it_is_too_old() -> None:
    module = ast.parse((REPO / "run.py").read_text(), feature_version=(3, 6))
    first_statements = [type(statement).__name__ for statement in module.body[1:3]]
    assert first_statements == ["Import", "If"]


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "many"], ["--nonsense"], ["serve"]])
def test_a_wrong_command_line_ends_in_a_sentence(arguments: list[str]) -> None:
    ended = run_py(*arguments)
    assert ended.returncode == 1
    assert "Gör så här: skriv python3 run.py --help" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_no_network_ends_in_a_sentence_and_the_next_run_starts_over(tmp_path: Path) -> None:
    shutil.copy(REPO / "run.py", tmp_path)
    shutil.copy(REPO / "requirements.txt", tmp_path)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    ended = run_py(folder=tmp_path, **nowhere)
    assert ended.returncode == 1
    assert "kontrollera nätet" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not run.is_installed(tmp_path / ".venv", REPO / "requirements.txt")


def test_a_half_made_environment_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run.make(venv)
    rest = venv / "left from an installation that was cut off"
    rest.touch()
    run.make(venv)
    assert not rest.exists()
    assert run.version_of(venv) == sys.version


def test_an_environment_made_by_hand_is_kept(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run.make(venv)
    (venv / run.STAMP).unlink()
    by_hand = venv / "by hand"
    by_hand.touch()
    run.make(venv)
    assert by_hand.exists()


def test_an_environment_is_ready_only_for_the_requirements_and_the_python_it_was_filled_with(
    tmp_path: Path,
) -> None:
    venv = tmp_path / "venv"
    run.make(venv)
    requirements = REPO / "requirements.txt"
    filled = {"requirements.txt": run.digest(requirements), "python": sys.version}
    run.write_stamp(venv, filled)
    assert run.is_installed(venv, requirements)
    run.write_stamp(venv, {**filled, "requirements.txt": "another"})
    assert not run.is_installed(venv, requirements)
    run.write_stamp(venv, {**filled, "python": "another"})
    assert not run.is_installed(venv, requirements)

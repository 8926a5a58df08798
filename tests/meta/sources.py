"""The files of this repository, as text and as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Not ours, or made by a tool.
SKIPPED = ("static/vendor", "migrations/versions")
BINARY = (".mo", ".png", ".woff2", ".xlsx", ".zip")


@cache
def files() -> tuple[Path, ...]:
    """Every file of ours, as Git would list them: without hidden folders and what tools leave behind."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        hidden = any(part.startswith(".") and part != ".ci" for part in inside.parts) or "__pycache__" in inside.parts
        if path.is_file() and not hidden and not inside.as_posix().startswith(SKIPPED):
            found.append(path)
    return tuple(found)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every text file."""
    for path in files():
        if path.suffix not in BINARY:
            yield named(path), path.read_text()


def python_files(*folders: str) -> list[Path]:
    """Python files, all or those under the folders."""
    return [path for path in files() if path.suffix == ".py" and (not folders or named(path).startswith(folders))]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))

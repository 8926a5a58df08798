"""What the documents say of the program must be so."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import click
import pytest
from flask import Flask

from caseflow.accounts.demo import PASSWORD, USERS
from caseflow.imports.kinds import COLUMNS
from tests.meta.sources import ROOT, named, texts

DOCUMENTS = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]
README = (ROOT / "README.md").read_text()
PRODUCTION = (ROOT / "docs/running-in-production.md").read_text()
DEPENDENCIES = (ROOT / "docs/dependencies.md").read_text()


def table(document: str, header: str) -> list[list[str]]:
    """The cells of the rows of the table whose header line begins so."""
    _, _, rest = document.partition(f"\n{header}")
    assert rest, f"no table begins with {header}"
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def commands() -> list[list[str]]:
    """The words of every command in README's table."""
    shown = [re.findall(r"`([^`]+)`", cells[0]) for cells in table(README, "| `.venv/bin/flask --app wsgi ...` |")]
    return [command.split() for row in shown for command in row]


def named_by_click(app: Flask, words: list[str]) -> click.Command:
    """The command that the first words name. Fails where there is none."""
    found: click.Command = app.cli
    for word in words:
        if not isinstance(found, click.Group):
            break
        found = found.commands[word]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text())]
    inside = [link for link in links if link and "://" not in link]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_every_document_that_the_program_refers_to_exists() -> None:
    referred = {
        (name, found)
        for name, content in texts()
        if not name.startswith("tests/")
        for found in re.findall(r"(?<![\w/])docs/[\w/.-]*\.md", content)
    }
    assert {(name, found) for name, found in referred if not (ROOT / found).exists()} == set()


def test_readme_shows_the_users_of_the_demo() -> None:
    rows = [[f"`{user.username}`", user.name, user.title] for user in USERS]
    assert table(README, "| user name |") == rows
    assert f"`{PASSWORD}`" in README


def test_readme_shows_the_columns_that_the_import_reads() -> None:
    shown = {}
    for kind, cells in table(README, "| file | columns"):
        names = re.sub(r"\([^)]*\)", "", cells).split(",")
        shown[kind] = [(name.strip().rstrip("*"), name.strip().endswith("*")) for name in names]
    wanted = {kind.value: [(column.name, column.required) for column in columns] for kind, columns in COLUMNS.items()}
    assert shown == wanted


def test_readme_names_commands_and_options_that_exist(app: Flask) -> None:
    unknown = []
    for words in commands():
        command = named_by_click(app, words)
        known = {option for parameter in command.params for option in parameter.opts}
        written = {word.strip("[]") for word in words if word.strip("[]").startswith("--")}
        unknown += [(" ".join(words), option) for option in sorted(written - known)]
    assert unknown == []


@pytest.mark.parametrize(
    "name", ["report", "measures", "check", "routes-table", "flow-document", "permissions-doc", "art30", "setup"]
)
def test_readme_has_a_command_that_runs_as_it_is_written(app: Flask, name: str) -> None:
    written = [words for words in commands() if words[0] == name]
    assert written
    for words in written:
        result = app.test_cli_runner().invoke(args=words)
        assert (words, result.exit_code, result.exception) == (words, 0, None)


def test_every_setting_is_explained() -> None:
    sources = [(ROOT / name).read_text() for name in ("config.py", "caseflow/core/clock.py")]
    read = {name for source in sources for name in re.findall(r"environ(?:\.get)?[\[(]\"(\w+)\"", source)}
    explained = {name for cells in table(PRODUCTION, "| variable |") for name in re.findall(r"`([A-Z_]+)`", cells[0])}
    assert read - explained == set()
    example = (ROOT / "docs/production/caseflow.env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) - read == set()


def test_every_direct_dependency_is_explained_with_its_pinned_version() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    wanted = {
        str(re.split(r"[<>=]", entry)[0]) for group in groups.values() for entry in group if isinstance(entry, str)
    }
    rows = [
        cells
        for header in ("| package | pinned | published | why, and", "| package | pinned | published | why |")
        for cells in table(DEPENDENCIES, header)
    ]
    assert {cells[0] for cells in rows} == wanted
    pinned = dict(
        re.findall(r"^([\w.-]+)(?:\[\w+\])?==([^\s;\\]+)", (ROOT / "tests/requirements.txt").read_text(), re.M)
    )
    assert [cells[:2] for cells in rows if pinned[cells[0].partition("[")[0]] != cells[1]] == []


def test_every_vendored_file_is_explained_with_its_version() -> None:
    manifest = json.loads((ROOT / "static/vendor/manifest.json").read_text())
    rows = table(DEPENDENCIES, "| file | version |")
    shown = {(version, name) for name, version, *_ in rows}
    for entry in manifest:
        assert any(version == entry["version"] and Path(entry["file"]).match(name) for version, name in shown), entry

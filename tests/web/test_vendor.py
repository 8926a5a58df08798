"""The command that renews the vendored files, with an npm of our own: nothing is fetched."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from click import ClickException
from fontTools.ttLib import TTFont

from caseflow.web.vendor import FOLDER, cut, renew

OLD, NEW = b"old", b"new"
NPM = """#!/bin/sh
cp "{folder}/$2.tgz" "$5/made.tgz" 2>/dev/null || exit 1
echo made.tgz
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vendor folder with one file of a package that npm here has in two versions."""
    for version, content in (("1.0.0", OLD), ("2.0.0", NEW)):
        with tarfile.open(tmp_path / f"thing@{version}.tgz", "w:gz") as archive:
            for path, text in (("dist/thing.js", content), ("LICENSE", b"free")):
                member = tarfile.TarInfo(f"package/{path}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    made = tmp_path / "vendor"
    made.mkdir()
    (made / "manifest.json").write_text(json.dumps([entry()]))
    return made


def entry(**facts: str) -> dict[str, str]:
    return {
        "name": "thing",
        "version": "1.0.0",
        "source": "https://registry.npmjs.org/thing/-/thing-1.0.0.tgz",
        "path": "dist/thing.js",
        "file": "thing.js",
        "sha256": hashlib.sha256(OLD).hexdigest(),
        "licence_path": "LICENSE",
        "licence_file": "thing.LICENSE.txt",
    } | facts


def manifest(folder: Path) -> dict[str, str]:
    entries: list[dict[str, str]] = json.loads((folder / "manifest.json").read_text())
    return entries[0]


def test_the_files_of_the_manifest_are_fetched_again(folder: Path) -> None:
    renew(folder)
    assert (folder / "thing.js").read_bytes() == OLD
    assert (folder / "thing.LICENSE.txt").read_bytes() == b"free"
    assert manifest(folder) == entry()


def test_another_version_brings_its_own_hash_and_address(folder: Path) -> None:
    renew(folder, "thing", "2.0.0")
    assert (folder / "thing.js").read_bytes() == NEW
    assert manifest(folder)["sha256"] == hashlib.sha256(NEW).hexdigest()
    assert manifest(folder)["source"].endswith("thing-2.0.0.tgz")


def test_a_file_that_is_not_the_one_of_the_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps([entry(sha256="0" * 64)]))
    with pytest.raises(ClickException, match="är inte den fil som manifestet anger"):
        renew(folder)
    assert not (folder / "thing.js").exists()


def test_a_package_that_cannot_be_fetched_changes_nothing(folder: Path) -> None:
    with pytest.raises(ClickException, match="gick inte att hämta"):
        renew(folder, "thing", "3.0.0")
    assert manifest(folder) == entry()


def test_without_npm_the_command_says_what_is_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(ClickException, match="npm behövs"):
        renew(folder)


def test_of_a_font_only_the_letters_that_are_named_are_kept(folder: Path) -> None:
    whole = (FOLDER / "source-sans-3-latin-ext-wght-normal.woff2").read_bytes()
    few = cut(whole, "U+0142,U+0144")
    assert sorted(TTFont(io.BytesIO(few)).getBestCmap()) == [ord("ł"), ord("ń")]
    assert len(few) < len(whole) / 10

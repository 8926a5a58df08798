"""What every template and every file in static/ must keep to, without starting the application."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VENDOR = ROOT / "static" / "vendor"


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_has_no_inline_script_handler_or_style(template: Path) -> None:
    source = template.read_text()
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", source)
    # Without what Jinja says: a loop variable may be called `one`.
    handlers = re.findall(r"<[^>]*\son[a-z]+\s*=", re.sub(r"{%.*?%}", "", source))
    styles = re.findall(r"<style|<[^>]*\sstyle\s*=[^>]*>", re.sub(r"{%.*?%}", "", source))
    loaded = re.findall(r"<(?:script(?=[^>]*\bsrc=)|link(?=[^>]*\bstylesheet\b))[^>]*>", source)
    without_nonce = [tag for tag in loaded if 'nonce="{{ csp_nonce() }}"' not in tag]
    assert (scripts, handlers, styles, without_nonce) == ([], [], [], [])


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_symbol_a_template_names_is_in_the_sprite(template: Path) -> None:
    sprite = (ROOT / "templates/macros/symbols.svg.html").read_text()
    source = template.read_text()
    names = {f"i-{name}" for name in re.findall(r'ui\.icon\("([a-z-]+)"', source)}
    names |= {f"g-{name}" for name in re.findall(r'ui\.glyph\("([a-z-]+)"', source)}
    assert [name for name in sorted(names) if f'id="{name}"' not in sprite] == []


def test_vendored_files_are_the_ones_in_the_manifest_and_carry_their_licence() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    wrong = [entry["file"] for entry in manifest if sha256(VENDOR / entry["file"]) != entry["sha256"]]
    listed = {entry[key] for entry in manifest for key in ("file", "licence_file", "notice_file") if key in entry}
    present = {path.name for path in VENDOR.iterdir()} - {"manifest.json"}
    assert (wrong, listed) == ([], present)


def test_nothing_in_static_or_templates_is_fetched_from_elsewhere() -> None:
    own = [*(ROOT / "static").glob("*.*"), *TEMPLATES]
    addresses = {(named(path), found) for path in own for found in re.findall(r"https?://[^\s\"')]+", path.read_text())}
    assert {(path, found) for path, found in addresses if found != "http://www.w3.org/2000/svg"} == set()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

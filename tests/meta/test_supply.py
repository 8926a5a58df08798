"""What Caseflow is made of: every part pinned by hash, listed with its licence, and asked about."""

from __future__ import annotations

import json
import re

import pytest

from caseflow.local import supply
from caseflow.local.known_flaws import FILES, told
from tests.meta.sources import ROOT

STALE = "run .venv/bin/python -m caseflow.local.supply"
# What keeps one from giving the code on, or from not saying where it is from.
UNWANTED = re.compile(r"not stated|unknown|proprietary|\bAGPL|(?<!L)\bGPL", re.IGNORECASE)


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_by_its_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.split(r"^(?=[\w.-]+(?:\[[^]]*\])?==)", text, flags=re.MULTILINE)[2:]
    assert len(pins) > 3
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    others = [line for line in text.splitlines() if re.match(r"(-e|git\+|https?:|[\w.-]+ *[<>~])", line)]
    assert others == []


@pytest.mark.parametrize("name", ["run.py", "docs/production/Dockerfile", "docs/running-in-production.md"])
def test_whatever_installs_demands_the_hashes(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if re.search(r"install\b.*-r |\"-r\"", line)]
    assert lines
    assert "--require-hashes" in (ROOT / name).read_text()


def test_the_bill_of_materials_names_every_part_in_its_version() -> None:
    pins = set(supply.PIN.findall((ROOT / "requirements.txt").read_text()))
    vendored = {(one["name"], one["version"]) for one in json.loads((ROOT / "static/vendor/manifest.json").read_text())}
    written = json.loads(supply.SBOM.read_text())["components"]
    listed = {("/".join(filter(None, (one.get("group"), one["name"]))), one["version"]) for one in written}
    assert listed <= pins | vendored, STALE
    missing = {name for name, _ in pins | vendored} - {name for name, _ in listed}
    # For Windows or an older Python, which Caseflow does not run on.
    text = (ROOT / "requirements.txt").read_text()
    assert {name for name in missing if not re.search(rf"^{re.escape(name)}==[^\n]*;", text, re.MULTILINE)} == set(), (
        STALE
    )
    assert all(one["licenses"][0]["license"]["name"] for one in written)


def test_the_list_of_licences_is_that_of_the_bill_of_materials() -> None:
    written = json.loads(supply.SBOM.read_text())["components"]
    rows = re.findall(r"^\| (\S+) \| (\S+) \| ([^|]+) \|", supply.LICENCES.read_text(), re.MULTILINE)[2:]
    assert sorted(version for _, version, _ in rows) == sorted(one["version"] for one in written), STALE
    assert [row for row in rows if UNWANTED.search(row[2])] == []


def test_a_known_flaw_fails_and_a_database_out_of_reach_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    flaw = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
    good = {"name": "good", "version": "1.0", "vulns": []}
    answer = json.dumps({"dependencies": [good, {"name": "bad", "version": "1.0", "vulns": [flaw]}]})
    assert told("requirements.txt", answer) == 1
    assert "bad 1.0 har PYSEC-1. Rättat i: 2.0." in capsys.readouterr().out
    assert told("requirements.txt", json.dumps({"dependencies": [good]})) == 0
    assert "1 paket granskade, inga kända" in capsys.readouterr().out
    for unreachable in ("", json.dumps({"dependencies": [{"name": "good", "skip_reason": "not found"}]})):
        assert told("requirements.txt", unreachable) == 0
        assert "INGET granskades" in capsys.readouterr().out

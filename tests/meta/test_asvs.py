"""The tables of security name every requirement once, and only tests and files that exist."""

from __future__ import annotations

import re

import pytest

from tests.meta.sources import ROOT
from tests.meta.test_documents import table

STATES = {"met", "part", "not met", "n/a"}
# Levels 1 and 2 of ASVS 5.0.0, and three of level 3 (16.3.2 is of level 2 too).
REQUIREMENTS = 256
OF_LEVEL_3 = {"8.3.2", "14.2.7", "15.4.2", "16.3.2"}
ASVS = table((ROOT / "docs/asvs.md").read_text(), "| requirement |")
FILE = re.compile(r"`((?:[\w.-]+/)[\w./-]+|config\.py|SECURITY\.md)`")


def test_every_requirement_stands_once_with_a_known_state() -> None:
    numbers = [number for requirement, *_ in ASVS for number in requirement.split(", ")]
    assert len(numbers) == len(set(numbers)) == REQUIREMENTS
    assert set(numbers) >= OF_LEVEL_3
    assert {state for _, _, state, *_ in ASVS} <= STATES


def test_what_is_met_says_where_and_what_is_not_says_why() -> None:
    assert [requirement for requirement, _, _, where, _ in ASVS if not where] == []


@pytest.mark.parametrize("document", ["docs/asvs.md", "SECURITY.md"])
def test_every_file_and_test_that_is_named_exists(document: str) -> None:
    named = set(FILE.findall((ROOT / document).read_text()))
    assert len(named) > 10
    assert {one for one in named if not (ROOT / one).exists()} == set()


def test_the_sums_are_those_of_the_table() -> None:
    count = dict.fromkeys(STATES, 0)
    for requirement, _, state, *_ in ASVS:
        count[state] += len(requirement.split(", "))
    told = (
        f"{count['met']} are met, {count['part']} in part, {count['not met']} are not met, {count['n/a']} do not apply."
    )
    assert told in (ROOT / "docs/asvs.md").read_text()

"""What our own files must keep to."""

from __future__ import annotations

import ast
import re

from personnummer import personnummer as library

from tests.meta.sources import named, python_files, texts, tree

MAX_LINES = 400
CLOCK = "caseflow/core/clock.py"
# What tells the present time: nobody but the clock asks, so that the demo and the tests can choose it.
TELLS_TIME = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
PERSONNUMMER = re.compile(r"(?<![\w.])((?:18|19|20)\d{6}[-+]?\d{4}|\d{6}[-+]\d{4})(?![\w])")
# The Tax Agency's series of numbers that nobody has: birth numbers 238 for women, 239 for men.
TEST_SERIES = ("238", "239")


def test_no_python_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {named(path): len(path.read_text().splitlines()) for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_nothing_but_the_clock_asks_what_time_it_is() -> None:
    asked = [
        f"{named(path)}:{call.lineno}"
        for path in python_files("caseflow/", "demo/", "tests/", "bench/")
        if named(path) != CLOCK
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and asks_time(call.func)
    ]
    assert asked == []


def asks_time(function: ast.expr) -> bool:
    """Whether it is `datetime.now`, `date.today` and the like, however `datetime` was reached."""
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return (name, function.attr) in TELLS_TIME


def test_every_personnummer_in_the_repository_is_of_the_test_series() -> None:
    real = [
        f"{name}: {number}"
        for name, content in texts()
        for number in PERSONNUMMER.findall(content)
        if library.valid(number) and number[-4:-1] not in TEST_SERIES
    ]
    assert real == []

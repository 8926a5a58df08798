"""The page of the figures of security calls a figure missed that is not at its ideal, and a test that gave none."""

from __future__ import annotations

from tests.security_report import written

FIGURE = {"name": "rows | leaked", "measured": 0, "ideal": 0, "test": "tests/a.py::test_a"}


def test_a_figure_at_its_ideal_is_ok_and_any_other_is_missed() -> None:
    table = written([FIGURE, FIGURE | {"measured": 1}], ["tests/a.py::test_a"])
    assert table.splitlines()[2:] == ["| rows \\| leaked | 0 | 0 | ok |", "| rows \\| leaked | 1 | 0 | MISSED |"]


def test_a_test_that_broke_off_before_its_figure_is_missed() -> None:
    rows = written([], ["tests/b.py::test_b"]).splitlines()[2:]
    assert rows == ["| `tests/b.py::test_b` | not measured | | MISSED |"]

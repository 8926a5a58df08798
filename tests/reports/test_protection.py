"""What is hidden cannot be worked out: held against a reader who tries every possibility."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.reports.protection import Figure, Sum, first_worked_out, protect


def counts(**values: int) -> dict[str, Figure]:
    return {name: Figure(value, True) for name, value in values.items()}


def test_the_other_sex_is_hidden_with_a_small_one() -> None:
    figures = counts(women=3, men=40, total=43)
    assert protect(figures, [Sum("total", ("women", "men"))], {"women"}) == {"women", "men"}


def test_two_hidden_ones_that_are_few_together_take_a_third() -> None:
    figures = counts(a=1, b=2, c=30, d=40, total=73)
    assert protect(figures, [Sum("total", ("a", "b", "c", "d"))], {"a", "b"}) == {"a", "b", "c"}


def test_a_zero_is_shown_and_hides_nothing() -> None:
    figures = counts(a=3, none=0, b=8, total=11)
    assert protect(figures, [Sum("total", ("a", "none", "b"))], {"a"}) == {"a", "b"}


def test_a_square_needs_four() -> None:
    figures = counts(a=2, b=20, row1=22, c=30, d=40, row2=70, col1=32, col2=60, total=92)
    sums = [
        Sum("row1", ("a", "b")), Sum("row2", ("c", "d")), Sum("col1", ("a", "c")), Sum("col2", ("b", "d")),
        Sum("total", ("row1", "row2")), Sum("total", ("col1", "col2")),
    ]  # fmt: skip
    assert protect(figures, sums, {"a"}) == {"a", "b", "c", "d"}


def test_two_unknowns_in_two_sums_are_told() -> None:
    figures = counts(a=2, b=9, sum1=11, c=7, all=18)
    sums = [Sum("sum1", ("a", "b")), Sum("all", ("a", "b", "c"))]
    assert first_worked_out(figures, sums, {"a", "b"}) is None
    assert first_worked_out(figures, sums, {"a"}) == "a"
    assert first_worked_out(counts(a=1, b=1, s=2), [Sum("s", ("a", "b"))], {"a", "b"}) == "a"


def test_kronor_are_protected_too() -> None:
    figures = {"a": Figure(0.0, False), "b": Figure(-12.5, False), "c": Figure(7.0, False), "t": Figure(-5.5, False)}
    assert protect(figures, [Sum("t", ("a", "b", "c"))], {"a"}) == {"a", "t"}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """A table of two or three rows and two columns, with sums both ways and a grand total."""
    rows = draw(st.integers(2, 3))
    cells = {
        f"{row}{column}": draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8])) for row in range(rows) for column in "km"
    }
    values = dict(cells)
    sums = []
    for row in range(rows):
        values[f"{row}t"] = cells[f"{row}k"] + cells[f"{row}m"]
        sums.append(Sum(f"{row}t", (f"{row}k", f"{row}m")))
    for column in "kmt":
        values[f"t{column}"] = sum(values[f"{row}{column}"] for row in range(rows))
        sums.append(Sum(f"t{column}", tuple(f"{row}{column}" for row in range(rows))))
    sums.append(Sum("tt", ("tk", "tm")))
    return values, sums


@settings(max_examples=25, deadline=None)
@given(tables())
def test_whoever_tries_everything_finds_at_least_two_values_for_each_hidden_count(
    table: tuple[dict[str, int], list[Sum]],
) -> None:
    values, sums = table
    small = {name for name, value in values.items() if 1 <= value <= 4}
    hidden = protect(counts(**values), sums, small)
    assert small <= hidden
    assert all(values[name] for name in hidden)
    if hidden:
        assert_unknown(values, sums, hidden)


def assert_unknown(values: dict[str, int], sums: list[Sum], hidden: set[str]) -> None:
    """With few hidden every guess is tried; with many, the cells alone, from which the sums follow."""
    free = sorted(name for name in hidden if "t" not in name)
    top = 2 * max(values.values()) + 2
    found: dict[str, set[int]] = {name: set() for name in hidden}
    for guess in product(range(1, min(top, 12)), repeat=len(free)):
        known = {**values, **dict(zip(free, guess, strict=True))}
        for one in sums:
            known[str(one.total)] = sum(known[str(part)] for part in one.parts)
        if all(known[name] == value for name, value in values.items() if name not in hidden):
            for name in hidden:
                found[name].add(known[name])
        if all(len(some) > 1 for some in found.values()):
            return
    assert {name: some for name, some in found.items() if len(some) < 2} == {}

"""Swedish formats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from caseflow.web import formatting
from caseflow.web.formatting import dagar, dat, klockslag, kr, manad, procent, tal, veckodag

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (tal(1875726), f"1{NBSP}875{NBSP}726"),
        (tal(8.3), "8,3"),
        (tal(8.0), "8"),
        (tal(Decimal("20.25")), "20,3"),
        (tal(0.15), "0,2"),
        (tal(2.5, 0), "3"),
        (tal(-0.04), "0"),
        (tal(-1.4), "−1,4"),
        (tal(0), "0"),
        (tal(20, 1), "20,0"),
        (tal(19.96, 0), "20"),
        (kr(Decimal("502267")), f"502{NBSP}267{NBSP}kr"),
        (kr(-7025600), f"−7{NBSP}025{NBSP}600{NBSP}kr"),
        (kr(Decimal("9236.5"), 2), f"9{NBSP}236,50{NBSP}kr"),
        (dagar(1), f"1{NBSP}dag"),
        (dagar(0), f"0{NBSP}dagar"),
        (dagar(8.3), f"8,3{NBSP}dagar"),
        (procent(0.55), f"55{NBSP}%"),
        (procent(0.125, 1), f"12,5{NBSP}%"),
        (dat(date(2020, 8, 31)), "2020-08-31"),
        (manad(date(2020, 8, 1)), "2020-08"),
        (veckodag(date(2020, 12, 1)), "tisdag 1 december"),
        (klockslag(datetime(2020, 10, 21, 8, 42, tzinfo=UTC)), f"2020-10-21 kl.{NBSP}10.42"),
        (klockslag(datetime(2020, 12, 31, 23, 30, tzinfo=UTC)), f"2021-01-01 kl.{NBSP}00.30"),
    ],
)
def test_a_value_is_written_the_swedish_way(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize("function", formatting.FILTERS)
def test_what_is_not_known_is_said_to_be_missing_and_not_zero(function: Callable[[None], str]) -> None:
    assert function(None) == "uppgift saknas"


def test_long_waits_and_large_groups_are_written_with_a_space(app: Flask) -> None:
    with app.test_request_context():
        days = app.jinja_env.get_template("macros/days.html").module
        assert f"1{NBSP}234 " in str(days.days(1234))  # type: ignore[attr-defined]
        assert f"1{NBSP}234<" in str(days.days(1234, 45))  # type: ignore[attr-defined]
        assert f">1{NBSP}234</span>" in str(days.ages([("0–7 dagar", 1234, False, None)], "Så länge"))  # type: ignore[attr-defined]

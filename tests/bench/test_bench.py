"""The benchmark computes every line, and everybody it measures agrees. How fast is not tested."""

from __future__ import annotations

import importlib.util

import pytest

from bench.__main__ import NEEDED
from tests.conftest import SERVER_URL

missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]


@pytest.mark.slow
@pytest.mark.skipif(bool(missing), reason=f"bench/requirements.txt is not installed: {', '.join(missing)} missing")
def test_every_line_is_measured_and_the_figures_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.run import run

    monkeypatch.setenv("DATABASE_URL", SERVER_URL)
    found, _ = run([200], households=1000)
    for label in (
        "Full rebuild",
        "DuckDB",
        "lifelines",
        "PM4Py",
        "objects",
        "percentile_cont",
        "changed case",
        "Polars",
    ):
        [line] = [line for line in found.splitlines() if line.startswith("|") and label in line.split("|")[1]][:1]
        assert float(line.split("|")[2]) > 0

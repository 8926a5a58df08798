"""The bench of the savings runs, and Polars finds the same kronor as the product."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.meta.sources import ROOT


def test_polars_finds_the_same_kronor_to_the_ore(database_url: str) -> None:
    pytest.importorskip("polars", reason="polars is not installed: it is among what bench/ needs")
    # A process of its own: it makes a database and an application of its own.
    told = subprocess.run([sys.executable, "-m", "bench.savings", "300"], capture_output=True, text=True, cwd=ROOT)
    assert told.returncode == 0, told.stderr
    assert "sums agree to the öre" in told.stdout
